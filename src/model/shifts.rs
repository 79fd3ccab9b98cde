//! People who come and go by shift templates.

use super::adherence::{Adherence, LEAST_GAP};
use super::contract::{Contract, Delivery};
use super::{Check, by_largest_remainder, probability};
use crate::dist::Distribution;
use crate::time::{DAY, MINUTE, Micros, StepFn};

/// Longest shift.
pub const MOST_SHIFT: Micros = DAY;

/// The people of a pool and the shifts they work.
///
/// **Who is there.** The people are split over the templates by their shares, by largest remainder, and keep their template.
/// Of the first n people of the pool, counted template by template, round(n x (1 - `shrinkage`)) come: so many of all people, however many
/// templates they are split over. Within a template who is off goes round; each of those who come is absent with probability `absence`.
///
/// **Paid** is a shift from begin to end less the unpaid breaks taken, for who is there and for planned absence, for
/// unplanned absence only with `absence_paid` (the breaks of those who are not there are those of the template). With a
/// `shrinkage` of 1 the pool is closed: nobody is scheduled, and nobody paid.
#[derive(Clone, Debug)]
pub struct Roster {
    /// People at the start; `None`: everybody at work in the group.
    pub staff: Option<u32>,
    /// Group that supplies the people: their number follows the people of the group who are at work.
    pub group: Option<usize>,
    /// The shifts.
    pub templates: Vec<Template>,
    /// Planned absence: share of the people who are off, as it is when the shift begins.
    pub shrinkage: StepFn,
    /// Unplanned absence: probability that a person does not come to a shift.
    pub absence: f64,
    /// Whether unplanned absence is paid.
    pub absence_paid: bool,
    /// Share of the people that a vendor sends.
    pub delivery: Delivery,
    /// In-shift shrinkage.
    pub pauses: Option<Pauses>,
    /// Whether people are where their shift says.
    pub adherence: Option<Adherence>,
    /// What a vendor was asked for: `staff` is what it began with.
    pub contract: Option<Box<Contract>>,
}

/// A shift that recurs.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    /// Unique within the pool.
    pub name: String,
    /// Share of the people who work it.
    pub share: f64,
    /// When it begins, in order.
    pub begins: Vec<Begin>,
    /// Its length; a shift ends at the latest when the next one of the template begins.
    pub length: Micros,
    /// Its breaks, in order, within the length, not overlapping.
    pub breaks: Vec<Break>,
}

/// When a shift begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begin {
    /// Microseconds since time 0; negative for a shift that is under way then.
    pub at: i64,
    /// Local date, in days from that of time 0.
    pub day: i32,
}

/// A break. An agent with contacts in hand takes nothing new, finishes them, and then begins it; its length is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    /// Time from the begin of the shift at which it is due.
    pub after: Micros,
    /// Its length.
    pub length: Micros,
    /// Whether it is paid time.
    pub paid: bool,
}

/// Meetings, coaching and the like at random moments: paid, begun like a [`Break`].
#[derive(Clone, Debug, PartialEq)]
pub struct Pauses {
    /// Mean time logged on until the next one is due, in seconds (exponential).
    pub gap: f64,
    /// Length in seconds.
    pub length: Distribution,
}

impl Template {
    /// Begin and end of the `k`-th shift.
    pub fn shift(&self, k: usize) -> Option<(i64, Micros)> {
        let at = self.begins.get(k)?.at;
        let end = at.saturating_add_unsigned(self.length);
        let next = self.begins.get(k + 1).map_or(i64::MAX, |b| b.at);
        Some((at, end.min(next).max(0) as Micros))
    }
}

impl Roster {
    /// People at the start, in a group of `headcount` people.
    pub fn at_start(&self, headcount: u32) -> u32 {
        self.staff.unwrap_or(headcount)
    }

    /// Every shift: number of the template, the template, begin and end.
    pub(super) fn shifts(&self) -> impl Iterator<Item = (usize, &Template, i64, Micros)> {
        self.templates.iter().enumerate().flat_map(|(t, template)| {
            let shift = move |k| template.shift(k);
            let shifts = (0..template.begins.len()).filter_map(shift);
            shifts.map(move |(from, end)| (t, template, from, end))
        })
    }

    /// People of each template out of `n`: by share, the largest remainders rounded up.
    pub fn split(&self, n: u32) -> Vec<u32> {
        by_largest_remainder(n, self.templates.iter().map(|t| t.share))
    }

    /// Of people who are split over the templates those of template `t` who come to a shift that begins at `at`.
    pub fn present(&self, split: &[u32], t: usize, at: i64) -> u32 {
        let off = self.shrinkage.at(at.max(0) as Micros);
        let come = |n: u32| libm::round(f64::from(n) * (1.0 - off)) as u32;
        let before = split[..t].iter().sum();
        (come(before + split[t]) - come(before)).min(split[t])
    }

    /// Whether everybody is off by planned absence when a shift begins at `at`: the pool is closed then, and nobody is paid.
    pub fn is_closed(&self, at: i64) -> bool {
        self.shrinkage.at(at.max(0) as Micros) >= 1.0
    }

    /// Share of the time between breaks that agents are there, pauses taken off.
    pub fn between_pauses(&self) -> f64 {
        let pauses = self.pauses.as_ref();
        pauses.map_or(1.0, |p| p.gap / (p.gap + p.length.mean()))
    }

    /// Expected agents on duty over time. `people` gives the number of people at the moment a shift begins; breaks as scheduled, absence, pauses and
    /// adherence in the mean.
    pub fn on_duty(&self, people: impl Fn(Micros) -> u32) -> StepFn {
        let mut changes: Vec<(Micros, i64)> = Vec::new();
        for (t, template, from, end) in self.shifts() {
            let split = self.split(people(from.max(0) as Micros));
            let there = i64::from(self.present(&split, t, from));
            let mut away = |from: i64, to: i64, change: i64| {
                let (from, to) = (from.max(0) as Micros, to.max(0) as Micros);
                changes.push((from.min(end), change));
                changes.push((to.min(end), -change));
            };
            away(from, end as i64, there);
            for b in &template.breaks {
                let from = from.saturating_add_unsigned(b.after);
                away(from, from.saturating_add_unsigned(b.length), -there);
            }
        }
        changes.sort_unstable();
        let adherence = self.adherence.as_ref().map_or(1.0, |a| a.share);
        let factor = (1.0 - self.absence) * self.between_pauses() * adherence;
        let mut now = 0;
        StepFn::new(changes.into_iter().map(|(at, change)| {
            now += change;
            (at, now as f64 * factor)
        }))
    }

    /// What must be sound.
    pub(super) fn checks(&self) -> [Check; 7] {
        let shares: f64 = self.templates.iter().map(|t| t.share).sum();
        let sound = |p: &Pauses| p.gap >= LEAST_GAP && (p.gap + p.length.mean()).is_finite();
        let some = (1..=usize::from(u16::MAX)).contains(&self.templates.len());
        let shared = (shares - 1.0).abs() <= 1e-9;
        let lengths = self.templates.iter().all(Template::is_sound);
        let people = self.staff.is_some() || self.group.is_some();
        let comes = probability(self.absence) && self.delivery.is_sound();
        let shrinks = self.shrinkage.points().all(|(_, s)| probability(s));
        [
            ("templates", some),
            ("templates, shares that sum to 1", shared),
            ("templates, lengths and breaks", lengths),
            ("staff or group", people),
            ("absence or delivery", comes),
            ("shrinkage", shrinks),
            ("pauses", self.pauses.as_ref().is_none_or(sound)),
        ]
    }
}

impl Template {
    fn is_sound(&self) -> bool {
        let mut free = 1;
        let breaks = self.breaks.iter().all(|b| {
            let fits = b.after >= free && b.length > 0 && b.length <= MOST_SHIFT;
            free = b.after.saturating_add(b.length);
            fits && free <= self.length
        });
        // Nobody is there at time 0 because of a shift that began earlier.
        let mut last = -(2 * MOST_SHIFT as i64);
        let begins = self.begins.iter().all(|b| {
            let fits = b.at > last && b.at < i64::MAX / 2;
            last = b.at;
            fits
        });
        begins && breaks && probability(self.share) && (MINUTE..=MOST_SHIFT).contains(&self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR;

    fn template(share: f64, begins: &[i64], breaks: Vec<Break>) -> Template {
        let begin = |(day, &at)| Begin {
            at: at * HOUR as i64,
            day: day as i32,
        };
        Template {
            name: "a".into(),
            share,
            begins: begins.iter().enumerate().map(begin).collect(),
            length: 8 * HOUR,
            breaks,
        }
    }

    fn roster(templates: Vec<Template>) -> Roster {
        Roster {
            staff: Some(10),
            group: None,
            templates,
            shrinkage: StepFn::constant(0.3),
            absence: 0.0,
            absence_paid: false,
            delivery: Delivery::Fixed(1.0),
            pauses: None,
            adherence: None,
            contract: None,
        }
    }

    #[test]
    fn people_are_split_by_largest_remainder() {
        let shares = |s: &[f64]| roster(s.iter().map(|&s| template(s, &[0], Vec::new())).collect());
        assert_eq!(shares(&[0.4, 0.6]).split(10), [4, 6]);
        // 3.3, 3.3 and 3.4 of 10: the last has the largest remainder.
        assert_eq!(shares(&[0.33, 0.33, 0.34]).split(10), [3, 3, 4]);
        // 0.5 each of 5: the first of equals.
        assert_eq!(shares(&[0.5, 0.5]).split(5), [3, 2]);
        assert_eq!(shares(&[0.29, 0.71]).split(100), [29, 71]);
        assert_eq!(shares(&[0.5, 0.5]).split(0), [0, 0]);
    }

    #[test]
    fn so_many_of_all_people_are_off_however_many_templates_there_are() {
        let r = roster((0..20).map(|_| template(0.05, &[0], Vec::new())).collect());
        // 30% of 20 people in 20 templates.
        let split = r.split(20);
        let come = (0..20).map(|t| r.present(&split, t, 0));
        assert_eq!(come.sum::<u32>(), 14);
        assert_eq!(r.present(&[4, 3, 3], 0, 0), 3);
        assert_eq!(r.present(&[4, 3, 3], 1, 0), 2);
        assert_eq!(r.present(&[4, 3, 3], 2, 0), 2);
    }

    #[test]
    fn agents_on_duty_are_people_less_shrinkage_and_breaks() {
        let lunch = Break {
            after: 3 * HOUR,
            length: HOUR,
            paid: false,
        };
        let r = roster(vec![template(1.0, &[-4, 8], vec![lunch])]);
        assert!(r.checks().iter().all(|c| c.1));
        let duty = r.on_duty(|_| 10);
        let hours = |f: &StepFn| (0..20).map(|h| f.at(h * HOUR)).collect::<Vec<f64>>();
        // 7 of 10 come; the break of the first shift was over an hour before time 0.
        let mut want = vec![7.0, 7.0, 7.0, 7.0, 0.0, 0.0, 0.0, 0.0, 7.0, 7.0, 7.0, 0.0];
        want.extend([7.0, 7.0, 7.0, 7.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(hours(&duty), want);
        // A shift ends when the next one of its template begins.
        let r = roster(vec![template(1.0, &[0, 5], Vec::new())]);
        assert_eq!(r.templates[0].shift(0), Some((0, 5 * HOUR)));
        assert_eq!(r.on_duty(|_| 10).max_before(DAY), 7.0);
    }

    #[test]
    fn what_is_no_shift_is_refused() {
        let overlapping = [1, 2].map(|h| Break {
            after: h * HOUR,
            length: 2 * HOUR,
            paid: true,
        });
        for bad in [
            roster(vec![]),
            roster(vec![template(0.9, &[0], Vec::new())]),
            roster(vec![template(1.0, &[8, 0], Vec::new())]),
            roster(vec![template(1.0, &[0], overlapping.to_vec())]),
            Roster {
                staff: None,
                ..roster(vec![template(1.0, &[0], Vec::new())])
            },
        ] {
            assert!(bad.checks().iter().any(|c| !c.1), "{bad:?}");
        }
    }
}
