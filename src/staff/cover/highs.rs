//! Programmes by HiGHS, which proves more of those that are coupled.

use super::{Found, GAP, MOST_NODES, Programme};
use highs::{HighsModelStatus, RowProblem, Sense};

/// The cheapest values of a programme, whole ones or any, and what none can cost less than; `None` where it found none.
///
/// On one thread, with a limit of nodes and none of time, it gives the same values each time.
pub(super) fn solve(programme: &Programme, whole: bool) -> Option<Found> {
    let mut problem = RowProblem::default();
    let each = programme.costs.iter().zip(&programme.bounds);
    let variables: Vec<_> = each
        .map(|(&cost, &(least, most))| {
            problem.add_column_with_integrality(cost, least..=most, whole)
        })
        .collect();
    for r in &programme.requirements {
        let terms = r.terms.iter().map(|&(v, by)| (variables[v], by));
        problem.add_row(r.least.., terms.collect::<Vec<_>>());
    }
    let mut model = problem.try_optimise(Sense::Minimise).ok()?;
    model.try_set_option("threads", 1).ok()?;
    model.try_set_option("parallel", "off").ok()?;
    model.try_set_option("random_seed", 0).ok()?;
    model
        .try_set_option("mip_max_nodes", MOST_NODES as i32)
        .ok()?;
    model.try_set_option("mip_rel_gap", GAP).ok()?;
    let solved = model.try_solve().ok()?;
    let (values, bound) = match solved.status() {
        HighsModelStatus::Optimal if !whole => (solved.get_solution(), solved.objective_value()),
        HighsModelStatus::Optimal | HighsModelStatus::ReachedSolutionLimit => (
            solved.get_solution(),
            solved.double_info_value(c"mip_dual_bound").ok()?,
        ),
        _ => return None,
    };
    Some((values.columns().to_vec(), bound))
}
