//! The long table of the values of every replication.

use super::csv::{CsvRows, fields};
use super::number::MEASURE_DIGITS;
use crate::experiment::Side;
use crate::measure::Slice;
use std::io::{self, Write};

const HEADER: &str = "scenario,replication,measure,slice,unit,value";

/// `replications.csv`: the value of every measure in every replication, numbered from 0, except in periods.
/// It is written as it is counted: as rows in memory it would take several times the room of the values themselves.
pub(super) fn replications(sides: &[Side<'_>], out: &mut dyn Write) -> io::Result<()> {
    let mut rows = CsvRows::new(out, HEADER.split(','))?;
    for side in sides {
        let id = fields([side.id]);
        let kept = side.outcome.rows.iter().enumerate();
        let kept = kept.filter(|(_, r)| !matches!(r.slice, Slice::Period(..)));
        // What a row says about itself is the same in every replication.
        let labelled = kept.map(|(i, row)| {
            let slice = row.slice.label(side.model);
            (i, fields([row.measure, &slice, &row.unit]))
        });
        let labelled: Vec<(usize, Vec<u8>)> = labelled.collect();
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
