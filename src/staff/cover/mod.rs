//! Integer programmes: the cheapest whole numbers that meet linear requirements.

#[cfg(feature = "highs")]
mod highs;
mod microlp;

use std::collections::BTreeMap;

/// Nodes of the search tree of one programme: a limit by time would make results depend on the machine.
const MOST_NODES: u64 = 1_000;
/// A solution is good enough if no other can be cheaper by a larger part.
const GAP: f64 = 1e-3;
/// A requirement is met if no more than this part of its largest term is missing.
const ROUNDING: f64 = 1e-6;

/// The sum of the terms, each a factor and the number of a variable, is at least so much.
#[derive(Clone, Debug, PartialEq)]
pub struct Requirement {
    /// Variable and factor.
    pub terms: Vec<(usize, f64)>,
    /// The least value.
    pub least: f64,
}

/// An integer programme: minimise the cost of the variables, each within its bounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Programme {
    /// Cost of one of each variable.
    pub costs: Vec<f64>,
    /// Fewest and most of each.
    pub bounds: Vec<(u32, u32)>,
    /// What must be met.
    pub requirements: Vec<Requirement>,
}

/// A solution of a [`Programme`].
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// The values of the variables.
    pub values: Vec<u32>,
    /// No solution costs less than this.
    pub bound: f64,
}

/// What a solver found: values, and what none can cost less than.
type Found = (Vec<f64>, f64);

impl Requirement {
    /// The largest factor.
    fn scale(&self) -> f64 {
        let largest = self.terms.iter().map(|t| t.1.abs()).fold(0.0, f64::max);
        if largest > 0.0 { largest } else { 1.0 }
    }

    /// What is missing for it, as a part of the largest factor; 0 or less where it is met.
    fn missing(&self, values: &[u32]) -> f64 {
        let sum: f64 = self
            .terms
            .iter()
            .map(|&(v, by)| by * f64::from(values[v]))
            .sum();
        (self.least - sum) / self.scale()
    }
}

impl Programme {
    /// Whether values meet every requirement and bound.
    pub fn allows(&self, values: &[u32]) -> bool {
        let met = |r: &Requirement| r.missing(values) <= ROUNDING;
        let mut bounded = values.iter().zip(&self.bounds);
        bounded.all(|(v, b)| (b.0..=b.1).contains(v)) && self.requirements.iter().all(met)
    }

    /// What values cost.
    pub fn cost(&self, values: &[u32]) -> f64 {
        let each = self.costs.iter().zip(values);
        each.map(|(cost, &n)| cost * f64::from(n)).sum()
    }

    /// The cheapest values, or some that cost at most a thousandth more unless the search would be too long; `None` where there are none, or
    /// none were found. Variables that no requirement links are solved apart.
    ///
    /// Solutions are checked against bounds and requirements here, whatever the solver says of them.
    pub fn solve(&self) -> Option<Solution> {
        let whole = self.by_parts(true);
        let found = whole.map(|(values, bound)| {
            let values: Vec<u32> = values.into_iter().map(|x| libm::round(x) as u32).collect();
            Solution { values, bound }
        });
        let found = found.filter(|s| self.allows(&s.values));
        // What cannot be searched through is rounded.
        let proven = |s: &Solution| self.cost(&s.values) <= s.bound + GAP * s.bound.abs();
        if found.as_ref().is_some_and(proven) {
            return found;
        }
        let relaxed = self.relaxed()?;
        let least = relaxed.iter().zip(&self.costs).map(|(x, cost)| x * cost);
        let bound = found.as_ref().map_or(least.sum(), |s| s.bound);
        let rounded = self
            .rounded(&relaxed)
            .map(|values| Solution { values, bound });
        let cost = |s: &Solution| self.cost(&s.values);
        let all = found.into_iter().chain(rounded);
        all.min_by(|a, b| cost(a).total_cmp(&cost(b)))
    }

    /// Whole values near some: they are rounded, raised where they cover most of what is missing for their cost, and lowered where they are not
    /// needed, the dearest first; `None` where a requirement cannot be met so.
    fn rounded(&self, values: &[f64]) -> Option<Vec<u32>> {
        let mut values = whole(values);
        let mut of_variable: Vec<Vec<(usize, f64)>> = vec![Vec::new(); values.len()];
        for (i, r) in self.requirements.iter().enumerate() {
            for &(v, by) in &r.terms {
                of_variable[v].push((i, by / r.scale()));
            }
        }
        let missing = |r: &Requirement| r.missing(&values);
        let mut missing: Vec<f64> = self.requirements.iter().map(missing).collect();
        while missing.iter().any(|&m| m > ROUNDING) {
            let gain = |v: usize| {
                let covers = of_variable[v].iter();
                let gain: f64 = covers.map(|&(i, by)| by.min(missing[i].max(0.0))).sum();
                gain / self.costs[v].max(f64::MIN_POSITIVE)
            };
            let free = (0..values.len()).filter(|&v| values[v] < self.bounds[v].1);
            let best = free.max_by(|&a, &b| gain(a).total_cmp(&gain(b)));
            let v = best.filter(|&v| gain(v) > 0.0)?;
            values[v] += 1;
            of_variable[v].iter().for_each(|&(i, by)| missing[i] -= by);
        }
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| self.costs[b].total_cmp(&self.costs[a]));
        for v in order {
            let spare = |missing: &[f64]| {
                let mut covers = of_variable[v].iter();
                covers.all(|&(i, by)| missing[i] + by <= ROUNDING)
            };
            while values[v] > self.bounds[v].0 && spare(&missing) {
                values[v] -= 1;
                of_variable[v].iter().for_each(|&(i, by)| missing[i] += by);
            }
        }
        self.allows(&values).then_some(values)
    }

    /// The cheapest values if they need not be whole; `None` where there are none.
    pub fn relaxed(&self) -> Option<Vec<f64>> {
        self.by_parts(false).map(|(values, _)| values)
    }

    /// Values and the least cost, each part solved by itself.
    fn by_parts(&self, whole: bool) -> Option<Found> {
        let mut values: Vec<f64> = self.bounds.iter().map(|b| f64::from(b.0)).collect();
        let least = |v: usize| self.costs[v] * f64::from(self.bounds[v].0);
        let mut bound = (0..values.len()).map(least).sum::<f64>();
        for (variables, requirements) in self.parts() {
            let requirements = self.distinct(&requirements);
            let (of_part, cost) = solved(&self.part(&variables, &requirements), whole)?;
            bound += cost - variables.iter().map(|&v| least(v)).sum::<f64>();
            for (v, x) in variables.into_iter().zip(of_part) {
                values[v] = x.max(0.0);
            }
        }
        Some((values, bound))
    }

    /// Variables that requirements link, with these requirements.
    fn parts(&self) -> Vec<(Vec<usize>, Vec<usize>)> {
        let mut root: Vec<usize> = (0..self.costs.len()).collect();
        fn find(root: &mut [usize], mut v: usize) -> usize {
            while root[v] != v {
                root[v] = root[root[v]];
                v = root[v];
            }
            v
        }
        for r in &self.requirements {
            for pair in r.terms.windows(2) {
                let (a, b) = (find(&mut root, pair[0].0), find(&mut root, pair[1].0));
                root[a.max(b)] = a.min(b);
            }
        }
        let mut parts: BTreeMap<usize, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for v in 0..root.len() {
            parts.entry(find(&mut root, v)).or_default().0.push(v);
        }
        for (i, r) in self.requirements.iter().enumerate() {
            if let Some(&(v, _)) = r.terms.first() {
                parts.entry(find(&mut root, v)).or_default().1.push(i);
            }
        }
        parts.into_values().filter(|p| !p.1.is_empty()).collect()
    }

    /// Of requirements with the same terms the one that asks for most.
    fn distinct(&self, requirements: &[usize]) -> Vec<usize> {
        let mut order = requirements.to_vec();
        let terms = |i: usize| {
            let terms = self.requirements[i].terms.iter();
            terms.map(|&(v, by)| (v, by.to_bits())).collect::<Vec<_>>()
        };
        let least = |i: usize| self.requirements[i].least;
        order.sort_by(|&a, &b| terms(a).cmp(&terms(b)).then(least(b).total_cmp(&least(a))));
        order.dedup_by_key(|i| terms(*i));
        order.sort_unstable();
        order
    }

    /// A part as a programme of its own, whose requirements have a largest factor of 1.
    fn part(&self, variables: &[usize], requirements: &[usize]) -> Programme {
        let number = variables.iter().enumerate().map(|(i, &v)| (v, i));
        let number: BTreeMap<usize, usize> = number.collect();
        let requirement = |&r: &usize| {
            let r = &self.requirements[r];
            let scale = r.scale();
            let terms = r.terms.iter().map(|&(v, by)| (number[&v], by / scale));
            Requirement {
                terms: terms.collect(),
                least: r.least / scale,
            }
        };
        Programme {
            costs: variables.iter().map(|&v| self.costs[v]).collect(),
            bounds: variables.iter().map(|&v| self.bounds[v]).collect(),
            requirements: requirements.iter().map(requirement).collect(),
        }
    }
}

/// What a solver makes of a programme that nothing divides.
fn solved(programme: &Programme, whole: bool) -> Option<Found> {
    #[cfg(feature = "highs")]
    if let Some(found) = highs::solve(programme, whole) {
        return Some(found);
    }
    microlp::solve(programme, whole)
}

/// Whole numbers near some, in sum too: what is cut off one is added to the next, which is a variable much like it.
pub(super) fn whole(values: &[f64]) -> Vec<u32> {
    let (mut sum, mut rounded) = (0.0, 0);
    let each = values.iter().map(|value| {
        sum += value;
        let next = (libm::round(sum) as u32).max(rounded);
        let here = next - rounded;
        rounded = next;
        here
    });
    each.collect()
}
