//! Distributions of durations.

use super::csv::Csv;
use super::numbers::MAX_SECONDS;
use crate::dist::{DistError, Distribution};
use crate::scenario::text::cursor::{Cursor, FromItem, Item, agree};
use crate::scenario::text::declared::Kind;
use crate::scenario::text::problem::{did_you_mean, join, listed};
use crate::scenario::text::tree::Value;
use crate::text::number;

/// Most values of an empirical distribution in a file.
const MOST_VALUES: usize = 5_000_000;

impl FromItem for Distribution {
    /// A distribution of durations, in seconds, with a mean above 0 where the declaration says so.
    fn from_item(item: &Item<'_>) -> Option<Self> {
        let d = item.distribution()?;
        if d.mean() == 0.0 && item.may_be(&Kind::PositiveDistribution) {
            return item.expected("a distribution with a mean above 0");
        }
        Some(d)
    }
}

impl FromItem for Option<Distribution> {
    /// A distribution, or `None` when it is always 0.
    fn from_item(item: &Item<'_>) -> Option<Self> {
        let d = Distribution::from_item(item)?;
        Some((d != Distribution::Deterministic(0.0)).then_some(d))
    }
}

/// Whether a table is a distribution by one of its keys.
pub(crate) fn is_distribution(item: &Item<'_>) -> bool {
    let keys = item.reader.declared.table("distribution");
    let table = item.node.table();
    table.is_some_and(|t| t.entries.iter().any(|e| keys.key(&e.key).is_some()))
}

impl<'a> Item<'a> {
    fn distribution(&self) -> Option<Distribution> {
        let keys = self.reader.declared.table("distribution");
        let kinds = || keys.keys.iter().map(|k| k.name.as_str());
        let all = || format!("the distributions are {}", listed(kinds(), "and"));
        match &self.node.value {
            Value::Table(_) => {}
            Value::String(_) => {
                let seconds = f64::from_item(&self.of_kind(&Kind::Duration))?;
                return self.build(Distribution::deterministic(seconds));
            }
            Value::Integer(_) | Value::Float(_) => {
                let help = format!("write a unit, such as \"{} s\"", self.found());
                return self.expected_help(&keys.form, Some(help));
            }
            _ => return self.expected(&keys.form),
        }
        let mut c = self.cursor_of(keys)?;
        let unknown = c.table.entries.iter().find(|e| keys.key(&e.key).is_none());
        if let Some(entry) = unknown {
            let help = did_you_mean(&entry.key, kinds()).unwrap_or_else(all);
            let path = join(&self.path, &entry.key);
            self.reader.problem(
                entry.span,
                &path,
                "unknown distribution".to_owned(),
                Some(help),
            );
            return None;
        }
        let found: Vec<(&str, Item<'a>)> = kinds()
            .filter_map(|kind| c.take(kind).map(|item| (kind, item)))
            .collect();
        match found.as_slice() {
            [(kind, item)] => item.of_family(kind),
            [] => self.expected_help(&keys.form, Some(all())),
            many => {
                let kinds = listed(many.iter().map(|(k, _)| *k), "and");
                self.refuse(format!("expected one distribution, found {kinds}"))
            }
        }
    }

    /// The distribution, or its refusal as a problem of this value.
    fn build(&self, built: Result<Distribution, DistError>) -> Option<Distribution> {
        match built {
            Ok(d) if d.mean() <= MAX_SECONDS => Some(d),
            Ok(d) => self.refuse(format!(
                "expected a mean of at most 4 years, found {:.0} s",
                d.mean()
            )),
            Err(e) => self.refused(&e),
        }
    }

    /// Reports why parameters make no distribution, at the parameter if it is one alone. Durations are in seconds.
    pub(crate) fn refused<T>(&self, error: &DistError) -> Option<T> {
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
            (Some(e), _) => {
                self.reader
                    .problem(e.node.span, &join(&self.path, &e.key), message, None)
            }
            (None, Some(p)) => self.problem(format!("{p}: {message}"), None),
            (None, None) => self.problem(message, None),
        }
        None
    }

    /// The distribution of a family whose parameters the value is.
    fn of_family(&self, family: &str) -> Option<Distribution> {
        match family {
            "exponential" => return self.build(Distribution::exponential(f64::from_item(self)?)),
            "deterministic" => {
                return self.build(Distribution::deterministic(f64::from_item(self)?));
            }
            _ => {}
        }
        let mut c = self.cursor()?;
        let form = match c.keys.forms.is_empty() {
            true => Some(&[][..]),
            false => form(&mut c),
        };
        let Some(form) = form else {
            c.finish();
            return None;
        };
        let form: Vec<&str> = form.iter().map(String::as_str).collect();
        let built = match (family, form.as_slice()) {
            ("lognormal", ["mean", "cv"]) => {
                c.two("mean", "cv").map(by(Distribution::lognormal_mean_cv))
            }
            ("lognormal", ["p50", "p90"]) => {
                c.two("p50", "p90").map(by(Distribution::lognormal_p50_p90))
            }
            ("lognormal", ["mu", "sigma"]) => c
                .two("mu", "sigma")
                .map(by(Distribution::lognormal_mu_sigma)),
            ("gamma", ["mean", "cv"]) => c.two("mean", "cv").map(by(Distribution::gamma_mean_cv)),
            ("gamma", ["p50", "p90"]) => c.two("p50", "p90").map(by(Distribution::gamma_p50_p90)),
            ("gamma", ["shape", "scale"]) => c
                .two("shape", "scale")
                .map(by(Distribution::gamma_shape_scale)),
            ("weibull", ["shape", "scale"]) => c
                .two("shape", "scale")
                .map(by(Distribution::weibull_shape_scale)),
            ("weibull", ["mean", "cv"]) => {
                c.two("mean", "cv").map(by(Distribution::weibull_mean_cv))
            }
            ("weibull", ["p50", "p90"]) => {
                c.two("p50", "p90").map(by(Distribution::weibull_p50_p90))
            }
            ("hyperexponential", ["mean", "cv"]) => c
                .two("mean", "cv")
                .map(by(Distribution::hyperexponential_mean_cv)),
            ("uniform", _) => c.two("low", "high").map(by(Distribution::uniform)),
            ("triangular", _) => {
                let (low, mode, high) = (c.need("low"), c.need("mode"), c.need("high"));
                three(low, mode, high)
                    .map(|(low, mode, high)| Distribution::triangular(low, mode, high))
            }
            ("erlang", ["shape", of]) => {
                let (shape, of): (Option<u32>, Option<f64>) = (c.need("shape"), c.need(of));
                shape.zip(of).map(|(shape, x)| {
                    let mean = if form[1] == "mean" {
                        x
                    } else {
                        f64::from(shape) / x
                    };
                    Distribution::erlang_shape_mean(shape, mean)
                })
            }
            ("hyperexponential", ["probs", of]) => {
                let list = |i: &Item<'a>| i.each(f64::from_item);
                let (probs, of) = (c.read_needed("probs", list), c.read_needed(of, list));
                probs.zip(of).map(|(probs, mut means)| {
                    if form[1] == "rates" {
                        means.iter_mut().for_each(|x| *x = 1.0 / *x);
                    }
                    Distribution::hyperexponential(probs, means)
                })
            }
            ("empirical", ["values"]) => c
                .read_needed("values", |i| i.each(f64::from_item))
                .map(Distribution::empirical),
            ("empirical", _) => from_file(&mut c).map(Distribution::empirical),
            _ => {
                agree(false, || {
                    format!("{family} has a form that nobody reads: {form:?}")
                });
                None
            }
        };
        c.finish();
        self.build(built?)
    }
}

/// A distribution by two parameters.
fn by(
    build: fn(f64, f64) -> Result<Distribution, DistError>,
) -> impl Fn((f64, f64)) -> Result<Distribution, DistError> {
    move |(a, b)| build(a, b)
}

fn three<T>(a: Option<T>, b: Option<T>, c: Option<T>) -> Option<(T, T, T)> {
    Some((a?, b?, c?))
}

/// The values in a column of a file, in seconds.
fn from_file(c: &mut Cursor<'_>) -> Option<Vec<f64>> {
    let (file, column) = (c.require("csv"), c.require("column"));
    let name = column.as_ref().and_then(Item::string);
    let unit = c.read_needed("unit", Item::unit);
    let csv = Csv::open(&file?)?;
    csv_values(&csv, &column?, name?, unit?)
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

impl Cursor<'_> {
    /// Two numbers that must be there.
    fn two(&mut self, first: &str, second: &str) -> Option<(f64, f64)> {
        let (a, b) = (self.need(first), self.need(second));
        a.zip(b)
    }
}

/// Which of the declared sets of keys a table uses; keys of more than one set, or of none, are a problem.
fn form<'a>(c: &mut Cursor<'a>) -> Option<&'a [String]> {
    let forms = &c.keys.forms;
    let mut known: Vec<&str> = forms.iter().flatten().map(String::as_str).collect();
    let mut seen = std::collections::BTreeSet::new();
    known.retain(|key| seen.insert(*key));
    let present: Vec<&str> = known.iter().copied().filter(|k| c.has(k)).collect();
    let fits = |f: &&Vec<String>| present.iter().all(|k| f.iter().any(|own| own == k));
    if !present.is_empty()
        && let Some(form) = forms
            .iter()
            .find(|f| fits(f) && present.len() >= f.len())
            .or_else(|| forms.iter().find(fits))
    {
        return Some(form);
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
