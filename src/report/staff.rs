//! Figures of who will be on duty and when, as far as it is known before a run, and the same for machines.

use crate::model::{Contract, Group, Hiring, Model, Pool, Supply};
use crate::time::{HOUR, Micros, WEEK, to_seconds};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// What attrition alone, at the base rate, would leave of a group, and after how many months: the whole horizon.
pub(super) fn left_alone(model: &Model, group: &Group) -> (f64, f64) {
    let months: f64 = model.months().iter().map(|m| m.share).sum();
    let left = f64::from(group.headcount) * libm::exp(-group.attrition * months);
    (left, months)
}

/// People that the forecast requires of each group that hires by it, by month; months that nobody looks at are left out.
pub(super) fn required(model: &Model) -> Vec<Vec<(usize, f64)>> {
    let by_epoch = model.people_required();
    let in_month = |g: usize, m: usize| {
        let needs = by_epoch.iter().filter_map(|e| e[g].get(m));
        needs.fold(0.0, |most: f64, &people| most.max(people))
    };
    let months = model.months().len();
    let of = |g: usize| {
        let all = (0..months).map(|m| (m, in_month(g, m)));
        all.filter(|n| n.1 > 0.0).collect()
    };
    (0..model.groups.len()).map(of).collect()
}

/// What is ordered by a contract from when on.
pub(super) fn orders(model: &Model, contract: &Contract) -> Vec<(Micros, f64)> {
    let points = contract.ordered.points();
    let mut orders: Vec<(Micros, f64)> = points.filter(|p| p.0 < model.horizon).collect();
    orders.dedup_by_key(|order| order.1);
    orders
}

/// The share of a vendor's agents that leaves in a year.
pub(super) fn yearly_attrition(contract: &Contract) -> f64 {
    -libm::expm1(-12.0 * contract.attrition)
}

/// What the agents of a contract are called.
pub(super) fn ordered_unit(pool: &Pool) -> &'static str {
    if pool.has_shifts() {
        "people"
    } else {
        "agents"
    }
}

/// The slots of a register in the first week.
#[derive(Serialize)]
pub(super) struct SlotsOfWeek<'m> {
    pool: &'m str,
    /// Hours of slots.
    pub(super) hours_per_week: f64,
    pub(super) block_seconds: f64,
    /// Most slots at once, and the label of the moment at which there are first so many.
    pub(super) most_at_once: f64,
    pub(super) most_first_at: String,
    /// Hours that the members can book.
    pub(super) bookable_hours_per_week: f64,
    /// Share of the hours booked that is worked.
    pub(super) worked_share: f64,
}

impl<'m> SlotsOfWeek<'m> {
    /// Those of a pool, if it has any.
    pub(super) fn of(model: &Model, pool: &'m Pool) -> Option<Self> {
        let Supply::Gig(gig) = &pool.supply else {
            return None;
        };
        let plan = gig.slots.as_ref()?;
        let week = WEEK.min(model.horizon);
        let hours = |microseconds: f64| microseconds / HOUR as f64 * (WEEK as f64 / week as f64);
        let points = plan.agents.points().filter(|p| p.0 < week);
        let most = points.fold((0, 0.0), |most, p| if p.1 > most.1 { p } else { most });
        Some(Self {
            pool: &pool.name,
            hours_per_week: hours(plan.agents.integral(0, week)),
            block_seconds: to_seconds(plan.block),
            most_at_once: most.1,
            most_first_at: model.calendar.label(most.0),
            bookable_hours_per_week: gig.bookable_hours(),
            worked_share: plan.shows(),
        })
    }
}

/// Agents on duty by pool and month: means of months as planned, ordered and booked, absence and delivery in the mean; pools of groups
/// with the people of the start.
pub(super) fn on_duty(model: &Model) -> Vec<Vec<f64>> {
    let months = model.months();
    let periods = model.periods();
    let mut sums = vec![vec![0.0; months.len()]; model.pools.len()];
    for (e, later) in model.epochs().enumerate() {
        let here: Vec<_> = periods.iter().filter(|p| p.epoch == e).collect();
        let spans: Vec<_> = here.iter().map(|p| (p.span.start, p.span.end)).collect();
        for (p, sums) in sums.iter_mut().enumerate() {
            for (period, agents) in here.iter().zip(later.mean_agents(p, &spans)) {
                sums[period.month] += agents * (period.span.end - period.span.start) as f64;
            }
        }
    }
    for sums in &mut sums {
        for (sum, month) in sums.iter_mut().zip(&months) {
            *sum /= (month.end - month.start).max(1) as f64;
        }
    }
    sums
}

/// `2025-06`.
pub(super) fn month(model: &Model, index: usize) -> String {
    let start = model.months().get(index).map_or(0, |m| m.start);
    model.calendar.label(start).chars().take(7).collect()
}

/// All of it for machines: `months`, `groups`, `contracts` and `slots`.
pub(super) fn duty_json(model: &Model) -> Value {
    let last = model.epoch(model.timeline.len());
    let on_duty = on_duty(model);
    let months = (0..model.months().len()).map(|m| {
        let of = |(pool, by_month): (&Pool, &Vec<f64>)| (pool.name.clone(), by_month[m].into());
        let agents: Map<String, Value> = model.pools.iter().zip(&on_duty).map(of).collect();
        json!({ "month": month(model, m), "agents": agents })
    });
    let required = required(model);
    let groups = model.groups.iter().zip(&required);
    let groups = groups.map(|(group, needs)| group_json(model, group, needs));
    let contracts = last.pools.iter().filter_map(|pool| {
        let contract = pool.contract()?;
        Some(contract_json(model, pool, contract))
    });
    let pools = last.pools.iter();
    let slots = pools.filter_map(|pool| SlotsOfWeek::of(model, pool));
    json!({
        "months": months.collect::<Vec<_>>(),
        "groups": groups.collect::<Vec<_>>(),
        "contracts": contracts.collect::<Vec<_>>(),
        "slots": slots.collect::<Vec<_>>(),
    })
}

fn group_json(model: &Model, group: &Group, needs: &[(usize, f64)]) -> Value {
    let by_month = |values: &mut dyn Iterator<Item = (usize, f64)>| -> Vec<Value> {
        let entry = |(m, people)| json!({ "month": month(model, m), "people": people });
        values.map(entry).collect()
    };
    let hiring = match &group.hiring {
        Hiring::Freeze => json!({ "policy": "freeze" }),
        Hiring::Requests(list) => json!({ "policy": "requests", "requests": list }),
        Hiring::Replace(share) => json!({ "policy": "replace", "share": share }),
        Hiring::Track(targets) => {
            let mut targets = targets.iter().copied().enumerate();
            json!({ "policy": "track", "targets": by_month(&mut targets) })
        }
        Hiring::Require(_) => {
            json!({ "policy": "require", "required": by_month(&mut needs.iter().copied()) })
        }
    };
    let (left, months) = left_alone(model, group);
    json!({
        "group": group.name,
        "headcount": group.headcount,
        "hiring": hiring,
        "months_until_at_work": group.lead + group.training,
        "left_by_attrition_alone": left,
        "months": months,
    })
}

fn contract_json(model: &Model, pool: &Pool, contract: &Contract) -> Value {
    let order = |(at, agents)| json!({ "from": model.calendar.label(at), "agents": agents });
    json!({
        "pool": pool.name,
        "unit": ordered_unit(pool),
        "orders": orders(model, contract).into_iter().map(order).collect::<Vec<_>>(),
        "notice_seconds": to_seconds(contract.notice),
        "most_more_per_week": contract.ramp_up,
        "attrition_per_year": yearly_attrition(contract),
        "replacement_weeks": contract.replacement_weeks,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{InMemory, load};
    use std::path::Path;

    fn of(pools: &str) -> Value {
        let text = format!(
            "start = 2025-05-01\nhorizon = '3 months'\ndemand = {{ rate = '9 / h' }}\n\
             topic = [ {{ name = 'calls', work = '5 min' }} ]\n{pools}"
        );
        let files = InMemory::new().with("a.toml", text);
        duty_json(&load(Path::new("a.toml"), &[], &files).unwrap().model)
    }

    /// The share to five digits.
    fn round(value: &Value) -> f64 {
        libm::round(value.as_f64().unwrap() * 1e5) / 1e5
    }

    #[test]
    fn contracts_and_people_on_duty_by_month() {
        let duty = of(
            "[[pool]]\nname = 'vendor'\nkind = 'outsourced'\nstaff = 20\n\
             shifts = [ { start = '00:00', length = '12 h' } ]\nadherence = 0.9\n\
             contract = { notice = '31 days', orders = [ { at = 2025-05-01, agents = 40 } ], ramp_up = 50, attrition = { yearly = 0.3 } }\n\
             [[pool]]\nname = 'own'\nkind = 'employed'\nagents = [2, 4]",
        );
        let months = duty["months"].as_array().unwrap();
        // Half of the day, less a tenth.
        for (month, (label, vendor)) in
            months
                .iter()
                .zip([("2025-05", 9.0), ("2025-06", 18.0), ("2025-07", 18.0)])
        {
            assert_eq!(month["month"], label);
            assert_eq!(round(&month["agents"]["vendor"]), vendor);
            assert_eq!(round(&month["agents"]["own"]), 3.0);
        }
        let contract = &duty["contracts"][0];
        assert_eq!(months.len(), 3);
        assert_eq!(
            contract["orders"],
            json!([
                { "from": "2025-05-01T00:00", "agents": 20.0 },
                { "from": "2025-06-01T00:00", "agents": 40.0 },
            ])
        );
        assert_eq!(round(&contract["attrition_per_year"]), 0.3);
        let rest = [
            "pool",
            "unit",
            "notice_seconds",
            "most_more_per_week",
            "replacement_weeks",
        ];
        assert_eq!(
            rest.map(|key| contract[key].clone()),
            [
                json!("vendor"),
                json!("people"),
                json!(2_678_400.0),
                json!(50),
                json!(0)
            ]
        );
        assert_eq!([&duty["groups"], &duty["slots"]], [&json!([]), &json!([])]);
    }

    #[test]
    fn groups_and_slots() {
        let group = |hiring: &str| {
            let duty = of(&format!(
                "[[pool]]\nname = 'desk'\nkind = 'employed'\nagents = 30\ngroup = 'desk'\n\
                 [[pool]]\nname = 'gig'\nkind = 'gig'\nmembers = 10\nsession = '2 h'\n\
                 slots = {{ agents = [1, 3], hours_per_week = 20, no_show = 0.1 }}\n\
                 [[group]]\nname = 'desk'\nheadcount = 30\nlead_months = 1\nattrition = {{ monthly = 0.1 }}\n{hiring}"
            ));
            assert_eq!(
                duty["slots"],
                json!([{
                    "pool": "gig",
                    "hours_per_week": 336.0,
                    "block_seconds": 1800.0,
                    "most_at_once": 3.0,
                    "most_first_at": "2025-05-01T12:00",
                    "bookable_hours_per_week": 200.0,
                    "worked_share": 0.9,
                }])
            );
            // 30 x 0.9^3.
            let group = &duty["groups"][0];
            assert_eq!(round(&group["left_by_attrition_alone"]), 21.87);
            assert_eq!(
                [&group["group"], &group["headcount"]],
                [&json!("desk"), &json!(30)]
            );
            assert_eq!(round(&group["months"]), 3.0);
            group.clone()
        };
        let asked = group("hiring = { requests = [3, 2] }");
        assert_eq!(
            asked["hiring"],
            json!({ "policy": "requests", "requests": [3, 2] })
        );
        assert_eq!(asked["months_until_at_work"], 1);
        let replaced = group("hiring = { replace = 0.5 }");
        assert_eq!(
            replaced["hiring"],
            json!({ "policy": "replace", "share": 0.5 })
        );
        let required = group("hiring = \"require\"");
        let hiring = &required["hiring"];
        assert_eq!(hiring["policy"], "require");
        // Who is asked for in May is at work in June.
        let months = hiring["required"].as_array().unwrap();
        assert_eq!(
            [&months[0]["month"], &months[1]["month"]],
            ["2025-06", "2025-07"]
        );
        assert!(months.iter().all(|m| m["people"].as_f64().unwrap() >= 1.0));
    }
}
