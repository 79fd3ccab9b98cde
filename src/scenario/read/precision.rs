//! `precision`, `precision_measures`, `max_replications`: as many replications as a wanted precision takes.

use crate::experiment::{MeasureName, Plan, Precision, Width, rows, split_unit, usual_targets};
use crate::model::Model;
use crate::scenario::text::{Cursor, Item, Reader, Span, Value, did_you_mean};
use crate::scenario::values::unit_seconds;

/// What is written, and where each measure stands.
pub(crate) struct Written {
    pub(crate) precision: Precision,
    place: Option<Span>,
    measures: Vec<(Span, String)>,
}

pub(crate) fn read(c: &mut Cursor<'_>, plan: &Plan) -> Written {
    let item = c.take("precision");
    let place = item.as_ref().map(|i| i.node.span);
    let width = item.and_then(|i| read_width(&i));
    let items = c.read_opt("precision_measures", |i| i.list());
    let named = items.iter().flatten();
    let named = named.filter_map(|i| Some((i, i.string()?)));
    let (on, measures) = named
        .map(|(i, text)| (MeasureName::new(text), (i.node.span, i.path.clone())))
        .unzip();
    let most = c.checked("max_replications", |i, &most: &u32| {
        let begin = plan.replications;
        let what = format!("no fewer than the {begin} replications to begin with");
        i.must(width.is_none() || most >= begin, &what)
    });
    Written {
        precision: Precision {
            width,
            differences: false,
            on,
            most,
        },
        place,
        measures,
    }
}

/// What a precision may be.
const WIDTH: &str = "a share of the mean above 0 and below 1, such as 2%, or a size with its unit, such as 5s, 1pt or 500 USD";
/// The units of sizes.
pub const WIDTH_UNITS: &str = "durations are in ms, s, min, h, days or weeks, shares in pt (points of a hundred), all else in the unit of summary.csv";

/// `2%` or `0.02` of the mean; `5s`, `1pt` (a point of a hundred), `500 USD`.
///
/// # Errors
/// What was expected.
pub fn width(text: &str) -> Result<Width, String> {
    let number = split_unit(text).filter(|(x, _)| *x > 0.0);
    let found = number.and_then(|(x, unit)| match unit {
        "" => share(x),
        "%" => share(x / 100.0),
        "pt" | "pts" | "pp" | "point" | "points" => Some(size(x / 100.0, "fraction")),
        unit => Some(match unit_seconds(unit) {
            Some(seconds) => size(x * seconds, "s"),
            None => size(x, unit),
        }),
    });
    found.ok_or_else(|| format!("expected {WIDTH}"))
}

fn share(x: f64) -> Option<Width> {
    (x > 0.0 && x < 1.0).then_some(Width::Relative(x))
}

fn size(size: f64, unit: &str) -> Width {
    let unit = unit.to_owned();
    Width::Absolute { size, unit }
}

fn read_width(item: &Item<'_>) -> Option<Width> {
    let found = match &item.node.value {
        Value::String(text) => width(text).ok(),
        Value::Integer(n) => share(*n as f64),
        Value::Float(x) => share(*x),
        _ => None,
    };
    found.or_else(|| item.expected(WIDTH))
}

/// Refuses measures that the model, which is sound, does not have, or not in the unit of the precision.
pub(crate) fn check(reader: &Reader<'_>, written: &Written, model: &Model) {
    let precision = &written.precision;
    if let (Some(Width::Absolute { unit, .. }), Some(place)) = (&precision.width, written.place)
        && precision.targets(model).is_empty()
    {
        let usual = usual_targets().collect::<Vec<_>>().join(", ");
        let message = format!("expected the unit of one of {usual}, found {unit}");
        let help = format!("name other measures in precision_measures; {WIDTH_UNITS}");
        reader.problem(place, "precision", message, Some(help));
    }
    if written.measures.is_empty() {
        return;
    }
    let rows = rows(model);
    for (target, (span, path)) in precision.on.iter().zip(&written.measures) {
        let text = target.to_string();
        let Some(row) = target.find(&rows, model) else {
            let known = target.alternatives(model);
            let help = did_you_mean(&text, known.iter().map(String::as_str));
            let message = format!("expected a measure of this scenario, found \"{text}\"");
            reader.problem(*span, path, message, help);
            continue;
        };
        let unit = &rows[row].unit;
        if let Some(width) = precision.width.as_ref().filter(|w| !w.fits(unit)) {
            let what = format!("a measure in the unit of precision, which is {width}");
            let message = format!("expected {what}, found one in {unit}");
            reader.problem(*span, path, message, Some(WIDTH_UNITS.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_sizes() {
        for (text, found) in [
            ("2%", Width::Relative(0.02)),
            ("0.02", Width::Relative(0.02)),
            ("5s", size(5.0, "s")),
            ("1.5 min", size(90.0, "s")),
            ("1pt", size(0.01, "fraction")),
            ("0.5 points", size(0.005, "fraction")),
            ("1e3 USD", size(1000.0, "USD")),
            ("5EUR", size(5.0, "EUR")),
            ("2 agents", size(2.0, "agents")),
        ] {
            assert_eq!(width(text), Ok(found.clone()), "{text}");
            // What a command line says of it is read back.
            assert_eq!(width(&found.to_string()), Ok(found), "{text}");
        }
        for text in [
            "0", "1", "5", "100%", "-1", "-1s", "0s", "s", "", "1h 30min", "nan s",
        ] {
            assert!(width(text).is_err(), "{text}");
        }
        let (hours, money) = (size(1800.0, "s"), size(5.0, "USD"));
        assert_eq!(hours.of("h", 7.0), Some(0.5));
        assert_eq!((money.of("EUR", 7.0), money.fits("USD")), (None, true));
        assert_eq!(Width::Relative(0.1).of("EUR", -7.0), Some(0.1 * 7.0));
    }
}
