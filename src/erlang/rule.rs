//! A Gauss-Legendre rule with the matrix that integrates an interpolant up to each of its nodes.

use std::sync::OnceLock;

/// Number of nodes of a panel.
pub(super) const NODES: usize = 16;

/// Gauss-Legendre rule on [0, 1] with its matrix of integrals up to each node.
pub(super) struct Rule {
    pub(super) node: [f64; NODES],
    pub(super) weight: [f64; NODES],
    /// Row i: weights of the integral of the interpolant from 0 to node i.
    pub(super) upto: [[f64; NODES]; NODES],
    /// Weights of the interpolant at 0 and at 1.
    pub(super) ends: [[f64; NODES]; 2],
}

/// Legendre polynomials of degree 0 to `NODES` at `x`.
fn legendre(x: f64) -> [f64; NODES + 1] {
    let mut p = [1.0; NODES + 1];
    p[1] = x;
    for k in 1..NODES {
        let n = k as f64;
        p[k + 1] = ((2.0 * n + 1.0) * x * p[k] - n * p[k - 1]) / (n + 1.0);
    }
    p
}

impl Rule {
    /// The one rule of the process, computed at first use.
    pub(super) fn get() -> &'static Rule {
        static RULE: OnceLock<Rule> = OnceLock::new();
        RULE.get_or_init(Rule::new)
    }

    fn new() -> Rule {
        let degree = NODES as f64;
        let mut x = [0.0; NODES];
        let mut w = [0.0; NODES];
        for i in 0..NODES {
            let guess = (degree - i as f64 - 0.25) / (degree + 0.5);
            let mut root = libm::cos(std::f64::consts::PI * guess);
            let slope = |p: &[f64; NODES + 1], r: f64| {
                degree * (r * p[NODES] - p[NODES - 1]) / (r * r - 1.0)
            };
            for _ in 0..8 {
                let p = legendre(root);
                root -= p[NODES] / slope(&p, root);
            }
            let d = slope(&legendre(root), root);
            x[i] = root;
            w[i] = 2.0 / ((1.0 - root * root) * d * d);
        }
        let mut rule = Rule {
            node: [0.0; NODES],
            weight: [0.0; NODES],
            upto: [[0.0; NODES]; NODES],
            ends: [[0.0; NODES]; 2],
        };
        for j in 0..NODES {
            rule.node[j] = 0.5 * (1.0 + x[j]);
            rule.weight[j] = 0.5 * w[j];
            let at_node = legendre(x[j]);
            for k in 0..NODES {
                let norm = 2.0 * k as f64 + 1.0;
                let coefficient = 0.5 * norm * w[j] * at_node[k];
                let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
                rule.ends[0][j] += coefficient * sign;
                rule.ends[1][j] += coefficient;
                for (row, &end) in rule.upto.iter_mut().zip(&x) {
                    let p = legendre(end);
                    let integral = if k == 0 {
                        end + 1.0
                    } else {
                        (p[k + 1] - p[k - 1]) / norm
                    };
                    row[j] += 0.5 * coefficient * integral;
                }
            }
        }
        rule
    }
}

/// Sum of the products.
pub(super) fn dot(a: &[f64; NODES], b: &[f64; NODES]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_integrates_polynomials() {
        let rule = Rule::get();
        for power in 0..2 * NODES as i32 {
            let got: f64 = (0..NODES)
                .map(|i| rule.weight[i] * libm::pow(rule.node[i], f64::from(power)))
                .sum();
            assert!((got - 1.0 / f64::from(power + 1)).abs() < 1e-14);
        }
        let fourth = rule.node.map(|x| libm::pow(x, 4.0));
        for i in 0..NODES {
            let got = dot(&rule.upto[i], &fourth);
            assert!((got - libm::pow(rule.node[i], 5.0) / 5.0).abs() < 1e-14);
        }
        assert!(dot(&rule.ends[0], &fourth).abs() < 1e-12);
        assert!((dot(&rule.ends[1], &fourth) - 1.0).abs() < 1e-12);
    }
}
