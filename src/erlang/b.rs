//! Erlang B: the loss system M/M/n/n, where a contact that finds all servers busy is lost.

use super::{MAX_SERVERS, not_negative, server_count};

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
/// `servers` may be zero (everything is lost). Insensitive to the service law beyond its mean.
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

/// The load the servers of a loss system really carry, in erlangs: the mean number of busy servers.
///
/// # Formula
/// `a (1 - B(n, a)) = n I(n - 1) / I(n)` with `I = 1 / B`: the second form does not cancel in overload.
///
/// # Errors
/// `None` as for [`blocking`], or with no servers.
///
/// # Source
/// Gans, Koole & Mandelbaum (2003), section 4.1.
pub fn carried_load(load: f64, servers: u32) -> Option<f64> {
    let load = not_negative(load)?;
    let n = server_count(servers)?;
    if load == 0.0 {
        return Some(0.0);
    }
    let before = inverse_blocking(load, n - 1);
    let step = before * (f64::from(n) / load);
    let share = if step.is_finite() {
        step / (1.0 + step)
    } else {
        1.0
    };
    Some(load * share)
}

/// The share of time a server of a loss system is busy: carried load over servers.
///
/// # Formula
/// `a (1 - B(n, a)) / n`.
///
/// # Errors
/// `None` as for [`carried_load`].
///
/// # Source
/// Gans, Koole & Mandelbaum (2003), section 4.1.
pub fn occupancy(load: f64, servers: u32) -> Option<f64> {
    Some(carried_load(load, servers)? / f64::from(servers))
}

/// The share of time in which every server of a loss system is idle.
///
/// # Formula
/// `1 / sum_{k=0..n} a^k / k!`; zero where the sum exceeds the range of numbers (loads above about 709).
///
/// # Errors
/// `None` as for [`blocking`].
///
/// # Source
/// Gans, Koole & Mandelbaum (2003), section 4.1.
pub fn p_all_idle(load: f64, servers: u32) -> Option<f64> {
    let load = not_negative(load)?;
    if servers > MAX_SERVERS {
        return None;
    }
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..=servers {
        term *= load / f64::from(k);
        let next = sum + term;
        if next == f64::INFINITY || (next == sum && f64::from(k) > load) {
            sum = next;
            break;
        }
        sum = next;
    }
    Some(1.0 / sum)
}

/// The smallest number of servers that loses at most `target` of the contacts. Zero is an answer (`target` of 1).
///
/// # Formula
/// The least `n` with `B(n, a) <= target`, found in one pass of the recursion.
///
/// # Errors
/// `None` if `load` is negative or not finite, `target` is not in (0, 1], or [`MAX_SERVERS`] do not do.
///
/// # Source
/// Gans, Koole & Mandelbaum (2003), section 4.1.
pub fn servers_for_blocking(load: f64, target: f64) -> Option<u32> {
    let load = not_negative(load)?;
    if !(target > 0.0 && target <= 1.0) {
        return None;
    }
    if target == 1.0 {
        return Some(0);
    }
    if load == 0.0 {
        return Some(1);
    }
    let mut inverse = 1.0;
    (1..=MAX_SERVERS).find(|&n| {
        inverse = 1.0 + inverse * (f64::from(n) / load);
        1.0 / inverse <= target
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::close;
    use super::*;

    #[test]
    fn validation_cases() {
        for (load, n, block, carried, idle) in [
            (0.5, 1, 0.333333333333, 0.333333333333, 0.666666666667),
            (7.0, 10, 0.0787408829696, 6.44881381921, 0.00101153965571),
            (1000.0, 1000, 0.0248119176462, 975.188082354, 0.0),
        ] {
            close(blocking(load, n).unwrap(), block);
            close(carried_load(load, n).unwrap(), carried);
            close(occupancy(load, n).unwrap(), carried / f64::from(n));
            close(p_all_idle(load, n).unwrap(), idle);
        }
    }

    #[test]
    fn large_systems_and_corners() {
        let b = blocking(100_000.0, 100_000).unwrap();
        // a = n: B is about sqrt(2 / (pi n)) (1 + ...), the square root of the load over the normal hazard
        assert!((b / (2.0 / (std::f64::consts::PI * 1e5)).sqrt() - 1.0).abs() < 0.005);
        assert_eq!(blocking(0.001, 100_000), Some(0.0));
        close(carried_load(0.001, 100_000).unwrap(), 0.001);
        close(
            carried_load(1e9, 3).unwrap(),
            3.0 * (1.0 - 3.0 / 1e9 * (1.0 / 3.0)),
        );
        assert_eq!(blocking(3.0, 0), Some(1.0));
        assert_eq!(blocking(0.0, 0), Some(1.0));
        assert_eq!(blocking(0.0, 5), Some(0.0));
        assert_eq!(p_all_idle(0.0, 5), Some(1.0));
        assert_eq!(p_all_idle(1e6, 1_000_000), Some(0.0));
    }

    #[test]
    fn smallest_number_of_servers() {
        for (load, target) in [(7.0, 0.08), (0.001, 0.01), (500.0, 0.001), (1e4, 0.02)] {
            let n = servers_for_blocking(load, target).unwrap();
            assert!(blocking(load, n).unwrap() <= target);
            assert!(blocking(load, n - 1).unwrap() > target);
        }
        assert_eq!(servers_for_blocking(5.0, 1.0), Some(0));
        assert_eq!(servers_for_blocking(0.0, 0.5), Some(1));
    }

    #[test]
    fn invalid_is_none() {
        for bad in [f64::NAN, f64::INFINITY, -1.0] {
            assert_eq!(blocking(bad, 3), None);
            assert_eq!(carried_load(bad, 3), None);
            assert_eq!(p_all_idle(bad, 3), None);
            assert_eq!(servers_for_blocking(bad, 0.1), None);
            assert_eq!(servers_for_blocking(3.0, bad), None);
        }
        assert_eq!(servers_for_blocking(3.0, 0.0), None);
        assert_eq!(carried_load(3.0, 0), None);
        assert_eq!(blocking(3.0, u32::MAX), None);
    }
}
