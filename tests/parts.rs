//! Plans that ask for a part of an agent.

use crate::sample::simulate;
use handover::engine::{Laws, Observer};
use handover::model::Model;
use handover::scenario::{InMemory, load};
use handover::time::{DAY, HOUR, Micros};
use std::path::Path;

const DAYS: usize = 40;

/// Agents of each pool in each hour, where nobody comes or goes within one.
struct Duty(Vec<Vec<f64>>);

impl Observer for Duty {
    fn on_duty(&mut self, pool: usize, from: Micros, to: Micros, agents: u32) {
        for hour in from / HOUR..to.div_ceil(HOUR) {
            let within = to.min((hour + 1) * HOUR) - from.max(hour * HOUR);
            if let Some(sum) = self.0[pool].get_mut(hour as usize) {
                *sum += f64::from(agents) * within as f64 / HOUR as f64;
            }
        }
    }
}

fn model(rate: &str, pools: &str) -> Model {
    let text = format!(
        "horizon = '{DAYS} days'\ndemand = {{ rate = '{rate}' }}\ntopic = [ {{ name = 'q', work = '1 s' }} ]\npool = [ {pools} ]"
    );
    let files = InMemory::new().with("a.toml", text);
    load(Path::new("a.toml"), &[], &files).unwrap().model
}

fn pool(name: &str, agents: &str) -> String {
    format!("{{ name = '{name}', kind = 'employed', agents = {agents} }}, ")
}

/// The same hour of each day of some replications.
fn at(model: &Model, pool: usize, hour: usize, replications: u64) -> Vec<f64> {
    let laws = Laws::new(model).unwrap();
    let mut all = Vec::new();
    for r in 0..replications {
        let mut duty = Duty(vec![vec![0.0; 24 * DAYS]; model.pools.len()]);
        simulate(&laws, 3, r, &mut duty);
        all.extend((0..DAYS).map(|day| duty.0[pool][24 * day + hour]));
    }
    all
}

#[track_caller]
fn is_drawn(values: &[f64], mean: f64) {
    let n = values.len() as f64;
    let (low, part) = (mean.floor(), mean.fract());
    assert!(values.iter().all(|&x| x == low || x == low + 1.0));
    let found = values.iter().sum::<f64>() / n;
    let se = (part * (1.0 - part) / n).sqrt();
    assert!(
        (found - mean).abs() < 4.0 * se,
        "{found} ± {se}, expected {mean}"
    );
}

/// 13.3 agents are 13 on seven days of ten, and 14 on the others; each day is drawn by itself.
#[test]
fn a_part_of_an_agent_comes_on_some_days() {
    let m = model("1 / h", &pool("p", "13.3"));
    let noon = at(&m, 0, 12, 30);
    is_drawn(&noon, 13.3);
    // Of neighbouring days nothing is shared.
    let both = noon.chunks(DAYS).flat_map(|days| days.windows(2));
    let both: Vec<f64> = both
        .map(|d| f64::from(u8::from(d[0] > 13.0 && d[1] > 13.0)))
        .collect();
    let (n, share) = (
        both.len() as f64,
        both.iter().sum::<f64>() / both.len() as f64,
    );
    assert!(
        (share - 0.09).abs() < 4.0 * (0.09 * 0.91 * 1.5 / n).sqrt(),
        "{share}"
    );
    // The whole day has the same, and what is said of the model is the mean.
    assert_eq!(noon, at(&m, 0, 0, 30));
    assert!((m.mean_agents(0, &[(0, DAY)])[0] - 13.3).abs() < 1e-12);
}

/// Within a day the number moves as the plan does, and no more than it must.
#[test]
fn the_number_follows_the_plan_within_a_day() {
    let m = model("1 / h", &pool("p", "[ 2.5, 3.25, 4.25, 4.0 ]"));
    let [night, morning, noon, evening] = [3, 8, 14, 20].map(|hour| at(&m, 0, hour, 20));
    is_drawn(&night, 2.5);
    is_drawn(&morning, 3.25);
    assert!(evening.iter().all(|&x| x == 4.0));
    for ((night, morning), noon) in night.iter().zip(&morning).zip(&noon) {
        assert_eq!(morning + 1.0, *noon);
        assert!(night <= morning);
    }
}

/// With shrinkage as many are there as are left in the mean. Where the plan itself is whole, what is left is rounded as it always was.
#[test]
fn shrinkage_leaves_a_part() {
    let pools = pool("parts", "14.25, shrinkage = 0.2") + &pool("whole", "14, shrinkage = 0.15");
    let m = model("1 / h", &pools);
    is_drawn(&at(&m, 0, 12, 20), 11.4);
    assert!(at(&m, 1, 12, 2).iter().all(|&x| x == 12.0));
}

/// Another demand meets the same agents; another pool has its own.
#[test]
fn scenarios_have_the_same_days() {
    let pools = pool("p", "3.5") + &pool("q", "3.5");
    let (calm, busy) = (model("1 / h", &pools), model("50 / h", &pools));
    assert_eq!(at(&calm, 0, 12, 5), at(&busy, 0, 12, 5));
    let more = model("1 / h", &(pool("p", "3.75") + &pool("q", "3.5")));
    let (before, after) = (at(&calm, 0, 12, 5), at(&more, 0, 12, 5));
    assert!(before.iter().zip(&after).all(|(b, a)| a >= b));
    let same = |pool| at(&calm, pool, 12, 5);
    let shared = same(0)
        .iter()
        .zip(same(1))
        .filter(|(a, b)| **a == *b)
        .count();
    assert!((60..140).contains(&shared), "{shared} of 200");
}
