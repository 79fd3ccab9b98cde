//! The section `[satisfaction]`, and the keys of that name in topics and pools.

use crate::model::{OwnRegard, Regard, Satisfaction};
use crate::scenario::text::{Cursor, FromItem, Item, Value};
use crate::scenario::values::plain;

/// Why the keys of topics and pools have no place without the section.
pub(super) const MISSING: &str = "has no effect without the section [satisfaction]";

/// Reads `[satisfaction]`, or the table of a topic, whose entries override those of `general`.
pub(super) fn read(item: &Item<'_>, general: Option<&Satisfaction>) -> Option<Satisfaction> {
    let of = |value: fn(&Satisfaction) -> f64| general.map(value);
    item.table(|c| {
        let satisfied = c.get_or("churn_satisfied", of(|g| g.churn_satisfied));
        let value = general.and_then(|g| g.customer_value);
        Some(Satisfaction {
            human: regard(c, "human", general.map(|g| g.human)),
            ai: regard(c, "ai", general.map(|g| g.ai)),
            nobody: c.get_or("nobody", of(|g| g.nobody)),
            wait: c.get_or("wait", of(|g| g.wait)),
            repeats: c.get_or("repeats", of(|g| g.repeats)),
            trapped: c.get_or("trapped", of(|g| g.trapped)),
            lost: c.get_or("lost", of(|g| g.lost)),
            misinformed: c.get_or("misinformed", of(|g| g.misinformed)),
            handled_again: c.get_or("handled_again", of(|g| g.handled_again)),
            churn_satisfied: satisfied,
            churn_dissatisfied: c.get_or("churn_dissatisfied", of(|g| g.churn_dissatisfied)),
            churn_baseline: c.get_or(
                "churn_baseline",
                of(|g| g.churn_baseline).or(Some(satisfied)),
            ),
            customer_value: c.opt("customer_value").or(value),
        })
    })
}

/// Base and empathy, over those of `general` or the declared ones.
fn regard(c: &mut Cursor<'_>, key: &str, general: Option<Regard>) -> Regard {
    let usual = general.unwrap_or_else(|| {
        let declared: OwnRegard = c.usual(key);
        let (base, empathy) = (0.5, 0.0);
        declared.or(Regard { base, empathy })
    });
    c.opt::<OwnRegard>(key).unwrap_or_default().or(usual)
}

impl FromItem for OwnRegard {
    /// A table with base and empathy, or a base alone where the declaration knows one.
    fn from_item(item: &Item<'_>) -> Option<Self> {
        let alone = item.kinds().iter().any(|k| k.range().is_some());
        if alone && !matches!(item.node.value, Value::Table(_)) {
            return Some(Self {
                base: Some(f64::from_item(item)?),
                empathy: None,
            });
        }
        plain(item)
    }
}
