//! Where the course of each contact follows from those before it, the engine keeps no events. All that is counted is the same as in the twin
//! of such a model that has events: it has a second pool to which no route leads.

use crate::models::{erlang_a, model, pool, step, topic};
use handover::dist::Distribution;
use handover::engine::{Account, Laws};
use handover::measure::{Slice, Values, count};
use handover::model::{Model, Queue};
use handover::time::{DAY, HOUR, Micros};

/// The same model with a pool more that serves nobody.
fn twin(model: &Model) -> Model {
    let mut other = pool("nobody", 0.0, model.topics.len());
    other.skills = vec![false; model.topics.len()];
    let mut twin = model.clone();
    twin.pools.push(other);
    twin
}

/// What a replication counts, but of the pool that only the twin has.
fn played(model: &Model, seed: u64) -> (Account, Vec<(String, String, Option<f64>)>) {
    let laws = Laws::new(model).unwrap();
    let (account, counters) = count(&laws, seed, 0, &|| false);
    let values = Values::new(model);
    let found = values.of(&counters, None);
    let rows = values.rows().iter().zip(found);
    let both = rows.filter(|(row, _)| match row.slice {
        Slice::Pool(p) | Slice::TopicPool(_, p) => p == 0,
        _ => true,
    });
    let named = both.map(|(row, value)| {
        let slice = row.slice.label(model);
        (row.measure.to_string(), slice, value)
    });
    (account, named.collect())
}

fn compare(what: &str, model: &Model) {
    for seed in 1..=3 {
        let (account, values) = played(model, seed);
        let (with_events, expected) = played(&twin(model), seed);
        assert!(account.conserved && with_events.conserved, "{what}");
        assert_eq!(account, with_events, "{what}, seed {seed}");
        assert_eq!(values.len(), expected.len(), "{what}");
        for (value, other) in values.iter().zip(&expected) {
            assert_eq!((&value.0, &value.1), (&other.0, &other.1), "{what}");
            // Sums of fractions are added up in another order.
            let near = match (value.2, other.2) {
                (Some(a), Some(b)) => (a - b).abs() <= 1e-12 * b.abs().max(1.0),
                (a, b) => a == b,
            };
            assert!(
                near,
                "{what}, seed {seed}: {value:?}, with events {other:?}"
            );
        }
    }
}

/// Two topics of one pool: after-contact work, other work, some that is not resolved.
fn two_topics(agents: f64, horizon: Micros) -> Model {
    let mut a = topic("a");
    a.work = Some(Distribution::lognormal_mean_cv(120.0, 0.8).unwrap());
    a.after_contact = Some(Distribution::exponential(30.0).unwrap());
    a.patience = Some(Distribution::exponential(90.0).unwrap());
    let mut b = topic("b");
    b.short_abandon = 5_000_000;
    let mut desk = pool("desk", agents, 2);
    desk.outcomes[1].resolve = 0.8;
    desk.work_factor = vec![1.0, 1.5];
    model(
        &[3.0, 2.0],
        vec![a, b],
        vec![desk],
        vec![vec![step(&[0])], vec![step(&[0])]],
        horizon,
    )
}

#[test]
fn everything_is_as_with_events() {
    compare("Erlang A", &erlang_a(105.0, 1.0, Some(1.0), 100, DAY));
    compare("M/M/1", &erlang_a(0.9, 1.0, None, 1, 40 * DAY));
    compare("two topics", &two_topics(12.0, 2 * DAY));
    let mut late = two_topics(9.0, DAY + HOUR);
    late.warmup = 5 * HOUR;
    compare("a warm-up, and a pool with too much to do", &late);
    compare("nobody on duty", &two_topics(0.0, 6 * HOUR));
    // Some wait for longer than the drain lasts.
    compare("unserved", &erlang_a(6.0, 10.0, None, 1, 3 * DAY));
    let mut drained = erlang_a(4.0, 60.0 * 24.0 * 9.0, None, 30, DAY);
    drained.topics[0].after_contact = Some(Distribution::exponential(3e5).unwrap());
    compare("talks and work that the end cuts off", &drained);
}

#[test]
fn what_leads_to_another_course_has_events() {
    // Classes, and a limit: were they taken for single files, somebody else would be answered first, or nobody turned away.
    let mut classes = two_topics(11.0, DAY);
    classes.queues[0].class = 1;
    compare("classes", &classes);
    let mut limit = two_topics(11.0, DAY);
    limit.topics[0].queue_limit = Some(2);
    compare("a limit", &limit);
    let mut balk = two_topics(11.0, DAY);
    balk.topics[1].balk = 0.3;
    compare("balking", &balk);
    let mut second = two_topics(11.0, DAY);
    let queue = Queue {
        topic: 0,
        class: 5,
        route: vec![step(&[0])],
    };
    second.queues.push(queue);
    compare("a queue more", &second);
}
