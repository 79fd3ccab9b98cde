//! What a run shows on the terminal.

use super::cautions::cautions_text;
use super::grid::{Column, Grid, columns, not_shown, wrapped};
use super::quantity::{Kind, Shown, count, duration, shown};
use super::{Layout, Subject};
use crate::measure::{Slice, kpi};
use crate::results::Cost;
use crate::time::to_seconds;

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
        let horizon = duration(to_seconds(s.model.horizon));
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
    let mut list = vec![
        column(subjects, "AI\nshare", 4, "ai_share"),
        column(subjects, "true\nresolution", 3, "durable_resolution"),
        column(subjects, "service\nlevel", 0, "sl_net"),
        column(subjects, "mean\nwait", 1, "mean_wait"),
        column(subjects, "abandoned", 2, "abandonment_rate"),
        column(subjects, "time to\na person", 7, "time_to_human"),
        column(subjects, "satisfied", 6, "satisfaction"),
    ];
    let pools = pool_names(subjects);
    if by_pool && (2..=MOST_POOL_COLUMNS).contains(&pools.len()) {
        for name in pools {
            let cells = subjects.iter().map(|s| on_duty(s, name)).collect();
            let heading = format!("agents:\n{}", wrapped(name, 12).join("\n"));
            list.push(Column::new(&heading, 5, cells));
        }
    } else {
        list.push(column(subjects, "agents\non duty", 5, "agents_on_duty"));
    }
    list.push(column(subjects, "FTE\nrequired", 6, "fte_required"));
    list.push(column(subjects, "FTE\ndisplaced", 9, "fte_displaced"));
    list.push(column(subjects, "cost", 8, "cost_total"));
    list.push(column(
        subjects,
        "cost per\nresolution",
        7,
        "cost_per_durable_resolution",
    ));
    list.push(column(subjects, "people at\nthe start", 9, "headcount"));
    list.push(column(subjects, "hires", 11, "hires"));
    list.push(column(subjects, "leavers", 10, "leavers"));
    list.push(column(subjects, "laid off", 12, "laid_off"));
    list.push(column(subjects, "people at\nthe end", 8, "headcount_end"));
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

fn kind(measure: &str) -> Kind {
    kpi(measure).map_or(Kind::Plain, |k| Kind::of_unit(k.unit.label()))
}

fn column(subjects: &[Subject<'_>], heading: &str, rank: u32, measure: &str) -> Column {
    let cells = subjects
        .iter()
        .map(|s| shown(s.outcome.total(measure), kind(measure)))
        .collect();
    Column::new(heading, rank, cells)
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
            Slice::Period("week", label) => Some((label.clone(), r.slice.clone())),
            _ => None,
        })
        .collect::<Vec<_>>();
    let of_weeks = [
        ("contacts", 1, "contacts"),
        ("AI\nshare", 4, "ai_share"),
        ("service\nlevel", 0, "sl_net"),
        ("target\nmet", 0, "target_met"),
        ("mean\nwait", 3, "mean_wait"),
        ("abandoned", 5, "abandonment_rate"),
        ("agents\non duty", 6, "agents_on_duty"),
        ("occupancy", 7, "occupancy"),
        ("FTE\nrequired", 0, "fte_required"),
    ];
    let of_topics = [
        ("contacts", 5, "contacts"),
        ("AI\nshare", 4, "ai_share"),
        ("true\nresolution", 6, "durable_resolution"),
        ("service\nlevel", 0, "sl_net"),
        ("mean\nwait", 1, "mean_wait"),
        ("abandoned", 2, "abandonment_rate"),
        ("handle\ntime", 3, "handle_time"),
        ("FTE\nrequired", 7, "fte_required"),
        ("satisfied", 8, "satisfaction"),
    ];
    let of_pools = [
        ("answered", 1, "answered"),
        ("mean wait\nof answered", 5, "asa"),
        ("handle\ntime", 2, "handle_time"),
        ("agents\non duty", 0, "agents_on_duty"),
        ("occupancy", 3, "occupancy"),
        ("contacts\nin hand", 6, "contacts_in_hand"),
        ("offers\naccepted", 7, "acceptance_rate"),
        ("FTE\nrequired", 4, "fte_required"),
        ("satisfied", 8, "satisfaction"),
    ];
    let mut out = String::new();
    for (heading, rows, measures) in [
        ("topic", topics, of_topics),
        ("market", markets, of_topics),
        ("pool", pools, of_pools),
        ("week", weeks, of_weeks),
    ] {
        if rows.is_empty() {
            continue;
        }
        let columns = measures
            .iter()
            .map(|&(heading, rank, measure)| {
                let cells = rows
                    .iter()
                    .map(|(_, s)| shown(subject.outcome.find(measure, s), kind(measure)))
                    .collect();
                Column::new(heading, rank, cells)
            })
            .collect();
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
    out
}
