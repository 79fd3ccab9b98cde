//! The section `[satisfaction]`, and the keys of that name in topics and pools.

use crate::model::{OwnRegard, Regard, Satisfaction};
use crate::scenario::text::cursor::{Cursor, FromItem, Item};
use crate::scenario::text::tree::{Node, Table, Value};

/// Why the keys of topics and pools have no place without the section.
pub(super) const MISSING: &str = "has no effect without the section [satisfaction]";

/// What holds where the section is refused: the declared defaults, so that the keys of topics and pools are read all the same.
pub(super) fn usual(item: &Item<'_>) -> Option<Satisfaction> {
    let node = Node {
        value: Value::Table(Table::default()),
        span: item.node.span,
    };
    let empty = Item {
        reader: item.reader,
        node: &node,
        path: item.path.clone(),
        kind: item.kind,
    };
    read(&empty, None)
}

/// Reads `[satisfaction]`, or the table of a topic, whose entries override those of `general`.
pub(super) fn read(item: &Item<'_>, general: Option<&Satisfaction>) -> Option<Satisfaction> {
    let mut c = item.cursor()?;
    let satisfied = c.get_or("churn_satisfied", general.map(|g| g.churn_satisfied));
    let read = Satisfaction {
        human: regard(&mut c, "human", general.map(|g| g.human)),
        ai: regard(&mut c, "ai", general.map(|g| g.ai)),
        nobody: c.get_or("nobody", general.map(|g| g.nobody)),
        wait: c.get_or("wait", general.map(|g| g.wait)),
        repeats: c.get_or("repeats", general.map(|g| g.repeats)),
        trapped: c.get_or("trapped", general.map(|g| g.trapped)),
        lost: c.get_or("lost", general.map(|g| g.lost)),
        misinformed: c.get_or("misinformed", general.map(|g| g.misinformed)),
        handled_again: c.get_or("handled_again", general.map(|g| g.handled_again)),
        churn_satisfied: satisfied,
        churn_dissatisfied: c.get_or("churn_dissatisfied", general.map(|g| g.churn_dissatisfied)),
        churn_baseline: c.get_or(
            "churn_baseline",
            Some(general.map_or(satisfied, |g| g.churn_baseline)),
        ),
        customer_value: c
            .opt("customer_value")
            .or(general.and_then(|g| g.customer_value)),
    };
    c.finish();
    Some(read)
}

/// Base and empathy, over those of `general` or the declared ones.
fn regard(c: &mut Cursor<'_>, key: &str, general: Option<Regard>) -> Regard {
    let declared = |c: &Cursor<'_>| {
        let usual: OwnRegard = c.usual(key);
        usual.or(Regard {
            base: 0.5,
            empathy: 0.0,
        })
    };
    let usual = general.unwrap_or_else(|| declared(c));
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
        let mut c = item.cursor()?;
        let own = Self {
            base: c.opt("base"),
            empathy: c.opt("empathy"),
        };
        c.finish();
        Some(own)
    }
}
