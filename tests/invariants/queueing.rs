//! What holds of every queue, contact by contact, without tolerance.

use super::random_model::{ALL, Dice, Range, random_model};
use super::{cases, rolls};
use crate::models::{model, pool, step, topic};
use crate::sample::simulate;
use handover::dist::Distribution;
use handover::engine::{Contact, Laws, Observer, Wait};
use handover::experiment::{Job, Outcome, Plan, run};
use handover::model::*;
use handover::time::{HOUR, Micros, StepFn};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Wait of each answered contact by case and number, and what else there was.
#[derive(Default)]
struct Waits {
    answered: BTreeMap<(u64, u16, u8), Micros>,
    delayed: u32,
    others: u32,
}

impl Observer for Waits {
    fn offered(&mut self, _: &Contact, _: Micros, delayed: bool) {
        self.delayed += u32::from(delayed);
    }
    fn answered(&mut self, contact: &Contact, _: usize, wait: Wait, _: bool) {
        self.answered.insert(
            (contact.case.0, contact.number, contact.hop()),
            wait.length(),
        );
    }
    fn abandoned(&mut self, _: &Contact, _: Wait) {
        self.others += 1;
    }
    fn turned_away(&mut self, _: &Contact, _: Micros) {
        self.others += 1;
    }
    fn unserved(&mut self, _: &Contact, _: Wait) {
        self.others += 1;
    }
}

fn waits(model: &Model, seed: u64) -> Waits {
    let mut waits = Waits::default();
    simulate(&Laws::new(model).unwrap(), seed, 0, &mut waits);
    waits
}

fn constant(agents: f64) -> Supply {
    Supply::Staffed(Staffing {
        contract: None,
        adherence: None,
        plan: StepFn::constant(agents),
        absence: 0.0,
        delivery: Delivery::Fixed(1.0),
        group: None,
        shrinkage: StepFn::constant(0.0),
    })
}

/// One topic, first come first served, nobody leaves.
fn patient(rolls: &[u32]) -> (Model, f64) {
    let d = &mut Dice::new(rolls);
    let mut t = topic("calls");
    t.work = Some(match d.roll(3) {
        0 => Distribution::exponential(60.0).unwrap(),
        1 => Distribution::deterministic(60.0).unwrap(),
        _ => Distribution::lognormal_mean_cv(60.0, 1.5).unwrap(),
    });
    t.after_contact = d
        .rarely(2)
        .then(|| Distribution::exponential(10.0).unwrap());
    let agents = 1 + d.roll(8);
    // From light load to one that the agents cannot cope with.
    let rate = f64::from(agents) * d.pick(&[0.9, 0.5, 0.8, 1.05]);
    let m = model(
        &[rate],
        vec![t],
        vec![pool("p", f64::from(agents), 1)],
        vec![vec![step(&[0])]],
        4 * HOUR,
    );
    (m, f64::from(agents))
}

/// Everything that an outcome says, as bits.
fn bits(outcome: &Outcome) -> (Vec<Vec<u64>>, u64, u64, Vec<Option<u64>>) {
    let values = outcome
        .values
        .iter()
        .map(|v| v.iter().map(|x| x.to_bits()).collect())
        .collect();
    let means = (0..outcome.rows.len())
        .map(|r| outcome.estimate(r).mean.map(f64::to_bits))
        .collect();
    (values, outcome.contacts, outcome.events, means)
}

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn nobody_waits_with_ample_agents(rolls in rolls(), seed in 0..1000u64) {
        let mut m = random_model(&rolls, Range { gig: false, quiet_end: false });
        for p in &mut m.pools {
            p.supply = constant(3000.0);
        }
        for q in &mut m.queues {
            let first = StepPool { reserve: 0, ..q.route[0].pools[0] };
            q.route = vec![RouteStep { after: 0, pools: vec![first] }];
        }
        for t in &mut m.topics {
            t.access = HumanAccess::Always;
            t.market_hours = None;
        }
        let w = waits(&m, seed);
        prop_assert_eq!((w.delayed, w.others), (0, 0));
        prop_assert!(w.answered.values().all(|&w| w == 0));
    }

    #[test]
    fn one_more_agent_makes_nobody_wait_longer(rolls in rolls(), seed in 0..1000u64) {
        let (mut m, agents) = patient(&rolls);
        let few = waits(&m, seed).answered;
        m.pools[0].supply = constant(agents + 1.0);
        let more = waits(&m, seed).answered;
        prop_assert!(few.keys().eq(more.keys()), "other customers came");
        for (id, wait) in &few {
            prop_assert!(more[id] <= *wait, "{id:?} waited {wait}, now {}", more[id]);
        }
        // The check would see it if more agents made no difference or the wrong one.
        if few.values().any(|&w| w > 0) {
            prop_assert!(few.iter().any(|(id, wait)| more[id] < *wait));
        }
    }
}

proptest! {
    #![proptest_config(cases(8))]

    #[test]
    fn neither_threads_nor_order_matter(a in rolls(), b in rolls(), seed in 0..1000u64) {
        let models = [random_model(&a, ALL), random_model(&b, ALL)];
        let play = |threads: usize, order: [usize; 2]| {
            let jobs = order.map(|i| Job { model: &models[i], plan: Plan { seed, replications: 9 + i as u32, confidence: 0.95 } });
            let threads = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let out = threads.install(|| run(&jobs, &())).unwrap();
            let at = |i: usize| bits(&out[order.iter().position(|&o| o == i).unwrap()]);
            (at(0), at(1))
        };
        let one = play(1, [0, 1]);
        prop_assert_eq!(one.0.0.len(), 9);
        prop_assert!(one == play(7, [0, 1]), "seven threads");
        prop_assert!(one == play(7, [1, 0]), "the other order");
    }
}
