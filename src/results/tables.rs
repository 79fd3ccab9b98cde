//! The long tables: estimates, and the values of every replication.

use super::Record;
use super::csv::{Rows, push_text};
use super::number::MEASURE_DIGITS;
use crate::measure::Slice;
use crate::stats::{QuantileType, sample_quantile};
use std::io::{self, Write};

/// `summary.csv`: the estimate of every measure in every slice. An undefined value is an empty field.
///
/// # Errors
/// What `out` refuses.
pub fn summary(records: &[Record<'_>], out: &mut dyn Write) -> io::Result<()> {
    let header = [
        "scenario",
        "measure",
        "slice",
        "unit",
        "mean",
        "ci_low",
        "ci_high",
        "replications",
    ];
    let mut rows = Rows::new(out, header)?;
    for record in records {
        for (i, row) in record.outcome.rows.iter().enumerate() {
            let estimate = record.outcome.estimate(i);
            rows.text(record.id);
            rows.text(row.measure);
            rows.text(&row.slice.label(record.model));
            rows.text(&row.unit);
            rows.number(estimate.mean, MEASURE_DIGITS);
            rows.number(estimate.interval.map(|c| c.low), MEASURE_DIGITS);
            rows.number(estimate.interval.map(|c| c.high), MEASURE_DIGITS);
            rows.integer(estimate.replications as u64);
            rows.end()?;
        }
    }
    rows.flush()
}

/// `monthly.csv`: every measure that is a ratio of sums, in total, by topic, market and pool, for each local month: the mean over
/// replications and the quantiles (type 7) between which 80% of them lie. An undefined value is an empty field; a quantile is
/// undefined with fewer than two replications. `partial` is 1 for a month of which a part is not counted, else 0.
///
/// # Errors
/// What `out` refuses.
pub fn monthly(records: &[Record<'_>], out: &mut dyn Write) -> io::Result<()> {
    let header = [
        "scenario",
        "month",
        "measure",
        "slice",
        "unit",
        "mean",
        "p10",
        "p90",
        "replications",
        "partial",
    ];
    let mut rows = Rows::new(out, header)?;
    for record in records {
        let table = &record.outcome.monthly;
        let labels: Vec<String> = table
            .rows
            .iter()
            .map(|r| r.slice.label(record.model))
            .collect();
        for (m, month) in table.months.iter().enumerate() {
            for (r, (row, slice)) in table.rows.iter().zip(&labels).enumerate() {
                let sample = table.sample(m, r);
                let n = sample.len();
                let quantile = |p| {
                    let several = (n > 1).then_some(&sample)?;
                    sample_quantile(several, p, QuantileType::Type7)
                };
                rows.text(record.id);
                rows.text(&month.label);
                rows.text(row.measure);
                rows.text(slice);
                rows.text(&row.unit);
                rows.number(
                    (n > 0).then(|| sample.iter().sum::<f64>() / n as f64),
                    MEASURE_DIGITS,
                );
                rows.number(quantile(0.1), MEASURE_DIGITS);
                rows.number(quantile(0.9), MEASURE_DIGITS);
                rows.integer(n as u64);
                rows.integer(u64::from(month.partial));
                rows.end()?;
            }
        }
    }
    rows.flush()
}

/// `replications.csv`: the value of every measure in every replication, numbered from 0, except in periods.
///
/// # Errors
/// What `out` refuses.
pub fn replications(records: &[Record<'_>], out: &mut dyn Write) -> io::Result<()> {
    let mut rows = Rows::new(
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
    for record in records {
        let mut id = Vec::new();
        push_text(&mut id, record.id);
        let kept = record
            .outcome
            .rows
            .iter()
            .enumerate()
            .filter(|(_, r)| !matches!(r.slice, Slice::Period(..)));
        // What a row says about itself is the same in every replication.
        let labelled: Vec<(usize, Vec<u8>)> = kept
            .map(|(i, row)| {
                let mut bytes = Vec::new();
                for (k, text) in [row.measure, &row.slice.label(record.model), &row.unit]
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
        for (replication, values) in record.outcome.values.iter().enumerate() {
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

/// `assumptions.csv`: every value that the scenarios say, with the comment beside it, and where it stands.
///
/// # Errors
/// What `out` refuses.
pub fn assumptions(records: &[Record<'_>], out: &mut dyn Write) -> io::Result<()> {
    let header = ["scenario", "key", "value", "comment", "file", "line"];
    let mut rows = Rows::new(out, header)?;
    for record in records {
        for said in record.inputs {
            rows.text(record.id);
            rows.text(said.key);
            rows.text(said.value);
            rows.text(said.comment);
            rows.text(&said.file.to_string_lossy());
            rows.integer(said.line as u64);
            rows.end()?;
        }
    }
    rows.flush()
}
