//! The table of a typical week.

use super::Record;
use super::csv::Rows;
use super::number::MEASURE_DIGITS;
use crate::experiment::week as typical_week;
use crate::time::{HOUR, MINUTE};
use std::io::{self, Write};

/// Weekdays as the table writes them.
pub const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// `week.csv`: a row per time of the week and slice (all, topics, markets, pools), local time; each value is the mean over the replications
/// of a ratio of sums over all the weeks after the warm-up. Empty where a column does not belong to the slice or is undefined.
///
/// # Errors
/// What `out` refuses.
pub fn week(records: &[Record<'_>], out: &mut dyn Write) -> io::Result<()> {
    let header = [
        "scenario",
        "weekday",
        "begin",
        "minutes",
        "slice",
        "per_hour",
        "sl_net",
        "mean_wait",
        "queue_length",
        "agents_on_duty",
        "agents_busy",
        "agents_required",
    ];
    let mut rows = Rows::new(out, header)?;
    for record in records {
        for row in typical_week(record.model, record.outcome) {
            rows.text(record.id);
            rows.text(WEEKDAYS[row.weekday]);
            let (hour, minute) = (row.begin / HOUR, row.begin % HOUR / MINUTE);
            rows.text(&format!("{hour:02}:{minute:02}"));
            rows.integer(row.width / MINUTE);
            rows.text(&row.slice.label(record.model));
            for value in [
                row.per_hour,
                row.sl_net,
                row.mean_wait,
                row.queue_length,
                row.agents_on_duty,
                row.agents_busy,
                row.agents_required,
            ] {
                rows.number(value, MEASURE_DIGITS - 4);
            }
            rows.end()?;
        }
    }
    rows.flush()
}
