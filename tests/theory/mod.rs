//! Queueing theory, and published results, through the whole path: a scenario file in, result files out.
//!
//! The cases in `cases/` are models with numbers that are known: closed forms, Markov chains solved to twelve digits, and
//! printed results of other simulators. Each becomes a scenario, the real binary runs it, and its numbers are read from
//! `summary.csv`, `replications.csv` and `intervals.csv`. A number passes when it is within four standard errors, and only
//! if the run was long enough for that to mean something. The family `rules` has its scenarios in `scenarios/`.
//!
//! `cargo test --release theory` runs one case of each family at modest length; `cargo test --release -- --ignored theory`
//! runs all of them at full length.
//!
//! Sinusoidal rates are given as steps of a minute with the exact mean of the minute. The state at one moment (the variance
//! of the number in service, the queue at the end of an hour) comes from many replications that count only their last
//! hundredth of a second.
//!
//! **Cases that are not here:** PR-6 (a pre-emptive priority, which contact centres do not have), PB-5 (a message after two
//! minutes, a queue cleared at the end of a session and a limit on trunks: not in the model). Head-count is a matter of
//! staffing over months, not of a queue. The families of statistics are tested where the formulas stand; the intervals in
//! use are recomputed here from `replications.csv` for every run that is read. **Numbers that are not compared** are listed
//! with the reason by `--nocapture`.

#![allow(clippy::print_stdout, reason = "reports are for --nocapture")]

mod case;
mod families;
mod fast;
mod full;
mod judgement;
mod plan;
mod run;
mod script;
mod series;
mod verify;

use case::Case;
use plan::Plan;

/// A family: its cases, and how one of them becomes scenarios and numbers.
pub(crate) struct Family {
    cases: &'static str,
    plan: fn(&Case) -> Plan,
}

macro_rules! families {
    ($($name:ident $plan:path;)*) => {$(
        #[allow(non_upper_case_globals, reason = "named as the files")]
        pub(crate) const $name: Family = Family { cases: include_str!(concat!("cases/", stringify!($name), ".json")), plan: $plan };
    )*};
}

families! {
    ai_network families::assistant::network;
    chat families::chat::chats;
    erlang_a families::queues::single;
    erlang_b families::queues::single;
    erlang_c families::queues::single;
    gig_supply families::gig::supply;
    infinite_server families::infinite::servers;
    loss_insensitive families::queues::insensitive;
    mg1_mgn families::queues::single;
    mmn_g families::queues::single;
    mmnk families::queues::single;
    offers families::gig::offers;
    priority families::classes::priority;
    published families::days::published;
    repeat_contacts families::returns::repeats;
    rules families::rules::rules;
    skill_routing families::classes::routing;
    time_varying families::days::time_varying;
}

/// Cases that no scenario expresses; the reasons are above.
const NOT_EXPRESSED: [&str; 2] = ["PR-6", "PB-5"];

impl Family {
    fn cases(&self) -> impl Iterator<Item = Case> {
        case::cases(self.cases)
            .into_iter()
            .filter(|c| !NOT_EXPRESSED.contains(&c.id.as_str()))
    }

    fn plan(&self, case: &Case) -> Plan {
        (self.plan)(case)
    }
}
