//! How a measure of a slice is named.

use super::replication::rows;
use crate::measure::{Row, Slice};
use crate::model::Model;

/// A measure of a slice, by their names in the files: `mean_wait`, or `mean_wait@topic=fraud`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureName {
    /// Identifier of the measure.
    pub measure: String,
    /// Text of the `slice` column.
    pub slice: String,
}

impl MeasureName {
    /// From `MEASURE` or `MEASURE@SLICE`.
    pub fn new(text: &str) -> Self {
        let (measure, slice) = text.split_once('@').unwrap_or((text, "all"));
        Self {
            measure: measure.trim().to_owned(),
            slice: slice.trim().to_owned(),
        }
    }

    /// Its row among those of a model.
    pub fn find(&self, rows: &[Row], model: &Model) -> Option<usize> {
        rows.iter().position(|r| {
            let total = r.slice == Slice::All && self.slice == "all";
            r.measure == self.measure && (total || r.slice.label(model) == self.slice)
        })
    }

    /// What may stand for it in `model`: the slices of its measure if there is such a measure, else the measures in total.
    pub fn alternatives(&self, model: &Model) -> Vec<String> {
        let rows = rows(model);
        let named = rows.iter().filter(|r| r.measure == self.measure);
        let slices: Vec<String> = named
            .filter(|r| !matches!(r.slice, Slice::Period(..)))
            .map(|r| format!("{}@{}", r.measure, r.slice.label(model)))
            .collect();
        if !slices.is_empty() {
            return slices;
        }
        let total = rows.iter().filter(|r| r.slice == Slice::All);
        total.map(|r| r.measure.to_owned()).collect()
    }
}

impl std::fmt::Display for MeasureName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.slice.as_str() {
            "all" => f.write_str(&self.measure),
            slice => write!(f, "{}@{slice}", self.measure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        let name = MeasureName::new("occupancy@pool=gig");
        assert_eq!((&*name.measure, &*name.slice), ("occupancy", "pool=gig"));
        assert_eq!(name.to_string(), "occupancy@pool=gig");
        assert_eq!(MeasureName::new("sl_net").to_string(), "sl_net");
    }
}
