//! Who will be on duty and when, as far as it is known before a run: groups and whom they hire, contracts, slots, months.

use super::Layout;
use super::grid::{Column, Grid, filled};
use super::quantity::{Kind, Shown, amount, count, duration, value};
use crate::model::{Contract, Group, Hiring, Model, Pool, Supply};
use crate::time::{HOUR, Micros, WEEK, to_seconds};

/// Changes of a contract, and months, that are told.
const MOST: usize = 6;

/// Groups, contracts and slots in words, and months in a table.
pub(super) fn duty(model: &Model, layout: Layout) -> String {
    let last = model.epoch(model.timeline.len());
    let required = model.people_required();
    let mut lines: Vec<String> = Vec::new();
    for (g, group) in model.groups.iter().enumerate() {
        let needs: Vec<&[f64]> = required.iter().map(|e| e[g].as_slice()).collect();
        lines.push(group_line(model, group, &needs));
    }
    for pool in &last.pools {
        lines.extend(pool.contract().map(|c| contract_line(model, pool, c)));
        lines.extend(slots_line(model, pool));
    }
    lines.iter().map(|line| filled(line, layout)).collect()
}

/// What attrition alone would leave of a group, and whom it hires.
fn group_line(model: &Model, group: &Group, required: &[&[f64]]) -> String {
    let months: f64 = model.months().iter().map(|m| m.share).sum();
    let left = f64::from(group.headcount) * libm::exp(-group.attrition * months);
    let ahead = group.lead + group.training;
    let hiring = match &group.hiring {
        Hiring::Freeze => "nobody is hired".to_owned(),
        Hiring::Requests(list) => {
            let told: Vec<String> = list.iter().take(MOST).map(|&n| count(n.into())).collect();
            let more = if list.len() > MOST { ", ..." } else { "" };
            format!("{}{more} people are asked for a month", told.join(", "))
        }
        Hiring::Replace(share) => {
            let share = value(*share, Kind::Fraction);
            format!("{share} of the leavers are replaced")
        }
        Hiring::Track(targets) => {
            let end = targets.last().copied().unwrap_or(0.0);
            format!("hiring follows a trajectory to {} people", amount(end))
        }
        Hiring::Require(_) => {
            let in_month = |e: &&[f64], m: usize| e.get(m).copied().unwrap_or(0.0);
            let of = |m: usize| required.iter().map(|e| in_month(e, m)).fold(0.0, f64::max);
            let needs: Vec<(usize, f64)> = (0..required.iter().map(|e| e.len()).max().unwrap_or(0))
                .map(|m| (m, of(m)))
                .filter(|n| n.1 > 0.0)
                .collect();
            let least = needs.iter().min_by(|a, b| a.1.total_cmp(&b.1));
            let most = needs.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1));
            let said = |n: Option<&(usize, f64)>| {
                n.map_or_else(String::new, |&(m, people)| {
                    format!("{} in {}", amount(people), month(model, m))
                })
            };
            let (least, most) = (said(least), said(most));
            match least.is_empty() {
                true => "hiring follows what the forecast requires".to_owned(),
                false if least == most => format!("the forecast requires {least}"),
                false => format!("the forecast requires from {least} to {most}"),
            }
        }
    };
    let hiring = match group.hiring {
        Hiring::Freeze => hiring,
        _ if ahead > 0 => format!("{hiring}, at work {} later", in_months(f64::from(ahead))),
        _ => hiring,
    };
    format!(
        "Group {:?}: {} people; {hiring}. Attrition alone, at the base rate, would leave {} after {}.",
        group.name,
        count(u64::from(group.headcount)),
        amount(left),
        in_months(months)
    )
}

fn in_months(months: f64) -> String {
    let shown = amount(months);
    let unit = if shown == "1" { "month" } else { "months" };
    format!("{shown} {unit}")
}

/// What is ordered from when on, and how the vendor follows.
fn contract_line(model: &Model, pool: &Pool, contract: &Contract) -> String {
    let unit = if pool.has_shifts() {
        "people"
    } else {
        "agents"
    };
    let mut orders: Vec<(Micros, f64)> = Vec::new();
    for (at, agents) in contract.ordered.points() {
        let is_new = orders.last().is_none_or(|last| last.1 != agents);
        if at < model.horizon && is_new {
            orders.push((at, agents));
        }
    }
    let mut line = format!("Contract of {:?}:", pool.name);
    for (i, &(at, agents)) in orders.iter().take(MOST).enumerate() {
        line += &match i {
            0 => format!(" {} {unit}", amount(agents)),
            _ => format!(", {} from {}", amount(agents), date(model, at)),
        };
    }
    if orders.len() > MOST {
        line += &format!(" and {} changes more", orders.len() - MOST);
    }
    if contract.notice > 0 {
        line += &format!("; notice {}", duration(to_seconds(contract.notice)));
    }
    if let Some(most) = contract.ramp_up {
        line += &format!("; at most {} more a week", count(most.into()));
    }
    if contract.attrition > 0.0 {
        let share = value(-libm::expm1(-12.0 * contract.attrition), Kind::Fraction);
        line += &format!("; {share} leave in a year, replaced ");
        line += &match contract.replacement_weeks {
            0 => "at once".to_owned(),
            1 => "after 1 week".to_owned(),
            n => format!("after {n} weeks"),
        };
    }
    line + "."
}

/// The slots of a register in the first week.
fn slots_line(model: &Model, pool: &Pool) -> Option<String> {
    let Supply::Gig(gig) = &pool.supply else {
        return None;
    };
    let plan = gig.slots.as_ref()?;
    let week = WEEK.min(model.horizon);
    let hours = |microseconds: f64| microseconds / HOUR as f64 * (WEEK as f64 / week as f64);
    let open = hours(plan.agents.integral(0, week));
    let (most, at) = peak(plan.agents.points(), week);
    Some(format!(
        "Slots of {:?}: {} h a week in blocks of {}, {} at once at most (first at {}); its members can book {} h; about {} of the hours booked \
         are worked.",
        pool.name,
        amount(open),
        duration(to_seconds(plan.block)),
        amount(most),
        moment(model, at),
        amount(gig.bookable_hours()),
        value(plan.shows(), Kind::Fraction),
    ))
}

/// The largest value before a moment, and when it is first reached.
fn peak(points: impl Iterator<Item = (Micros, f64)>, before: Micros) -> (f64, Micros) {
    let mut best = (0.0, 0);
    for (at, value) in points.filter(|p| p.0 < before) {
        if value > best.0 {
            best = (value, at);
        }
    }
    best
}

/// Agents on duty by month of pools, where something makes one month another than the next.
pub(super) fn months(model: &Model, layout: Layout) -> Option<String> {
    let all = model.months();
    let changes = |p: &Pool| p.contract().is_some() || p.has_slots() || p.has_shifts();
    if all.len() < 2 || !model.epochs().any(|m| m.pools.iter().any(changes)) {
        return None;
    }
    let step = (all.len() - 1) as f64 / (all.len().min(MOST) - 1) as f64;
    let told: Vec<usize> = (0..all.len().min(MOST))
        .map(|i| libm::round(i as f64 * step) as usize)
        .collect();
    let periods = model.periods();
    let mut sums = vec![vec![0.0; all.len()]; model.pools.len()];
    for (e, later) in model.epochs().enumerate() {
        let here: Vec<_> = periods.iter().filter(|p| p.epoch == e).collect();
        let spans: Vec<_> = here.iter().map(|p| (p.span.start, p.span.end)).collect();
        for (p, sums) in sums.iter_mut().enumerate() {
            for (period, agents) in here.iter().zip(later.mean_agents(p, &spans)) {
                sums[period.month] += agents * (period.span.end - period.span.start) as f64;
            }
        }
    }
    let column = |&m: &usize| {
        let length = (all[m].end - all[m].start).max(1) as f64;
        let cells = sums.iter().map(|of| text(amount(of[m] / length))).collect();
        Column::new(&month(model, m), m as u32, cells)
    };
    let grid = Grid {
        heading: "agents on duty".into(),
        names: model.pools.iter().map(|p| p.name.clone()).collect(),
        columns: told.iter().map(column).collect(),
    };
    let note = "On duty: means of months as planned, ordered and booked, absence and delivery in the mean; pools of groups with the people of the start.";
    Some(grid.render(layout).0 + &filled(note, layout))
}

fn text(value: String) -> Shown {
    Shown {
        value,
        spread: None,
    }
}

/// `2025-06`.
fn month(model: &Model, index: usize) -> String {
    let start = model.months().get(index).map_or(0, |m| m.start);
    date(model, start).chars().take(7).collect()
}

fn date(model: &Model, at: Micros) -> String {
    model.calendar.label(at).chars().take(10).collect()
}

/// `2025-06-02 18:00`.
fn moment(model: &Model, at: Micros) -> String {
    model.calendar.label(at).replace('T', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{InMemory, load};
    use std::path::Path;

    const LAYOUT: Layout = Layout {
        width: 80,
        color: false,
    };

    fn shown(pools: &str) -> (String, String) {
        let text = format!(
            "start = 2025-05-01\nhorizon = '5 months'\ndemand = {{ rate = '9 / h' }}\n\
             topic = [ {{ name = 'calls', work = '5 min' }} ]\n{pools}"
        );
        let files = InMemory::new().with("a.toml", text);
        let model = load(Path::new("a.toml"), &[], &files).unwrap().model;
        let months = months(&model, LAYOUT).unwrap_or_default();
        let text = duty(&model, LAYOUT);
        let lines = text.lines().chain(months.lines());
        lines.for_each(|l| assert!(l.chars().count() <= 80, "{l}"));
        (text.lines().collect::<Vec<_>>().join(" "), months)
    }

    #[test]
    fn contracts_are_told_with_their_changes() {
        let (text, months) = shown(
            "[[pool]]\nname = 'vendor'\nkind = 'outsourced'\nstaff = 20\n\
             shifts = [ { start = '00:00', length = '12 h' } ]\nadherence = 0.9\n\
             contract = { notice = '31 days', orders = [ { at = 2025-05-01, agents = 40 } ], ramp_up = 50, attrition = { yearly = 0.3 } }\n\
             [[pool]]\nname = 'own'\nkind = 'employed'\nagents = [2, 4]\n\
             [[timeline]]\nat = 2025-07-01\nset.pool.vendor.staff = 0",
        );
        assert_eq!(
            text,
            "Contract of \"vendor\": 20 people, 40 from 2025-06-01, 0 from 2025-08-01; notice 31 days; \
             at most 50 more a week; 30 % leave in a year, replaced at once."
        );
        let rows: Vec<Vec<&str>> = months
            .lines()
            .map(|l| l.split_whitespace().collect())
            .collect();
        let heads = ["agents", "on", "duty"].into_iter();
        let dates = ["2025-05", "2025-06", "2025-07", "2025-08", "2025-09"];
        assert_eq!(rows[0], heads.chain(dates).collect::<Vec<_>>());
        // Half of the day, less a tenth.
        assert_eq!(rows[2], ["vendor", "9", "18", "18", "0", "0"]);
        assert_eq!(rows[3], ["own", "3", "3", "3", "3", "3"]);
    }

    #[test]
    fn slots_and_hiring_are_told() {
        let (text, _) = shown(
            "[[pool]]\nname = 'gig'\nkind = 'gig'\nmembers = 10\nsession = '2 h'\n\
             slots = { agents = [1, 3], hours_per_week = 20, no_show = 0.1 }\n\
             [[group]]\nname = 'desk'\nheadcount = 30\nhiring = { requests = [3, 2] }\nlead_months = 1",
        );
        assert_eq!(
            text,
            "Group \"desk\": 30 people; 3, 2 people are asked for a month, at work 1 month later. Attrition alone, at the base rate, \
             would leave 30 after 5 months. \
             Slots of \"gig\": 336 h a week in blocks of 30 min, 3 at once at most (first at 2025-05-01 12:00); its members can book \
             200 h; about 90 % of the hours booked are worked."
        );
    }
}
