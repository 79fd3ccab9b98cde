//! What a run shows on the terminal.

use super::Layout;
use super::grid::TextTable;
use super::lines::not_shown;
use crate::measure::{List, Measure, measures_of};
use crate::report::bridge::counted_at;
use crate::report::cautions::cautions;
use crate::report::findings::{BY_NAME, length_of};
use crate::report::quantity::{count, duration, shown};
use crate::report::words::counted;
use crate::report::wrap::{columns, wrapped};
use crate::results::{Cost, Played, Run};
use crate::text::distinct;

/// Up to so many pools have a column each.
const MOST_POOL_COLUMNS: usize = 4;

/// What was run: a line per scenario (two where one would not fit), and one about what it took.
pub fn headline(run: &Run, cost: &Cost, layout: Layout) -> String {
    let mut out = String::new();
    for s in &run.scenarios {
        let title = match s.name == s.id {
            true => format!("{}:", s.id),
            false => format!("{} ({}):", s.id, s.name),
        };
        let (done, planned) = (s.replications, s.replications_planned as usize);
        let replications = match done == planned {
            true => counted(done, "replication"),
            false => format!("{done} of {planned} replications"),
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
        let were = if n == 1 { "was" } else { "were" };
        let made = counted(n, "replication");
        out += &format!("{made} {were} there from before; the rest took {took}\n");
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
    let scenarios = &run.scenarios;
    let mut table = TextTable::new("scenario", scenarios.iter().map(|s| &s.id));
    let pools = distinct(scenarios.iter().flat_map(|s| s.names("pool")));
    let by_pool = by_pool && (2..=MOST_POOL_COLUMNS).contains(&pools.len());
    for m in measures_of(List::Run) {
        let cell = |slice: String| move |s: &Played| shown(s.find(m.id, &slice));
        if m.id != "agents_on_duty" || !by_pool {
            table = table.measure((m, List::Run), scenarios, cell("all".into()));
            continue;
        }
        for name in &pools {
            let heading = format!("agents:\n{}", wrapped(name, 12).join("\n"));
            let (rank, slice) = (m.rank(List::Run).unwrap_or(0), format!("pool={name}"));
            table = table.column(&heading, rank, scenarios, cell(slice));
        }
    }
    table
}

/// The topics, the markets, the pools and the weeks of a scenario, each as a table.
pub fn details(s: &Played, layout: Layout) -> String {
    let mut out = String::new();
    for (kind, list) in BY_NAME.into_iter().chain([("week", List::Periods)]) {
        let names = s.names(kind);
        if names.is_empty() {
            continue;
        }
        let slices: Vec<String> = names.iter().map(|n| format!("{kind}={n}")).collect();
        let cell = |slice: &String, m: &Measure| shown(s.find(m.id, slice));
        // Only a week may be counted in part.
        let names = names.iter().map(|n| n.replace(";partial", " (part)"));
        let grid = TextTable::new(kind, names).measures(list, &slices, cell);
        out.push('\n');
        out += &grid.render(layout).0;
    }
    if let Some(fte) = s.fte.filter(|_| !s.pools.is_empty()) {
        out += &format!(
            "FTE worked and displaced are counted {}.\n",
            counted_at(fte)
        );
    }
    out
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
    if !out.is_empty() {
        out.insert(0, '\n');
    }
    out
}
