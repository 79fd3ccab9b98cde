//! What a run shows on the terminal.

use super::Layout;
use super::grid::{TextColumn, TextTable};
use super::lines::not_shown;
use crate::measure::{List, Measure, measures_of};
use crate::report::bridge::counted_at;
use crate::report::cautions::cautions;
use crate::report::findings::length_of;
use crate::report::quantity::{count, duration, shown};
use crate::report::wrap::{columns, wrapped};
use crate::results::{Cost, Played, Run, SummaryRow};

/// Up to so many pools have a column each.
const MOST_POOL_COLUMNS: usize = 4;

/// What was run: a line per scenario (two where one would not fit), and one about what it took.
pub fn headline(run: &Run, cost: &Cost, layout: Layout) -> String {
    let mut out = String::new();
    for s in &run.scenarios {
        let title = if s.name == s.id {
            String::new()
        } else {
            format!(" ({})", s.name)
        };
        let title = format!("{}{title}:", s.id);
        let (done, planned) = (s.replications, s.replications_planned as usize);
        let replications = match (done == planned, done) {
            (true, 1) => "1 replication".into(),
            (true, n) => format!("{n} replications"),
            (false, n) => format!("{n} of {planned} replications"),
        };
        let horizon = length_of(s, 0.0, s.horizon_seconds);
        let mut facts = format!("{horizon} from {}, {replications}", s.start);
        if !s.topics.is_empty() {
            facts += &format!(", {} contacts", count(s.contacts));
        }
        let between = if columns(&title) + 1 + columns(&facts) > layout.width {
            "\n  "
        } else {
            " "
        };
        out += &format!("{title}{between}{facts}\n");
    }
    let (took, n) = (duration(cost.wall_seconds), cost.resumed);
    if n > 0 {
        let were = if n == 1 {
            "1 replication was"
        } else {
            &format!("{n} replications were")
        };
        out += &format!("{were} there from before; the rest took {took}\n");
    } else if run.contacts > 0 {
        let each = cost.cpu_seconds * 1e9 / run.contacts as f64;
        out += &format!(
            "{} contacts in {took}, {each:.0} ns of processor time per contact\n",
            count(run.contacts),
        );
    }
    out
}

/// The table of a run: one row per scenario. Columns that are undefined everywhere are left out; those for which there is
/// no room are named below, and then cautions about the numbers.
pub fn run_table(run: &Run, layout: Layout) -> String {
    let by_pool = grid(run, true).without_empty();
    let chosen = if by_pool.fits(layout.width) {
        by_pool
    } else {
        grid(run, false).without_empty()
    };
    let (mut text, dropped) = chosen.render(layout);
    text += &not_shown(&dropped, layout);
    text + &cautions_text(&run.scenarios, layout)
}

fn grid(run: &Run, by_pool: bool) -> TextTable {
    let mut list = Vec::new();
    let pools = pool_names(run);
    let by_pool = by_pool && (2..=MOST_POOL_COLUMNS).contains(&pools.len());
    let cells = |measure: &Measure, slice: &str| {
        let found = run.scenarios.iter().map(|s| s.find(measure.id, slice));
        found.map(shown).collect()
    };
    for measure in measures_of(List::Run) {
        if measure.id == "agents_on_duty" && by_pool {
            list.extend(pools.iter().map(|name| {
                let heading = format!("agents:\n{}", wrapped(name, 12).join("\n"));
                let rank = measure.rank(List::Run).unwrap_or(0);
                TextColumn::new(&heading, rank, cells(measure, &format!("pool={name}")))
            }));
        } else {
            list.push(TextColumn::of(measure, List::Run, cells(measure, "all")));
        }
    }
    TextTable {
        heading: "scenario".into(),
        names: run.scenarios.iter().map(|s| s.id.clone()).collect(),
        columns: list,
    }
}

/// Names of the pools of all scenarios, in the order in which they first appear.
fn pool_names(run: &Run) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for pool in run.scenarios.iter().flat_map(|s| &s.pools) {
        if !names.contains(&pool.name.as_str()) {
            names.push(&pool.name);
        }
    }
    names
}

/// The topics, the markets, the pools and the weeks of a scenario, each as a table.
pub fn details(s: &Played, layout: Layout) -> String {
    /// Names with their slices.
    fn slices<'n>(kind: &str, names: impl Iterator<Item = &'n str>) -> Vec<(String, String)> {
        names
            .map(|name| (name.to_owned(), format!("{kind}={name}")))
            .collect()
    }
    let topics = slices("topic", s.topics.iter().map(|t| t.name.as_str()));
    let markets = slices("market", s.markets().into_iter());
    let pools = slices("pool", s.pools.iter().map(|p| p.name.as_str()));
    let counted = s.summary.iter().filter(|r| r.measure == "contacts");
    let weeks = counted.filter_map(|r| Some((week(r)?, r.slice.clone())));
    let mut out = String::new();
    for (heading, rows, list) in [
        ("topic", topics, List::Topics),
        ("market", markets, List::Topics),
        ("pool", pools, List::Pools),
        ("week", weeks.collect(), List::Periods),
    ] {
        if rows.is_empty() {
            continue;
        }
        let columns = measures_of(list).map(|measure| {
            let cells = rows.iter().map(|(_, slice)| s.find(measure.id, slice));
            TextColumn::of(measure, list, cells.map(shown).collect())
        });
        let grid = TextTable {
            heading: heading.into(),
            columns: columns.collect(),
            names: rows.iter().map(|(name, _)| name.clone()).collect(),
        };
        out.push('\n');
        out += &grid.without_empty().render(layout).0;
    }
    if let Some(f) = s.fte.filter(|_| !s.pools.is_empty()) {
        let at = counted_at(f.occupancy, f.shrinkage, f.hours_per_week);
        out += &format!("FTE worked and displaced are counted {at}.\n");
    }
    out
}

/// The name of the week that a row is about, if it is about one.
fn week(row: &SummaryRow) -> Option<String> {
    let week = row.slice.strip_prefix("week=")?;
    Some(week.replace(";partial", " (part)"))
}

/// The cautions of all scenarios, to stand below their table.
fn cautions_text(scenarios: &[Played], layout: Layout) -> String {
    let mut out = String::new();
    for s in scenarios {
        for caution in cautions(s) {
            let whose = match scenarios.len() {
                1 => String::new(),
                _ => format!(" ({})", s.id),
            };
            let text = format!("Caution{whose}: {}", caution.sentences());
            out += &(wrapped(&text, layout.width.max(40) - 2).join("\n  ") + "\n");
        }
    }
    match out.is_empty() {
        true => out,
        false => format!("\n{out}"),
    }
}
