//! How much arrives: a volume a day, a rate, or a pattern of rates; of all topics or of one.

use crate::model::MOST_DAILY_CASES;
use crate::scenario::text::{FromItem, Item, Range, Value};
use crate::scenario::values::Pattern;
use crate::time::{DAY, to_seconds};

/// Most steps of demand within the horizon.
pub(super) const MOST_STEPS: u64 = 4_000_000;
/// Most steps times topics, a bound on the memory of a scenario (256 MB).
pub(super) const MOST_CELLS: u64 = 32_000_000;

/// Cases per time, of all topics or of one.
pub(super) enum Volume<'a> {
    /// A rate per second, to which the profile applies.
    Flat(f64),
    /// Rates per second over time, which are their own profile.
    Shaped(Pattern, Item<'a>),
}

/// What a topic says of its demand.
pub(super) enum TopicDemand<'a> {
    /// A share of the whole; NaN when it was refused.
    Share(f64, Item<'a>),
    /// Its own; `None` when it was refused.
    Own(Option<Volume<'a>>),
    /// Nothing; the place of the topic is for the message.
    Unsaid(Item<'a>),
}

/// Cases a day.
pub(super) fn daily_volume<'a>(item: &Item<'a>) -> Option<Volume<'a>> {
    let cases = f64::from_item(item)?;
    Some(Volume::Flat(cases / to_seconds(DAY)))
}

/// A rate, or a pattern of rates with the unit of its values under `per`.
pub(super) fn rate<'a>(item: &Item<'a>) -> Option<Volume<'a>> {
    match item.node.value {
        Value::Table(_) => {}
        Value::Array(_) => {
            let help = "write { all = [...], per = \"h\" }".to_owned();
            let what = "a rate such as \"4.2 / min\", or a pattern with the unit `per`";
            return item.expected_help(what, Some(help));
        }
        _ => return f64::from_item(item).map(Volume::Flat),
    }
    let cases = Range {
        what: Some("a number of cases".to_owned()),
        from: Some(0.0),
        to: Some(MOST_DAILY_CASES),
        ..Range::default()
    };
    let read = item.table(|c| {
        let per = c.read_needed("per", Item::unit);
        Some(c.pattern(&cases, None)?.scaled(1.0 / per?))
    });
    Some(Volume::Shaped(read?, item.clone()))
}

/// Whether so many steps of so many topics are within bounds.
pub(super) fn fits(steps: u64, topics: usize) -> bool {
    steps <= MOST_STEPS && steps.saturating_mul(topics as u64) <= MOST_CELLS
}
