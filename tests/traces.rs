//! Traces computed by hand: constant laws and arrivals at stated times, so that every moment is known.
//!
//! A trace is what an observer is told, one line per event, `SECOND TOPIC@ARRIVAL what`, in order of time; lines of one
//! instant stand in the order in which they were told.

mod assistant;
mod callback;
mod offers;
mod people;
mod timeline;

use crate::models::{model, pool, step, topic};
use crate::sample::simulate;
use handover::dist::Distribution;
use handover::engine::{Account, Contact, Laws, Observer, Reason, Service, Wait};
use handover::model::*;
use handover::time::{HOUR, Micros, StepFn, from_seconds, to_seconds};

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
        let number = if contact.number == 1 {
            String::new()
        } else {
            format!("#{}", contact.number)
        };
        let line = format!(
            "{} {topic}@{}{number} {what}",
            to_seconds(at),
            to_seconds(contact.case_start)
        );
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
        self.say(
            from,
            contact,
            &format!("assistant until {}", to_seconds(to)),
        );
    }

    fn escalation(&mut self, contact: &Contact, reason: Reason, at: Micros) {
        self.say(
            at,
            contact,
            &format!("escalated: {}", Reason::KEYS[reason as usize]),
        );
    }

    fn answered(&mut self, contact: &Contact, pool: usize, wait: Wait, first: bool) {
        let again = if first { "" } else { "again " };
        let what = format!(
            "answered {again}by {} after {}",
            self.pool(pool),
            to_seconds(wait.length())
        );
        self.say(wait.left, contact, &what);
    }

    fn abandoned(&mut self, contact: &Contact, wait: Wait) {
        self.say(
            wait.left,
            contact,
            &format!("abandoned after {}", to_seconds(wait.length())),
        );
    }

    fn turned_away(&mut self, contact: &Contact, at: Micros) {
        self.say(at, contact, "turned away");
    }

    fn unserved(&mut self, contact: &Contact, wait: Wait) {
        self.say(wait.left, contact, "not served");
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

    fn transferred(&mut self, contact: &Contact, pool: usize, _: Micros, at: Micros) {
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
        let line = format!(
            "{} {agents} of {} finishing until {}",
            to_seconds(from),
            self.pool(pool),
            to_seconds(to)
        );
        self.lines.push((from, line));
    }
}

/// What happens in `model`, as lines that contain one of `kinds` (all when there are none), and the account.
fn play(model: &Model, kinds: &[&str]) -> (Vec<String>, Account) {
    let laws = Laws::new(model).unwrap();
    let mut recorder = Recorder {
        model,
        lines: Vec::new(),
    };
    let account = simulate(&laws, 1, 0, &mut recorder);
    assert!(account.conserved);
    let mut lines = recorder.lines;
    lines.sort_by_key(|l| l.0);
    let keep = |l: &String| kinds.is_empty() || kinds.iter().any(|k| l.contains(k));
    (
        lines.into_iter().map(|l| l.1).filter(keep).collect(),
        account,
    )
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
    let mut m = model(
        &[0.0],
        vec![t],
        vec![pool("p", agents, 1)],
        vec![vec![step(&[0])]],
        2 * HOUR,
    );
    m.demand.arrivals = vec![at(seconds)];
    m
}

/// Agents by `(second, number)`.
fn plan(points: &[(f64, f64)]) -> Supply {
    let plan = StepFn::new(points.iter().map(|&(s, n)| (from_seconds(s), n)));
    Supply::Staffed(Staffing {
        contract: None,
        adherence: None,
        plan,
        absence: 0.0,
        delivery: Delivery::Fixed(1.0),
        group: None,
        shrinkage: StepFn::constant(0.0),
    })
}
