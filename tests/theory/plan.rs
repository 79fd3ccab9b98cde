//! What is run for a case, and which figure of the results each of its numbers is.

use super::case::{Case, parts, threshold};
use super::run::{Results, run};
use super::script::{span, target};
use super::series::{Estimate, Want};

/// Reads a figure from the results of a run.
pub(crate) type Get = Box<dyn Fn(&Results) -> Estimate>;

/// How long a run is.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// A long stretch of the stationary system: contacts per second, and the warm-up in seconds.
    Long { rate: f64, warmup: f64 },
    /// Many days from empty: horizon and reporting interval in seconds.
    Days { horizon: f64, interval: f64 },
    /// As the scenario says, so many replications.
    AsWritten { replications: f64 },
    /// The state at one moment, in seconds, over many replications: the time average over the last hundredth of a second.
    Moment { at: f64 },
}

/// One scenario.
#[derive(Clone)]
pub(crate) struct Job {
    /// Topics and pools.
    pub(crate) body: String,
    /// How long it runs.
    pub(crate) shape: Shape,
    /// Changes by `--set`.
    pub(crate) sets: Vec<String>,
    /// What stands in `arrivals.csv` beside the scenario.
    pub(crate) arrivals: Option<String>,
}

/// How precise a figure must be in the full run: its standard error over its value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Power {
    /// 0.3% for what is above 0.05, else 1%.
    Usual,
    /// At most this, where more would take too long; the reason stands where it is used.
    Relaxed(f64),
    /// What the run gives.
    Any,
}

impl Power {
    /// The largest standard error allowed.
    pub(crate) fn most(self, want: Want) -> f64 {
        let size = want.size();
        match self {
            Power::Usual if size > 0.05 => 0.003 * size,
            Power::Usual => 0.01 * size,
            Power::Relaxed(share) => share * size,
            Power::Any => f64::INFINITY,
        }
    }
}

/// A number that is compared.
pub(crate) struct Check {
    /// Its name in the case.
    pub(crate) name: String,
    /// What it should be.
    pub(crate) want: Want,
    /// Which job gives it.
    pub(crate) job: usize,
    /// Where it stands.
    pub(crate) get: Get,
    /// How precise it must be.
    pub(crate) power: Power,
}

/// Everything that is done for a case.
#[derive(Default)]
pub(crate) struct Plan {
    /// What is run.
    pub(crate) jobs: Vec<Job>,
    /// What is compared.
    pub(crate) checks: Vec<Check>,
    /// Numbers that are not, with the reason.
    pub(crate) left_out: Vec<(String, &'static str)>,
    /// How many times longer what failed is run again; `None`: as the level says.
    pub(crate) retries: Option<&'static [f64]>,
}

/// Reasons for which a number of a case is not compared.
pub(crate) mod because {
    pub(crate) const NO_STATE: &str =
        "the distribution of the state over time is no measure, and too rare for snapshots";
    pub(crate) const NO_VIRTUAL: &str =
        "the wait of a customer with infinite patience is no measure where patience is finite";
    pub(crate) const NO_SPREAD: &str = "the spread of waits is no measure";
    pub(crate) const LITTLE: &str =
        "customers between two contacts are no measure; they follow from the flow by Little's law";
    pub(crate) const NOT_BY_VISIT: &str =
        "measures do not tell first contacts from later ones; both together are compared";
    pub(crate) const DEPARTURES: &str = "departures are no measure; they are arrivals less the change in service, which are compared";
    pub(crate) const OFFERS: &str = "members on offer or cooling down are no measure";
    pub(crate) const PRINTED: &str =
        "printed without a confidence interval; the exact value beside it is compared";
}

impl Plan {
    /// Adds a run; its number.
    pub(crate) fn job(&mut self, body: &str, shape: Shape) -> usize {
        self.jobs.push(Job {
            body: body.to_owned(),
            shape,
            sets: Vec::new(),
            arrivals: None,
        });
        self.jobs.len() - 1
    }

    /// The run `base` with T set to so many seconds for these topics; `base` itself when that is its T already.
    pub(crate) fn job_with_target(&mut self, base: usize, seconds: f64, topics: &[&str]) -> usize {
        let sets: Vec<String> = topics
            .iter()
            .map(|t| format!("topic.{t}.target={}", target(seconds)))
            .collect();
        if self.jobs[base]
            .body
            .contains(&format!("target = {}\n", target(seconds)))
        {
            return base;
        }
        if let Some(there) = self
            .jobs
            .iter()
            .position(|j| j.sets == sets && j.body == self.jobs[base].body)
        {
            return there;
        }
        self.jobs.push(Job {
            sets,
            ..self.jobs[base].clone()
        });
        self.jobs.len() - 1
    }

    /// Adds a number to be compared.
    pub(crate) fn check(
        &mut self,
        name: &str,
        want: f64,
        job: usize,
        power: Power,
        get: impl Fn(&Results) -> Estimate + 'static,
    ) {
        let (name, want, get) = (name.to_owned(), Want::Exact(want), Box::new(get));
        self.checks.push(Check {
            name,
            want,
            job,
            get,
            power,
        });
    }

    /// Notes a number that is not compared.
    pub(crate) fn leave_out(&mut self, name: &str, why: &'static str) {
        self.left_out.push((name.to_owned(), why));
    }

    /// The usual numbers of a queue, for all contacts or one slice of them; whether the name is one of these.
    ///
    /// `topics` are those whose T is changed where the name holds one.
    pub(crate) fn queue_number(
        &mut self,
        case: &Case,
        name: &str,
        want: f64,
        slice: &str,
        job: usize,
        topics: &[&str],
    ) -> bool {
        let seconds = case.unit().seconds;
        let (base, _, at) = parts(name);
        let (measure, unit, power) = match base {
            "p_delay" | "p_wait" | "p_delay_offered" => ("delay_probability", 1.0, Power::Usual),
            "p_abandon" | "p_abandon_offered" | "p_abandon_per_attempt" => {
                ("abandonment_rate", 1.0, Power::Usual)
            }
            "p_block" => ("turned_away_rate", 1.0, Power::Usual),
            "mean_wait" | "mean_wait_per_attempt" | "mean_wait_accepted" => {
                ("mean_wait", seconds, Power::Usual)
            }
            "asa" | "mean_wait_served" => ("asa", seconds, Power::Usual),
            "mean_wait_abandoned" => ("mean_wait_abandoned", seconds, Power::Usual),
            "mean_queue" => ("queue_length", 1.0, Power::Usual),
            "occupancy" => ("occupancy", 1.0, Power::Usual),
            "sl_served_offered" | "service_level" => ("sl_offered", 1.0, Power::Usual),
            "sl_excl_short_ab" => ("sl_net", 1.0, Power::Usual),
            "sl_given_served" => ("sl_answered", 1.0, Power::Usual),
            "p_wait_le" => ("sl_generous", 1.0, Power::Usual),
            "p_abandon_within" => ("abandonment_within", 1.0, Power::Usual),
            // Quantiles far out in the tail.
            "wait_quantile" => match at.unwrap_or("") {
                "0.9" => ("wait_p90", seconds, Power::Relaxed(0.01)),
                "0.95" => ("wait_p95", seconds, Power::Relaxed(0.01)),
                "0.99" => ("wait_p99", seconds, Power::Relaxed(0.01)),
                other => panic!("no quantile {other}"),
            },
            _ => return false,
        };
        let job = match at {
            Some(at) if base != "wait_quantile" => {
                self.job_with_target(job, threshold(at) * seconds, topics)
            }
            _ => job,
        };
        let slice = slice.to_owned();
        self.check(name, want, job, power, move |r| {
            r.series(measure, &slice).mean().times(1.0 / unit)
        });
        true
    }
}

/// Seconds in the four years that a scenario may cover, with a margin.
const LONGEST: f64 = 3.9 * 365.0 * 86_400.0;
/// Replications of a long stretch.
const STRETCHES: f64 = 64.0;

impl Job {
    /// Whether its length is free.
    pub(crate) fn is_long(&self) -> bool {
        matches!(self.shape, Shape::Long { .. })
    }

    /// Runs it with about so many counted contacts, or so many days, both times `times`.
    pub(crate) fn run(&self, contacts: f64, days: f64, times: f64, seed: u64) -> Results {
        let (contacts, days) = (contacts * times, days * times);
        let (horizon, warmup, interval, replications) = match self.shape {
            Shape::Long { rate, warmup } => {
                // Shorter than a few relaxation times, stretches tell nothing about longer ones.
                let total = (contacts / rate).max(STRETCHES * warmup / 4.0);
                let replications = (total / (LONGEST - warmup)).ceil().max(STRETCHES);
                let window = (total / replications).max(600.0).ceil();
                let horizon = warmup.ceil() + window;
                (
                    horizon,
                    warmup.ceil(),
                    if horizon < 86_400.0 {
                        horizon
                    } else {
                        86_400.0
                    },
                    replications,
                )
            }
            Shape::AsWritten { replications } => {
                let n = (replications * times) as u32;
                // Its numbers need no length of time.
                return run(
                    &self.body,
                    self.arrivals.as_deref(),
                    &self.sets,
                    n,
                    seed,
                    f64::NAN,
                );
            }
            Shape::Days { horizon, interval } => (horizon, 0.0, interval, days),
            Shape::Moment { at } => (
                at,
                at - 0.01,
                if at < 86_400.0 { at } else { 86_400.0 },
                days,
            ),
        };
        let times = [
            ("horizon", horizon),
            ("warmup", warmup),
            ("interval", interval),
        ];
        let head: String = times
            .map(|(key, t)| format!("{key} = {}\n", span(t)))
            .concat();
        run(
            &(head + &self.body),
            self.arrivals.as_deref(),
            &self.sets,
            replications as u32,
            seed,
            horizon - warmup,
        )
    }
}

/// A warm-up in seconds: fifty times the longest of these times, given in seconds.
pub(crate) fn fifty(times: &[f64]) -> f64 {
    50.0 * times.iter().copied().fold(0.0, f64::max)
}

/// The relaxation time of a queue without abandonment, in units of its service time.
pub(crate) fn relaxation(agents: f64, load: f64) -> f64 {
    let spare = 1.0 - (load / agents).sqrt();
    1.0 + 1.0 / (agents * spare * spare)
}
