//! What happens at the moment of a change: to the contacts in hand, in a queue, with the assistant, and to the people.

use super::*;

/// `m`, and from `second` on what `change` makes of it.
fn from(mut m: Model, second: f64, change: impl FnOnce(&mut Model)) -> Model {
    m.demand.step = 10 * handover::time::SECOND;
    let mut later = m.clone();
    change(&mut later);
    m.timeline = vec![Change {
        at: from_seconds(second),
        dated: true,
        note: String::new(),
        model: later,
    }];
    m
}

#[test]
fn a_second_agent_comes_and_the_first_to_wait_is_answered() {
    let m = from(small(&[0.0, 1.0, 2.0], 100.0, 1.0), 20.0, |m| {
        m.pools[0].supply = plan(&[(0.0, 2.0)]);
    });
    assert_eq!(
        trace(&m, &["answered"]),
        [
            "0 c@0 answered by p after 0",
            "20 c@1 answered by p after 19",
            "100 c@2 answered by p after 98",
        ]
    );
}

#[test]
fn work_begun_keeps_its_length() {
    let m = from(small(&[0.0, 1.0, 30.0], 50.0, 2.0), 20.0, |m| {
        m.topics[0].work = Some(fixed(5.0));
    });
    assert_eq!(
        trace(&m, &["served"]),
        [
            "50 c@0 served by p, gone at 50, handle 50",
            "51 c@1 served by p, gone at 51, handle 50",
            "55 c@30 served by p, gone at 55, handle 5",
        ]
    );
}

/// Two at once, each at half speed: 60 s of work are 20 s done after 20 s of one and then 20 s of two. From second 40 on
/// they go at a quarter each.
#[test]
fn work_left_goes_on_at_the_new_speed() {
    let mut m = small(&[0.0, 20.0], 60.0, 1.0);
    m.pools[0].concurrency = 2;
    m.pools[0].speed = vec![1.0, 0.5];
    let m = from(m, 40.0, |m| m.pools[0].speed = vec![1.0, 0.25]);
    // At 40 the first has 30 s left, at a quarter until 160; the second then has 20 s left, alone until 180.
    assert_eq!(
        trace(&m, &["served"]),
        [
            "160 c@0 served by p, gone at 160, handle 90",
            "180 c@20 served by p, gone at 180, handle 90",
        ]
    );
}

/// Three in hand when the limit falls to one: they are finished, and only then the next is taken.
#[test]
fn a_lower_limit_lets_finish_what_is_in_hand() {
    let mut m = small(&[0.0, 1.0, 2.0, 30.0], 100.0, 1.0);
    m.pools[0].concurrency = 3;
    m.pools[0].speed = vec![1.0; 3];
    let m = from(m, 20.0, |m| {
        m.pools[0].concurrency = 1;
        m.pools[0].speed = vec![1.0];
    });
    // At 20 there are 80, 81 and 82 s left at a third of the pace: until 260, 262 (one more second at a half) and 263.
    assert_eq!(
        trace(&m, &["served", "answered"])[3..],
        [
            "260 c@0 served by p, gone at 260, handle 87.5",
            "262 c@1 served by p, gone at 262, handle 87.5",
            "263 c@2 served by p, gone at 263, handle 88",
            "263 c@30 answered by p after 233",
            "363 c@30 served by p, gone at 363, handle 100",
        ]
    );
}

/// The second pool opens after a minute, then after 15 s: who has waited longer goes there at the change.
#[test]
fn a_step_that_opens_sooner_opens_for_those_who_wait() {
    let mut m = small(&[0.0, 1.0, 11.0], 200.0, 1.0);
    m.pools.push(pool("q", 2.0, 1));
    let later_step = |seconds: f64| RouteStep {
        after: from_seconds(seconds),
        ..step(&[1])
    };
    m.queues[0].route.push(later_step(60.0));
    let m = from(m, 20.0, |m| m.queues[0].route[1] = later_step(15.0));
    assert_eq!(
        trace(&m, &["answered"]),
        [
            "0 c@0 answered by p after 0",
            "20 c@1 answered by q after 19",
            "26 c@11 answered by q after 15",
        ]
    );
}

#[test]
fn who_begins_after_the_change_meets_the_new_assistant() {
    let mut m = small(&[5.0, 15.0, 25.0], 10.0, 3.0);
    m.topics[0].entry_human = 0.0;
    let ai = |outcomes| AiTopic {
        outcomes,
        handle_time: std::array::from_fn(|_| fixed(30.0)),
        improvement: 1.0,
    };
    m.topics[0].ai = Some(ai([0.0, 0.0, 1.0, 0.0, 0.0]));
    let m = from(m, 20.0, |m| {
        m.topics[0].ai = Some(ai([1.0, 0.0, 0.0, 0.0, 0.0]));
    });
    assert_eq!(
        trace(&m, &["answered", "resolved"]),
        [
            "35 c@5 answered by p after 0",
            "45 c@5 human_resolved",
            "45 c@15 answered by p after 0",
            "55 c@25 ai_resolved",
            "55 c@15 human_resolved",
        ]
    );
}

/// Nobody can be reached until second 30; from then on a person can.
#[test]
fn access_is_judged_when_the_assistant_is_done() {
    let mut m = small(&[5.0, 25.0, 35.0], 10.0, 3.0);
    m.topics[0].entry_human = 0.0;
    m.topics[0].access = HumanAccess::Never;
    m.topics[0].ai = Some(AiTopic {
        outcomes: [0.0, 0.0, 0.0, 1.0, 0.0],
        handle_time: std::array::from_fn(|_| fixed(10.0)),
        improvement: 1.0,
    });
    let m = from(m, 30.0, |m| m.topics[0].access = HumanAccess::Always);
    let lines = trace(&m, &["trapped", "answered"]);
    assert_eq!(
        lines,
        [
            "15 c@5 trapped",
            "35 c@25 trapped",
            "45 c@35 answered by p after 0"
        ]
    );
}

/// A shift that is cut from the change on: the contact goes back and the agent goes home.
#[test]
fn staff_leaves_by_the_new_rule() {
    let mut m = small(&[0.0, 1.0], 100.0, 2.0);
    m.pools[0].shift_end = ShiftEnd::Finish;
    let m = from(m, 20.0, |m| {
        m.pools[0].shift_end = ShiftEnd::Cut;
        m.pools[0].supply = plan(&[(0.0, 1.0)]);
    });
    assert_eq!(
        trace(&m, &["answered", "cut", "served"]),
        [
            "0 c@0 answered by p after 0",
            "1 c@1 answered by p after 0",
            "20 c@1 cut off by p",
            "100 c@0 served by p, gone at 100, handle 100",
            "100 c@1 answered again by p after 80",
            "181 c@1 served by p, gone at 181, handle 81",
        ]
    );
}

/// A session limit that falls away lets in who waits at the door.
#[test]
fn a_limit_that_is_lifted_lets_in_who_waits() {
    let mut m = small(&[0.0, 1.0, 2.0], 10.0, 1.0);
    m.topics[0].entry_human = 0.0;
    m.topics[0].ai = Some(AiTopic {
        outcomes: [1.0, 0.0, 0.0, 0.0, 0.0],
        handle_time: std::array::from_fn(|_| fixed(50.0)),
        improvement: 1.0,
    });
    m.assistant.capacity = Some(1);
    m.assistant.overflow = Overflow::Wait;
    let m = from(m, 20.0, |m| m.assistant.capacity = None);
    assert_eq!(
        trace(&m, &["assistant until"]),
        [
            "0 c@0 assistant until 50",
            "20 c@1 assistant until 70",
            "20 c@2 assistant until 70",
        ]
    );
}
