//! What differs from the baseline: as values, and in the sentences that terminal and page show.

use super::quantity::{Kind, apart, change, per_cent, plain};
use super::words::listed;
use crate::experiment::Method;
use crate::measure::{List, Measure, Unit, measure, measures_of};
use crate::results::{ComparisonRow, FinanceRow, Played, Run};

const NPV: &str = "npv";

/// A scenario against the baseline.
pub(super) struct Contrast<'r> {
    pub(super) scenario: &'r Played,
    pub(super) baseline: &'r Played,
    /// The differences of everything, in the order of the measures.
    pub(super) totals: Vec<&'r ComparisonRow>,
    /// Differences of all slices.
    rows: Vec<&'r ComparisonRow>,
    finance: &'r [FinanceRow],
}

/// A difference whose interval is known.
struct KnownDifference<'r> {
    measure: &'static Measure,
    row: &'r ComparisonRow,
    ends: (f64, f64),
}

/// Every scenario against the baseline.
pub(super) fn contrasts(run: &Run) -> Vec<Contrast<'_>> {
    let Some((baseline, others)) = run.scenarios.split_first() else {
        return Vec::new();
    };
    let each = others.iter().map(|scenario| {
        let rows = run.comparison.iter().filter(|d| d.scenario == scenario.id);
        let rows: Vec<&ComparisonRow> = rows.collect();
        Contrast {
            scenario,
            baseline,
            totals: rows.iter().copied().filter(|d| d.slice == "all").collect(),
            rows,
            finance: &run.finance,
        }
    });
    each.collect()
}

impl<'r> Contrast<'r> {
    /// A measure of everything; a net present value only where it is not the cost with another sign.
    pub(super) fn find(&self, measure: &str) -> Option<&'r ComparisonRow> {
        let total = |measure: &str| self.totals.iter().find(|d| d.measure == measure).copied();
        let found = total(measure)?;
        let of = |row: &ComparisonRow| row.difference.unwrap_or(0.0);
        let cost = total("cost_total").map_or(0.0, of);
        (measure != NPV || (of(found) + cost).abs() > 1e-9 * cost.abs()).then_some(found)
    }

    /// How the replications belong together.
    pub(super) fn method(&self) -> Method {
        Method::of(self.scenario.seed, self.baseline.seed)
    }

    /// Its sentences, the most important first.
    pub(super) fn sentences(&self) -> Vec<String> {
        let known: Vec<KnownDifference<'_>> = measures_of(List::Differences)
            .filter_map(|measure| {
                let row = self.find(measure.id)?;
                let ends = row.interval()?;
                Some(KnownDifference { measure, row, ends })
            })
            .collect();
        let mut out = vec![self.changes(&known)];
        out.extend(pairing(&known));
        let window = |s: &Played| (s.warmup_seconds, s.horizon_seconds);
        if window(self.scenario) != window(self.baseline) {
            out.push(
                "They count different lengths of time: compare rates, not counts or costs.".into(),
            );
        }
        let has_prices = |s: &Played| s.find("cost_total", "all").is_some();
        let (a, b) = (self.baseline, self.scenario);
        if a.currency != b.currency && has_prices(a) && has_prices(b) {
            let first = format!("{} counts in {}", a.id, a.currency);
            let second = format!("{} in {}", b.id, b.currency);
            out.push(format!("Money is not compared: {first}, {second}."));
        }
        out.extend(self.money("cost_total", "The cost", "Cheaper"));
        let (npv, better) = ("The net present value", "The better net present value");
        out.extend(self.money(NPV, npv, better));
        out
    }

    /// What changed for sure, and what did not.
    fn changes(&self, known: &[KnownDifference<'_>]) -> String {
        let name = |k: &KnownDifference<'_>| format!("the {}", k.measure.name());
        let is_same = |k: &&KnownDifference<'_>| k.ends == (0.0, 0.0);
        let is_changed = |k: &&KnownDifference<'_>| k.ends.0 > 0.0 || k.ends.1 < 0.0;
        let changes: Vec<String> = known.iter().filter(is_changed).map(in_words).collect();
        let same = listed(" The same: ", known.iter().filter(is_same).map(name), ".");
        let unclear = known.iter().filter(|k| !is_same(k) && !is_changed(k));
        let unclear = listed("", unclear.map(name), "");
        let family = known.iter().filter_map(|k| k.row.comparisons).max();
        let together = match family {
            Some(n) if n > 1 => format!(", intervals of {n} scenarios together"),
            _ => String::new(),
        };
        let level = plain(100.0 * self.baseline.confidence);
        let pairs = self.rows.iter().map(|d| d.replications).max();
        // Without an interval there is nothing to be said: the table has the differences.
        let enough = self.rows.iter().any(|d| d.interval().is_some());
        let how = match (pairs, self.method()) {
            (None, _) => "no measure in common".to_owned(),
            _ if !enough => "1 replication".to_owned(),
            (Some(n), Method::Paired) => format!("{n} paired replications, {level} %"),
            (_, Method::Independent) => {
                format!("different seeds: independent replications, {level} %")
            }
        };
        let what = match self.rows.len() {
            _ if !changes.is_empty() => changes.join("; "),
            0 => "nothing was compared".to_owned(),
            _ if !enough => "with one replication it is not known how sure the differences are; give --reps 2 or more".to_owned(),
            _ if !unclear.is_empty() => format!("no difference is shown in {unclear}"),
            _ if !same.is_empty() => "no difference".to_owned(),
            n => format!("none of the measures of this table is in both; comparison.csv has the {n} that are"),
        };
        let (scenario, baseline) = (&self.scenario.id, &self.baseline.id);
        let mut text = format!("{scenario} against {baseline} ({how}{together}): {what}.");
        if !changes.is_empty() && !unclear.is_empty() {
            text += &format!(" No difference shown: {unclear}.");
        }
        text + &same
    }

    /// Which of the two is cheaper, and how sure that is.
    fn money(&self, measure: &str, same: &str, what: &str) -> Option<String> {
        if self.find(measure)?.interval() == Some((0.0, 0.0)) {
            return Some(format!("{same} is the same in every replication."));
        }
        let of = |id: &str| {
            let is_it = |f: &&FinanceRow| f.scenario == id && f.measure == measure;
            self.finance.iter().find(is_it)
        };
        let row = of(&self.scenario.id)?;
        let mut text = format!(
            "{what} in {} of the replications [{}, {}]",
            per_cent(row.cheaper_share?),
            per_cent(row.share_low?),
            per_cent(row.share_high?)
        );
        if let Some(sure) = row.cheaper_in_the_mean {
            let sure = match sure {
                x if x > 0.999 => "more than 99.9 %".to_owned(),
                x if x < 0.001 => "less than 0.1 %".to_owned(),
                x => per_cent(x),
            };
            text += &format!("; in the mean with {sure} confidence");
        }
        let quantiles = |f: &FinanceRow| Some([f.p10?, f.p50?, f.p90?]);
        let both = quantiles(row).zip(of(&self.baseline.id).and_then(quantiles));
        if let Some((own, baseline)) = both {
            let band = |q: [f64; 3]| q.map(|x| apart(x, q[2] - q[0])).join(" / ");
            let (unit, own, baseline) = (&row.unit, band(own), band(baseline));
            text += &format!("; p10 / p50 / p90: {unit} {own}, baseline {baseline}");
        }
        Some(text + ".")
    }
}

/// `the mean wait falls by 12 s [9, 15]`.
fn in_words(known: &KnownDifference<'_>) -> String {
    let KnownDifference { measure, row, ends } = known;
    let difference = row.difference.unwrap_or(0.0);
    let way = if difference < 0.0 { "fall" } else { "rise" };
    // Names of numbers of people are plural.
    let is_plural = matches!(measure.unit, Unit::Agents | Unit::Fte | Unit::People);
    let s = if is_plural { "" } else { "s" };
    let by = change(difference, *ends, Kind::of_difference(&row.unit));
    let currency = currency(measure.id, &row.unit);
    format!("the {} {way}{s} by {currency}{by}", measure.name())
}

/// What pairing gained.
fn pairing(known: &[KnownDifference<'_>]) -> Option<String> {
    let known = known.iter();
    let ratios = known.filter_map(|k| Some((k.row.variance_ratio?, k)));
    let mut ratios: Vec<(f64, &KnownDifference<'_>)> = ratios.collect();
    ratios.sort_by(|a, b| b.0.total_cmp(&a.0));
    let times = |(ratio, known): &(f64, &KnownDifference<'_>)| {
        let name = known.measure.name();
        format!("{} times (the {name})", plain(*ratio))
    };
    let range = match ratios.as_slice() {
        [] => return None,
        [one] => times(one),
        [most, .., least] => format!("{} to {}", times(least), times(most)),
    };
    Some(format!(
        "Without pairing, the same precision would take {range} as many replications."
    ))
}

/// The currency of an amount, to stand before it.
pub(super) fn currency(measure_id: &str, unit: &str) -> String {
    let is_money = |m: &&Measure| m.unit == Unit::Money;
    let money = measure(measure_id).filter(is_money);
    money.map_or(String::new(), |_| format!("{unit} "))
}
