//! What a run shows on the terminal.

use super::bridge::counted_at;
use super::cautions::cautions_text;
use super::grid::{Column, Grid, columns, not_shown, wrapped};
use super::quantity::{Kind, Shown, count, duration, length, shown};
use super::{Layout, Subject};
use crate::experiment::Estimate;
use crate::measure::{List, Measure, Slice, measures_of};
use crate::results::Cost;

/// Up to so many pools have a column each.
const MOST_POOL_COLUMNS: usize = 4;

/// What was run: a line per scenario (two where one would not fit), and one about what it took.
pub fn headline(subjects: &[Subject<'_>], cost: &Cost, layout: Layout) -> String {
    let mut out = String::new();
    for s in subjects {
        let title = if s.name == s.id {
            String::new()
        } else {
            format!(" ({})", s.name)
        };
        let title = format!("{}{title}:", s.id);
        let (done, planned) = (s.outcome.replications(), s.plan.replications as usize);
        let replications = match (done == planned, done) {
            (true, 1) => "1 replication".into(),
            (true, n) => format!("{n} replications"),
            (false, n) => format!("{n} of {planned} replications"),
        };
        let horizon = length(&s.model.calendar, 0, s.model.horizon);
        let start = s.model.calendar.start();
        let contacts = count(s.outcome.contacts);
        let mut facts = format!("{horizon} from {start}, {replications}");
        if !s.model.topics.is_empty() {
            facts += &format!(", {contacts} contacts");
        }
        let between = if columns(&title) + 1 + columns(&facts) > layout.width {
            "\n  "
        } else {
            " "
        };
        out.push_str(&format!("{title}{between}{facts}\n"));
    }
    let contacts: u64 = subjects.iter().map(|s| s.outcome.contacts).sum();
    let (took, n) = (duration(cost.wall_seconds), cost.resumed);
    if n > 0 {
        let were = if n == 1 {
            "1 replication was"
        } else {
            &format!("{n} replications were")
        };
        out.push_str(&format!("{were} there from before; the rest took {took}\n"));
    } else if contacts > 0 {
        let each = cost.cpu_seconds * 1e9 / contacts as f64;
        out.push_str(&format!(
            "{} contacts in {took}, {each:.0} ns of processor time per contact\n",
            count(contacts),
        ));
    }
    out
}

/// The table of a run: one row per scenario. Columns that are undefined everywhere are left out; those for which there is
/// no room are named below, and then cautions about the numbers.
pub fn run_table(subjects: &[Subject<'_>], layout: Layout) -> String {
    let by_pool = grid(subjects, true).without_empty();
    let chosen = if by_pool.fits(layout.width) {
        by_pool
    } else {
        grid(subjects, false).without_empty()
    };
    let (mut text, dropped) = chosen.render(layout);
    text += &not_shown(&dropped, layout);
    text + &cautions_text(subjects, layout)
}

fn grid(subjects: &[Subject<'_>], by_pool: bool) -> Grid {
    let mut list = Vec::new();
    let pools = pool_names(subjects);
    for measure in measures_of(List::Run) {
        if measure.id == "agents_on_duty"
            && by_pool
            && (2..=MOST_POOL_COLUMNS).contains(&pools.len())
        {
            list.extend(pools.iter().map(|name| {
                let cells = subjects.iter().map(|s| on_duty(s, name)).collect();
                let heading = format!("agents:\n{}", wrapped(name, 12).join("\n"));
                Column::new(&heading, measure.rank(List::Run).unwrap_or(0), cells)
            }));
        } else {
            let find = |s: &Subject<'_>| s.outcome.total(measure.id);
            list.push(column(measure, List::Run, subjects.iter().map(find)));
        }
    }
    Grid {
        heading: "scenario".into(),
        names: subjects.iter().map(|s| s.id.to_owned()).collect(),
        columns: list,
    }
}

/// Names of the pools of all scenarios, in the order in which they first appear.
fn pool_names<'a>(subjects: &[Subject<'a>]) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for pool in subjects.iter().flat_map(|s| &s.model.pools) {
        if !names.contains(&pool.name.as_str()) {
            names.push(&pool.name);
        }
    }
    names
}

fn on_duty(subject: &Subject<'_>, pool: &str) -> Shown {
    let index = subject.model.pools.iter().position(|p| p.name == pool);
    shown(
        index.and_then(|p| subject.outcome.find("agents_on_duty", &Slice::Pool(p))),
        Kind::Plain,
    )
}

/// The column of a measure with these estimates.
fn column(
    measure: &Measure,
    list: List,
    estimates: impl Iterator<Item = Option<Estimate>>,
) -> Column {
    let kind = Kind::of_unit(measure.unit.label());
    let cells = estimates.map(|e| shown(e, kind)).collect();
    Column::new(&measure.heading(), measure.rank(list).unwrap_or(0), cells)
}

/// The topics, the markets, the pools and the weeks of a scenario, each as a table.
pub fn details(subject: &Subject<'_>, layout: Layout) -> String {
    let model = subject.model;
    let topics = (0..model.topic_count())
        .map(|k| (model.topic_name(k).to_owned(), Slice::Topic(k)))
        .collect::<Vec<_>>();
    let markets = model
        .markets
        .list
        .iter()
        .enumerate()
        .map(|(m, x)| (x.name.clone(), Slice::Market(m)))
        .collect::<Vec<_>>();
    let pools = model
        .pools
        .iter()
        .enumerate()
        .map(|(p, x)| (x.name.clone(), Slice::Pool(p)))
        .collect::<Vec<_>>();
    let rows = &subject.outcome.rows;
    let weeks = rows.iter().filter(|r| r.measure == "contacts");
    let weeks = weeks
        .filter_map(|r| match &r.slice {
            Slice::Period(p) if p.kind == "week" => {
                let part = if p.partial { " (part)" } else { "" };
                Some((format!("{}{part}", p.label), r.slice.clone()))
            }
            _ => None,
        })
        .collect::<Vec<_>>();
    let mut out = String::new();
    for (heading, rows, list) in [
        ("topic", topics, List::Topics),
        ("market", markets, List::Topics),
        ("pool", pools, List::Pools),
        ("week", weeks, List::Periods),
    ] {
        if rows.is_empty() {
            continue;
        }
        let columns = measures_of(list).map(|measure| {
            let find = |(_, slice): &(String, Slice)| subject.outcome.find(measure.id, slice);
            column(measure, list, rows.iter().map(find))
        });
        let columns = columns.collect();
        let names = rows.into_iter().map(|(name, _)| name).collect();
        let grid = Grid {
            heading: heading.into(),
            names,
            columns,
        }
        .without_empty();
        out.push('\n');
        out.push_str(&grid.render(layout).0);
    }
    if !model.pools.is_empty() {
        let p = &model.productive;
        let at = counted_at(p.occupancy, p.shrinkage, p.hours_per_week);
        out += &format!("FTE worked and displaced are counted {at}.\n");
    }
    out
}
