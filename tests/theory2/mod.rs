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

use judge::check;

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
];

/// The short selection, a quarter of the replications.
#[test]
fn rules_in_short() {
    let fast = CASES.iter().filter(|c| c.fast);
    let problems: Vec<String> = fast.flat_map(|c| check(c, (c.replications / 4).max(2))).collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// Every case at full length.
#[test]
#[ignore = "long"]
fn rules_in_full() {
    let problems: Vec<String> = CASES.iter().flat_map(|c| check(c, c.replications)).collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

/// Every case has numbers and every number has a case.
#[test]
fn numbers_belong_to_cases() {
    let rows = judge::expected();
    assert!(rows.iter().all(|r| CASES.iter().any(|c| c.name == r.case)));
    assert!(CASES.iter().all(|c| rows.iter().any(|r| r.case == c.name)));
}
