//! Distributions of durations.

use super::csv::Csv;
use super::cursor::{Cursor, Item};
use super::problem::{did_you_mean, listed};
use super::tree::Value;
use super::values::MAX_SECONDS;
use crate::dist::{DistError, Distribution};
use crate::text::number;

/// The kinds of distributions, which are also the keys that replace one another.
pub(super) const KINDS: [&str; 10] = [
    "exponential",
    "lognormal",
    "gamma",
    "weibull",
    "erlang",
    "uniform",
    "triangular",
    "deterministic",
    "hyperexponential",
    "empirical",
];

/// Most values of an empirical distribution in a file.
const MOST_VALUES: usize = 5_000_000;
/// Longest list within a scenario file.
const LONGEST_LIST: usize = 200_000;

impl<'a> Item<'a> {
    /// A distribution of durations, in seconds.
    pub(super) fn distribution(&self) -> Option<Distribution> {
        let what = "a distribution such as { exponential = \"5 min\" } or a duration";
        match &self.node.value {
            Value::Table(_) => {}
            Value::String(_) => {
                return self
                    .seconds()
                    .and_then(|s| self.build(Distribution::deterministic(s)));
            }
            Value::Integer(_) | Value::Float(_) => {
                let help = format!("write a unit, such as \"{} s\"", self.found());
                return self.expected_help(what, Some(help));
            }
            _ => return self.expected(what),
        }
        let mut c = self.cursor(what)?;
        let found: Vec<(&str, Item<'a>)> = KINDS
            .iter()
            .filter_map(|kind| c.take(kind).map(|item| (*kind, item)))
            .collect();
        let unknown = c
            .table
            .entries
            .iter()
            .find(|e| !KINDS.contains(&e.key.as_str()));
        match (found.as_slice(), unknown) {
            ([(kind, item)], None) => item.of_kind(kind),
            (_, Some(entry)) => {
                let help = did_you_mean(&entry.key, KINDS)
                    .unwrap_or_else(|| format!("the distributions are {}", listed(KINDS, "and")));
                let path = super::cursor::join(&self.path, &entry.key);
                self.reader.problem(
                    entry.span,
                    &path,
                    "unknown distribution".to_owned(),
                    Some(help),
                );
                None
            }
            ([], None) => self.expected_help(
                what,
                Some(format!("the distributions are {}", listed(KINDS, "and"))),
            ),
            (many, None) => {
                let kinds = listed(many.iter().map(|(k, _)| *k), "and");
                self.problem(format!("expected one distribution, found {kinds}"), None);
                None
            }
        }
    }

    /// A distribution whose mean is above 0, where a time of 0 for ever would make no sense.
    pub(super) fn positive_distribution(&self) -> Option<Distribution> {
        let d = self.distribution()?;
        if d.mean() > 0.0 {
            Some(d)
        } else {
            self.expected("a distribution with a mean above 0")
        }
    }

    /// A distribution, or `None` when it is always 0.
    pub(super) fn optional_distribution(&self) -> Option<Option<Distribution>> {
        self.distribution()
            .map(|d| (d != Distribution::Deterministic(0.0)).then_some(d))
    }

    /// The distribution, or its refusal as a problem of this value.
    fn build(&self, built: Result<Distribution, DistError>) -> Option<Distribution> {
        match built {
            Ok(d) if d.mean() <= MAX_SECONDS => Some(d),
            Ok(d) => {
                self.problem(
                    format!(
                        "expected a mean of at most 4 years, found {:.0} s",
                        d.mean()
                    ),
                    None,
                );
                None
            }
            Err(e) => self.refused(&e),
        }
    }

    /// Reports why parameters make no distribution, at the parameter if it is one alone. Durations are in seconds.
    pub(super) fn refused<T>(&self, error: &DistError) -> Option<T> {
        let (parameter, message) = match error {
            DistError::OutOfRange {
                parameter,
                found,
                allowed,
            } => (
                Some(*parameter),
                format!("expected {allowed}, found {}", number(*found)),
            ),
            DistError::Order {
                lesser,
                lesser_found,
                greater,
                greater_found,
            } => {
                let message = format!(
                    "expected `{lesser}` below `{greater}`, found {lesser_found} s and {greater_found} s"
                );
                (Some(*lesser), message)
            }
            DistError::Lengths {
                first,
                first_found,
                second,
                second_found,
            } => (
                None,
                format!(
                    "expected as many {first} as {second}, found {first_found} and {second_found}"
                ),
            ),
            DistError::Empty { parameter } => (
                Some(*parameter),
                "expected at least one value, found none".to_owned(),
            ),
            DistError::Sum { parameter, found } => {
                let shown = (found * 1e6).round() / 1e6;
                let message = format!("expected {parameter} that sum to 1, found a sum of {shown}");
                (Some(*parameter), message)
            }
        };
        let entry = self
            .node
            .table()
            .and_then(|t| t.entries.iter().find(|e| Some(e.key.as_str()) == parameter));
        match (entry, parameter) {
            (Some(e), _) => self.reader.problem(
                e.node.span,
                &super::cursor::join(&self.path, &e.key),
                message,
                None,
            ),
            (None, Some(p)) => self.problem(format!("{p}: {message}"), None),
            (None, None) => self.problem(message, None),
        }
        None
    }

    fn of_kind(&self, kind: &str) -> Option<Distribution> {
        match kind {
            "exponential" => self
                .positive_seconds()
                .and_then(|m| self.build(Distribution::exponential(m))),
            "deterministic" => self
                .seconds()
                .and_then(|s| self.build(Distribution::deterministic(s))),
            _ => {
                let mut c = self.cursor(&format!("a table with the parameters of {kind}"))?;
                let built = match kind {
                    "lognormal" => self.lognormal(&mut c),
                    "gamma" => self.gamma(&mut c),
                    "weibull" => self.weibull(&mut c),
                    "erlang" => self.erlang(&mut c),
                    "uniform" => {
                        let (low, high) = (duration(&mut c, "low"), duration(&mut c, "high"));
                        self.build(Distribution::uniform(low?, high?))
                    }
                    "triangular" => {
                        let (low, mode) = (duration(&mut c, "low"), duration(&mut c, "mode"));
                        let high = duration(&mut c, "high");
                        self.build(Distribution::triangular(low?, mode?, high?))
                    }
                    "hyperexponential" => self.hyperexponential(&mut c),
                    _ => self.empirical(&mut c),
                };
                c.finish();
                built
            }
        }
    }

    fn lognormal(&self, c: &mut Cursor<'a>) -> Option<Distribution> {
        match form(c, &[&["mean", "cv"], &["p50", "p90"], &["mu", "sigma"]])? {
            0 => {
                let (mean, cv) = (positive(c, "mean"), plain(c, "cv"));
                self.build(Distribution::lognormal_mean_cv(mean?, cv?))
            }
            1 => {
                let (p50, p90) = (positive(c, "p50"), positive(c, "p90"));
                self.build(Distribution::lognormal_p50_p90(p50?, p90?))
            }
            _ => {
                let (mu, sigma) = (plain(c, "mu"), plain(c, "sigma"));
                self.build(Distribution::lognormal_mu_sigma(mu?, sigma?))
            }
        }
    }

    fn gamma(&self, c: &mut Cursor<'a>) -> Option<Distribution> {
        match form(c, &[&["mean", "cv"], &["p50", "p90"], &["shape", "scale"]])? {
            0 => {
                let (mean, cv) = (positive(c, "mean"), plain(c, "cv"));
                self.build(Distribution::gamma_mean_cv(mean?, cv?))
            }
            1 => {
                let (p50, p90) = (positive(c, "p50"), positive(c, "p90"));
                self.build(Distribution::gamma_p50_p90(p50?, p90?))
            }
            _ => {
                let (shape, scale) = (plain(c, "shape"), positive(c, "scale"));
                self.build(Distribution::gamma_shape_scale(shape?, scale?))
            }
        }
    }

    fn weibull(&self, c: &mut Cursor<'a>) -> Option<Distribution> {
        match form(c, &[&["shape", "scale"], &["mean", "cv"], &["p50", "p90"]])? {
            0 => {
                let (shape, scale) = (plain(c, "shape"), positive(c, "scale"));
                self.build(Distribution::weibull_shape_scale(shape?, scale?))
            }
            1 => {
                let (mean, cv) = (positive(c, "mean"), plain(c, "cv"));
                self.build(Distribution::weibull_mean_cv(mean?, cv?))
            }
            _ => {
                let (p50, p90) = (positive(c, "p50"), positive(c, "p90"));
                self.build(Distribution::weibull_p50_p90(p50?, p90?))
            }
        }
    }

    fn erlang(&self, c: &mut Cursor<'a>) -> Option<Distribution> {
        let chosen = form(c, &[&["shape", "mean"], &["shape", "rate"]])?;
        let shape = c
            .require("shape", "the number of stages")
            .and_then(|i| i.integer(1, 1000));
        let mean = if chosen == 0 {
            positive(c, "mean")
        } else {
            let stage = c
                .require("rate", "the rate of one stage")
                .and_then(|i| i.positive_rate());
            shape.zip(stage).map(|(k, r)| k as f64 / r)
        };
        self.build(Distribution::erlang_shape_mean(
            u32::try_from(shape?).ok()?,
            mean?,
        ))
    }

    fn hyperexponential(&self, c: &mut Cursor<'a>) -> Option<Distribution> {
        let chosen = form(
            c,
            &[&["probs", "means"], &["probs", "rates"], &["mean", "cv"]],
        )?;
        if chosen == 2 {
            let (mean, cv) = (positive(c, "mean"), plain(c, "cv"));
            return self.build(Distribution::hyperexponential_mean_cv(mean?, cv?));
        }
        let probs = c
            .require("probs", "a list of probabilities")
            .and_then(|i| i.each(|p| p.probability()));
        let means = if chosen == 0 {
            c.require("means", "a list of durations")
                .and_then(|i| i.each(|m| m.positive_seconds()))
        } else {
            c.require("rates", "a list of rates")
                .and_then(|i| i.each(|r| r.positive_rate().map(|r| 1.0 / r)))
        };
        self.build(Distribution::hyperexponential(probs?, means?))
    }

    fn empirical(&self, c: &mut Cursor<'a>) -> Option<Distribution> {
        let values = if form(c, &[&["csv", "column", "unit"], &["values"]])? == 0 {
            let file = c.require("csv", "the path of a CSV file");
            let column = c.require("column", "the name of a column");
            let name = column
                .as_ref()
                .and_then(|i| i.string("the name of a column"));
            let unit = c.require("unit", "a unit of time").and_then(|i| i.unit());
            let csv = Csv::open(&file?)?;
            csv_values(&csv, &column?, name?, unit?)
        } else {
            c.require("values", "a list of durations")
                .and_then(|i| i.each(|v| v.seconds()))
        };
        self.build(Distribution::empirical(values?))
    }

    /// A rate above 0, per second.
    fn positive_rate(&self) -> Option<f64> {
        let r = self.rate()?;
        if r > 0.0 {
            Some(r)
        } else {
            self.expected("a rate above 0")
        }
    }

    /// A list, each of whose entries `f` accepts.
    pub(super) fn each<T>(&self, f: impl FnMut(&Item<'a>) -> Option<T>) -> Option<Vec<T>> {
        let items = self.list("a list", LONGEST_LIST)?;
        // All entries are looked at before one that was refused makes the whole fail.
        let read: Vec<Option<T>> = items.iter().map(f).collect();
        read.into_iter().collect()
    }
}

/// The numbers of a column of durations.
fn csv_values(csv: &Csv<'_>, column: &Item<'_>, name: &str, unit: f64) -> Option<Vec<f64>> {
    let Some(at) = csv.position(name) else {
        let help = did_you_mean(name, csv.columns())
            .unwrap_or_else(|| format!("the columns are {}", listed(csv.columns(), "and")));
        return column.expected_help(&format!("a column of {}", csv.name()), Some(help));
    };
    csv.rows(MOST_VALUES, |row| {
        let number = row.number(at, "a duration as a number of at least 0", |x| {
            (0.0..=MAX_SECONDS / unit).contains(&x)
        });
        number.map(|x| x * unit)
    })
}

/// Which of several sets of keys a table uses; keys of more than one set, or of none, are a problem.
fn form(c: &mut Cursor<'_>, forms: &[&[&str]]) -> Option<usize> {
    let known: Vec<&str> = forms.iter().flat_map(|f| f.iter().copied()).collect();
    let present: Vec<&str> = known.iter().copied().filter(|k| c.has(k)).collect();
    let fits = |f: &&[&str]| present.iter().all(|k| f.contains(k));
    if !present.is_empty()
        && let Some(i) = forms
            .iter()
            .position(|f| fits(f) && present.len() >= f.len())
            .or_else(|| forms.iter().position(fits))
    {
        return Some(i);
    }
    let allowed: Vec<String> = forms
        .iter()
        .map(|f| format!("{{ {} }}", f.join(", ")))
        .collect();
    let found = if present.is_empty() {
        "none of these".to_owned()
    } else {
        present.join(", ")
    };
    c.problem(
        format!("expected {}, found {found}", allowed.join(" or ")),
        None,
    );
    // The keys are known, whatever is wrong with their combination.
    for key in known {
        c.take(key);
    }
    None
}

fn positive(c: &mut Cursor<'_>, key: &str) -> Option<f64> {
    c.require(key, "a duration above 0")
        .and_then(|i| i.positive_seconds())
}

fn duration(c: &mut Cursor<'_>, key: &str) -> Option<f64> {
    c.require(key, "a duration").and_then(|i| i.seconds())
}

fn plain(c: &mut Cursor<'_>, key: &str) -> Option<f64> {
    c.require(key, "a number").and_then(|i| {
        let what = match i.node.value {
            Value::Float(_) => "a finite number",
            _ => "a number",
        };
        i.number_in(what, f64::is_finite)
    })
}
