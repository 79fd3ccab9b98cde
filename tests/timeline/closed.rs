//! A day on which a pool is closed, in each of the ways in which it can be written: agents and pay by day, by hand.

use crate::sample::{outcome, simulate};
use handover::engine::{Laws, Observer};
use handover::measure::Slice;
use handover::scenario::{InMemory, load};
use handover::time::{DAY, HOUR, Micros};
use std::path::Path;

const PLAN: &str =
    "agents = { weekdays = [0,0,0,0,0,0,0,0,0,5,5,5,5,5,5,5,5,0,0,0,0,0,0,0], weekend = 0 }";
const SHIFTS: &str =
    "staff = 5\nshifts = [ { start = '09:00', length = '8 h', days = 'mon-fri' } ]";

/// Agent hours by day from Monday 22 December 2025 on.
#[derive(Default)]
struct Days([f64; 7]);

impl Observer for Days {
    fn on_duty(&mut self, _: usize, from: Micros, to: Micros, agents: u32) {
        for (d, hours) in self.0.iter_mut().enumerate() {
            let begin = d as Micros * DAY;
            let length = to.min(begin + DAY).saturating_sub(from.max(begin));
            *hours += length as f64 / HOUR as f64 * f64::from(agents);
        }
    }
}

/// Five agents from 9 to 17 on weekdays at 10 an hour; on Christmas Day `closed`, `open` again on the day after.
fn desk(people: &str, kind: &str, closed: &str, open: &str) -> String {
    format!(
        "start = 2025-12-22\nhorizon = '1 week'\nreplications = 2\ndemand = {{ rate = '0 / h' }}\n\
         topic = [ {{ name = 'calls', work = '6 min' }} ]\n[[pool]]\nname = 'desk'\nkind = '{kind}'\n{people}\n\
         price = {{ per_agent_hour = 10 }}\n[[timeline]]\nat = 2025-12-25\nset.pool.desk = {{ {closed} }}\n\
         [[timeline]]\nat = 2025-12-26\nset.pool.desk = {{ {open} }}\n"
    )
}

/// Agent hours of each day of the week, and what the week costs.
fn week(text: &str) -> ([f64; 7], f64) {
    let files = InMemory::new().with("a.toml", text);
    let model = load(Path::new("a.toml"), &[], &files)
        .unwrap_or_else(|e| panic!("{}", e.render(false)))
        .model;
    let mut days = Days::default();
    simulate(&Laws::new(&model).unwrap(), 1, 0, &mut days);
    let cost = outcome(text).find("cost_total", &Slice::All).unwrap().mean;
    (days.0, cost.unwrap())
}

#[test]
fn a_holiday_has_no_agents_and_no_pay_however_it_is_written() {
    let ways = [
        ("delivery = 0", "delivery = 1"),
        ("shrinkage = 1", "shrinkage = 0"),
        ("absence = 1", "absence = 0"),
    ];
    let plan = PLAN.split_once(" = ").unwrap().1;
    let again = format!("agents = {plan}");
    let plans = ways.into_iter().chain([("agents = 0", again.as_str())]);
    let shifts = ways.into_iter().chain([("staff = 0", "staff = 5")]);
    let all = plans.map(|w| (PLAN, w)).chain(shifts.map(|w| (SHIFTS, w)));
    for (people, (closed, open)) in all {
        for kind in ["employed", "outsourced"] {
            let (days, cost) = week(&desk(people, kind, closed, open));
            assert_eq!(
                days,
                [40.0, 40.0, 40.0, 0.0, 40.0, 0.0, 0.0],
                "{people} {closed}"
            );
            assert_eq!(cost, 4.0 * 40.0 * 10.0, "{people} {closed}");
        }
    }
    // A day off with pay: everybody is absent, and absence is paid.
    let paid = format!("{SHIFTS}\nabsence_paid = true");
    let (days, cost) = week(&desk(&paid, "employed", "absence = 1", "absence = 0"));
    assert_eq!((days[3], cost), (0.0, 5.0 * 40.0 * 10.0));
}

/// Everybody off by planned absence in one month of twelve is such a holiday as well.
#[test]
fn a_month_without_anybody_costs_nothing() {
    let of = |people: &str| {
        format!(
            "start = 2025-11-24\nhorizon = '2 weeks'\nreplications = 2\ndemand = {{ rate = '0 / h' }}\n\
             topic = [ {{ name = 'calls', work = '6 min' }} ]\n[[pool]]\nname = 'desk'\nkind = 'employed'\n{people}\n\
             shrinkage = {{ default = 0.2, dec = 1 }}\nprice = {{ per_agent_hour = 10 }}\n"
        )
    };
    for people in [PLAN, SHIFTS] {
        let (days, cost) = week(&of(people));
        assert_eq!(days, [32.0, 32.0, 32.0, 32.0, 32.0, 0.0, 0.0], "{people}");
        assert!((cost - 5.0 * 40.0 * 10.0).abs() < 1e-6, "{people}: {cost}");
    }
}

/// A pool that is closed at first, or whose people come, speak or are trained for a time only.
#[test]
fn somebody_comes_at_some_time() {
    let change = |set: &str| format!("[[timeline]]\nat = 2025-12-25\nset = {{ {set} }}\n");
    let text = |pool: &str, more: &str| {
        format!(
            "start = 2025-12-22\nhorizon = '1 week'\ndemand = {{ rate = '1 / h' }}\n\
             topic = [ {{ name = 'calls', share = 0.5, work = '6 min', {more} }}, \
             {{ name = 'mail', share = 0.5, work = '6 min' }} ]\n\
             [[pool]]\nname = 'desk'\n{pool}\n"
        )
    };
    let gig = "kind = 'gig'\nsession = '2 h'\nacceptance = 0.9\n";
    let back = "ai = { resolve = 1, handle_time = '1 min' }";
    let cases = [
        (
            "kind = 'employed'\nagents = 0".to_owned(),
            "'pool.desk.agents' = 2",
            "",
        ),
        (
            "kind = 'employed'\nagents = 2".into(),
            "'pool.desk.skills' = ['mail']",
            "",
        ),
        (
            format!("{gig}members = 0\nlogon_rate = '1 / h'"),
            "'pool.desk.members' = 9",
            "",
        ),
        (
            format!("{gig}members = 9\nlogon_rate = '0 / h'"),
            "'pool.desk.logon_rate' = '1 / h'",
            "",
        ),
        (
            format!("{gig}logons = '2 / h'"),
            "'pool.desk.logons' = '0 / h'",
            "",
        ),
        (
            "kind = 'employed'\nagents = 0".into(),
            "'topic.calls.ai.ask_human' = 0.5, 'topic.calls.ai.resolve' = 0.5, 'pool.desk.agents' = 1",
            back,
        ),
    ];
    for (pool, set, more) in cases {
        let text = text(&pool, more) + &change(set);
        let files = InMemory::new().with("a.toml", text.as_str());
        let read = load(Path::new("a.toml"), &[], &files);
        let scenario = read.unwrap_or_else(|e| panic!("{set}: {}", e.render(false)));
        assert!(Laws::new(&scenario.model).is_ok());
    }
}

/// A market in a language that is spoken in one part of the week only.
#[test]
fn a_language_may_be_spoken_for_a_time() {
    let text = "start = 2025-12-22\nhorizon = '1 week'\nreplications = 2\ndemand = { rate = '1 / h' }\n\
        topic = [ { name = 'calls', work = '6 min' } ]\n\
        market = [ { name = 'DE', share = 0.5, language = 'de' }, { name = 'SE', share = 0.5, language = 'sv' } ]\n\
        [[pool]]\nname = 'desk'\nkind = 'employed'\nagents = 2\nlanguages = ['de', 'sv']\n\
        [[timeline]]\nat = 2025-12-25\nset = { 'pool.desk.languages' = ['de'] }\n\
        [[timeline]]\nat = 2025-12-26\nset = { 'pool.desk.languages' = ['de', 'sv'] }\n";
    let all = outcome(text);
    let answered = |m| {
        let of = |x: &str| all.find(x, &Slice::Market(m)).unwrap().mean.unwrap();
        (of("offered"), of("answered"), of("mean_wait"))
    };
    // Without patience everybody is answered, those who came on the 25th in Swedish a day later.
    let ((de, de_answered, german), (se, se_answered, swedish)) = (answered(0), answered(1));
    assert_eq!((de, se), (de_answered, se_answered));
    assert!(german < 60.0 && swedish > 3600.0, "{german} {swedish}");
}
