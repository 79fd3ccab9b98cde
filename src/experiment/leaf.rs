//! What one replication leaves, and how it is kept.

use super::intervals::IntervalTable;
use super::run::{MonthlyTable, Tables};
use super::sweep::{Finished, Task};
use crate::model::Model;

/// What one replication leaves.
pub(super) struct Leaf {
    pub(super) values: Vec<f64>,
    pub(super) sample: Vec<f32>,
    pub(super) monthly: Vec<f64>,
    pub(super) contacts: u64,
    pub(super) events: u64,
    pub(super) conserved: bool,
}

impl Leaf {
    /// Everything as one list of words: values, months, and the interval samples in twos.
    pub(super) fn pack(&self, replication: u32) -> Finished {
        let bits = |x: Option<&f32>| x.map_or(0, |x| u64::from(x.to_bits()));
        let pairs = self.sample.chunks(2);
        let pairs = pairs.map(|p| f64::from_bits(bits(p.get(1)) << 32 | bits(p.first())));
        let numbers = self.values.iter().chain(&self.monthly).copied();
        Finished {
            task: Task {
                point: 0,
                replication,
            },
            contacts: self.contacts,
            events: self.events,
            values: numbers.chain(pairs).collect(),
        }
    }

    /// The same back; `None` when it has another shape.
    pub(super) fn unpack(done: &Finished, shape: [usize; 3]) -> Option<Self> {
        let [values, monthly, sample] = shape;
        let (numbers, pairs) = done.values.split_at_checked(values + monthly)?;
        let halves = pairs.iter().map(|p| p.to_bits());
        let mut halves: Vec<f32> = halves
            .flat_map(|b| [b as u32, (b >> 32) as u32])
            .map(f32::from_bits)
            .collect();
        (halves.len() == 2 * sample.div_ceil(2)).then(|| {
            halves.truncate(sample);
            Self {
                values: numbers[..values].to_vec(),
                monthly: numbers[values..].to_vec(),
                sample: halves,
                contacts: done.contacts,
                events: done.events,
                // Only such are kept.
                conserved: true,
            }
        })
    }
}

/// Number of values, of values of months and of samples of intervals of a replication.
pub(super) fn shape(tables: &Tables<'_>, intervals: &IntervalTable) -> [usize; 3] {
    let months = MonthlyTable::new(tables);
    let in_months = months.rows.len() * months.months.len();
    [tables.rows().len(), in_months, intervals.sample_len()]
}

/// Words of a replication as [`super::Progress::keep`] gets it, when at most so many are made.
pub fn kept_length(model: &Model, most: u32) -> usize {
    let intervals = IntervalTable::new(model, most);
    let [values, monthly, sample] = shape(&Tables::new(model), &intervals);
    values + monthly + sample.div_ceil(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bit by bit: also of values that are undefined, and of an odd number of samples.
    #[test]
    fn what_is_kept_comes_back() {
        let leaf = Leaf {
            values: vec![0.1, f64::NAN, -0.0],
            sample: vec![1.5, f32::NAN, f32::MIN_POSITIVE],
            monthly: vec![7.0],
            contacts: 12,
            events: 34,
            conserved: true,
        };
        let packed = leaf.pack(5);
        assert_eq!((packed.values.len(), packed.task.replication), (6, 5));
        let back = Leaf::unpack(&packed, [3, 1, 3]).unwrap();
        let bits = |l: &Leaf| {
            let words = l.values.iter().chain(&l.monthly).map(|x| x.to_bits());
            let halves = l.sample.iter().map(|x| u64::from(x.to_bits()));
            words.chain(halves).collect::<Vec<_>>()
        };
        assert_eq!(bits(&back), bits(&leaf));
        assert_eq!((back.contacts, back.events), (12, 34));
        assert!(Leaf::unpack(&packed, [3, 1, 5]).is_none());
        assert!(Leaf::unpack(&packed, [9, 1, 3]).is_none());
    }
}
