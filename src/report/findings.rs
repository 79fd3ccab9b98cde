//! What a run found, in sentences: for the terminal and for the page.

use super::bridge::bridge;
use super::changes::contrasts;
use super::quantity::{count, duration, length, per_cent, plain, shown};
use super::words::listed;
use crate::measure::List;
use crate::results::{Played, Run, WeekPoint};
use crate::time::from_seconds;

/// Seconds of the average month.
const MONTH: f64 = 365.25 / 12.0 * 86_400.0;
/// What has a table of its own, with its measures.
pub(super) const BY_NAME: [(&str, List); 3] = [
    ("topic", List::Topics),
    ("market", List::Topics),
    ("pool", List::Pools),
];
/// Share of the busiest time's visits below which a time of the week is too quiet to be the hardest.
const QUIET: f64 = 0.1;
/// Spread of the visits and of the agents over the times of the week, as a share of the largest, below which no time is harder than another.
const ALIKE: f64 = 0.15;

/// A measure with what is known of it: `66.7 % ± 0.3`, `1,234 ± 5 USD`, `98.8 % [96.2, 99.6]`; `None` where it is undefined.
pub(super) fn estimate_text(scenario: &Played, measure: &str, slice: &str) -> Option<String> {
    let row = scenario.find(measure, slice).filter(|r| r.mean.is_some())?;
    let text = shown(Some(row));
    let spread = match text.spread.as_deref() {
        None | Some("± 0") => String::new(),
        Some(spread) => format!(" {spread}"),
    };
    let unit = match row.unit.as_str() {
        "fraction" | "s" | "count" | "ratio" | "contacts" | "people" | "agents" => "",
        "fte" => " FTE",
        money => &format!(" {money}"),
    };
    Some(format!("{}{spread}{unit}", text.value))
}

/// The same of everything.
fn total_text(s: &Played, measure: &str) -> Option<String> {
    estimate_text(s, measure, "all")
}

/// A part of a sentence about a measure of everything, whose value stands at `{}`; nothing where it is undefined.
fn told(s: &Played, measure: &str, part: &str) -> String {
    total_text(s, measure).map_or(String::new(), |x| part.replace("{}", &x))
}

/// Money with its currency: `12.7 million USD`, `3.41 USD`.
pub(super) fn money(x: f64, currency: &str) -> String {
    // Three digits, as of millions.
    let (x, unit) = match x.abs() {
        1e6.. => (x / 1e6, "million "),
        1e5.. => ((x / 1e3).round() * 1e3, ""),
        1e4.. => ((x / 1e2).round() * 1e2, ""),
        _ => (x, ""),
    };
    format!("{} {unit}{currency}", plain(x))
}

/// A stretch of the simulated time, in seconds from the start: in months where it is about so many of them and more than two, else
/// as [`length_of`] gives it.
pub(super) fn span(s: &Played, from: f64, to: f64) -> String {
    let months = (to - from) / MONTH;
    if (months - months.round()).abs() <= 0.07 && months > 2.5 {
        return format!("{} months", months.round());
    }
    length_of(s, from, to)
}

/// The same in local days where it is whole ones, two or more, else as any duration.
pub(super) fn length_of(s: &Played, from: f64, to: f64) -> String {
    s.calendar().map_or_else(
        || duration(to - from),
        |c| length(&c, from_seconds(from), from_seconds(to)),
    )
}

/// What is found of one scenario.
pub fn findings(scenario: &Played) -> Vec<String> {
    let parts: [fn(&Played) -> Option<String>; 10] = [
        demand, assistant, waiting, hardest, staffing, bridge, outcome, headcount, cost, beginning,
    ];
    parts.iter().filter_map(|part| part(scenario)).collect()
}

/// What is found of all of them together; nothing where nothing is compared.
pub(super) fn differences(run: &Run) -> Vec<String> {
    let contrasts = contrasts(run).into_iter();
    let compared = contrasts.filter(|_| !run.comparison.is_empty());
    compared.flat_map(|c| c.sentences()).collect()
}

fn demand(s: &Played) -> Option<String> {
    let contacts = s.total("contacts")?;
    let days = span(s, s.warmup_seconds, s.horizon_seconds);
    let again = s.total("contacts_per_case").filter(|x| *x > 1.005);
    let again = again.map_or(String::new(), |x| {
        let cases = count(s.total("cases").unwrap_or(0.0).round() as u64);
        format!(
            ", from {cases} cases: a customer makes {} contacts on average",
            plain(x)
        )
    });
    let contacts = count(contacts.round() as u64);
    Some(format!("{contacts} contacts come in {days}{again}."))
}

fn assistant(s: &Played) -> Option<String> {
    s.total("ai_share").filter(|x| *x > 0.0)?;
    let share = total_text(s, "ai_share")?;
    let solved = total_text(s, "durable_resolution")?;
    let vendor = s.total("vendor_resolution");
    let vendor = vendor.zip(s.total("false_resolution").filter(|f| *f > 0.001));
    let vendor = vendor.map_or(String::new(), |(v, f)| {
        format!(
            " Counted as vendors do it would be {}: {} points of that come back or were never solved.",
            per_cent(v),
            plain(f * 100.0)
        )
    });
    let saved = match s.total("fte_displaced") > Some(0.0) {
        true => " What it solves saves the work of {}.",
        false => "",
    };
    let saved = told(s, "fte_displaced", saved);
    Some(format!(
        "The assistant takes part in {share} of the contacts and solves {solved} of those for good.{vendor}{saved}"
    ))
}

fn waiting(s: &Played) -> Option<String> {
    let (level, wait) = (total_text(s, "sl_net")?, total_text(s, "mean_wait")?);
    let left = total_text(s, "abandonment_rate")?;
    let mut targets = s.topics.iter().map(|t| (t.target_share, t.target_seconds));
    let (share, seconds) = targets.next()?;
    let verdict = match s.total("sl_net")? {
        _ if targets.any(|t| t != (share, seconds)) => None,
        x if x >= share => Some("meets"),
        _ => Some("misses"),
    };
    let verdict = verdict.map_or(String::new(), |verdict| {
        let (share, time) = (per_cent(share), duration(seconds));
        format!(", which {verdict} the target of {share} in {time}")
    });
    Some(format!(
        "Of those who want a person, {level} are answered in time{verdict}; the mean wait is {wait}, and {left} leave before \
         they are answered."
    ))
}

/// What is measured although it belongs to the warm-up.
fn beginning(s: &Played) -> Option<String> {
    let found = s.unsettled?;
    let lasts = duration(found.seconds);
    let warmup = match s.warmup_seconds {
        0.0 => format!("There is no warm-up, and in the first {lasts}"),
        x => format!(
            "The warm-up of {} looks too short: in the {lasts} after it",
            duration(x)
        ),
    };
    let way = if found.differs > 0.0 { "more" } else { "fewer" };
    Some(format!(
        "{warmup} {} {way} contacts wait or are in hand than later (MSER-5). A warm-up of {} would leave that out.",
        per_cent(found.differs.abs()),
        duration(s.warmup_seconds + found.seconds),
    ))
}

/// The time of the week with the lowest service level.
fn hardest(s: &Played) -> Option<String> {
    let busy: f64 = s.week.iter().filter_map(|w| w.per_hour).fold(0.0, f64::max);
    let asked = |w: &&WeekPoint| w.per_hour >= Some(busy * QUIET);
    let level = |w: &&WeekPoint| w.sl_net.unwrap_or(f64::INFINITY);
    let spread = |get: fn(&WeekPoint) -> Option<f64>| {
        let all = s.whole_week().filter_map(get);
        let (low, high) = all.fold((f64::INFINITY, 0.0), |(l, h), x| (x.min(l), x.max(h)));
        if high > 0.0 { 1.0 - low / high } else { 0.0 }
    };
    // Where all times are alike the worst of them is chance.
    if spread(|w| w.per_hour) < ALIKE && spread(|w| w.agents_on_duty) < ALIKE {
        return None;
    }
    let times = s.whole_week().filter(asked);
    let worst = times.min_by(|a, b| level(a).total_cmp(&level(b)))?;
    let (sl, wait) = (worst.sl_net.filter(|x| *x <= 0.995)?, worst.mean_wait?);
    let both = worst.agents_required.zip(worst.agents_on_duty);
    let short = both.filter(|(required, on_duty)| required - on_duty >= 1.0);
    let short = short.map_or(String::new(), |(required, on_duty)| {
        let [required, on_duty] = [required, on_duty].map(plain);
        format!("; the targets require {required} agents there, {on_duty} are on duty")
    });
    // A week in which the clocks go forward has an hour less.
    let week = match s.horizon_seconds - s.warmup_seconds >= 7.0 * 86_400.0 - 3600.0 {
        true => " of the week",
        false => "",
    };
    Some(format!(
        "The hardest time{week} is {} at {}: {} answered in time, a mean wait of {}{short}.",
        weekday(&worst.weekday),
        worst.begin,
        per_cent(sl),
        duration(wait)
    ))
}

/// A weekday in full.
pub(super) fn weekday(short: &str) -> &str {
    let is_it = |long: &&str| short.len() == 3 && long.starts_with(short);
    let long = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(' ');
    long.into_iter().find(is_it).unwrap_or(short)
}

fn staffing(s: &Played) -> Option<String> {
    let duty = total_text(s, "agents_on_duty")?;
    let each = s.pools.iter().filter_map(|p| {
        let agents = estimate_text(s, "agents_on_duty", &format!("pool={}", p.name))?;
        Some(format!("{} {agents}", p.name))
    });
    let several = each.clone().count() > 1;
    let each = listed(" (", each.filter(|_| several), ")");
    let busy = told(s, "occupancy", ", busy {} of their time");
    let work = told(s, "fte_worked", ". What people do is the work of {}");
    let required = told(s, "fte_required", ". The targets require {}");
    Some(format!(
        "On average {duty} agents are on duty{each}{busy}{work}{required}."
    ))
}

fn outcome(s: &Played) -> Option<String> {
    let opinion = ", and {} of the customers are satisfied at the end";
    let opinion = told(s, "satisfaction", opinion);
    let solved = total_text(s, "resolution_rate")?;
    Some(format!("{solved} of the cases end resolved{opinion}."))
}

/// The company's own people, and apart from them those of vendors.
fn headcount(s: &Played) -> Option<String> {
    let vendors = s.groups.iter().filter(|g| g.outsourced);
    let vendors: Vec<&str> = vendors.map(|g| g.name.as_str()).collect();
    let own = match vendors.is_empty() || vendors.len() < s.groups.len() {
        true => people(s, "all", "People on the payroll"),
        false => None,
    };
    let outsourced = vendors.iter().filter_map(|name| {
        let who = format!("Outsourced people ({name})");
        people(s, &format!("group={name}"), &who)
    });
    let told: Vec<String> = own.into_iter().chain(outsourced).collect();
    (!told.is_empty()).then(|| told.join(" "))
}

/// How the number of people of a slice changes.
fn people(s: &Played, slice: &str, who: &str) -> Option<String> {
    let moves = [
        ("hires", "hired"),
        ("leavers", "leave of their own accord"),
        ("laid_off", "are laid off or moved"),
    ];
    let moves = moves.iter().filter_map(|(measure, word)| {
        s.mean(measure, slice).filter(|x| *x > 0.0)?;
        Some(format!("{} {word}", estimate_text(s, measure, slice)?))
    });
    Some(format!(
        "{who} go from {} to {}{}.",
        plain(s.mean("headcount", slice)?),
        estimate_text(s, "headcount_end", slice)?,
        listed(": ", moves, "")
    ))
}

fn cost(s: &Played) -> Option<String> {
    let total = s.total("cost_total").filter(|x| *x != 0.0)?;
    let monthly = money(total / s.length_in_months().max(1e-9), &s.currency);
    let unit = ", {} for each problem solved for good";
    let unit = told(s, "cost_per_durable_resolution", unit);
    let of_pool = |name: &str| s.mean("cost_total", &format!("pool={name}"));
    let payees = s.pools.iter().map(|p| (p.name.as_str(), of_pool(&p.name)));
    let largest = payees
        .chain([("the assistant", s.total("cost_ai"))])
        .map(|(name, cost)| (name, cost.map_or(0.0, |x| x / total)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .filter(|(_, share)| *share > 0.0 && (s.pools.len() > 1 || *share < 0.99))
        .map_or(String::new(), |(name, share)| {
            format!("; {} of it goes to {name}", per_cent(share))
        });
    let risk = s.total("value_at_risk").map_or(String::new(), |x| {
        format!(
            " Customers who leave because they are dissatisfied put {} more at risk.",
            money(x, &s.currency)
        )
    });
    Some(format!(
        "It costs {}, or {monthly} a month{unit}{largest}.{risk}",
        money(total, &s.currency)
    ))
}
