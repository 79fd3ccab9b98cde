//! Blocks that are booked ahead, by binomial numbers and by hand.

use super::{close, is, of_pool, outcome_at};
use crate::sample::simulate;
use crate::sample::{monthly_mean, outcome};
use handover::engine::{Bookings, Laws, Observer};
use handover::scenario::{InMemory, load};
use std::path::Path;

/// Nobody calls. Members book as `slots` says.
fn booking(members: u32, session: &str, slots: &str, more: &str) -> String {
    format!(
        r#"
        start = 2025-06-02
        horizon = "4 weeks"
        replications = 20
        demand = {{ rate = "0 / h" }}
        topic = [ {{ name = "calls", work = "5 min" }} ]
        [[pool]]
        name = "gig"
        kind = "gig"
        members = {members}
        session = "{session}"
        slots = {{ {slots} }}
        {more}
        "#
    )
}

/// Keeps what became of each block.
#[derive(Default)]
struct Blocks(Vec<Bookings>);

impl Observer for Blocks {
    fn bookings(&mut self, _: usize, _: u64, bookings: Bookings) {
        self.0.push(bookings);
    }
}

fn blocks(text: &str, replications: u64) -> Vec<Bookings> {
    let files = InMemory::new().with("a.toml", text);
    let scenario = load(Path::new("a.toml"), &[], &files).unwrap();
    let laws = Laws::new(&scenario.model).unwrap();
    let mut all = Blocks::default();
    for replication in 0..replications {
        simulate(&laws, 7, replication, &mut all);
    }
    all.0
}

/// Of 20 slots a member comes for each with probability 0.9: binomial in every block.
#[test]
fn who_comes_is_binomial() {
    let text = booking(
        800,
        "30 min",
        "agents = 20, hours_per_week = 40, no_show = 0.1",
        "",
    );
    let blocks = blocks(&text, 10);
    assert!(blocks.iter().all(|b| (b.opened, b.booked) == (20, 20)));
    let n = blocks.len() as f64;
    let gone: Vec<f64> = blocks.iter().map(|b| f64::from(b.no_shows)).collect();
    let mean = gone.iter().sum::<f64>() / n;
    let variance = gone.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    // Stretches that happen to join fail together: neighbouring blocks share a little, which the factor 2 allows for.
    assert!((mean - 2.0).abs() < 4.0 * (2.0 * 1.8 / n).sqrt(), "{mean}");
    // Fourth central moment of a binomial: npq (1 + 3 pq (n - 2)).
    let fourth = 1.8 * (1.0 + 3.0 * 0.09 * 18.0);
    let se = (2.0 * (fourth - 1.8 * 1.8) / n).sqrt();
    assert!((variance - 1.8).abs() < 4.0 * se, "{variance}");
    close(&outcome(&text), "members_online", 18.0);
}

/// A pattern opens them; what is given back, taken again and missed follows the probabilities.
#[test]
fn releases_and_no_shows_are_shares() {
    let slots = "agents = [20, 10], hours_per_week = 60, late_release = 0.3, taken_again = 0.5, no_show = 0.1";
    let outcome = outcome(&booking(
        600,
        "1 h",
        slots,
        "price = { per_online_hour = 12 }",
    ));
    let opened = 28.0 * 24.0 * 30.0;
    is(&outcome, "slots_opened", opened);
    is(&outcome, "slots_booked", opened);
    close(&outcome, "slots_released", 0.3 * opened);
    close(&outcome, "slots_taken_again", 0.15 * opened);
    close(&outcome, "no_shows", 0.85 * 0.1 * opened);
    close(&outcome, "commitment_adherence", 0.85 * 0.9);
    close(&outcome, "members_online", 15.0 * 0.85 * 0.9);
    is(&outcome, "earnings_per_online_hour", 12.0);
    let paid = of_pool(&outcome, "members_online", 0) * 28.0 * 24.0 * 12.0;
    is(&outcome, "cost_total", paid);
}

/// Blocks of half a day, one slot each. Who is of the first tier can by day only.
#[test]
fn better_tiers_choose_first() {
    let register = |hours: u32, tier: u32| {
        booking(
            2,
            "12 h",
            &format!("agents = 1, block = \"12 h\", hours_per_week = {hours}"),
            &format!(
                r#"segments = [
                {{ name = "by day", share = 0.5, availability = [1, 0], tier = {tier} }},
                {{ name = "ever", share = 0.5, tier = 2 }},
            ]"#
            ),
        )
    };
    // All seven days, and what is left, the nights: there is somebody at every moment, a session each.
    let first = outcome(&register(84, 1));
    is(&first, "slots_booked", 56.0);
    is(&first, "members_online", 1.0);
    is(&first, "log_ons", 56.0);
    is(&first, "commitment_adherence", 1.0);
    // Three blocks each.
    is(&outcome(&register(47, 1)), "slots_booked", 24.0);
    // Who can at any time takes seven of fourteen blocks, 3.5 of them days; the other has the days that are left.
    close(&outcome(&register(84, 3)), "slots_booked", 4.0 * 10.5);
}

/// Blocks that follow one another are one session; who tires of waiting does not come back in the run.
#[test]
fn neighbouring_blocks_are_a_session() {
    let by_day = "agents = [1, 0], hours_per_week = 168";
    let whole = outcome(&booking(1, "2 h", by_day, ""));
    is(&whole, "members_online", 0.5);
    is(&whole, "log_ons", 28.0);
    is(&whole, "commitment_adherence", 1.0);
    let tired = outcome(&booking(1, "2 h", by_day, "tolerance = \"10 min\""));
    is(&tired, "members_online", 1.0 / 144.0);
    is(&tired, "log_ons", 28.0);
    is(&tired, "commitment_adherence", 1.0 / 72.0);
    is(&tired, "no_shows", 0.0);
}

/// A contact in hand when the booked blocks are over: finished, or back in its queue.
#[test]
fn a_block_ends_as_a_shift_does() {
    let text = |rule: &str| {
        format!(
            r#"
            start = 2025-06-02
            horizon = "6 h"
            replications = 2
            topic = [ {{ name = "calls", work = "20 min" }} ]
            [[pool]]
            name = "gig"
            kind = "gig"
            members = 1
            session = "1 h"
            shift_end = "{rule}"
            slots = {{ agents = {{ every = "1 h", values = [1, 0, 0, 1, 0, 0] }}, hours_per_week = 100 }}
            "#
        )
    };
    // Answered at 50 minutes; the second contact waits for the next booked hour, from 3 to 4 o'clock.
    let finish = outcome_at(&[3000.0, 3500.0], &text("finish"));
    is(&finish, "members_online", 120.0 / 360.0);
    is(&finish, "agents_finishing", 10.0 / 360.0);
    let wait = finish.total("mean_wait").and_then(|e| e.mean).unwrap();
    assert!(
        (wait - (180.0 * 60.0 - 3500.0) / 2.0).abs() < 1e-6,
        "{wait}"
    );
    is(&finish, "log_ons", 2.0);
    // Cut off with ten minutes left, and the first again at 3 o'clock.
    let cut = outcome_at(&[3000.0, 3500.0], &text("cut"));
    is(&cut, "agents_finishing", 0.0);
    is(&cut, "agents_busy", 40.0 / 360.0);
}

/// Hours of the day the clock is set back, and months: each local day has its blocks.
#[test]
fn blocks_follow_local_days_and_months() {
    let text = booking(30, "2 h", "agents = 2, hours_per_week = 20", "")
        .replace(
            "start = 2025-06-02",
            "start = 2025-10-25\ntime_zone = \"Europe/Stockholm\"",
        )
        .replace("\"4 weeks\"", "\"12 days\"");
    let outcome = outcome(&text);
    // A night of 25 hours; seven days of October, five of November.
    is(&outcome, "slots_opened", 2.0 * (12.0 * 48.0 + 2.0));
    let month = |m| monthly_mean(&outcome, m, "slots_opened").unwrap();
    assert_eq!(month(0), 2.0 * (7.0 * 48.0 + 2.0));
}

/// Members who leave give back what they had booked; new ones book from the next opening on.
#[test]
fn leavers_give_back() {
    let more = "turnover = { churn = 0.5 }";
    let text =
        booking(400, "1 h", "agents = 10, hours_per_week = 30", more).replace("4 weeks", "35 days");
    let blocks = blocks(&text, 4);
    let per = blocks.len() / 4;
    // The fifth week opened on 23 June, with the month's last days and the first of July, when half are gone.
    let days = |from: usize, to: usize| -> (u32, u32) {
        let of = |r: usize| &blocks[r * per + from * 48..r * per + to * 48];
        let all = (0..4).flat_map(of);
        all.fold((0, 0), |s, b| (s.0 + b.released, s.1 + b.booked))
    };
    assert_eq!(days(0, 29).0, 0);
    let (released, booked) = days(29, 35);
    let share = f64::from(released) / f64::from(booked);
    assert!((share - 0.5).abs() < 0.1, "{share}");
}
