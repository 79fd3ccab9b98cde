//! Traces computed by hand: constant laws and arrivals at stated times, so that every moment is known.
//!
//! A trace is what an observer is told, one line per event, `SECOND TOPIC@ARRIVAL what`, in order of time; lines of one
//! instant stand in the order in which they were told.

use crate::models::{model, pool, step, topic};
use handover::dist::Distribution;
use handover::engine::{Account, Contact, Laws, Observer, Reason, Service, Wait, simulate};
use handover::model::*;
use handover::time::{DAY, HOUR, MINUTE, Micros, SECOND, StepFn, from_seconds, to_seconds};

/// Always so many seconds.
fn fixed(seconds: f64) -> Distribution {
    Distribution::deterministic(seconds).unwrap()
}

/// Writes down what happens.
struct Recorder<'m> {
    model: &'m Model,
    lines: Vec<(Micros, String)>,
}

impl Recorder<'_> {
    fn say(&mut self, at: Micros, contact: &Contact, what: &str) {
        let topic = &self.model.topics[usize::from(contact.topic)].name;
        let number = if contact.number == 1 { String::new() } else { format!("#{}", contact.number) };
        let line = format!("{} {topic}@{}{number} {what}", to_seconds(at), to_seconds(contact.case_start));
        self.lines.push((at, line));
    }

    fn pool(&self, pool: usize) -> &str {
        &self.model.pools[pool].name
    }
}

impl Observer for Recorder<'_> {
    fn contact(&mut self, contact: &Contact, at: Micros) {
        if contact.number > 1 {
            self.say(at, contact, "back");
        }
    }

    fn assistant(&mut self, contact: &Contact, from: Micros, to: Micros) {
        self.say(from, contact, &format!("assistant until {}", to_seconds(to)));
    }

    fn escalation(&mut self, contact: &Contact, reason: Reason, at: Micros) {
        self.say(at, contact, &format!("escalated: {}", Reason::KEYS[reason as usize]));
    }

    fn answered(&mut self, contact: &Contact, pool: usize, wait: Wait, first: bool, _: f64) {
        let again = if first { "" } else { "again " };
        let what = format!("answered {again}by {} after {}", self.pool(pool), to_seconds(wait.length()));
        self.say(wait.left, contact, &what);
    }

    fn abandoned(&mut self, contact: &Contact, wait: Wait) {
        self.say(wait.left, contact, &format!("abandoned after {}", to_seconds(wait.length())));
    }

    fn turned_away(&mut self, contact: &Contact, at: Micros, _: Option<Wait>) {
        self.say(at, contact, "turned away");
    }

    fn served(&mut self, contact: &Contact, pool: usize, service: Service) {
        let what = format!(
            "served by {}, gone at {}, handle {}",
            self.pool(pool),
            to_seconds(service.talk_end),
            (service.handle / 1e3).round() / 1e3
        );
        self.say(service.to, contact, &what);
    }

    fn cut_off(&mut self, contact: &Contact, pool: usize, service: Service) {
        let what = format!("cut off by {}", self.pool(pool));
        self.say(service.to, contact, &what);
    }

    fn transferred(&mut self, contact: &Contact, pool: usize, at: Micros) {
        let what = format!("transferred by {}", self.pool(pool));
        self.say(at, contact, &what);
    }

    fn ended(&mut self, contact: &Contact, ending: Ending, at: Micros, _: Option<Micros>, _: f64) {
        self.say(at, contact, ending.key());
    }

    fn finishing(&mut self, pool: usize, from: Micros, to: Micros, agents: u32) {
        if from == to {
            return;
        }
        let line = format!("{} {agents} of {} finishing until {}", to_seconds(from), self.pool(pool), to_seconds(to));
        self.lines.push((from, line));
    }
}

/// What happens in `model`, as lines that contain one of `kinds` (all when there are none), and the account.
fn play(model: &Model, kinds: &[&str]) -> (Vec<String>, Account) {
    let laws = Laws::new(model).unwrap();
    let mut recorder = Recorder { model, lines: Vec::new() };
    let account = simulate(&laws, 1, 0, &mut recorder, &|| false);
    assert!(account.conserved);
    let mut lines = recorder.lines;
    lines.sort_by_key(|l| l.0);
    let keep = |l: &String| kinds.is_empty() || kinds.iter().any(|k| l.contains(k));
    (lines.into_iter().map(|l| l.1).filter(keep).collect(), account)
}

fn trace(model: &Model, kinds: &[&str]) -> Vec<String> {
    play(model, kinds).0
}

/// Cases at these seconds.
fn at(seconds: &[f64]) -> Arrivals {
    Arrivals::Replay(seconds.iter().map(|&s| from_seconds(s)).collect())
}

/// One topic "c" whose cases come at `seconds`, with `work`, and one pool "p" of so many agents.
fn small(seconds: &[f64], work: f64, agents: f64) -> Model {
    let mut t = topic("c");
    t.work = Some(fixed(work));
    let mut m = model(&[0.0], vec![t], vec![pool("p", agents, 1)], vec![vec![step(&[0])]], 2 * HOUR);
    m.demand.arrivals = vec![at(seconds)];
    m
}

/// Agents by `(second, number)`.
fn plan(points: &[(f64, f64)]) -> Supply {
    let plan = StepFn::new(points.iter().map(|&(s, n)| (from_seconds(s), n)));
    Supply::Staffed(Staffing { plan, absence: 0.0, delivery: Delivery::Fixed(1.0) })
}

/// Members who are online from a moment after 0 until `session` seconds later.
fn gig(members: u32, session: f64, acceptance: f64, response: Option<f64>) -> GigSupply {
    GigSupply {
        log_on: LogOn::Members { members, rate: 1e6 },
        availability: StepFn::constant(1.0),
        session: fixed(session),
        acceptance,
        response: response.map(fixed),
        offer_timeout: None,
        cool_down: None,
        max_offers: None,
        broadcast: 1,
    }
}

/// An assistant with these outcomes, each attempt taking so many seconds.
fn assistant(outcomes: [f64; AiOutcome::COUNT], seconds: f64) -> Option<AiTopic> {
    Some(AiTopic { outcomes, handle_time: std::array::from_fn(|_| fixed(seconds)) })
}

const HAND_OFF: [f64; AiOutcome::COUNT] = [0.0, 0.0, 1.0, 0.0, 0.0];
const ASK: [f64; AiOutcome::COUNT] = [0.0, 0.0, 0.0, 1.0, 0.0];

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
            assert_eq!(lines.iter().filter(|l| l.contains("answered")).count(), answers, "{lines:?}");
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
        ["0 c@0 answered by p after 0", "60 c@10 answered by p after 50", "110 c@60 abandoned after 50"]
    );
    // Without the agent: at 60 s the newcomer still sees the one whose patience ends then, and the line is full.
    m.topics[0].work = Some(fixed(1000.0));
    assert_eq!(
        trace(&m, &["abandoned after", "turned away"]),
        ["60 c@60 turned away", "60 c@10 abandoned after 50"]
    );
}

#[test]
fn who_waits_at_the_end_of_the_drain_is_turned_away() {
    let m = small(&[5.0], 60.0, 0.0);
    assert_eq!(trace(&m, &[]), ["612000 c@5 turned away", "612000 c@5 turned_away"]);
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
        ["0 c@0 answered by p after 0", "1000 c@150 answered by p after 850"]
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
    m.queues[0].route.push(RouteStep { after: 20 * SECOND, pools: vec![StepPool { pool: 1, reserve: 0 }] });
    m
}

#[test]
fn a_later_step_opens_in_time() {
    let m = two_steps(&[0.0, 10.0, 15.0], 60.0, 1.0, 1.0);
    // The idle agent of q takes the second call exactly 20 s after it came, and the third when free.
    assert_eq!(
        trace(&m, &["answered"]),
        ["0 c@0 answered by p after 0", "30 c@10 answered by q after 20", "60 c@15 answered by p after 45"]
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
        ["0 c@0 answered by p after 0", "20 c@0 answered again by q after 10"]
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
    let route = vec![RouteStep { after: 0, pools: vec![StepPool { pool: 0, reserve: 1 }] }];
    m.queues.push(Queue { topic: 1, class: 5, route });
    // d@1 finds one idle agent, the reserve, which c@5 gets. At 60 s one agent frees: still one idle. At 65 s two.
    assert_eq!(
        trace(&m, &["answered"]),
        ["0 d@0 answered by p after 0", "5 c@5 answered by p after 0", "65 d@1 answered by p after 64"]
    );
}

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
    assert_eq!(trace(&m, &[]), ["0 c@0 assistant until 30", "30 c@0 trapped"]);
    m.topics[0].access = HumanAccess::Always;
    m.topics[0].sensitive = true;
    assert_eq!(trace(&m, &["escalated", "answered"]), ["30 c@0 escalated: sensitive", "30 c@0 answered by p after 0"]);
}

#[test]
fn hours_of_access() {
    let mut m = small(&[0.0, 100.0], 10.0, 1.0);
    m.topics[0].access =
        HumanAccess::Hours { open: StepFn::new([(from_seconds(50.0), 1.0)]), turn_away: true };
    assert_eq!(trace(&m, &["turned", "answered"]), [
        "0 c@0 turned away",
        "0 c@0 turned_away",
        "100 c@100 answered by p after 0"
    ]);
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
    let last = ["30 c@30 assistant until 35", "35 c@30 answered by p after 0"];
    // The outage begins with the second contact and is over when the third comes.
    for (overflow, middle) in [
        (Overflow::Human, vec!["10 c@10 escalated: outage", "10 c@10 answered by p after 0"]),
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
        ["30 c@10 assistant until 35".to_owned(), "35 c@10 escalated: stuck".to_owned()]
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
    assert_eq!(trace(&m, &["c@10"])[..2], ["10 c@10 escalated: limit".to_owned(), "10 c@10 answered by p after 0".to_owned()]);
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
        let mut m = model(&[0.0; 2], topics, vec![pool("p", 3.0, 2)], vec![vec![step(&[0])]; 2], 2 * HOUR);
        m.demand.arrivals = order.iter().map(|&n| at(&[if n == "a" { 0.0 } else { 10.0 }])).collect();
        m.assistant.capacity = Some(1);
        m.assistant.overflow = Overflow::Wait;
        assert_eq!(trace(&m, &["until"]), ["0 a@0 assistant until 60", "60 b@10 assistant until 120"]);
    }
}

#[test]
fn what_comes_after_the_drain_is_turned_away() {
    let mut m = small(&[0.0], 60.0, 1.0);
    m.topics[0].entry_human = 0.0;
    m.topics[0].ai = assistant(HAND_OFF, 5.0);
    m.assistant.outages = vec![(0, 2 * HOUR + 7 * DAY)];
    m.assistant.overflow = Overflow::Wait;
    assert_eq!(play(&m, &[]).1.ended[0][Ending::TurnedAway as usize], 1);
}

#[test]
fn a_customer_comes_back_and_passes_the_assistant_over() {
    let mut m = small(&[0.0], 60.0, 1.0);
    m.topics[0].entry_human = 0.0;
    m.topics[0].ai = assistant([0.0, 1.0, 0.0, 0.0, 0.0], 30.0);
    m.topics[0].insist = Insist { ask_factor: 1.0, skip_ai: 1.0 };
    m.pools[0].outcomes[0].resolve = 0.0;
    let back = |delay| Some(Return { probability: 1.0, delay: fixed(delay) });
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

#[test]
fn transfers_wait_again_and_draw_their_own_work() {
    let mut m = small(&[0.0], 60.0, 1.0);
    m.pools.push(pool("q", 1.0, 1));
    m.queues.push(Queue { topic: 0, class: 1, route: vec![step(&[1])] });
    m.pools[0].outcomes[0] = HumanOutcome { resolve: 0.0, transfer: 1.0, to: TransferTo::Queue(1) };
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
    m.queues.push(Queue { topic: 1, class: 5, route: vec![step(&[0])] });
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

/// One case at each of `seconds`, one pool of members to whom contacts are offered.
fn offers(seconds: &[f64], supply: GigSupply) -> Model {
    let mut m = small(seconds, 60.0, 0.0);
    m.pools[0].kind = PoolKind::Gig;
    m.pools[0].supply = Supply::Gig(supply);
    m
}

#[test]
fn an_offer_takes_its_time() {
    let m = offers(&[10.0, 10.0], gig(2, 7000.0, 1.0, Some(7.0)));
    assert_eq!(
        trace(&m, &["answered"]),
        ["17 c@10 answered by p after 7", "17 c@10 answered by p after 7"]
    );
    // A contact that abandons frees the member on offer, who gets the next contact at once.
    let mut m = offers(&[10.0, 12.0], gig(1, 7000.0, 1.0, Some(7.0)));
    m.topics[0].patience = Some(fixed(6.0));
    m.demand.arrivals.push(at(&[12.0]));
    let mut d = topic("d");
    d.work = Some(fixed(60.0));
    m.topics.push(d);
    m.demand.arrivals[0] = at(&[10.0]);
    m.queues.push(Queue { topic: 1, class: 5, route: vec![step(&[0])] });
    let p = &mut m.pools[0];
    (p.skills, p.work_factor, p.ranking) = (vec![true; 2], vec![1.0; 2], vec![0; 2]);
    p.outcomes = vec![p.outcomes[0]; 2];
    assert_eq!(
        trace(&m, &["answered", "abandoned after"]),
        ["16 c@10 abandoned after 6", "23 d@12 answered by p after 11"]
    );
}

#[test]
fn refusals_and_cool_down() {
    // Nobody accepts: an offer every 7 + 60 s, withdrawn when patience ends.
    let mut supply = gig(1, 7000.0, 0.0, Some(7.0));
    supply.cool_down = Some(fixed(60.0));
    let mut m = offers(&[10.0], supply.clone());
    m.topics[0].patience = Some(fixed(205.0));
    let told = offers_told(&m);
    assert_eq!(
        told,
        ["offer", "refused", "offer", "refused", "offer", "refused", "offer", "withdrawn"]
    );
    // An answer that comes after the time-out is a refusal at the time-out.
    supply.acceptance = 1.0;
    supply.offer_timeout = Some(5 * SECOND);
    supply.response = Some(fixed(5.000_001));
    let mut late = offers(&[10.0], supply.clone());
    late.topics[0].patience = Some(fixed(100.0));
    assert_eq!(offers_told(&late), ["offer", "refused", "offer", "refused"]);
    supply.response = Some(fixed(5.0));
    assert_eq!(offers_told(&offers(&[10.0], supply.clone())), ["offer", "accepted"]);
    // Three at a time: the first to accept has it, in order of response the others are freed.
    supply = gig(3, 7000.0, 1.0, Some(7.0));
    supply.broadcast = 2;
    assert_eq!(offers_told(&offers(&[10.0], supply)), ["offer", "offer", "accepted", "withdrawn"]);
}

/// Offers and their ends in the order told.
fn offers_told(m: &Model) -> Vec<&'static str> {
    struct Told(Vec<&'static str>);
    impl Observer for Told {
        fn offer(&mut self, _: usize, _: &Contact) {
            self.0.push("offer");
        }
        fn offer_ended(&mut self, _: usize, _: &Contact, accepted: Option<bool>) {
            self.0.push(accepted.map_or("withdrawn", |a| if a { "accepted" } else { "refused" }));
        }
    }
    let mut told = Told(Vec::new());
    simulate(&Laws::new(m).unwrap(), 1, 0, &mut told, &|| false);
    told.0
}

#[test]
fn offers_used_up_open_the_next_step() {
    let mut supply = gig(1, 7000.0, 0.0, Some(7.0));
    supply.cool_down = Some(fixed(60.0));
    supply.max_offers = Some(2);
    let mut m = offers(&[10.0], supply);
    m.pools.push(pool("q", 1.0, 1));
    m.queues[0].route.push(RouteStep { after: HOUR, pools: vec![StepPool { pool: 1, reserve: 0 }] });
    // Offered at 10 s and 77 s, refused 7 s later each; the second step opens at 84 s, long before its hour.
    assert_eq!(trace(&m, &["answered"]), ["84 c@10 answered by q after 74"]);
}

#[test]
fn a_refusal_leads_to_a_step_that_has_opened_meanwhile() {
    let mut supply = gig(1, 7000.0, 0.0, Some(30.0));
    supply.cool_down = Some(fixed(1000.0));
    let mut m = offers(&[10.0], supply);
    m.pools.push(pool("q", 1.0, 1));
    m.queues[0].route.push(RouteStep { after: 20 * SECOND, pools: vec![StepPool { pool: 1, reserve: 0 }] });
    assert_eq!(trace(&m, &["answered"]), ["40 c@10 answered by q after 30"]);
}

#[test]
fn each_offer_has_luck_of_its_own() {
    // A hundred customers, each with the only member to himself for half an hour and an offer every 11 s.
    let seconds: Vec<f64> = (0..100).map(|i| 100.0 + 2000.0 * f64::from(i)).collect();
    let mut supply = gig(1, 1e6, 0.5, Some(1.0));
    supply.cool_down = Some(fixed(10.0));
    supply.max_offers = Some(1);
    let mut m = offers(&seconds, supply);
    m.horizon = 3 * DAY;
    m.topics[0].patience = Some(fixed(1800.0));
    // All of them would have to refuse 160 times in a row.
    assert_eq!(trace(&m, &["abandoned after"]), Vec::<String>::new());
}

#[test]
fn an_offer_ends_with_the_session() {
    let mut m = offers(&[10.0], gig(1, 12.0, 1.0, Some(7.0)));
    m.topics[0].patience = Some(fixed(3.0));
    // The session is over about 12 s after 0, while the offer is out and patience has not ended.
    assert_eq!(offers_told(&m)[..2], ["offer", "refused"]);
    m.topics[0].patience = Some(fixed(1.0));
    assert_eq!(offers_told(&m)[..2], ["offer", "withdrawn"]);
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
    simulate(&Laws::new(&m).unwrap(), 1, 0, &mut counted, &|| false);
    assert_eq!(counted.0, [false, true]);
}
