//! Every declared key is asked for by the reader.

use super::{SMALL, full_files, read};
use crate::scenario::InMemory;
use crate::scenario::keys::DECLARED;
use std::cell::RefCell;
use std::collections::BTreeSet;

thread_local! {
    /// Table and key of everything asked for by this thread.
    static ASKED: RefCell<BTreeSet<(String, String)>> = RefCell::default();
}

/// Keeps that somebody asked for a key.
pub(crate) fn note(table: &str, key: &str) {
    ASKED.with_borrow_mut(|asked| asked.insert((table.to_owned(), key.to_owned())));
}

/// Values that take the reader into forms that stand nowhere in the full scenario.
const FORMS: [&str; 27] = [
    "pool.in-house.weights={ default = 1, fraud = 3 }",
    "topic.fraud.work={ lognormal = { p50 = \"1 min\", p90 = \"4 min\" } }",
    "topic.fraud.work={ lognormal = { mu = 1, sigma = 1 } }",
    "topic.fraud.work={ gamma = { mean = \"1 min\", cv = 1 } }",
    "topic.fraud.work={ gamma = { shape = 1, scale = \"1 s\" } }",
    "topic.fraud.work={ weibull = { shape = 1, scale = \"1 s\" } }",
    "topic.fraud.work={ weibull = { mean = \"1 s\", cv = 1 } }",
    "topic.fraud.work={ weibull = { p50 = \"1 s\", p90 = \"2 s\" } }",
    "topic.fraud.work={ erlang = { shape = 2, mean = \"1 s\" } }",
    "topic.fraud.work={ erlang = { shape = 2, rate = \"1 / s\" } }",
    "topic.fraud.work={ triangular = { low = \"1 s\", mode = \"2 s\", high = \"3 s\" } }",
    "topic.fraud.work={ hyperexponential = { probs = [1], means = [\"2 s\"] } }",
    "topic.fraud.work={ hyperexponential = { probs = [1], rates = [\"2 / s\"] } }",
    "topic.fraud.work={ hyperexponential = { mean = \"2 s\", cv = 2 } }",
    "demand={ counts = { csv = \"x\" } }",
    "demand={ arrivals = { csv = \"x\" } }",
    "demand={ rate = { every = \"1 h\", values = [1], per = \"h\" } }",
    "ai.price={ per_conversation = 1 }",
    "market=[ { name = \"m\", weekday = { mon = 1 }, month = { jan = 1 } } ]",
    "pool.gig.slots={ agents = 4, hours_per_week = 9, late_release = 0.1 }",
    "pool.gig.tiers={ by = \"rating\", shares = [1] }",
    "finance={ discount = 0.1 }",
    "staff={ pools = [ { pool = \"gig\", by = \"size\", least = 1, most = 2 } ] }",
    "group=[ { name = \"g\", headcount = 3, hiring = { requests = 2 }, pay = { monthly = 3 } } ]",
    "group=[ { name = \"g\", headcount = 3, hiring = { replace = 0.5 } } ]",
    "pool=[ { name = \"p\", kind = \"outsourced\", agents = 3, price = { per_contact = 1, floor = { forecast = 1, share = 1 }, \
     volume = { base = 1, charge = 1 }, credit = { below = 0.5, share = 0.5 } }, delivery = { uniform = { low = 0, high = 1 } } } ]",
    "pool=[ { name = \"p\", kind = \"outsourced\", agents = 3, delivery = { triangular = { low = 0, mode = 0.5, high = 1 } } } ]",
];

/// More of them for the small scenario: pools by kind, and what stands in tables of topics.
const SMALL_FORMS: [&str; 3] = [
    "topic.fraud.satisfaction={ human = { base = 0.8 }, ai = { base = 0.5 } }",
    "pool.in-house.satisfaction={ base = 0.8 }",
    "satisfaction={ human = { base = 0.8 }, ai = { base = 0.5 } }",
];

#[test]
fn the_reader_asks_for_every_declared_key() {
    let (full, small) = (full_files(), InMemory::new().with("d/a.toml", SMALL));
    let _ = (read(&full, &[]), read(&small, &[]));
    for form in FORMS {
        let _ = read(&full, &[form]);
    }
    for form in SMALL_FORMS {
        let _ = read(&small, &["satisfaction.wait=0.5", form]);
    }
    let asked = ASKED.take();
    let declared = DECLARED.0.values().flat_map(|table| {
        let keys = table.keys.iter();
        keys.map(|key| (table.id.clone(), key.name.clone()))
    });
    // What a file extends is taken before anything is read.
    let idle = declared.filter(|key| !asked.contains(key) && key.1 != "extends");
    assert_eq!(
        idle.collect::<Vec<_>>(),
        [],
        "a key belongs to one of the forms above, or nobody reads it"
    );
}
