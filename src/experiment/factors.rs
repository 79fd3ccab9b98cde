//! What varies in a design, and how its points may be chosen.

/// Most points of a design.
pub const MOST_POINTS: usize = 1_000_000;

/// Most points, and most factors, of Sobol' points.
pub const MOST_SOBOL: (usize, usize) = (1 << 16, 256);

/// Most factors of any design.
pub const MOST_FACTORS: usize = 1000;

/// Significant digits of the values between two bounds: what shows is exactly what is simulated.
const DIGITS: usize = 10;

/// Something that varies.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// The keys that have its value.
    pub keys: Vec<String>,
    /// The values it may have.
    pub levels: Levels,
}

/// The values a factor may have.
#[derive(Clone, Debug, PartialEq)]
pub enum Levels {
    /// These.
    List(Vec<String>),
    /// All between two bounds.
    Range {
        /// The lower bound.
        low: f64,
        /// The upper bound.
        high: f64,
        /// Unit of both; empty for a plain number.
        unit: String,
        /// Number of equally spaced values; `None`: any value in the range.
        steps: Option<usize>,
        /// Only whole numbers.
        whole: bool,
    },
}

/// How points are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sampling {
    /// Every combination of the values; the last factor varies fastest.
    #[default]
    Grid,
    /// Latin hypercube: of each factor one value in each of as many equal parts of its range as there are points.
    Latin,
    /// Sobol' points with Owen's scrambling.
    Sobol,
    /// Saltelli's design for Sobol' indices: rows of `A`, `B` and, for each factor, `A` with that factor taken from `B`; `A` and `B` are
    /// together Sobol' points of twice as many dimensions as there are factors.
    Saltelli,
    /// One at a time: the scenario as it is, then each factor low and high.
    Tornado,
}

impl Sampling {
    /// Every method.
    pub const ALL: [Self; 5] = [
        Sampling::Grid,
        Sampling::Latin,
        Sampling::Sobol,
        Sampling::Saltelli,
        Sampling::Tornado,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Sampling::Grid => "grid",
            Sampling::Latin => "latin",
            Sampling::Sobol => "sobol",
            Sampling::Saltelli => "saltelli",
            Sampling::Tornado => "tornado",
        }
    }

    /// Whether it takes a number of points (of Saltelli's design: of rows).
    pub fn is_counted(self) -> bool {
        !matches!(self, Sampling::Grid | Sampling::Tornado)
    }
}

/// A column of a design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The keys that have the value.
    pub keys: Vec<String>,
    /// Unit of all values; empty when they are written in full.
    pub unit: String,
}

impl Column {
    /// The column as the head of a table names it: the keys, and the unit in brackets.
    pub fn title(&self) -> String {
        let keys = self.keys.join(",");
        if self.unit.is_empty() {
            keys
        } else {
            format!("{keys} [{}]", self.unit)
        }
    }
}

/// Why there is no design.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", key.as_ref().map_or_else(String::new, |k| format!("{k}: ")))]
pub struct DesignError {
    /// The key that is concerned, if it is one.
    pub key: Option<String>,
    /// What is wrong with it, or with the whole.
    pub message: String,
}

impl DesignError {
    /// What is wrong with a key.
    pub(super) fn of(key: &str, message: impl Into<String>) -> Self {
        Self {
            key: Some(key.to_owned()),
            message: message.into(),
        }
    }

    /// Of no key in particular.
    pub(super) fn of_all(message: impl Into<String>) -> Self {
        let message = message.into();
        Self { key: None, message }
    }

    /// That there are too many points, or keys that vary.
    pub(super) fn too_many(what: &str, most: usize, found: usize) -> Self {
        Self::of_all(format!("expected at most {most} {what}, found {found}"))
    }
}

/// Which of `n` equal parts of [0, 1) holds `u`.
pub(super) fn pick(u: f64, n: usize) -> usize {
    ((u * n as f64) as usize).min(n - 1)
}

impl Factor {
    /// The value at a share of the way: of `list`, if it has one, else between the bounds.
    pub(super) fn at(&self, list: Option<&Vec<String>>, u: f64) -> String {
        match (list, &self.levels) {
            (Some(list), _) | (None, Levels::List(list)) => list[pick(u, list.len())].clone(),
            (
                None,
                &Levels::Range {
                    low, high, whole, ..
                },
            ) => number(match whole {
                true => (low + (u * (high - low + 1.0)).floor()).min(high),
                false => low + u * (high - low),
            }),
        }
    }

    /// Its values, where there are finitely many.
    pub(super) fn list(&self, method: Sampling) -> Result<Option<Vec<String>>, DesignError> {
        let refuse = |why: String| DesignError::of(&self.keys.join(","), why);
        match &self.levels {
            Levels::List(list) => {
                let unit = self.column().unit;
                let bare = |text: &String| match text.strip_suffix(&unit) {
                    Some(number) => number.trim_end().to_owned(),
                    None => text.clone(),
                };
                Ok(Some(list.iter().map(bare).collect()))
            }
            Levels::Range { steps: None, .. } if method == Sampling::Grid => Err(refuse(
                "a grid needs the number of values: LOW..HIGH/N".into(),
            )),
            Levels::Range { steps: None, .. } if method != Sampling::Tornado => Ok(None),
            &Levels::Range {
                low,
                high,
                steps,
                whole,
                ..
            } => {
                // A tornado wants the ends only.
                let found = steps.filter(|_| method != Sampling::Tornado).unwrap_or(2);
                let there_are = (high - low) as usize + 1;
                if whole && found > there_are {
                    return Err(refuse(format!(
                        "expected at most {there_are} values, found {found}: only whole numbers are allowed here"
                    )));
                }
                if found > MOST_POINTS {
                    return Err(DesignError::too_many("points", MOST_POINTS, found));
                }
                let last = found.max(2) - 1;
                let value = |i: usize| {
                    // Weights that are exact at both ends.
                    let x = (low * (last - i) as f64 + high * i as f64) / last as f64;
                    number(if whole { x.round() } else { x })
                };
                Ok(Some((0..found).map(value).collect()))
            }
        }
    }

    pub(super) fn column(&self) -> Column {
        let unit = match &self.levels {
            Levels::List(list) => common_unit(list),
            Levels::Range { unit, .. } => unit.clone(),
        };
        Column {
            keys: self.keys.clone(),
            unit,
        }
    }
}

/// A number in the fewest digits that give it back, at most [`DIGITS`].
fn number(x: f64) -> String {
    let rounded = format!("{x:.*e}", DIGITS - 1).parse().unwrap_or(x);
    // A negative zero is none.
    crate::text::number(rounded + 0.0)
}

/// The unit that all values have after a plain number; empty when they have none, or not the same.
fn common_unit(list: &[String]) -> String {
    let unit = |text: &String| {
        let (number, unit) = split_unit(text)?;
        (!unit.is_empty() && number.is_finite()).then(|| unit.to_owned())
    };
    let mut units = list.iter().map(unit);
    let first = units.next().flatten();
    match first {
        Some(first) if units.all(|u| u.as_ref() == Some(&first)) => first,
        _ => String::new(),
    }
}

/// A text as a number and what follows it: `30 s`, `62%`, `7`.
pub fn split_unit(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | '+' | '-' | '_');
    let mut end = text.find(|c| !is_number(c)).unwrap_or(text.len());
    let rest = &text[end..];
    // An exponent, unless it is the beginning of a unit.
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let digits = exponent.trim_start_matches(['+', '-']);
        let length = digits.bytes().take_while(u8::is_ascii_digit).count();
        if length > 0 {
            end += 1 + exponent.len() - digits.len() + length;
        }
    }
    let value: f64 = text[..end].replace('_', "").parse().ok()?;
    let unit = text[end..].trim();
    let is_unit = !unit.contains(|c: char| c.is_ascii_digit() || "[]{}\"',=".contains(c));
    (value.is_finite() && is_unit).then_some((value, unit))
}
