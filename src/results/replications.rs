//! The long table of the values of every replication.

use super::csv::{CsvRows, push_text};
use super::number::MEASURE_DIGITS;
use crate::experiment::Side;
use crate::measure::Slice;
use std::io::{self, Write};

/// `replications.csv`: the value of every measure in every replication, numbered from 0, except in periods.
/// It is written as it is counted: as rows in memory it would take several times the room of the values themselves.
pub(super) fn replications(sides: &[Side<'_>], out: &mut dyn Write) -> io::Result<()> {
    let mut rows = CsvRows::new(
        out,
        [
            "scenario",
            "replication",
            "measure",
            "slice",
            "unit",
            "value",
        ],
    )?;
    for side in sides {
        let mut id = Vec::new();
        push_text(&mut id, side.id);
        let kept = side
            .outcome
            .rows
            .iter()
            .enumerate()
            .filter(|(_, r)| !matches!(r.slice, Slice::Period(..)));
        // What a row says about itself is the same in every replication.
        let labelled: Vec<(usize, Vec<u8>)> = kept
            .map(|(i, row)| {
                let mut bytes = Vec::new();
                for (k, text) in [row.measure, &row.slice.label(side.model), &row.unit]
                    .into_iter()
                    .enumerate()
                {
                    if k > 0 {
                        bytes.push(b',');
                    }
                    push_text(&mut bytes, text);
                }
                (i, bytes)
            })
            .collect();
        for (replication, values) in side.outcome.values.iter().enumerate() {
            for (i, label) in &labelled {
                rows.ready(&id);
                rows.integer(replication as u64);
                rows.ready(label);
                rows.number(Some(values[*i]), MEASURE_DIGITS);
                rows.end()?;
            }
        }
    }
    rows.flush()
}
