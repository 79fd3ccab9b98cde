//! The Zeltyn-Mandelbaum integrals of M/M/n+G, by adaptive Gauss-Legendre panels.
//!
//! The offered wait `V` (of a contact with endless patience) has an atom at zero and the density, up to a factor,
//! `f(x) = exp(phi(x))`, `phi(x) = lambda H(x) - n mu x`, `H(x) = integral_0^x G`, with `G` the survival function of the
//! patience. `G` never rises, so `phi` is concave and `f` has one peak, where `lambda G = n mu`. The march over the panels
//! carries `phi` relative to its largest value so far: neither overflow nor cancellation at any load. In heavy overload it
//! starts left of the peak where `f` is below `exp(-750)` of it. Inside a panel `phi` and the area under the distribution
//! function come from the interpolant of `G` at the nodes. Each panel is compared with its two halves, and the
//! interpolant with `G` at the ends (a jump could hide between the last node and the end: nowhere else, `G` is monotone).

use super::rule::{NODES, Rule, dot};

/// Largest accepted relative difference between a panel and its two halves (the halves, far better, are kept).
const TOLERANCE: f64 = 1e-10;
/// Largest accepted distance of the interpolant from the distribution function at the ends of a panel.
const END_TOLERANCE: f64 = 1e-9;
/// Panels narrower than this share of their place (or of the mean time between service ends) are taken as they are.
const NARROWEST: f64 = 1e-13;
/// Natural logarithm of the density, relative to its peak, below which the tails are cut.
const CUT: f64 = 690.0;
const MAX_PANELS: u32 = 20_000;
/// Largest wait looked at, in mean times between service ends.
const HORIZON: f64 = 1e18;

/// Integrals of weights against the density `f` over a range of offered waits `x`.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    /// Of 1.
    pub(super) all: f64,
    /// Of `x`.
    pub(super) offered_wait: f64,
    /// Of `G(x)`: served.
    pub(super) served: f64,
    /// Of `x G(x)`: wait of the served.
    pub(super) wait_served: f64,
    /// Of `1 - G(x)`: abandoned.
    pub(super) abandoned: f64,
    /// Of `integral_0^x u dF(u) = x F(x) - integral_0^x F`: wait of the abandoned.
    pub(super) wait_abandoned: f64,
}

impl Sums {
    fn parts(&self) -> [f64; 6] {
        [
            self.all,
            self.offered_wait,
            self.served,
            self.wait_served,
            self.abandoned,
            self.wait_abandoned,
        ]
    }

    fn from_parts(p: [f64; 6]) -> Sums {
        Sums {
            all: p[0],
            offered_wait: p[1],
            served: p[2],
            wait_served: p[3],
            abandoned: p[4],
            wait_abandoned: p[5],
        }
    }

    /// Sum of the two.
    pub(super) fn plus(&self, other: &Sums) -> Sums {
        let o = other.parts();
        let mut p = self.parts();
        for (x, y) in p.iter_mut().zip(o) {
            *x += y;
        }
        Sums::from_parts(p)
    }

    fn scaled(&self, factor: f64) -> Sums {
        Sums::from_parts(self.parts().map(|x| x * factor))
    }

    /// Largest difference between two estimates beyond the `noise` of the distribution function, relative to the second
    /// together with what was summed `before`. Not a number if one of them is not.
    fn difference(&self, better: &Sums, before: &Sums, noise: f64) -> f64 {
        let (all, wait) = (noise * better.all, noise * better.offered_wait);
        let allowed = [0.0, 0.0, 0.0, 0.0, all, wait];
        let (coarse, fine, sum) = (self.parts(), better.parts(), before.parts());
        let mut worst = 0.0;
        for i in 0..coarse.len() {
            let beyond = (coarse[i] - fine[i]).abs() - allowed[i];
            if beyond.is_nan() || beyond > 0.0 {
                worst = larger(worst, beyond / (fine[i].abs() + sum[i].abs()));
            }
        }
        worst
    }
}

/// The larger of two numbers; not a number if either is not.
fn larger(a: f64, b: f64) -> f64 {
    if b <= a || a.is_nan() { a } else { b }
}

/// The integrals of one queue, all to the same (unknown) scale.
#[derive(Clone, Copy, Debug)]
pub(super) struct Integrals {
    /// Over offered waits up to the threshold.
    pub(super) early: Sums,
    /// Over offered waits above the threshold (all of them without one).
    pub(super) late: Sums,
    /// `1 / B(n - 1, a)`, the weight of an offered wait of zero, to the scale of the sums (to be compared with
    /// `lambda` times the sum of 1).
    pub(super) at_once: f64,
}

/// State of the march over the panels at one offered wait.
#[derive(Clone, Copy)]
struct MarchPoint {
    x: f64,
    /// Logarithm of the density relative to the reference.
    phi: f64,
    /// Integral of the distribution function of the patience from 0 to `x`.
    area: f64,
}

/// The distribution of the patience.
pub(super) struct Patience<F> {
    /// `P(patience > x)` and `P(patience <= x)` at `x`.
    pub(super) at: F,
    /// Absolute error of the second where it is small; zero if it is exact relative to itself.
    pub(super) noise: f64,
}

struct Queue<'a, F> {
    arrival_rate: f64,
    /// Rate at which all busy servers together end services.
    drain: f64,
    patience: &'a Patience<F>,
}

impl<F: Fn(f64) -> (f64, f64)> Queue<'_, F> {
    fn slope(&self, x: f64) -> f64 {
        self.arrival_rate * (self.patience.at)(x).0 - self.drain
    }

    /// One panel of width `h` from `from`: the sums, the place at its end, and the distance at the ends.
    fn panel(&self, from: MarchPoint, h: f64) -> (Sums, MarchPoint, f64) {
        let rule = Rule::get();
        let mut survival = [0.0; NODES];
        let mut cdf = [0.0; NODES];
        let mut slope = [0.0; NODES];
        for i in 0..NODES {
            let (g, f) = (self.patience.at)(from.x + h * rule.node[i]);
            survival[i] = g;
            cdf[i] = f;
            slope[i] = self.arrival_rate * g - self.drain;
        }
        let mut sums = [0.0; 6];
        for i in 0..NODES {
            let x = from.x + h * rule.node[i];
            let density = libm::exp(from.phi + h * dot(&rule.upto[i], &slope));
            let area = from.area + h * dot(&rule.upto[i], &cdf);
            let weight = h * rule.weight[i] * density;
            let (g, f) = (survival[i], cdf[i]);
            let values = [1.0, x, g, x * g, f, (x * f - area).max(0.0)];
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += weight * value;
            }
        }
        let end = MarchPoint {
            x: from.x + h,
            phi: from.phi + h * dot(&rule.weight, &slope),
            area: from.area + h * dot(&rule.weight, &cdf),
        };
        let mut off = (dot(&rule.ends[1], &cdf) - (self.patience.at)(end.x).1).abs();
        if from.x > 0.0 {
            off = larger(
                off,
                (dot(&rule.ends[0], &cdf) - (self.patience.at)(from.x).1).abs(),
            );
        }
        (Sums::from_parts(sums), end, off)
    }

    /// Where the density peaks: zero, or the place where arrivals that are still patient no longer exceed the drain.
    fn peak(&self) -> Option<f64> {
        let unit = 1.0 / self.drain;
        let (mut low, mut high) = (0.0, unit * 1e-9);
        if self.slope(high) <= 0.0 {
            return Some(0.0);
        }
        while self.slope(high) > 0.0 {
            low = high;
            high *= 2.0;
            if high > HORIZON * unit {
                return None;
            }
        }
        while high - low > 1e-9 * high {
            let middle = 0.5 * (low + high);
            if self.slope(middle) > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        Some(high)
    }

    /// A place left of the peak below which the density is less than `exp(-750)` of it; zero if there is none.
    /// `phi` is concave: from `x` to the peak it rises at least by half the distance times the slope half-way.
    fn start(&self, peak: f64) -> f64 {
        let rise = |x: f64| 0.5 * (peak - x) * self.slope(0.5 * (x + peak));
        let enough = 750.0;
        if peak == 0.0 || rise(0.0) <= enough {
            return 0.0;
        }
        let (mut low, mut high) = (0.0, peak);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if rise(middle) > enough {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Integral of the distribution function of the patience from 0 to `to`.
    fn area(&self, to: f64) -> Option<f64> {
        let rule = Rule::get();
        let estimate = |x: f64, h: f64| -> f64 {
            (0..NODES)
                .map(|i| rule.weight[i] * (self.patience.at)(x + h * rule.node[i]).1)
                .sum::<f64>()
                * h
        };
        let unit = 1.0 / self.drain;
        let (mut x, mut sum, mut step) = (0.0, 0.0, 1e-8 * unit);
        for _ in 0..MAX_PANELS {
            if x >= to {
                return Some(sum);
            }
            let h = step.min(to - x);
            let half = 0.5 * h;
            let (left, right) = (estimate(x, half), estimate(x + half, half));
            let beyond = (estimate(x, h) - left - right).abs() - self.patience.noise * h;
            let error = beyond / (sum + left + right).max(f64::MIN_POSITIVE);
            if error <= 1e-12 || h <= NARROWEST * x.max(unit) {
                x = if h < step { to } else { x + h };
                sum += left + right;
                step *= if error <= 1e-13 { 2.0 } else { 1.0 };
            } else {
                step = half;
            }
        }
        None
    }
}

/// The integrals of a queue with `arrival_rate`, total service rate `drain` of all servers, weight `at_once` of no wait
/// (`1 / B(n - 1, a)`), and the given patience; split at `threshold` if given.
///
/// `None` if the queue is unstable or the integrals do not converge. Parameters are positive and finite.
pub(super) fn integrate(
    arrival_rate: f64,
    drain: f64,
    at_once: f64,
    threshold: Option<f64>,
    patience: &Patience<impl Fn(f64) -> (f64, f64)>,
) -> Option<Integrals> {
    let queue = Queue {
        arrival_rate,
        drain,
        patience,
    };
    let unit = 1.0 / drain;
    let peak = queue.peak()?;
    let start = queue.start(peak);
    let mut out = Integrals {
        early: Sums::default(),
        late: Sums::default(),
        at_once: if start > 0.0 { 0.0 } else { at_once },
    };
    let mut at = MarchPoint {
        x: start,
        phi: 0.0,
        area: queue.area(start)?,
    };
    let split = threshold.unwrap_or(0.0);
    let mut step = if start > 0.0 {
        (peak - start) / 64.0
    } else {
        1e-8 * unit
    };
    for _ in 0..MAX_PANELS {
        if at.phi < -CUT && at.x > peak {
            return Some(out);
        }
        if at.x > HORIZON * unit {
            return None;
        }
        let early = at.x < split;
        let h = if early { step.min(split - at.x) } else { step };
        let (whole, whole_end, _) = queue.panel(at, h);
        let (left, middle, off_left) = queue.panel(at, 0.5 * h);
        let (right, mut end, off_right) = queue.panel(middle, 0.5 * h);
        let halves = left.plus(&right);
        let bank = if early { &mut out.early } else { &mut out.late };
        let rise = (end.phi - at.phi).abs();
        let mut error = whole.difference(&halves, bank, patience.noise);
        error = larger(error, (whole_end.phi - end.phi).abs() / (1.0 + rise));
        error = larger(
            error,
            larger(off_left, off_right) * (TOLERANCE / END_TOLERANCE),
        );
        if error <= TOLERANCE || h <= NARROWEST * at.x.max(unit) {
            *bank = bank.plus(&halves);
            end.x = if early && h < step { split } else { at.x + h };
            if end.phi > 0.0 {
                let factor = libm::exp(-end.phi);
                out.early = out.early.scaled(factor);
                out.late = out.late.scaled(factor);
                out.at_once *= factor;
                end.phi = 0.0;
            }
            at = end;
            if error <= 1e-2 * TOLERANCE {
                step *= 2.0;
            }
        } else {
            step = 0.5 * h;
        }
    }
    None
}
