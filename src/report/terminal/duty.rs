//! Who will be on duty and when, as far as it is known before a run: groups and whom they hire, contracts, slots, months.

use super::Layout;
use super::grid::TextTable;
use super::lines::filled;
use crate::model::{Contract, Group, Hiring, Model, Pool};
use crate::report::quantity::{Shown, amount, count, duration, per_cent};
use crate::report::staff::{
    SlotsOfWeek, left_alone, month, on_duty, ordered_unit, orders, required, yearly_attrition,
};
use crate::report::words::{counted, listed};
use crate::time::{Micros, to_seconds};

/// Changes of a contract, and months, that are told.
const MOST: usize = 6;

/// Groups, contracts and slots in words.
pub(super) fn duty(model: &Model) -> Vec<String> {
    let groups = model.groups.iter().zip(required(model));
    let groups = groups.map(|(group, needs)| group_line(model, group, &needs));
    let pools = model.epoch(model.timeline.len()).pools.iter();
    let pools = pools.flat_map(|pool| {
        let contract = pool.contract().map(|c| contract_line(model, pool, c));
        [contract, slots_line(model, pool)]
    });
    groups.chain(pools.flatten()).collect()
}

/// What attrition alone would leave of a group, and whom it hires.
fn group_line(model: &Model, group: &Group, needs: &[(usize, f64)]) -> String {
    let (left, months) = left_alone(model, group);
    let ahead = group.lead + group.training;
    let mut hiring = match &group.hiring {
        Hiring::Freeze => "nobody is hired".to_owned(),
        Hiring::Requests(list) => {
            let told = list.iter().take(MOST).map(|&n| count(n.into()));
            let more = if list.len() > MOST { ", ..." } else { "" };
            listed("", told, more) + " people are asked for a month"
        }
        Hiring::Replace(share) => {
            let share = per_cent(*share);
            format!("{share} of the leavers are replaced")
        }
        Hiring::Track(targets) => {
            let end = targets.last().copied().unwrap_or(0.0);
            format!("hiring follows a trajectory to {} people", amount(end))
        }
        Hiring::Require(_) => {
            let least = needs.iter().min_by(|a, b| a.1.total_cmp(&b.1));
            let most = needs.iter().rev().max_by(|a, b| a.1.total_cmp(&b.1));
            let in_words =
                |&(m, people): &(usize, f64)| format!("{} in {}", amount(people), month(model, m));
            match least.map(in_words).zip(most.map(in_words)) {
                None => "hiring follows what the forecast requires".to_owned(),
                Some((least, most)) if least == most => format!("the forecast requires {least}"),
                Some((least, most)) => format!("the forecast requires from {least} to {most}"),
            }
        }
    };
    if ahead > 0 && !matches!(group.hiring, Hiring::Freeze) {
        hiring += &format!(", at work {} later", in_months(f64::from(ahead)));
    }
    format!(
        "Group {:?}: {} people; {hiring}. Attrition alone, at the base rate, would leave {} after {}.",
        group.name,
        count(u64::from(group.headcount)),
        amount(left),
        in_months(months)
    )
}

fn in_months(months: f64) -> String {
    counted(amount(months), "month")
}

/// What is ordered from when on, and how the vendor follows.
fn contract_line(model: &Model, pool: &Pool, contract: &Contract) -> String {
    let unit = ordered_unit(pool);
    let orders = orders(model, contract);
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
        let share = per_cent(yearly_attrition(contract));
        line += &format!("; {share} leave in a year, replaced ");
        line += &match contract.replacement_weeks {
            0 => "at once".to_owned(),
            n => format!("after {}", counted(n, "week")),
        };
    }
    line + "."
}

/// The slots of a register in the first week.
fn slots_line(model: &Model, pool: &Pool) -> Option<String> {
    let slots = SlotsOfWeek::of(model, pool)?;
    Some(format!(
        "Slots of {:?}: {} h a week in blocks of {}, {} at once at most (first at {}); its members can book {} h; about {} of the hours booked \
         are worked.",
        pool.name,
        amount(slots.hours_per_week),
        duration(slots.block_seconds),
        amount(slots.most_at_once),
        slots.most_first_at.replace('T', " "),
        amount(slots.bookable_hours_per_week),
        per_cent(slots.worked_share),
    ))
}

/// Agents on duty by month of pools, where something makes one month another than the next.
pub(super) fn months(model: &Model, layout: Layout) -> Option<String> {
    let all = model.months();
    let changes = |p: &Pool| p.contract().is_some() || p.has_slots() || p.has_shifts();
    if all.len() < 2 || !model.epochs().any(|m| m.pools.iter().any(changes)) {
        return None;
    }
    let columns = all.len().min(MOST);
    let step = (all.len() - 1) as f64 / (columns - 1) as f64;
    let told = (0..columns).map(|i| libm::round(i as f64 * step) as usize);
    let means = on_duty(model);
    let names = model.pools.iter().map(|p| &p.name);
    let grid = told.fold(TextTable::new("agents on duty", names), |grid, m| {
        grid.column(&month(model, m), m as u32, &means, |of| {
            Shown::amount(of[m])
        })
    });
    let note = "On duty: means of months as planned, ordered and booked, absence and delivery in the mean; pools of groups with the people of the start.";
    Some(grid.render(layout).0 + &filled(note, layout))
}

fn date(model: &Model, at: Micros) -> String {
    model.calendar.label(at).chars().take(10).collect()
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
        let lines = months.lines();
        lines.for_each(|l| assert!(l.chars().count() <= 80, "{l}"));
        (duty(&model).join(" "), months)
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
