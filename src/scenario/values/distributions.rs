//! Distributions of durations.

use super::csv::Csv;
use super::numbers::MAX_SECONDS;
use crate::dist::{DistError, Distribution};
use crate::scenario::text::{
    Cursor, FromItem, Item, Kind, Value, agree, did_you_mean, join, listed,
};

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

/// Whether a value is a table with one of the keys that are declared of `id`.
pub(crate) fn has_key_of(item: &Item<'_>, id: &str) -> bool {
    let keys = item.reader.declared.table(id);
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
            let (path, what) = (
                join(&self.path, &entry.key),
                "unknown distribution".to_owned(),
            );
            self.reader.problem(entry.span, &path, what, Some(help));
            return None;
        }
        let found = kinds().filter_map(|kind| Some((kind, c.take(kind)?)));
        let found: Vec<(&str, Item<'a>)> = found.collect();
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
            Ok(d) => {
                let found = d.mean();
                self.refuse(format!(
                    "expected a mean of at most 4 years, found {found:.0} s"
                ))
            }
            Err(e) => self.refused(&e),
        }
    }

    /// Reports why parameters make no distribution, at the parameter if it is one alone. Durations are in seconds.
    pub(crate) fn refused<T>(&self, error: &DistError) -> Option<T> {
        let mut entries = self.node.table().into_iter().flat_map(|t| &t.entries);
        match entries.find(|e| Some(e.key.as_str()) == error.parameter) {
            Some(e) => {
                let path = join(&self.path, &e.key);
                let message = error.message.clone();
                self.reader.problem(e.node.span, &path, message, None);
                None
            }
            None => self.refuse(error.to_string()),
        }
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
        let built = self.table(|c| {
            let form = form(c)?;
            Some(match (family, form.as_slice()) {
                (_, &[a, b]) if by_two(family, a, b).is_some() => {
                    by_two(family, a, b)?(c.must(a), c.must(b))
                }
                ("triangular", _) => {
                    Distribution::triangular(c.must("low"), c.must("mode"), c.must("high"))
                }
                ("erlang", &[shape, of]) => {
                    let (shape, x): (u32, f64) = (c.must(shape), c.must(of));
                    let mean = if of == "mean" {
                        x
                    } else {
                        f64::from(shape) / x
                    };
                    Distribution::erlang_shape_mean(shape, mean)
                }
                ("hyperexponential", &[probs, of]) => {
                    let (probs, mut means): (_, Vec<f64>) = (c.must(probs), c.must(of));
                    if of == "rates" {
                        means.iter_mut().for_each(|x| *x = 1.0 / *x);
                    }
                    Distribution::hyperexponential(probs, means)
                }
                ("empirical", ["values"]) => Distribution::empirical(c.must("values")),
                ("empirical", _) => {
                    let factor: f64 = c.opt("factor").unwrap_or(1.0);
                    let values = from_file(c)?.into_iter();
                    Distribution::empirical(values.map(|x| x * factor).collect())
                }
                _ => {
                    agree(false, || {
                        format!("nobody reads the form {form:?} of {family}")
                    });
                    return None;
                }
            })
        });
        self.build(built?)
    }
}

/// Makes a distribution of two numbers.
type ByTwo = fn(f64, f64) -> Result<Distribution, DistError>;

/// What makes a distribution of a family by two numbers, the parameters of these names.
fn by_two(family: &str, first: &str, second: &str) -> Option<ByTwo> {
    Some(match (family, first, second) {
        ("lognormal", "mean", "cv") => Distribution::lognormal_mean_cv,
        ("lognormal", "p50", "p90") => Distribution::lognormal_p50_p90,
        ("lognormal", "mu", "sigma") => Distribution::lognormal_mu_sigma,
        ("gamma", "mean", "cv") => Distribution::gamma_mean_cv,
        ("gamma", "p50", "p90") => Distribution::gamma_p50_p90,
        ("gamma", "shape", "scale") => Distribution::gamma_shape_scale,
        ("weibull", "shape", "scale") => Distribution::weibull_shape_scale,
        ("weibull", "mean", "cv") => Distribution::weibull_mean_cv,
        ("weibull", "p50", "p90") => Distribution::weibull_p50_p90,
        ("hyperexponential", "mean", "cv") => Distribution::hyperexponential_mean_cv,
        ("uniform", "low", "high") => Distribution::uniform,
        _ => return None,
    })
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

/// Which of the declared sets of keys a table uses; keys of more than one set, or of none, are a problem.
fn form<'a>(c: &mut Cursor<'a>) -> Option<Vec<&'a str>> {
    let known: Vec<&str> = c.keys.keys.iter().map(|k| k.name.as_str()).collect();
    let forms = &c.keys.forms;
    if forms.is_empty() {
        return Some(known);
    }
    let present: Vec<&str> = known.iter().copied().filter(|k| c.has(k)).collect();
    let fits = |f: &&Vec<String>| present.iter().all(|k| f.iter().any(|own| own == k));
    let mut fitting = forms.iter().filter(fits).filter(|_| !present.is_empty());
    let whole = fitting.clone().find(|f| present.len() >= f.len());
    if let Some(form) = whole.or_else(|| fitting.next()) {
        return Some(form.iter().map(String::as_str).collect());
    }
    let allowed = forms.iter().map(|f| format!("{{ {} }}", f.join(", ")));
    let allowed = allowed.collect::<Vec<_>>().join(" or ");
    let found = match present.as_slice() {
        [] => "none of these".to_owned(),
        keys => keys.join(", "),
    };
    c.at.problem(format!("expected {allowed}, found {found}"));
    // The keys are known, whatever is wrong with their combination.
    for key in known {
        c.take(key);
    }
    None
}
