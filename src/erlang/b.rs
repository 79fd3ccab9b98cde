//! Erlang B: the loss system M/M/n/n, where a contact that finds all servers busy is lost.

use super::{MAX_SERVERS, not_negative};

/// The inverse of the blocking probability, `1 / B(n, a)`, by `I(k) = 1 + I(k - 1) k / a`, `I(0) = 1`.
///
/// All terms are positive, so nothing cancels; infinite where the blocking is below the smallest number.
/// `servers` may be zero. `load` must be positive.
pub(super) fn inverse_blocking(load: f64, servers: u32) -> f64 {
    let mut inverse = 1.0;
    for k in 1..=servers {
        inverse = 1.0 + inverse * (f64::from(k) / load);
        if inverse == f64::INFINITY && f64::from(k) >= load {
            break; // it can only grow from here
        }
    }
    inverse
}

/// Erlang B: the share of contacts lost when `load` erlangs are offered to `servers` without a waiting room.
///
/// `servers` may be zero (everything is lost). Insensitive to the distribution of the service time beyond its mean.
///
/// # Formula
/// `B(n, a) = (a^n / n!) / sum_k (a^k / k!)`, by the recursion of its inverse.
///
/// # Errors
/// `None` if `load` is negative or not finite, or `servers` is above [`MAX_SERVERS`].
///
/// # Source
/// Gans, Koole & Mandelbaum (2003), section 4.1.
pub fn blocking(load: f64, servers: u32) -> Option<f64> {
    let load = not_negative(load)?;
    if servers > MAX_SERVERS {
        return None;
    }
    if load == 0.0 {
        return Some(if servers == 0 { 1.0 } else { 0.0 });
    }
    Some(1.0 / inverse_blocking(load, servers))
}

#[cfg(test)]
mod tests {
    use super::super::tests::close;
    use super::*;

    #[test]
    fn validation_cases() {
        for (load, n, block) in [
            (0.5, 1, 0.333333333333),
            (7.0, 10, 0.0787408829696),
            (1000.0, 1000, 0.0248119176462),
        ] {
            close(blocking(load, n).unwrap(), block);
        }
    }

    #[test]
    fn large_systems_and_corners() {
        let b = blocking(100_000.0, 100_000).unwrap();
        // a = n: B is about sqrt(2 / (pi n)) (1 + ...), the square root of the load over the normal hazard
        assert!((b / (2.0 / (std::f64::consts::PI * 1e5)).sqrt() - 1.0).abs() < 0.005);
        assert_eq!(blocking(0.001, 100_000), Some(0.0));
        assert_eq!(blocking(3.0, 0), Some(1.0));
        assert_eq!(blocking(0.0, 0), Some(1.0));
        assert_eq!(blocking(0.0, 5), Some(0.0));
        for bad in [f64::NAN, f64::INFINITY, -1.0] {
            assert_eq!(blocking(bad, 3), None);
        }
        assert_eq!(blocking(3.0, u32::MAX), None);
    }
}
