//! Priority classes: M/M/n without preemption, where every class has the same distribution of the service time.

use super::{not_negative, positive};

/// The wait of one class among others, given how often a contact must wait at all.
///
/// Contacts of a class are served before those of later classes and after those of earlier ones, within the class first come
/// first served; a contact in service is not interrupted. Nobody abandons.
///
/// # Formula
/// Who must wait finds a geometric number of contacts of its own and earlier classes in front, with parameter
/// `joined / drain`, and is answered when a queue with arrivals `ahead` and departures `drain` that begins with these has run
/// empty. The transform of that time is `(1 - r) h(s) / (1 - r h(s))`, `r = joined / drain`, with `h` the transform of the busy
/// period of that queue; it is inverted numerically.
///
/// # Accuracy
/// Eight digits; exact where the service is exponential with one mean for all classes.
///
/// # Source
/// Kella & Yechiali (1985), "Waiting times in the non-preemptive priority M/M/c queue", Stochastic Models 1(2); Abate & Whitt
/// (1995), "Numerical inversion of Laplace transforms of probability distributions", ORSA Journal on Computing 7(1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriorityClass {
    /// Probability that a contact must wait: that of all classes together.
    pub p_delay: f64,
    /// Contacts finished per unit of time while all agents are busy.
    pub drain: f64,
    /// Contacts of earlier classes offered per unit of time.
    pub ahead: f64,
    /// The same with those of this class.
    pub joined: f64,
}

impl PriorityClass {
    /// Probability that a contact of the class waits longer than `t`.
    ///
    /// # Errors
    /// `None` if a rate is negative or not finite, `t` is, or as much is offered as can be finished.
    ///
    /// # Formula
    /// See [`PriorityClass`]; for the first class `p_delay exp(-(drain - joined) t)`.
    ///
    /// # Source
    /// Kella & Yechiali (1985).
    pub fn waits_longer(&self, t: f64) -> Option<f64> {
        let t = not_negative(t)?;
        let (drain, ahead) = (positive(self.drain)?, not_negative(self.ahead)?);
        let joined = not_negative(self.joined)?;
        if joined >= drain || ahead > joined {
            return None;
        }
        let given_delay = if ahead == 0.0 || t == 0.0 {
            libm::exp(-(drain - joined) * t)
        } else {
            self.invert(t)
        };
        not_negative((self.p_delay * given_delay).max(0.0))
    }

    /// The probability that who waits does so longer than `t`: Euler's summation of the Bromwich integral.
    fn invert(&self, t: f64) -> f64 {
        const A: f64 = 18.4;
        const PLAIN: usize = 15;
        const BINOMIAL: [f64; 12] = [
            1.0, 11.0, 55.0, 165.0, 330.0, 462.0, 462.0, 330.0, 165.0, 55.0, 11.0, 1.0,
        ];
        let at = |k: usize| {
            let im = k as f64 * std::f64::consts::PI / t;
            self.tail_transform(Complex(A / (2.0 * t), im))
        };
        let mut sum = 0.5 * at(0);
        let mut sign = -1.0;
        for k in 1..=PLAIN {
            sum += sign * at(k);
            sign = -sign;
        }
        let mut mean = BINOMIAL[0] * sum;
        for (i, weight) in BINOMIAL.iter().enumerate().skip(1) {
            sum += sign * at(PLAIN + i);
            sign = -sign;
            mean += weight * sum;
        }
        (mean / 2048.0 * libm::exp(A / 2.0) / t).clamp(0.0, 1.0)
    }

    /// Real part of the transform of the tail of the wait of who waits, at `s`.
    fn tail_transform(&self, s: Complex) -> f64 {
        let (root_up, root_down) = (self.ahead.sqrt(), self.drain.sqrt());
        let (near, far) = (root_down - root_up, root_down + root_up);
        // The square root of (s + a + d)^2 - 4 a d that has a positive real part.
        let root = s.plus(near * near).sqrt().times(s.plus(far * far).sqrt());
        // h = 2 d / (s + a + d + root): the other form cancels where a is small.
        let below = s.plus(self.ahead + self.drain).add(root);
        let h = Complex(2.0 * self.drain, 0.0).over(below);
        let r = self.joined / self.drain;
        let wait = h.scaled(1.0 - r).over(h.scaled(-r).plus(1.0));
        wait.scaled(-1.0).plus(1.0).over(s).0
    }
}

/// A complex number.
#[derive(Clone, Copy)]
struct Complex(f64, f64);

impl Complex {
    fn plus(self, x: f64) -> Self {
        Self(self.0 + x, self.1)
    }

    fn add(self, o: Self) -> Self {
        Self(self.0 + o.0, self.1 + o.1)
    }

    fn scaled(self, x: f64) -> Self {
        Self(self.0 * x, self.1 * x)
    }

    fn times(self, o: Self) -> Self {
        Self(self.0 * o.0 - self.1 * o.1, self.0 * o.1 + self.1 * o.0)
    }

    fn over(self, o: Self) -> Self {
        let size = o.0 * o.0 + o.1 * o.1;
        self.times(Self(o.0, -o.1)).scaled(1.0 / size)
    }

    /// The root with a positive real part, of a number with a positive real part.
    fn sqrt(self) -> Self {
        let re = (0.5 * (libm::hypot(self.0, self.1) + self.0)).sqrt();
        Self(re, 0.5 * self.1 / re)
    }
}

#[cfg(test)]
mod tests {
    use super::super::ErlangA;
    use super::*;

    fn class(ahead: f64, own: f64) -> PriorityClass {
        PriorityClass {
            p_delay: 0.4,
            drain: 10.0,
            ahead,
            joined: ahead + own,
        }
    }

    /// A geometric number of contacts in front and a queue that runs empty, by uniformization: another computation.
    fn by_uniformization(c: PriorityClass, t: f64) -> f64 {
        let all = c.ahead + c.drain;
        let (up, r) = (c.ahead / all, c.joined / c.drain);
        let most = 3000;
        let mut p: Vec<f64> = (0..most)
            .map(|k| {
                if k == 0 {
                    0.0
                } else {
                    (1.0 - r) * libm::pow(r, f64::from(k - 1))
                }
            })
            .collect();
        let (mut weight, mut total) = (libm::exp(-all * t), 0.0);
        for step in 1..=(all * t + 12.0 * (all * t).sqrt() + 60.0) as usize {
            total += weight * p[1..].iter().sum::<f64>();
            weight *= all * t / step as f64;
            let mut next = vec![0.0; p.len()];
            for k in 1..p.len() - 1 {
                next[k + 1] += p[k] * up;
                next[k - 1] += p[k] * (1.0 - up);
            }
            next[0] = 0.0;
            p = next;
        }
        c.p_delay * total
    }

    #[test]
    fn later_classes_wait_as_the_chain_says() {
        for (ahead, own) in [(3.0, 4.0), (0.01, 9.0), (9.0, 0.5), (5.0, 0.0)] {
            let c = class(ahead, own);
            for t in [0.01, 0.1, 0.5, 2.0, 6.0] {
                let (got, want) = (c.waits_longer(t).unwrap(), by_uniformization(c, t));
                assert!((got - want).abs() < 2e-8, "{ahead} {own} {t}: {got} {want}");
            }
        }
    }

    #[test]
    fn one_class_is_erlang_c() {
        let q = ErlangA {
            arrival_rate: 9.0,
            mean_service: 1.0,
            mean_patience: None,
            servers: 10,
        };
        let alone = PriorityClass {
            p_delay: q.measures().unwrap().p_delay,
            drain: 10.0,
            ahead: 0.0,
            joined: 9.0,
        };
        let late = 1.0 - q.service_levels(0.3).unwrap().sl_offered;
        assert!((alone.waits_longer(0.3).unwrap() - late).abs() < 1e-12);
    }

    #[test]
    fn what_has_no_answer_is_none() {
        assert_eq!(class(6.0, 4.0).waits_longer(1.0), None);
        assert_eq!(class(3.0, 4.0).waits_longer(-1.0), None);
        assert_eq!(class(f64::NAN, 4.0).waits_longer(1.0), None);
        assert_eq!(class(3.0, 4.0).waits_longer(0.0), Some(0.4));
    }
}
