//! What is not what it was: each month, or week, of a log beside the days before it.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::daily::{DayLaws, Histogram, seconds_at};
use super::gather::{Cell, Gathered, date};
use super::named::LEVEL;
use crate::stats::{holm, student_t_p_value};

/// Days without which a month or week is not compared, and days before it.
const FEWEST: usize = 5;
/// Months of so many days are compared; a log without two of them is compared by week.
const OF_MONTH: usize = 10;
/// Days differ from the next ones no less than this says.
const CLOSEST: f64 = 0.9;

/// How the number is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// A share of 1.
    Share,
    /// A number.
    Number,
}

/// What may change.
#[derive(Clone, Copy, Debug)]
pub struct Changing {
    /// In words.
    pub words: &'static str,
    /// How it is shown.
    pub unit: Unit,
    of: Of,
}

#[derive(Clone, Copy, Debug)]
enum Of {
    /// A ratio of sums of days.
    Ratio(fn(&OfDay) -> (f64, f64)),
    /// A quantile of the work.
    Work(f64),
    /// The median of patience by Kaplan and Meier.
    Patience,
}

/// One day.
#[derive(Clone, Debug, Default)]
struct OfDay {
    cell: Cell,
    laws: DayLaws,
    /// Hours of agents on duty.
    duty_h: f64,
    /// What is usual on the weekday, over the mean of weekdays: contacts, and hours on duty.
    usual: (f64, f64),
}

const ALL: [Changing; 10] = [
    Changing {
        words: "contacts a day, for the weekday",
        unit: Unit::Number,
        of: Of::Ratio(|d| (d.cell.contacts, d.usual.0)),
    },
    Changing {
        words: "mean work of a contact",
        unit: Unit::Seconds,
        of: Of::Ratio(|d| (d.cell.handle_s, d.cell.handled)),
    },
    Changing {
        words: "median work",
        unit: Unit::Seconds,
        of: Of::Work(0.5),
    },
    Changing {
        words: "work that nine of ten stay below",
        unit: Unit::Seconds,
        of: Of::Work(0.9),
    },
    Changing {
        words: "work shorter than 10 s",
        unit: Unit::Share,
        of: Of::Ratio(|d| (f64::from(d.laws.short), d.laws.work.total())),
    },
    Changing {
        words: "patience: waits of all over those who left",
        unit: Unit::Seconds,
        of: Of::Ratio(|d| (d.cell.wait_s, d.cell.abandoned)),
    },
    Changing {
        words: "median patience",
        unit: Unit::Seconds,
        of: Of::Patience,
    },
    Changing {
        words: "abandoned",
        unit: Unit::Share,
        of: Of::Ratio(|d| (d.cell.abandoned, d.cell.offered)),
    },
    Changing {
        words: "resolved by the assistant",
        unit: Unit::Share,
        of: Of::Ratio(|d| {
            let (met, resolved) = d.laws.assistant;
            (f64::from(resolved), f64::from(met))
        }),
    },
    Changing {
        words: "hours of agents on duty a day, for the weekday",
        unit: Unit::Number,
        of: Of::Ratio(|d| (d.duty_h, d.usual.1)),
    },
];

/// Something that has changed.
#[derive(Clone, Debug)]
pub struct Drift {
    /// What.
    pub what: Changing,
    /// What it was before.
    pub before: f64,
    /// What it is now.
    pub now: f64,
    /// First and last of the days before, and of those now.
    pub days: ((Date, Date), (Date, Date)),
    /// The difference in standard errors, from the differences between days.
    pub errors: f64,
    /// Chance that what does not change would seem to do so as much, given how many comparisons were made.
    pub p_value: f64,
}

/// What has changed, of all that was compared.
#[derive(Clone, Debug, Default)]
pub struct Drifts {
    /// Whether months were compared; else weeks.
    pub by_month: bool,
    /// How many comparisons were made.
    pub compared: usize,
    /// What has changed, in order of time.
    pub found: Vec<Drift>,
}

impl Drifts {
    /// Compares each month of some logs, that follow each other, with the days before it; of months from a day on if there is one.
    ///
    /// Standard errors are from days, larger where a day is like the one before it (by `(1 + r) / (1 - r)` of the variance with the correlation
    /// `r` of successive days, and fewer degrees of freedom); p-values are of Student's t (B. L. Welch 1947), adjusted for the number of
    /// comparisons (Holm).
    pub fn new(logs: &[&Gathered], from: Option<i32>) -> Self {
        let days = days_of(logs);
        let tested = |day: i32| from.is_none_or(|from| day >= from);
        let month = |day: i32| {
            let date = date(day);
            i32::from(date.year()) * 12 + i32::from(date.month())
        };
        // Weeks from Monday on.
        let week = |day: i32| (day + 3).div_euclid(7);
        let mut of_months: BTreeMap<i32, usize> = BTreeMap::new();
        days.keys()
            .for_each(|&day| *of_months.entry(month(day)).or_default() += 1);
        let by_month = of_months.values().filter(|&&n| n >= OF_MONTH).count() >= 2;
        let period = |day: i32| if by_month { month(day) } else { week(day) };
        let mut periods: Vec<i32> = days
            .keys()
            .copied()
            .filter(|&d| tested(d))
            .map(period)
            .collect();
        periods.dedup();
        let mut all = Vec::new();
        for p in periods {
            let is_now = |day: i32| period(day) == p && tested(day);
            let now: Vec<(i32, &OfDay)> = days
                .iter()
                .filter(|d| is_now(*d.0))
                .map(|(&day, d)| (day, d))
                .collect();
            let Some(first) = now.first().map(|d| d.0) else {
                continue;
            };
            let before: Vec<(i32, &OfDay)> =
                days.range(..first).map(|(&day, d)| (day, d)).collect();
            all.extend(ALL.iter().filter_map(|what| compared(what, &before, &now)));
        }
        let p_values: Vec<f64> = all.iter().map(|d: &Drift| d.p_value).collect();
        let adjusted = holm(&p_values);
        let compared = all.len();
        let each = all.into_iter().zip(adjusted);
        let found = each.filter_map(|(drift, p_value)| {
            (p_value <= 1.0 - LEVEL).then_some(Drift { p_value, ..drift })
        });
        Self {
            by_month,
            compared,
            found: found.collect(),
        }
    }
}

fn days_of(logs: &[&Gathered]) -> BTreeMap<i32, OfDay> {
    let mut days: BTreeMap<i32, OfDay> = BTreeMap::new();
    for log in logs {
        let on_duty = log.on_duty();
        for (number, day) in &log.days {
            let cell = log.of_day(day, None);
            if cell.contacts <= 0.0 {
                continue;
            }
            let laws = log.daily.0.get(number).cloned().unwrap_or_default();
            let hours = on_duty.get(number).map_or(0.0, |a| a.iter().sum::<f64>());
            let found = OfDay {
                cell,
                laws,
                duty_h: hours * f64::from(log.minutes) / 60.0,
                usual: (0.0, 0.0),
            };
            days.insert(*number, found);
        }
    }
    let of =
        |f: fn(&OfDay) -> f64| usual(&days.iter().map(|(&day, d)| (day, f(d))).collect::<Vec<_>>());
    let contacts = of(|d| d.cell.contacts);
    let duty = of(|d| d.duty_h);
    let each = days.values_mut().zip(contacts).zip(duty);
    each.for_each(|((d, contacts), duty)| d.usual = (contacts, duty));
    days
}

/// By day what is usual on its weekday, over the mean of the weekdays.
pub(super) fn usual(days: &[(i32, f64)]) -> Vec<f64> {
    let weekday = |day: i32| date(day).weekday().to_monday_zero_offset() as usize;
    let mut sums = [(0.0, 0.0); 7];
    for &(day, x) in days {
        let sum = &mut sums[weekday(day)];
        *sum = (sum.0 + x, sum.1 + 1.0);
    }
    let seen = sums.iter().filter(|s| s.1 > 0.0);
    let means: Vec<f64> = seen.map(|s| s.0 / s.1).collect();
    let mean = means.iter().sum::<f64>() / means.len().max(1) as f64;
    let each = days.iter().map(|&(day, _)| {
        let sum = sums[weekday(day)];
        if mean > 0.0 {
            sum.0 / sum.1 / mean
        } else {
            0.0
        }
    });
    each.collect()
}

/// An estimate of some days, as it is shown and as it is tested, and how much each day adds to the error of the latter.
struct Found {
    shown: f64,
    tested: f64,
    residuals: Vec<f64>,
}

fn compared(what: &Changing, before: &[(i32, &OfDay)], now: &[(i32, &OfDay)]) -> Option<Drift> {
    let (was, is) = match what.of {
        Of::Ratio(ratio) => (by_ratio(before, ratio)?, by_ratio(now, ratio)?),
        Of::Work(share) => {
            let all = sum(before, |d| &d.laws.work);
            let place = all.place(share)?;
            let of = |days: &[(i32, &OfDay)]| {
                let place_of = sum(days, |d| &d.laws.work).place(share)?;
                let below = |d: &OfDay| (d.laws.work.below(place), d.laws.work.total());
                Some(Found {
                    shown: seconds_at(place_of),
                    ..by_ratio(days, below)?
                })
            };
            (of(before)?, of(now)?)
        }
        Of::Patience => {
            let place = median_patience(before)?;
            (by_survival(before, place)?, by_survival(now, place)?)
        }
    };
    let squares = |f: &Found| f.residuals.iter().map(|r| r * r).sum::<f64>();
    // How alike successive days are, in both.
    let both = [(&was, before), (&is, now)];
    let (products, n) = both.iter().fold((0.0, 0.0), |sum, (f, days)| {
        let next_to = |i: &usize| days[i + 1].0 - days[*i].0 <= 3;
        let pairs = (0..f.residuals.len() - 1).filter(next_to);
        let products: f64 = pairs.map(|i| f.residuals[i] * f.residuals[i + 1]).sum();
        let n = f.residuals.len() as f64;
        (sum.0 + n * products / squares(f), sum.1 + n)
    });
    let r = products / n;
    // Less its bias (F. H. C. Marriott and J. A. Pope 1954), of means of both.
    let r = (r + 2.0 * (1.0 + 3.0 * r) / n).clamp(0.0, CLOSEST);
    let more = (1.0 + r) / (1.0 - r);
    let variance = |f: &Found| {
        let n = f.residuals.len() as f64;
        let freedom = (n / more - 1.0).max(1.0);
        (squares(f) * n / (n - 1.0) * more, freedom)
    };
    let (a, b) = (variance(&was), variance(&is));
    let all = a.0 + b.0;
    let freedom = all * all / (a.0 * a.0 / a.1 + b.0 * b.0 / b.1);
    let (difference, error) = (is.tested - was.tested, all.sqrt());
    if error.is_nan() || error <= 0.0 {
        return None;
    }
    let ends = |days: &[(i32, &OfDay)]| Some((date(days.first()?.0), date(days.last()?.0)));
    Some(Drift {
        what: *what,
        before: was.shown,
        now: is.shown,
        days: (ends(before)?, ends(now)?),
        errors: difference.abs() / error,
        p_value: student_t_p_value(difference, error, freedom)?,
    })
}

fn by_ratio(days: &[(i32, &OfDay)], ratio: impl Fn(&OfDay) -> (f64, f64)) -> Option<Found> {
    let each: Vec<(f64, f64)> = days.iter().map(|d| ratio(d.1)).collect();
    let (above, below) = each.iter().fold((0.0, 0.0), |s, d| (s.0 + d.0, s.1 + d.1));
    let used = each.iter().filter(|d| d.1 > 0.0).count();
    let value = above / below;
    (used >= FEWEST && above > 0.0).then(|| Found {
        shown: value,
        tested: value,
        residuals: each.iter().map(|d| (d.0 - value * d.1) / below).collect(),
    })
}

fn sum(days: &[(i32, &OfDay)], of: impl Fn(&OfDay) -> &Histogram) -> Histogram {
    let mut all = Histogram::default();
    days.iter().for_each(|d| all.merge(of(d.1)));
    all
}

/// Of each cell of the waits the share of those still there who leave in it, and how many these are: those who are answered in it count as
/// there for half of it.
fn hazards(left: &Histogram, answered: &Histogram) -> Vec<(f64, f64)> {
    let mut there = left.total() + answered.total();
    let each = left.counts().zip(answered.counts());
    each.map(|(left, answered)| {
        let at_risk = there - answered / 2.0;
        there -= left + answered;
        (if at_risk > 0.0 { left / at_risk } else { 0.0 }, at_risk)
    })
    .collect()
}

/// The place between cells at which half of them have left.
fn median_patience(days: &[(i32, &OfDay)]) -> Option<f64> {
    let mut survival = 1.0;
    let all = hazards(
        &sum(days, |d| &d.laws.left),
        &sum(days, |d| &d.laws.answered),
    );
    for (i, (hazard, at_risk)) in all.into_iter().enumerate() {
        let after = survival * (1.0 - hazard);
        if after <= 0.5 {
            let enough = at_risk >= 30.0;
            return enough.then(|| i as f64 + (survival - 0.5) / (survival - after));
        }
        survival = after;
    }
    None
}

/// The logarithm of the share that is still there at a place between cells, and what each day adds to its error: those who left there and then
/// less those who should have.
fn by_survival(days: &[(i32, &OfDay)], place: f64) -> Option<Found> {
    let shown = seconds_at(median_patience(days)?);
    let all = hazards(
        &sum(days, |d| &d.laws.left),
        &sum(days, |d| &d.laws.answered),
    );
    let upto = place as usize;
    let part = |i: usize| if i < upto { 1.0 } else { place - upto as f64 };
    let cells = || all.iter().enumerate().take(upto + 1);
    if days.len() < FEWEST || cells().any(|(_, h)| h.0 >= 1.0) {
        return None;
    }
    let tested = cells().map(|(i, h)| part(i) * libm::log1p(-h.0)).sum();
    let residuals = days.iter().map(|(_, d)| {
        let own = hazards(&d.laws.left, &d.laws.answered);
        let left = d.laws.left.counts();
        let each = cells().zip(own).zip(left);
        each.filter(|((all, _), _)| all.1.1 > 0.0)
            .map(|(((i, h), (_, at_risk)), left)| {
                part(i) * (left - h.0 * at_risk.max(0.0)) / (h.1 * (1.0 - h.0))
            })
            .sum::<f64>()
    });
    Some(Found {
        shown,
        tested,
        residuals: residuals.collect(),
    })
}
