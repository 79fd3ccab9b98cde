//! Rules that the cases in `theory` do not show, against numbers that do not come from this program.
//!
//! Each file in `cases/` is a scenario as a user would write it; its first line says where its numbers come from: a Markov
//! chain over the state named there, solved as a sparse linear system with the residual below 1e-10; Kolmogorov forward
//! equations (staff that changes); closed forms and quadrature (access, difficulty, mixtures); or, where no chain fits
//! (steps that open after a fixed wait), an event-by-event simulation written apart, whose own error stands beside the
//! number. All rates in the chains are exponential with the means in the scenario; queues are cut where less than 1e-3 of
//! the arrivals would be lost. `expected.csv` lists the numbers: per visit to a queue unless its definition says otherwise.
//!
//! A number passes within four standard errors (replications, and the number's own error). One that does not is final only
//! if a second seed at four times the length also fails.

#![allow(clippy::print_stdout, reason = "reports are for --nocapture")]

mod judge;

use judge::{Length, check};

/// A scenario with known numbers.
pub(crate) struct Case {
    /// Name of its file and of its rows in `expected.csv`.
    name: &'static str,
    scenario: &'static str,
    /// Replications at full length.
    replications: u32,
    /// Whether the short selection runs it.
    fast: bool,
    /// What stands in `arrivals.csv` beside the scenario, if anything.
    arrivals: &'static str,
}

macro_rules! case {
    ($name:literal, $replications:literal, $fast:literal, $arrivals:expr) => {
        Case {
            name: $name,
            scenario: include_str!(concat!("cases/", $name, ".toml")),
            replications: $replications,
            fast: $fast,
            arrivals: $arrivals,
        }
    };
}

const CASES: &[Case] = &[
    case!("reserve_loss", 20, true, ""),
    case!("reserve_n_design_1", 20, false, ""),
    case!("reserve_n_design_2", 20, true, ""),
    case!("reserve_threshold", 20, true, ""),
    case!("longest_wait_one_pool", 20, true, ""),
    case!("longest_wait_n_design", 20, false, ""),
    case!("gig_cut", 20, true, ""),
    case!("chat_most_loaded", 20, true, ""),
    case!("chat_most_loaded_2", 20, false, ""),
    case!("chat_random", 20, false, ""),
    case!("back_to_ai", 20, true, ""),
    case!("orbit_loss", 20, false, ""),
    case!("orbit_room", 20, false, ""),
    case!("orbit_room_patience", 20, true, ""),
    case!("limits_priority", 20, true, ""),
    case!("random_agent", 20, true, ""),
    case!("longest_idle_two_pools", 20, false, ""),
    case!("offer_sequential", 20, false, ""),
    case!("offer_broadcast_2", 20, false, ""),
    case!("offer_broadcast_2_cool", 20, true, ""),
    case!("offer_broadcast_3", 20, false, ""),
    case!("offers_fallback", 20, false, ""),
    case!("offers_fallback_cool", 20, false, ""),
    case!("offers_fallback_open", 20, true, ""),
    case!("offer_timeout", 20, false, ""),
    case!("offer_timeout_fallback", 20, true, ""),
    case!("register_finish", 20, false, ""),
    case!("register_cut", 20, true, ""),
    case!("register_when_idle", 20, false, ""),
    case!("staff_cut", 3000, false, ""),
    case!("staff_when_idle", 3000, false, ""),
    case!("ranking_in_class", 20, false, ""),
    case!("transfer_priority", 20, true, ""),
    case!("transfer_longest_wait", 20, false, ""),
    case!("chat_after_contact", 20, true, ""),
    case!("door_tandem", 20, true, ""),
    case!("access_after_2", 20, true, ""),
    case!("access_never", 20, false, ""),
    case!("access_after_0", 20, false, ""),
    case!("handover_factor", 20, true, ""),
    case!("difficulty", 20, true, ""),
    case!("absence", 20, false, ""),
    case!("delivery", 20, false, ""),
    case!("busyness", 20, false, ""),
    case!("agent_factor", 3000, false, ""),
    case!("insist", 20, false, ""),
    case!("hours_turn_away", 20, false, ""),
    case!("random_outages", 20, false, ""),
    case!("delayed_overflow", 20, false, ""),
    case!("delayed_overflow_n", 20, false, ""),
    case!("delayed_overflow_longest", 20, false, ""),
    case!("delayed_overflow_reserve", 20, false, ""),
    case!(
        "exact_refused_then_later_step",
        2,
        true,
        include_str!("cases/exact_refused_then_later_step.arrivals.csv")
    ),
    case!(
        "exact_next_step_empty",
        2,
        true,
        include_str!("cases/exact_next_step_empty.arrivals.csv")
    ),
    case!(
        "exact_cut_before_later_step",
        2,
        true,
        include_str!("cases/exact_cut_before_later_step.arrivals.csv")
    ),
    case!(
        "exact_falling_reserve",
        2,
        true,
        include_str!("cases/exact_falling_reserve.arrivals.csv")
    ),
];

/// The short selection, over five days instead of forty to a hundred and twenty.
#[test]
fn rules_in_short() {
    let fast = CASES.iter().filter(|c| c.fast);
    let problems: Vec<String> = fast.flat_map(|c| check(c, Length::Short)).collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// Every case at full length.
#[test]
#[ignore = "long"]
fn rules_in_full() {
    let problems: Vec<String> = CASES.iter().flat_map(|c| check(c, Length::Full)).collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// Every case has numbers and every number has a case.
#[test]
fn numbers_belong_to_cases() {
    let rows = judge::expected();
    assert!(rows.iter().all(|r| CASES.iter().any(|c| c.name == r.case)));
    assert!(CASES.iter().all(|c| rows.iter().any(|r| r.case == c.name)));
}
