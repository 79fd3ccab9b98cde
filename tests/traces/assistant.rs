//! The assistant: attempts, access to people, outages, a limit on sessions, returns.

use super::{at, fixed, play, small, trace};
use crate::models::{model, pool, step, topic};
use handover::model::*;
use handover::time::{DAY, HOUR, StepFn, from_seconds};

/// An assistant with these outcomes, each attempt taking so many seconds.
fn assistant(outcomes: [f64; AiOutcome::COUNT], seconds: f64) -> Option<AiTopic> {
    Some(AiTopic {
        outcomes,
        handle_time: std::array::from_fn(|_| fixed(seconds)),
        improvement: 1.0,
    })
}

const HAND_OFF: [f64; AiOutcome::COUNT] = [0.0, 0.0, 1.0, 0.0, 0.0];
const ASK: [f64; AiOutcome::COUNT] = [0.0, 0.0, 0.0, 1.0, 0.0];

#[test]
fn asked_to_try_again_and_handed_over() {
    let mut m = small(&[0.0], 60.0, 1.0);
    m.topics[0].entry_human = 0.0;
    m.topics[0].ai = assistant(ASK, 30.0);
    m.topics[0].handover_factor = 0.5;
    m.topics[0].access = HumanAccess::After(1);
    // Two attempts of 30 s each, then a person, for whom the work is halved.
    assert_eq!(
        trace(&m, &[]),
        [
            "0 c@0 assistant until 60",
            "60 c@0 escalated: asked",
            "60 c@0 answered by p after 0",
            "90 c@0 human_resolved",
            "90 c@0 served by p, gone at 90, handle 30",
        ]
    );
    m.topics[0].access = HumanAccess::Never;
    assert_eq!(
        trace(&m, &[]),
        ["0 c@0 assistant until 30", "30 c@0 trapped"]
    );
    m.topics[0].access = HumanAccess::Always;
    m.topics[0].sensitive = true;
    assert_eq!(
        trace(&m, &["escalated", "answered"]),
        [
            "30 c@0 escalated: sensitive",
            "30 c@0 answered by p after 0"
        ]
    );
}

#[test]
fn hours_of_access() {
    let mut m = small(&[0.0, 100.0], 10.0, 1.0);
    m.topics[0].access = HumanAccess::Hours {
        open: StepFn::new([(from_seconds(50.0), 1.0)]),
        closed: Closed::TurnAway,
    };
    assert_eq!(
        trace(&m, &["turned", "answered"]),
        [
            "0 c@0 turned away",
            "0 c@0 turned_away",
            "100 c@100 answered by p after 0"
        ]
    );
}

#[test]
fn an_outage_with_each_overflow() {
    let mut m = small(&[0.0, 10.0, 30.0], 60.0, 3.0);
    m.topics[0].entry_human = 0.0;
    m.topics[0].ai = assistant(HAND_OFF, 5.0);
    m.topics[0].patience = Some(fixed(15.0));
    m.assistant.outages = vec![(from_seconds(10.0), from_seconds(30.0))];
    let kinds = ["assistant", "answered", "gave_up", "turned_away", "outage"];
    let first = ["0 c@0 assistant until 5", "5 c@0 answered by p after 0"];
    let last = [
        "30 c@30 assistant until 35",
        "35 c@30 answered by p after 0",
    ];
    // The outage begins with the second contact and is over when the third comes.
    for (overflow, middle) in [
        (
            Overflow::Human,
            vec!["10 c@10 escalated: outage", "10 c@10 answered by p after 0"],
        ),
        (Overflow::TurnAway, vec!["10 c@10 turned_away"]),
        (Overflow::Wait, vec!["25 c@10 gave_up"]),
    ] {
        m.assistant.overflow = overflow;
        for capacity in [None, Some(5)] {
            m.assistant.capacity = capacity;
            let expected = [&first[..], &middle, &last[..]].concat();
            assert_eq!(trace(&m, &kinds), expected, "{overflow:?} {capacity:?}");
        }
    }
    // With patience to the very end of the outage the assistant is reached.
    m.topics[0].patience = Some(fixed(20.0));
    m.assistant.capacity = None;
    assert_eq!(
        trace(&m, &["c@10"])[..2],
        [
            "30 c@10 assistant until 35".to_owned(),
            "35 c@10 escalated: stuck".to_owned()
        ]
    );
}

#[test]
fn a_limited_assistant_serves_in_order() {
    let mut m = small(&[0.0, 10.0, 20.0, 25.0], 60.0, 4.0);
    m.topics[0].entry_human = 0.0;
    m.topics[0].ai = assistant(HAND_OFF, 60.0);
    m.topics[0].patience = Some(fixed(70.0));
    m.assistant.capacity = Some(1);
    m.assistant.overflow = Overflow::Wait;
    assert_eq!(
        trace(&m, &["assistant", "gave_up"]),
        [
            "0 c@0 assistant until 60",
            "60 c@10 assistant until 120",
            "90 c@20 gave_up",
            "95 c@25 gave_up",
        ]
    );
    m.assistant.overflow = Overflow::Human;
    assert_eq!(
        trace(&m, &["c@10"])[..2],
        [
            "10 c@10 escalated: limit".to_owned(),
            "10 c@10 answered by p after 0".to_owned()
        ]
    );
}

#[test]
fn a_session_that_ends_with_the_patience_at_the_door_lets_the_customer_in() {
    for order in [["a", "b"], ["b", "a"]] {
        let mut topics: Vec<Topic> = order.iter().map(|n| topic(n)).collect();
        for t in &mut topics {
            t.entry_human = 0.0;
            t.ai = assistant(HAND_OFF, 60.0);
            t.patience = Some(fixed(50.0));
        }
        let mut m = model(
            &[0.0; 2],
            topics,
            vec![pool("p", 3.0, 2)],
            vec![vec![step(&[0])]; 2],
            2 * HOUR,
        );
        m.demand.arrivals = order
            .iter()
            .map(|&n| at(&[if n == "a" { 0.0 } else { 10.0 }]))
            .collect();
        m.assistant.capacity = Some(1);
        m.assistant.overflow = Overflow::Wait;
        assert_eq!(
            trace(&m, &["until"]),
            ["0 a@0 assistant until 60", "60 b@10 assistant until 120"]
        );
    }
}

#[test]
fn what_comes_after_the_drain_is_unserved() {
    let mut m = small(&[0.0], 60.0, 1.0);
    m.topics[0].entry_human = 0.0;
    m.topics[0].ai = assistant(HAND_OFF, 5.0);
    m.assistant.outages = vec![(0, 2 * HOUR + 7 * DAY)];
    m.assistant.overflow = Overflow::Wait;
    assert_eq!(play(&m, &[]).1.ended[0][Ending::Unserved as usize], 1);
}

#[test]
fn a_customer_comes_back_and_passes_the_assistant_over() {
    let mut m = small(&[0.0], 60.0, 1.0);
    m.topics[0].entry_human = 0.0;
    m.topics[0].ai = assistant([0.0, 1.0, 0.0, 0.0, 0.0], 30.0);
    m.topics[0].insist = Insist {
        ask_factor: 1.0,
        skip_ai: 1.0,
    };
    m.pools[0].outcomes[0].resolve = 0.0;
    let back = |delay| {
        Some(Return {
            probability: 1.0,
            delay: fixed(delay),
            clock: ReturnClock::Demand,
        })
    };
    m.topics[0].returns[Ending::AiMisresolved as usize] = back(600.0);
    m.topics[0].returns[Ending::HumanUnresolved as usize] = back(7000.0);
    let (lines, account) = play(&m, &["assistant", "back", "answered", "ed"]);
    assert_eq!(
        lines,
        [
            "0 c@0 assistant until 30",
            "30 c@0 ai_misresolved",
            "630 c@0#2 back",
            "630 c@0#2 answered by p after 0",
            "690 c@0#2 human_unresolved",
            "690 c@0#2 served by p, gone at 690, handle 60",
        ]
    );
    // The third contact would come at 7,690 s, after the horizon of 7,200 s.
    assert_eq!((account.pending, account.contacts()), (1, 2));
    m.max_contacts = 1;
    let (lines, account) = play(&m, &["back"]);
    assert!(lines.is_empty());
    assert_eq!((account.pending, account.contacts()), (0, 1));
}
