//! Factors of demand that are drawn for a day or a reporting interval.

use crate::sample::simulate;
use handover::engine::{Contact, Laws, Observer};
use handover::scenario::{InMemory, load};
use handover::time::{MINUTE, Micros};
use std::path::Path;

/// Contacts by quarter of an hour.
#[derive(Default)]
struct Quarters([f64; 4]);

impl Observer for Quarters {
    fn contact(&mut self, _: &Contact, at: Micros) {
        self.0[(at / (15 * MINUTE)) as usize] += 1.0;
    }
}

/// Counts of an hour whose quarters have a factor of cv c each, or share one: of mean m each has the variance m + m² c², and two
/// have the covariance m² c² where the factor is common to both, else none.
#[test]
fn every_reporting_interval_has_a_factor_of_its_own() {
    const RUNS: u64 = 4000;
    for (interval, common) in [
        ("15 min", [0, 1, 2, 3]),
        ("30 min", [0, 0, 1, 1]),
        ("1 h", [0; 4]),
    ] {
        let text = format!(
            "horizon = \"1 h\"\ninterval = \"{interval}\"\ndemand = {{ rate = \"80 / h\", interval_busyness_cv = 0.5 }}\n\
             topic = [ {{ name = \"q\", work = \"1 s\" }} ]\n[[pool]]\nname = \"p\"\nkind = \"employed\"\nagents = 10"
        );
        let files = InMemory::new().with("a.toml", text);
        let model = load(Path::new("a.toml"), &[], &files).unwrap().model;
        let laws = Laws::new(&model).unwrap();
        let counts: Vec<[f64; 4]> = (0..RUNS)
            .map(|r| {
                let mut quarters = Quarters::default();
                simulate(&laws, 5, r, &mut quarters);
                quarters.0
            })
            .collect();
        let (mean, cv) = (20.0, 0.5);
        for (i, j) in [(0, 0), (0, 1), (1, 2), (0, 3), (3, 3)] {
            let products: Vec<f64> = counts
                .iter()
                .map(|c| (c[i] - mean) * (c[j] - mean))
                .collect();
            let found = products.iter().sum::<f64>() / RUNS as f64;
            let spread = products.iter().map(|p| (p - found).powi(2)).sum::<f64>();
            let se = (spread / (RUNS * RUNS) as f64).sqrt();
            let shared = if common[i] == common[j] {
                (mean * cv) * (mean * cv)
            } else {
                0.0
            };
            let expected = shared + if i == j { mean } else { 0.0 };
            assert!(
                (found - expected).abs() < 4.0 * se,
                "{interval} {i} {j}: {found} ± {se}, expected {expected}"
            );
        }
    }
}
