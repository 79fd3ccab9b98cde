//! Programmes by microlp, in Rust alone.

use super::{Found, GAP, MOST_NODES, Programme};
use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOptions, Variable};

/// The cheapest values of a programme, whole ones or any, and what none can cost less than.
pub(super) fn solve(programme: &Programme, whole: bool) -> Option<Found> {
    let mut problem = Problem::new(OptimizationDirection::Minimize);
    let each = programme.costs.iter().zip(&programme.bounds);
    let variables: Vec<Variable> = each
        .map(|(&cost, &(least, most))| match whole {
            true => {
                let bound = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
                problem.add_integer_var(cost, (bound(least), bound(most)))
            }
            false => problem.add_var(cost, (f64::from(least), f64::from(most))),
        })
        .collect();
    for r in &programme.requirements {
        let terms = r.terms.iter().map(|&(v, by)| (variables[v], by));
        problem.add_constraint(terms, ComparisonOp::Ge, r.least);
    }
    let mut options = SolveOptions::default();
    options.node_limit = Some(MOST_NODES);
    options.mip_gap = GAP;
    let outcome = problem.solve_with(options).ok()?;
    let bound = outcome.stats().best_bound;
    let solution = outcome.into_solution().ok()?;
    let values = variables.iter().map(|&v| solution.var_value(v)).collect();
    Some((values, bound.unwrap_or(solution.objective())))
}
