//! Queues, agents, shifts and routes.

use super::{at, fixed, plan, small, trace};
use crate::models::{pool, step, topic};
use crate::sample::simulate;
use handover::engine::{Contact, Laws, Observer};
use handover::model::*;
use handover::time::{MINUTE, Micros, SECOND};

#[test]
fn three_calls_one_agent() {
    let mut m = small(&[0.0, 10.0, 20.0], 60.0, 1.0);
    m.topics[0].patience = Some(fixed(51.0));
    assert_eq!(
        trace(&m, &[]),
        [
            "0 c@0 answered by p after 0",
            "60 c@0 human_resolved",
            "60 c@0 served by p, gone at 60, handle 60",
            "60 c@10 answered by p after 50",
            "71 c@20 abandoned after 51",
            "71 c@20 abandoned",
            "120 c@10 human_resolved",
            "120 c@10 served by p, gone at 120, handle 60",
        ]
    );
}

#[test]
fn who_frees_up_when_patience_ends_answers() {
    // The second call's patience ends at 60 s, the very microsecond at which the agent is free. The third comes at that
    // instant too and finds the agent taken.
    for (patience, answers) in [(50.0, 2), (49.999_999, 1)] {
        for watched in [false, true] {
            let mut m = small(&[0.0, 10.0], 60.0, 1.0);
            m.topics[0].patience = Some(fixed(patience));
            // With a limit on the queue the end of a patience is an event of its own, otherwise it is noticed later.
            m.topics[0].queue_limit = watched.then_some(5);
            let lines = trace(&m, &["answered", "abandoned"]);
            assert_eq!(
                lines.iter().filter(|l| l.contains("answered")).count(),
                answers,
                "{lines:?}"
            );
        }
    }
}

#[test]
fn an_arrival_comes_after_the_agent_and_before_the_patience() {
    let mut m = small(&[0.0, 10.0, 60.0], 60.0, 1.0);
    m.topics[0].patience = Some(fixed(50.0));
    m.topics[0].queue_limit = Some(1);
    // At 60 s: the agent frees and takes the second; the third joins the empty line; its own patience ends at 110 s.
    assert_eq!(
        trace(&m, &["answered", "abandoned after", "turned"]),
        [
            "0 c@0 answered by p after 0",
            "60 c@10 answered by p after 50",
            "110 c@60 abandoned after 50"
        ]
    );
    // Without the agent: at 60 s the newcomer still sees the one whose patience ends then, and the line is full.
    m.topics[0].work = Some(fixed(1000.0));
    assert_eq!(
        trace(&m, &["abandoned after", "turned away"]),
        ["60 c@60 turned away", "60 c@10 abandoned after 50"]
    );
}

#[test]
fn who_waits_at_the_end_of_the_drain_is_unserved() {
    let m = small(&[5.0], 60.0, 0.0);
    assert_eq!(
        trace(&m, &[]),
        ["612000 c@5 not served", "612000 c@5 unserved"]
    );
}

#[test]
fn two_chats_share_an_agent() {
    let mut m = small(&[0.0, 30.0], 60.0, 1.0);
    m.pools[0].concurrency = 2;
    m.pools[0].speed = vec![1.0, 0.6];
    // The first has 30 s of work left at 30 s and goes on at speed 0.6: gone at 80 s. The second has done 30 s of its work
    // by then and finishes alone at 110 s. Handle times: 30 + 50/2, 50/2 + 30.
    assert_eq!(
        trace(&m, &["answered", "served"]),
        [
            "0 c@0 answered by p after 0",
            "30 c@30 answered by p after 0",
            "80 c@0 served by p, gone at 80, handle 55",
            "110 c@30 served by p, gone at 110, handle 55",
        ]
    );
}

#[test]
fn after_contact_work_holds_the_slot_and_shares_the_agent() {
    let mut m = small(&[0.0, 0.0, 20.0], 60.0, 1.0);
    m.pools[0].concurrency = 2;
    m.pools[0].speed = vec![1.0, 0.5];
    m.topics[0].after_contact = Some(fixed(15.0));
    // Both talk until 120 s (speed 1/2), both write until 150 s, each 75 s of the agent. The third waits until a slot is
    // free and has, for an instant, company: it goes at full speed from 150 s.
    assert_eq!(
        trace(&m, &["answered", "served"]),
        [
            "0 c@0 answered by p after 0",
            "0 c@0 answered by p after 0",
            "150 c@0 served by p, gone at 120, handle 75",
            "150 c@20 answered by p after 130",
            "150 c@0 served by p, gone at 120, handle 75",
            "225 c@20 served by p, gone at 210, handle 75",
        ]
    );
}

#[test]
fn shift_ends_in_three_ways() {
    // One agent until 30 s, another from 100 s on; calls at 0 s and 20 s of 60 s work.
    let mut m = small(&[0.0, 20.0], 60.0, 1.0);
    m.pools[0].supply = plan(&[(0.0, 1.0), (30.0, 0.0), (100.0, 1.0)]);
    m.pools[0].shift_end = ShiftEnd::Finish;
    assert_eq!(
        trace(&m, &["answered", "served", "cut"]),
        [
            "0 c@0 answered by p after 0",
            "60 c@0 served by p, gone at 60, handle 60",
            "100 c@20 answered by p after 80",
            "160 c@20 served by p, gone at 160, handle 60",
        ]
    );
    m.pools[0].shift_end = ShiftEnd::Cut;
    // Half the work is left; the one who was cut off stands at the head and is answered first.
    assert_eq!(
        trace(&m, &["answered", "served", "cut"]),
        [
            "0 c@0 answered by p after 0",
            "30 c@0 cut off by p",
            "100 c@0 answered again by p after 70",
            "130 c@0 served by p, gone at 130, handle 30",
            "130 c@20 answered by p after 110",
            "190 c@20 served by p, gone at 190, handle 60",
        ]
    );
    m.pools[0].shift_end = ShiftEnd::WhenIdle;
    // The agent stays as long as somebody waits.
    assert_eq!(
        trace(&m, &["answered", "served", "cut"]),
        [
            "0 c@0 answered by p after 0",
            "60 c@0 served by p, gone at 60, handle 60",
            "60 c@20 answered by p after 40",
            "120 c@20 served by p, gone at 120, handle 60",
        ]
    );
}

#[test]
fn nothing_new_after_the_end_of_the_shift() {
    let mut m = small(&[0.0, 150.0], 200.0, 1.0);
    m.pools[0].concurrency = 2;
    m.pools[0].speed = vec![1.0, 1.0];
    m.pools[0].supply = plan(&[(0.0, 1.0), (100.0, 0.0), (1000.0, 1.0)]);
    assert_eq!(
        trace(&m, &["answered"]),
        [
            "0 c@0 answered by p after 0",
            "1000 c@150 answered by p after 850"
        ]
    );
}

#[test]
fn time_past_the_end_of_the_shift() {
    let mut m = small(&[0.0], 60.0, 1.0);
    m.pools[0].supply = plan(&[(0.0, 1.0), (30.0, 0.0)]);
    assert_eq!(trace(&m, &["finishing"]), ["30 1 of p finishing until 60"]);
}

/// "p" at once, "q" after 20 s of waiting.
fn two_steps(seconds: &[f64], work: f64, p: f64, q: f64) -> Model {
    let mut m = small(seconds, work, p);
    m.pools.push(pool("q", q, 1));
    m.queues[0].route.push(RouteStep {
        after: 20 * SECOND,
        pools: vec![StepPool {
            pool: 1,
            reserve: 0,
        }],
    });
    m
}

#[test]
fn a_later_step_opens_in_time() {
    let m = two_steps(&[0.0, 10.0, 15.0], 60.0, 1.0, 1.0);
    // The idle agent of q takes the second call exactly 20 s after it came, and the third when free.
    assert_eq!(
        trace(&m, &["answered"]),
        [
            "0 c@0 answered by p after 0",
            "30 c@10 answered by q after 20",
            "60 c@15 answered by p after 45"
        ]
    );
    // A step that opens at the very instant at which patience ends is in time.
    let mut m = two_steps(&[0.0, 10.0], 60.0, 1.0, 1.0);
    m.topics[0].patience = Some(fixed(20.0));
    assert_eq!(trace(&m, &["c@10 a"]), ["30 c@10 answered by q after 20"]);
}

#[test]
fn a_later_step_opens_for_who_was_cut_off() {
    let mut m = two_steps(&[0.0], 60.0, 1.0, 1.0);
    m.pools[0].supply = plan(&[(0.0, 1.0), (10.0, 0.0)]);
    m.pools[0].shift_end = ShiftEnd::Cut;
    assert_eq!(
        trace(&m, &["answered"]),
        [
            "0 c@0 answered by p after 0",
            "20 c@0 answered again by q after 10"
        ]
    );
}

#[test]
fn the_first_answered_of_those_cut_off_goes_first() {
    let mut m = small(&[0.0, 5.0], 60.0, 2.0);
    m.pools[0].supply = plan(&[(0.0, 1.0), (10.0, 0.0)]);
    m.pools[0].concurrency = 2;
    m.pools[0].speed = vec![1.0, 1.0];
    m.pools[0].shift_end = ShiftEnd::Cut;
    m.pools.push(pool("q", 1.0, 1));
    m.queues[0].route.push(step(&[1]));
    let again = trace(&m, &["again"]);
    assert_eq!(again[0], "10 c@0 answered again by q after 0");
}

#[test]
fn overflow_keeps_a_reserve() {
    // Topic "c" belongs to pool p, topic "d" may use p only while more than one of its agents is idle.
    let mut m = small(&[0.0, 30.0], 60.0, 2.0);
    let mut d = topic("d");
    d.work = Some(fixed(60.0));
    m.topics.push(d);
    m.demand.arrivals = vec![at(&[5.0]), at(&[0.0, 1.0])];
    m.pools = vec![pool("p", 2.0, 2)];
    let route = vec![RouteStep {
        after: 0,
        pools: vec![StepPool {
            pool: 0,
            reserve: 1,
        }],
    }];
    m.queues.push(Queue {
        topic: 1,
        class: 5,
        route,
    });
    // d@1 finds one idle agent, the reserve, which c@5 gets. At 60 s one agent frees: still one idle. At 65 s two.
    assert_eq!(
        trace(&m, &["answered"]),
        [
            "0 d@0 answered by p after 0",
            "5 c@5 answered by p after 0",
            "65 d@1 answered by p after 64"
        ]
    );
}

#[test]
fn transfers_wait_again_and_draw_their_own_work() {
    let mut m = small(&[0.0], 60.0, 1.0);
    m.pools.push(pool("q", 1.0, 1));
    m.queues.push(Queue {
        topic: 0,
        class: 1,
        route: vec![step(&[1])],
    });
    m.pools[0].outcomes[0] = HumanOutcome {
        resolve: 0.0,
        transfer: 1.0,
        to: TransferTo::Queue(1),
    };
    m.pools[1].work_factor[0] = 2.0;
    assert_eq!(
        trace(&m, &[]),
        [
            "0 c@0 answered by p after 0",
            "60 c@0 transferred by p",
            "60 c@0 answered by q after 0",
            "60 c@0 served by p, gone at 60, handle 60",
            "180 c@0 human_resolved",
            "180 c@0 served by q, gone at 180, handle 120",
        ]
    );
}

#[test]
fn classes_come_before_waits() {
    let mut m = small(&[], 60.0, 1.0);
    let mut d = topic("d");
    d.work = Some(fixed(60.0));
    d.target.within = 5 * SECOND;
    m.topics[0].target.within = 50 * SECOND;
    m.topics.push(d);
    m.demand.arrivals = vec![at(&[0.0, 10.0]), at(&[20.0])];
    m.pools = vec![pool("p", 1.0, 2)];
    m.pools[0].ranking = vec![1, 0];
    m.queues.push(Queue {
        topic: 1,
        class: 5,
        route: vec![step(&[0])],
    });
    let second = |m: &Model| trace(m, &["answered"])[1].clone();
    // Same class: 50 s against 40 s of waiting; relative to 50 s and 5 s it is 1 against 8; by rank d comes first.
    assert_eq!(second(&m), "60 c@10 answered by p after 50");
    m.pools[0].take = Take::LongestRelativeWait;
    assert_eq!(second(&m), "60 d@20 answered by p after 40");
    m.pools[0].take = Take::Ranking;
    assert_eq!(second(&m), "60 d@20 answered by p after 40");
    m.queues[0].class = 4;
    assert_eq!(second(&m), "60 c@10 answered by p after 50");
}

#[test]
fn after_contact_work_of_the_last_customer_is_told() {
    let mut m = small(&[7000.0], 60.0, 1.0);
    m.topics[0].after_contact = Some(fixed(600.0));
    assert_eq!(
        trace(&m, &["served"]),
        ["7660 c@7000 served by p, gone at 7060, handle 660"]
    );
}

#[test]
fn warm_up_counts_by_the_begin_of_the_contact() {
    struct Counted(Vec<bool>);
    impl Observer for Counted {
        fn contact(&mut self, contact: &Contact, _: Micros) {
            self.0.push(contact.is_counted());
        }
    }
    let mut m = small(&[59.999_999, 60.0], 10.0, 1.0);
    m.warmup = MINUTE;
    let mut counted = Counted(Vec::new());
    simulate(&Laws::new(&m).unwrap(), 1, 0, &mut counted);
    assert_eq!(counted.0, [false, true]);
}
