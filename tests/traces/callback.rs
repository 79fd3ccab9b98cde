//! Customers who are called back.

use super::*;

/// One agent, work of 100 s, patience of 30 s; who joins while the first waits for 10 s or more is called back.
fn desk(seconds: &[f64], accept: f64, reached: f64) -> Model {
    let mut m = small(seconds, 100.0, 1.0);
    m.topics[0].patience = Some(fixed(30.0));
    m.topics[0].callback = Some(Callback {
        above: from_seconds(10.0),
        accept,
        reached,
    });
    m
}

#[test]
fn who_is_called_back_keeps_the_place_and_does_not_leave() {
    // The second finds an empty line and waits; the third comes when the second has waited for 15 s.
    assert_eq!(
        trace(
            &desk(&[0.0, 5.0, 20.0], 1.0, 1.0),
            &["answered", "abandoned after"]
        ),
        [
            "0 c@0 answered by p after 0",
            "35 c@5 abandoned after 30",
            "100 c@20 answered by p after 80",
        ]
    );
    assert_eq!(
        trace(
            &desk(&[0.0, 5.0, 20.0], 0.0, 1.0),
            &["answered", "abandoned after"]
        ),
        [
            "0 c@0 answered by p after 0",
            "35 c@5 abandoned after 30",
            "50 c@20 abandoned after 30",
        ]
    );
}

#[test]
fn who_is_not_there_takes_no_time() {
    let m = desk(&[0.0, 5.0, 20.0, 90.0], 1.0, 0.0);
    // At 90 s the first in line has waited for 70: all are called, nobody is there.
    assert_eq!(
        trace(&m, &["answered", "abandoned after"]),
        [
            "0 c@0 answered by p after 0",
            "35 c@5 abandoned after 30",
            "100 c@20 abandoned after 80",
            "100 c@90 abandoned after 10",
        ]
    );
}

/// The agent who comes in the evening takes those who are called, in the order of their calls.
#[test]
fn the_closed_desk_calls_back() {
    let mut m = desk(&[10.0, 20.0], 1.0, 1.0);
    m.topics[0].access = HumanAccess::Hours {
        open: StepFn::new([(from_seconds(600.0), 1.0)]),
        closed: Closed::Callback,
    };
    m.pools[0].supply = plan(&[(600.0, 1.0)]);
    assert_eq!(
        trace(&m, &["answered"]),
        [
            "600 c@10 answered by p after 590",
            "700 c@20 answered by p after 680",
        ]
    );
    m.topics[0].callback = Some(Callback {
        above: 0,
        accept: 0.0,
        reached: 1.0,
    });
    assert_eq!(
        trace(&m, &["turned"]),
        [
            "10 c@10 turned away",
            "10 c@10 turned_away",
            "20 c@20 turned away",
            "20 c@20 turned_away"
        ]
    );
}
