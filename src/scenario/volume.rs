//! How much arrives: a volume a day, a rate, or a pattern of rates; of all topics or of one.

use super::cursor::Item;
use super::patterns::{Pattern, Unit};
use super::tree::Value;
use crate::time::{DAY, to_seconds};

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
    /// Its own.
    Own(Volume<'a>),
    /// Nothing; the place of the topic is for the message.
    Unsaid(Item<'a>),
}

/// Cases a day.
pub(super) fn daily_volume<'a>(item: &Item<'a>) -> Option<Volume<'a>> {
    let v = item.number_in("a number of cases a day between 0 and 100000000", |x| {
        (0.0..=1e8).contains(&x)
    })?;
    Some(Volume::Flat(v / to_seconds(DAY)))
}

/// A rate, or a pattern of rates with the unit of its values under `per`.
pub(super) fn rate<'a>(item: &Item<'a>) -> Option<Volume<'a>> {
    let Value::Table(_) = item.node.value else {
        if let Value::Array(_) = item.node.value {
            let help = "write { all = [...], per = \"h\" }".to_owned();
            return item.expected_help(
                "a rate such as \"4.2 / min\", or a pattern with the unit `per`",
                Some(help),
            );
        }
        return item.rate().map(Volume::Flat);
    };
    let mut c = item.cursor("a pattern of rates")?;
    let per = c
        .require("per", "the unit of the rates: \"min\" for cases per minute")
        .and_then(|i| i.unit());
    let pattern = c.pattern(Unit {
        what: "a number of cases",
        most: 1e8,
    });
    c.finish();
    Some(Volume::Shaped(pattern?.scaled(1.0 / per?), item.clone()))
}
