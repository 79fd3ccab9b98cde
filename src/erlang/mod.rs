//! Erlang A and C, priorities, several contacts at once, work with deadlines, and the smallest number of agents.
//!
//! Exact steady-state results of the single-queue models with Poisson arrivals and exponential service. The simulator is
//! tested against them, and reports draw them as a reference line. Pure functions: nothing here is random, reads a file,
//! or panics; whatever has no answer (a parameter that is no number, a queue that grows without end) is `None`.
//!
//! | model | waiting | patience | where |
//! |---|---|---|---|
//! | M/M/n, M/M/n+M | unlimited | infinite or exponential | [`ErlangA`] |
//! | M/M/n with priority classes | unlimited | infinite | [`PriorityClass`] |
//! | several contacts an agent | unlimited | infinite or exponential | [`ChatAgents`] |
//!
//! Staffing to a target: [`smallest`](crate::stats::smallest); work with deadlines: [`Deadlines`].
//!
//! **Units.** Time is in any one unit the caller likes, the same for every argument: rates are per unit, waits and
//! thresholds come out in it. Loads are in erlangs (`arrival_rate * mean_service`). Shares lie between 0 and 1.
//!
//! **Reproducibility.** Only the four operations, square roots and the `libm` crate: the same bytes on every machine.
//!
//! **Accuracy.** About ten significant digits for loads of 0.001 to 20,000 erlangs and mean patience of 0.01 to 10,000
//! service times. At most [`MAX_SERVERS`] agents.
//!
//! ```
//! use handover::erlang::ErlangA;
//! use handover::stats::smallest;
//!
//! // 10.5 erlangs, three minutes a contact, five minutes of patience: how many agents for 80 % within 20 seconds?
//! let queue = |servers| ErlangA { arrival_rate: 10.5 / 180.0, mean_service: 180.0, mean_patience: Some(300.0), servers };
//! let servers = smallest(11, 1, 100, |n| queue(n).service_levels(20.0).is_some_and(|l| l.sl_offered >= 0.8));
//! assert_eq!(servers, Some(13));
//! assert!((queue(13).measures().unwrap().p_abandon - 0.0330).abs() < 1e-4);
//! ```
//!
//! # Sources
//! Gans, Koole & Mandelbaum (2003), "Telephone call centers: tutorial, review, and research prospects", M&SOM 5(2);
//! Garnett, Mandelbaum & Reiman (2002), "Designing a call center with impatient customers", M&SOM 4(3);
//! Zeltyn & Mandelbaum (2005), "Call centers with impatient customers: many-server asymptotics of the M/M/n+G queue",
//! Queueing Systems 51.

mod a;
mod chats;
mod levelling;
mod priority;
mod station;

pub use a::ErlangA;
pub use chats::{ChatAgents, WaitMeasures};
pub use levelling::Deadlines;
pub use priority::PriorityClass;
pub use station::ServiceLevels;

/// The largest number of servers any formula here accepts (more is answered with `None`): a bound on the time of a call.
pub const MAX_SERVERS: u32 = 10_000_000;

/// `x` if it is a positive finite number.
fn positive(x: f64) -> Option<f64> {
    (x.is_finite() && x > 0.0).then_some(x)
}

/// `x` if it is finite and not negative.
fn not_negative(x: f64) -> Option<f64> {
    (x.is_finite() && x >= 0.0).then_some(x)
}

/// `n` if it is between 1 and [`MAX_SERVERS`].
fn server_count(n: u32) -> Option<u32> {
    (1..=MAX_SERVERS).contains(&n).then_some(n)
}

/// The valid load `arrival_rate * mean_service` in erlangs; `None` unless rate, time and load are positive and finite.
fn offered_load(arrival_rate: f64, mean_service: f64) -> Option<f64> {
    positive(positive(arrival_rate)? * positive(mean_service)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) mod room;

    /// Fails unless `got` is within 1e-8 of `want`, relative (absolute 1e-10 near zero).
    #[track_caller]
    pub(super) fn close(got: f64, want: f64) {
        let bound = (1e-8 * want.abs()).max(1e-10 * f64::from(want.abs() < 1e-10));
        assert!((got - want).abs() <= bound, "got {got}, expected {want}");
    }

    #[test]
    fn checks_of_parameters() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0] {
            assert_eq!(positive(bad), None);
            assert_eq!(offered_load(bad, 1.0), None);
            assert_eq!(offered_load(1.0, bad), None);
        }
        assert_eq!(offered_load(1e200, 1e200), None);
        assert_eq!(not_negative(0.0), Some(0.0));
        assert_eq!(server_count(0), None);
        assert_eq!(server_count(u32::MAX), None);
    }
}
