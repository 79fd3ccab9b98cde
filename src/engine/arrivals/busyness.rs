//! How busy a day and an interval are: factors of mean 1 on the expected number of cases.
//!
//! A day and an interval have a Gamma factor each, correlated with the one before it by a normal copula (Channouf and L'Ecuyer 2012), and from day to day
//! the level wanders: its logarithm is a random walk.

use crate::dist::counts::{gamma_at_score, gamma_quantile_mean1, normal_score, score_of_gamma};
use crate::engine::keys::kind;
use crate::engine::{Context, Laws, Sink};
use crate::model::Busyness;
use crate::random::{Key, purpose};
use crate::time::Micros;

/// A value with the number of the day or interval that has it, as far as one is known.
type Known = Option<(u64, f64)>;

/// The number of the first local day.
const FIRST_DAY: u64 = 1;

/// What is known of the factors of the present day and interval.
#[derive(Default)]
pub(super) struct Factors {
    day: Known,
    interval: Known,
    scores: Scores,
}

impl Factors {
    /// Nothing but what is known from before the first day.
    pub(super) fn new(cx: &Context<'_, impl Sink>) -> Self {
        Self {
            scores: Scores::new(&cx.first.model.demand.busyness),
            ..Self::default()
        }
    }

    /// The product of all factors at a moment by the busyness of an epoch, kept while they last.
    pub(super) fn at(&mut self, cx: &Context<'_, impl Sink>, by: &Busyness, at: Micros) -> f64 {
        let (laws, root, scores) = (cx.laws, cx.root, &mut self.scores);
        let mut product = 1.0;
        if by.days_vary() {
            let day = laws.day(at);
            product *= kept(&mut self.day, day, || scores.of_day(laws, root, by, day));
        }
        if by.interval_cv > 0.0 {
            let interval = at / laws.model.interval;
            product *= kept(&mut self.interval, interval, || {
                scores.of_interval(laws, root, by, interval)
            });
        }
        product
    }

    /// What is still known when the demand changes: factors of the same days and intervals may be others.
    pub(super) fn changed(&self) -> Self {
        Self {
            scores: self.scores,
            ..Self::default()
        }
    }
}

/// The value of a number; made where it is not known.
fn kept(known: &mut Known, number: u64, make: impl FnOnce() -> f64) -> f64 {
    match *known {
        Some((n, value)) if n == number => value,
        _ => known.insert((number, make())).1,
    }
}

/// The last normal scores behind the factors: each is made from the one before it, and none depends on the epoch.
#[derive(Clone, Copy, Default)]
struct Scores {
    /// Of the day before the first.
    before: Option<f64>,
    day: Known,
    interval: Known,
    level: Known,
}

impl Scores {
    /// By the busyness at the start.
    fn new(by: &Busyness) -> Self {
        let score = |factor| score_of_gamma(by.day_cv, factor);
        Self {
            before: by.day_before.map(score),
            ..Self::default()
        }
    }

    /// The product of the factors of a local day.
    fn of_day(&mut self, laws: &Laws<'_>, root: Key, by: &Busyness, day: u64) -> f64 {
        let mut product = 1.0;
        if by.day_cv > 0.0 {
            let draws = Draws::new(laws, root, (kind::DAY, purpose::DAY_BUSYNESS));
            let of = (by.day_cv, by.day_correlation);
            product *= draws.factor(of, (self.before, &mut self.day), FIRST_DAY, day);
        }
        if by.level_sd_per_week > 0.0 {
            let draws = Draws::new(laws, root, (kind::DAY, purpose::LEVEL));
            let step = |before: Option<f64>, day| before.map_or(0.0, |w| w + draws.score(day));
            let walk = advance((None, &mut self.level), FIRST_DAY, day, step);
            let variance = by.level_sd_per_week * by.level_sd_per_week / 7.0;
            let steps = day.saturating_sub(FIRST_DAY) as f64;
            product *= libm::exp(variance.sqrt() * walk - 0.5 * variance * steps);
        }
        product
    }

    /// The factor of an interval; those of a local day are correlated with none of another.
    fn of_interval(&mut self, laws: &Laws<'_>, root: Key, by: &Busyness, interval: u64) -> f64 {
        let width = laws.model.interval;
        let begun = laws.day(interval * width) as usize;
        let first = laws.frame.days[..begun].last();
        let first = first.map_or(0, |day| day.div_ceil(width));
        let draws = Draws::new(laws, root, (kind::INTERVAL, purpose::INTERVAL_BUSYNESS));
        let of = (by.interval_cv, by.interval_correlation);
        draws.factor(of, (None, &mut self.interval), first, interval)
    }
}

/// The draws of the days or intervals of a replication for one purpose.
struct Draws<'a, 'm> {
    laws: &'a Laws<'m>,
    root: Key,
    /// Kind and purpose.
    of: (u64, u64),
}

impl<'a, 'm> Draws<'a, 'm> {
    fn new(laws: &'a Laws<'m>, root: Key, of: (u64, u64)) -> Self {
        Self { laws, root, of }
    }

    /// The draw of a number.
    fn bits(&self, number: u64) -> u64 {
        let (kind, purpose) = self.of;
        let draw = |root: Key| root.child(kind).child(number).bits(purpose);
        let own = draw(self.root);
        let spread = self.laws.spread.as_ref();
        spread.map_or(own, |spread| spread.bits(own, draw))
    }

    /// The same as a standard normal score.
    fn score(&self, number: u64) -> f64 {
        normal_score(self.bits(number))
    }

    /// The Gamma factor of a number, of coefficient of variation `cv`. The scores of neighbours have correlation r; that of the `first` is its draw, unless
    /// the one before is known.
    fn factor(&self, (cv, r): (f64, f64), known: Of<'_>, first: u64, number: u64) -> f64 {
        if r == 0.0 {
            return gamma_quantile_mean1(cv, self.bits(number));
        }
        let own = (1.0 - r * r).max(0.0).sqrt();
        let next = |before: Option<f64>, n| {
            let e = self.score(n);
            before.map_or(e, |z| r * z + own * e)
        };
        gamma_at_score(cv, advance(known, first, number, next))
    }
}

/// What is known of a sequence: what comes before its first value, and its last.
type Of<'k> = (Option<f64>, &'k mut Known);

/// The value at `number` of a sequence that begins at `first`, of which something is known: `next` makes each of the one before.
fn advance(
    (before, last): Of<'_>,
    first: u64,
    number: u64,
    next: impl Fn(Option<f64>, u64) -> f64,
) -> f64 {
    let known = last.filter(|(n, _)| (first..=number).contains(n));
    let (mut n, mut value) = known.unwrap_or_else(|| (first, next(before, first)));
    while n < number {
        n += 1;
        value = next(Some(value), n);
    }
    *last = Some((n, value));
    value
}

impl Laws<'_> {
    /// The number of the local day of a moment.
    fn day(&self, at: Micros) -> u64 {
        self.frame.days.partition_point(|&d| d <= at) as u64
    }

    /// The numbers of the first and the last local day of a stretch.
    pub fn days(&self, (from, to): (Micros, Micros)) -> (u64, u64) {
        (self.day(from), self.day(to.saturating_sub(1).max(from)))
    }

    /// How busy the days are in a replication, in the mean of each of these stretches of first and last day: of factors on the expected cases, each of
    /// mean 1, by those of the start. Stretches in order take the least time.
    pub fn day_busyness(
        &self,
        seed: u64,
        replication: u64,
        stretches: impl IntoIterator<Item = (u64, u64)>,
    ) -> Vec<f64> {
        let (root, by) = (Key::root(seed, replication), &self.model.demand.busyness);
        let mut scores = Scores::new(by);
        let mut mean = |(first, last): (u64, u64)| {
            if !by.days_vary() || first > last {
                return 1.0;
            }
            let each = (first..=last).map(|day| scores.of_day(self, root, by, day));
            each.sum::<f64>() / (last - first + 1) as f64
        };
        stretches.into_iter().map(&mut mean).collect()
    }
}
