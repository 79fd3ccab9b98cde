//! The section `[satisfaction]`, and the keys of that name in topics and pools.

use super::cursor::{Cursor, Item};
use super::prices::MOST;
use super::tree::Value;
use crate::model::{OwnRegard, Regard, Satisfaction};

/// What holds where nothing is said. The reference of the format gives the sources, and says what is an assumption.
pub(super) const USUAL: Satisfaction = Satisfaction {
    human: Regard {
        base: 0.88,
        empathy: 0.0,
    },
    ai: Regard {
        base: 0.60,
        empathy: -0.5,
    },
    nobody: 0.5,
    wait: 0.5,
    repeats: 1.0,
    trapped: 1.5,
    lost: 2.0,
    misinformed: 1.0,
    handled_again: 0.5,
    churn_satisfied: 0.01,
    churn_dissatisfied: 0.04,
    churn_baseline: 0.01,
    customer_value: None,
};

/// Why the keys of topics and pools have no place without the section.
pub(super) const MISSING: &str = "has no effect without the section [satisfaction]";

/// Reads `[satisfaction]`.
pub(super) fn section(item: &Item<'_>) -> Option<Satisfaction> {
    read(item, USUAL, None)
}

/// Reads the table of a topic, whose entries override those of `general`.
pub(super) fn topic(item: &Item<'_>, general: &Satisfaction) -> Option<Satisfaction> {
    read(item, *general, Some(general.churn_baseline))
}

/// What a table says over `usual`. The baseline of churn is that of `general`, or else the churn of the satisfied.
fn read(item: &Item<'_>, usual: Satisfaction, general: Option<f64>) -> Option<Satisfaction> {
    let mut c = item.cursor("a table such as { human = 0.88, ai = 0.60 }")?;
    let coefficient =
        |c: &mut Cursor<'_>, key, usual| c.read(key, usual, |i| i.number(0.0, Satisfaction::MOST));
    let churn_satisfied = c.read("churn_satisfied", usual.churn_satisfied, Item::probability);
    let read = Satisfaction {
        human: c.read("human", usual.human, |i| regard(i, usual.human)),
        ai: c.read("ai", usual.ai, |i| regard(i, usual.ai)),
        nobody: c.read("nobody", usual.nobody, base),
        wait: coefficient(&mut c, "wait", usual.wait),
        repeats: coefficient(&mut c, "repeats", usual.repeats),
        trapped: coefficient(&mut c, "trapped", usual.trapped),
        lost: coefficient(&mut c, "lost", usual.lost),
        misinformed: coefficient(&mut c, "misinformed", usual.misinformed),
        handled_again: coefficient(&mut c, "handled_again", usual.handled_again),
        churn_satisfied,
        churn_dissatisfied: c.read(
            "churn_dissatisfied",
            usual.churn_dissatisfied,
            Item::probability,
        ),
        churn_baseline: c.read(
            "churn_baseline",
            general.unwrap_or(churn_satisfied),
            Item::probability,
        ),
        customer_value: c
            .read_opt("customer_value", |i| i.number(0.0, MOST))
            .or(usual.customer_value),
    };
    c.finish();
    Some(read)
}

/// A base, or a table with base and empathy.
fn regard(item: &Item<'_>, usual: Regard) -> Option<Regard> {
    if matches!(item.node.value, Value::Table(_)) {
        own(item).map(|own| own.or(usual))
    } else {
        base(item).map(|base| Regard { base, ..usual })
    }
}

/// Reads the table of a pool.
pub(super) fn own(item: &Item<'_>) -> Option<OwnRegard> {
    let mut c = item.cursor("a table such as { base = 0.90, empathy = 0.5 }")?;
    let own = OwnRegard {
        base: c.read_opt("base", base),
        empathy: c.read_opt("empathy", |i| {
            i.number(-Satisfaction::MOST, Satisfaction::MOST)
        }),
    };
    c.finish();
    Some(own)
}

/// A probability that has a logit.
fn base(item: &Item<'_>) -> Option<f64> {
    let p = item.probability()?;
    if p > 0.0 && p < 1.0 {
        Some(p)
    } else {
        item.expected("a probability above 0 and below 1")
    }
}
