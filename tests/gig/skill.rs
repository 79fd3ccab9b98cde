//! Members who differ in skill, ratings and tiers that follow from it.

use super::{close, of_pool};
use crate::sample::outcome;
use crate::sample::simulate;
use handover::dist::special::normal_quantile;
use handover::engine::{Contact, Laws, Observer};
use handover::measure::Slice;
use handover::scenario::{InMemory, load};
use std::path::Path;

/// Members who are always there.
fn register(members: u32, rate: &str, more: &str) -> String {
    format!(
        r#"
        horizon = "3 days"
        warmup = "1 day"
        replications = 40
        demand = {{ rate = "{rate}" }}
        topic = [ {{ name = "calls", work = "1 min", human = {{ resolve = 0.6 }} }} ]
        [[pool]]
        name = "gig"
        kind = "gig"
        members = {members}
        logon_rate = "1000 / s"
        session = "1000 days"
        {more}
        "#
    )
}

/// Mean of 1 / (1 + exp(spread z - b)) over the share `below` of the smallest z, by quantiles.
fn resolved(b: f64, spread: f64, below: f64) -> f64 {
    let n = 20_000;
    let p = |i: i32| {
        let z = normal_quantile((f64::from(i) + 0.5) / f64::from(n) * below);
        1.0 / (1.0 + (spread * z - b).exp())
    };
    (0..n).map(p).sum::<f64>() / f64::from(n)
}

/// The b at which the mean over everybody is 0.6.
fn intercept(spread: f64) -> f64 {
    let (mut low, mut high) = (-20.0, 20.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if resolved(middle, spread, 1.0) < 0.6 {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// On average over the members a contact is resolved as often as the pool says.
#[test]
fn a_spread_keeps_the_mean() {
    for more in ["skill_sd = 1.2", "skill_sd = -1.2"] {
        let more = format!("{more}\nselect = \"random\"");
        close(
            &outcome(&register(200, "60 / h", &more)),
            "resolution_rate",
            0.6,
        );
    }
}

/// The best quarter by skill takes everything: the mean over the quarter; who resolves more is quicker by the same skill.
#[test]
fn the_best_quarter_by_skill() {
    let more = "select = \"best_rated\"\nskill_sd = 1.2\nagent_cv = 0.5\ntiers = { by = \"skill\", shares = [0.25, 0.75] }";
    let best = outcome(&register(400, "60 / h", more));
    close(
        &best,
        "resolution_rate",
        resolved(intercept(1.2), 1.2, 0.25),
    );
    close(
        &best,
        "first_tier_resolution",
        resolved(intercept(1.2), 1.2, 0.25),
    );
    assert_eq!(of_pool(&best, "first_tier_share", 0), 1.0);
    // E[exp(s z - s^2 / 2) | z < q] = Phi(q - s) / 0.25 with s^2 = ln(1 + 0.25).
    let (s, q) = (1.25f64.ln().sqrt(), normal_quantile(0.25));
    let below = |x: f64| {
        let n = 20_000;
        (0..n)
            .filter(|&i| normal_quantile((f64::from(i) + 0.5) / f64::from(n)) < x)
            .count() as f64
            / f64::from(n)
    };
    close(&best, "handle_time", 60.0 * below(q - s) / 0.25);
}

/// Everybody has a fair share of the talks: a tier resolves what the members between its quantiles of skill do.
#[test]
fn each_tier_resolves_by_its_part_of_the_skill() {
    let more = "select = \"random\"\nskill_sd = 1.2\ntiers = { by = \"skill\", shares = [0.25, 0.25, 0.5] }";
    let all = outcome(&register(400, "60 / h", more));
    let b = intercept(1.2);
    let until = |share: f64| share * resolved(b, 1.2, share);
    let of = |measure: &str, tier: usize| {
        let estimate = all.find(measure, &Slice::Tier(0, tier)).unwrap();
        let interval = estimate.interval.unwrap();
        (interval.mean, interval.standard_error())
    };
    for (tier, (from, to)) in [(0.0, 0.25), (0.25, 0.5), (0.5, 1.0)]
        .into_iter()
        .enumerate()
    {
        let (share, se) = of("tier_share", tier);
        assert!((share - (to - from)).abs() < 4.0 * se, "{tier}: {share}");
        let expected = (until(to) - until(from)) / (to - from);
        let (found, se) = of("tier_resolution", tier);
        // The skills of 400 members are not quite those of everybody.
        assert!(
            (found - expected).abs() < 4.0 * se + 0.002 && se < 0.01,
            "{tier}: {found}, expected {expected} ± {se}"
        );
    }
    assert_eq!(
        of("tier_resolution", 0).0,
        of_pool(&all, "first_tier_resolution", 0)
    );
    assert!(all.find("tier_share", &Slice::Tier(0, 3)).is_none());
}

/// Two kinds of members, by hand: after a day of ratings those who resolve 0.9 of their contacts have them all.
#[test]
fn ratings_find_the_better_half() {
    let more = r#"select = "best_rated"
        tiers = { by = "rating", shares = [0.5, 0.5], review = "1 day" }
        segments = [ { name = "poor", share = 0.5, resolve_factor = 0.5 }, { name = "good", share = 0.5, resolve_factor = 1.5 } ]"#;
    let rated = outcome(&register(20, "30 / h", more));
    close(&rated, "resolution_rate", 0.9);
    let share = of_pool(&rated, "first_tier_share", 0);
    assert!(share > 0.9999, "{share}");
    // Before the first review all are of one tier, and take turns.
    let never = more.replace("1 day", "4 days");
    close(
        &outcome(&register(20, "30 / h", &never)),
        "resolution_rate",
        0.6,
    );
}

/// Counts the talks by tier.
#[derive(Default)]
struct ByTier([u64; 4]);

impl Observer for ByTier {
    fn rated(&mut self, _: usize, _: &Contact, _: u64, (_, tier): (usize, u8), _: bool) {
        self.0[usize::from(tier) - 1] += 1;
    }
}

/// The better the tier, the more contacts: a loss system in rank order. The first ten of forty have a load of 20 less what
/// Erlang B lets overflow, and so on.
#[test]
fn the_share_of_contacts_follows_the_rank() {
    let more = "select = \"best_rated\"\nskill_sd = 1\ntiers = { by = \"skill\", shares = [0.25, 0.25, 0.25, 0.25] }";
    let text = register(40, "1200 / h", more).replace("\"1 min\"", "{ exponential = \"1 min\" }");
    let files = InMemory::new().with("a.toml", text);
    let scenario = load(Path::new("a.toml"), &[], &files).unwrap();
    let laws = Laws::new(&scenario.model).unwrap();
    let blocked =
        |servers: u32| (1..=servers).fold(1.0, |b, n| 20.0 * b / (f64::from(n) + 20.0 * b));
    let mut shares: Vec<[f64; 4]> = Vec::new();
    for replication in 0..8 {
        let mut seen = ByTier::default();
        simulate(&laws, 3, replication, &mut seen);
        let all = seen.0.iter().sum::<u64>() as f64;
        shares.push(seen.0.map(|n| n as f64 / all));
    }
    for tier in 0..3 {
        let sample: Vec<f64> = shares.iter().map(|s| s[tier]).collect();
        let mean = sample.iter().sum::<f64>() / 8.0;
        let variance = sample.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 7.0;
        let n = 10 * tier as u32;
        let expected = blocked(n) - blocked(n + 10);
        assert!(
            (mean - expected).abs() < 4.0 * (variance / 8.0).sqrt() + 1e-4,
            "{tier}: {mean}, expected {expected}"
        );
    }
}
