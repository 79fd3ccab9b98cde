//! `[staff]`: what `handover staff` promises where its options say nothing.

use super::offers;
use crate::experiment::{MeasureName, rows, split_unit};
use crate::measure::{Cohort, Row, Slice, measure};
use crate::model::Model;
use crate::scenario::text::{Item, Names, Reader, Span, did_you_mean, quoted};
use crate::scenario::values::{Frame, parse_length};
use crate::staff::{By, Limit, Offer, Per, PoolRule, Side};

/// What `[staff]` says.
#[derive(Clone, Debug, PartialEq)]
pub struct StaffTable {
    /// In which stretches of time the targets must be met.
    pub per: Per,
    /// With which probability; `None`: in expectation.
    pub probability: Option<f64>,
    /// Limits on other measures.
    pub limits: Vec<Limit>,
    /// The shifts on offer, of each pool at most once.
    pub offers: Vec<Offer>,
    /// How pools are decided on, of each at most one rule.
    pub pools: Vec<PoolRule>,
}

/// What is written; limits are read when the model is known.
pub(crate) struct Written {
    pub(crate) table: StaffTable,
    limits: Vec<(Span, String, String)>,
}

pub(crate) fn read(item: &Item<'_>, frame: &Frame, pools: &Names) -> Option<Written> {
    item.table(|c| {
        let table = StaffTable {
            per: c.get_by("per", Item::variant),
            probability: c.opt("probability"),
            limits: Vec::new(),
            offers: c.read("shifts", Vec::new(), |i| offers::read(i, frame, pools)),
            pools: c.read("pools", Vec::new(), |i| rules(i, pools)),
        };
        let limit = |i: &Item<'_>| Some((i.node.span, i.path.clone(), i.string()?.to_owned()));
        let limits = c.read("limits", Vec::new(), |i| i.each(limit));
        Some(Written { table, limits })
    })
}

/// The rules of `[[staff.pools]]`.
fn rules(item: &Item<'_>, pools: &Names) -> Option<Vec<PoolRule>> {
    let (rules, sound) = item.tables(|c, _, before: &[PoolRule]| {
        let pool = c.read_needed("pool", |i| {
            let pool = pools.one(i)?;
            let is_new = before.iter().all(|r| r.pool != pool);
            i.must(is_new, "each pool once").map(|()| pool)
        });
        let by = c.read_opt("by", Item::variant);
        let least: u32 = c.get("least");
        let most = c.read_opt("most", |i| {
            i.if_fit(&format!("at least {least} (`least`)"), |&n| n >= least)
        });
        if by == Some(By::Shift) {
            let reason =
                "is for agents by interval and for sizes; bound the shifts on offer instead";
            c.forbid_all(["least", "most"], reason);
        }
        let bounds = (least, most.unwrap_or(u32::MAX));
        pool.map(|pool| PoolRule { pool, by, bounds })
    })?;
    sound.then_some(rules)
}

/// Puts the limits that the model, which is sound, can have into the table, and refuses the others.
pub(crate) fn check(reader: &Reader<'_>, written: &mut Written, model: &Model) {
    if written.limits.is_empty() {
        return;
    }
    let rows = rows(model);
    for (span, path, text) in &written.limits {
        match limit(text, &rows, model) {
            Ok(limit) => written.table.limits.push(limit),
            Err((message, help)) => reader.problem(*span, path, message, help),
        }
    }
}

/// Reads a limit on one of the rows of a model: `mean_wait@topic=fraud <= 30 s`, `satisfaction >= 80%`.
///
/// # Errors
/// What was expected, and advice.
pub fn limit(text: &str, rows: &[Row], model: &Model) -> Result<Limit, (String, Option<String>)> {
    let sides = [("<=", Side::Most), (">=", Side::Least)];
    let parts = |(sign, side)| {
        text.rsplit_once(sign)
            .map(|(name, x)| (name, sign, side, x))
    };
    let Some((name, sign, side, bound)) = sides.into_iter().find_map(parts) else {
        let example = "a measure, <= or >=, and a value, such as mean_wait@topic=NAME <= 30 s";
        let message = format!("expected {example}, found {}", quoted(text));
        return Err((message, None));
    };
    let name = MeasureName::new(name);
    let found = quoted(&name.to_string());
    let Some(row) = name.find(rows, model).map(|i| &rows[i]) else {
        let known = name.alternatives(model);
        let help = did_you_mean(&name.to_string(), known.iter().map(String::as_str));
        let message = format!("expected a measure of this scenario, found {found}");
        return Err((message, help));
    };
    if matches!(row.slice, Slice::Period(_) | Slice::AfterHorizon) {
        let message =
            format!("expected a measure of the whole or of a topic, market or pool, found {found}");
        let help = "a limit holds in each stretch of time that `per` says".to_owned();
        return Err((message, Some(help)));
    }
    if measure(row.measure).is_none_or(|m| m.cohort == Cohort::Plan) {
        let message = format!("expected a measure of what happens, found {found}");
        let help = "it follows from the model alone: no plan of agents changes it".to_owned();
        return Err((message, Some(help)));
    }
    let unit = row.unit.as_ref();
    let (expected, value) = value(bound, unit);
    match value {
        Some(bound) => Ok(Limit {
            row: row.clone(),
            side,
            bound,
        }),
        None => {
            let bound = quoted(bound.trim());
            let message = format!("expected {expected} after {name} {sign}, found {bound}");
            Err((message, None))
        }
    }
}

/// What a value in a unit is, in words, and the value.
fn value(text: &str, unit: &str) -> (String, Option<f64>) {
    let seconds = || Some(parse_length(text, false).ok()?.seconds);
    let number = split_unit(text);
    match unit {
        "fraction" => {
            let share = number.and_then(|(x, unit)| match unit {
                "" => Some(x),
                "%" | "pt" | "pts" | "pp" | "point" | "points" => Some(x / 100.0),
                _ => None,
            });
            let share = share.filter(|x| (0.0..=1.0).contains(x));
            ("a share such as 5% or 0.05".to_owned(), share)
        }
        "s" => ("a duration such as 30 s".to_owned(), seconds()),
        "h" => {
            let hours = seconds().map(|s| s / 3600.0);
            ("a duration such as 30 h".to_owned(), hours)
        }
        _ => {
            let plain = number.filter(|(_, own)| own.is_empty() || *own == unit);
            let expected = match unit {
                "count" | "ratio" => "a number such as 100".to_owned(),
                unit => format!("a number such as 100 or 100 {unit}"),
            };
            (expected, plain.map(|(x, _)| x))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_unit_of_the_measure() {
        for (text, unit, found) in [
            ("5%", "fraction", Some(0.05)),
            (" 0.05 ", "fraction", Some(0.05)),
            ("5pt", "fraction", Some(0.05)),
            ("5", "fraction", None),
            ("-1%", "fraction", None),
            ("30 s", "fraction", None),
            ("30 s", "s", Some(30.0)),
            ("1 min 30 s", "s", Some(90.0)),
            ("30", "s", None),
            ("5%", "s", None),
            ("90 min", "h", Some(1.5)),
            ("50_000", "USD", Some(50_000.0)),
            ("50_000 USD", "USD", Some(50_000.0)),
            ("5 EUR", "USD", None),
            ("-3", "USD", Some(-3.0)),
            ("12", "count", Some(12.0)),
            ("12 count", "count", Some(12.0)),
            ("", "count", None),
        ] {
            assert_eq!(value(text, unit).1, found, "{text:?} in {unit}");
        }
    }
}
