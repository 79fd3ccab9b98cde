//! The scenario that a fit makes: a file that a person can read, and data files beside it.

use jiff::civil::Date;

use super::coming::{delays, returns, returns_words};
use super::fit::{Agents, Crew, Fit, Topic};
use super::named::{Named, POOL, WEEKDAYS, between, line, plain, values};
use crate::stats::Ranged;

/// Months as files name them.
const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
/// The scenario.
pub const SCENARIO: &str = "scenario.toml";

/// The scenario and its data files: names within the folder, and texts.
pub fn files(fit: &Fit) -> Vec<Named> {
    let mut files = vec![(SCENARIO.to_owned(), scenario(fit))];
    files.push(("profile.csv".to_owned(), profile(fit)));
    for (k, topic) in fit.topics.iter().enumerate() {
        if let Some(work) = &topic.work {
            files.push((work_file(k), values(&fit.work_values(work))));
        }
        files.extend(delays(&topic.returns, &format!("-{}", k + 1)));
        if let Some(patience) = &topic.patience {
            files.push((format!("patience-{}.csv", k + 1), values(&patience.values)));
        }
    }
    if let Some(patience) = &fit.patience {
        files.push(("patience.csv".to_owned(), values(&patience.values)));
    }
    files.extend(delays(&fit.returns, ""));
    if let Some(wrap_up) = &fit.wrap_up {
        files.push(("wrap-up.csv".to_owned(), values(&wrap_up.values)));
    }
    for crew in fit.agents.iter().flat_map(|a| &a.crews) {
        files.push((format!("{}.csv", crew.name), week(&crew.week, "agents", 2)));
    }
    files
}

fn work_file(topic: usize) -> String {
    format!("work-{}.csv", topic + 1)
}

fn profile(fit: &Fit) -> String {
    let of = |w: usize| fit.demand.profile.of(w).iter().map(|share| share.value);
    let each: Vec<Vec<f64>> = (0..7).map(|w| of(w).collect()).collect();
    week(&each, "weight", 7)
}

/// A pattern by weekday and time.
fn week(of: &[Vec<f64>], column: &str, decimals: usize) -> String {
    let mut text = format!("weekday,time,{column}\n");
    for (weekday, day) in WEEKDAYS.iter().zip(of) {
        let minutes = 1440 / day.len().max(1);
        let mut before = None;
        for (i, &x) in day.iter().enumerate() {
            // A row holds until the next one.
            if before.replace(x) != Some(x) {
                let at = i * minutes;
                let time = format!("{:02}:{:02}", at / 60, at % 60);
                line(
                    &mut text,
                    format_args!("{weekday},{time},{}", plain(x, decimals)),
                );
            }
        }
    }
    text
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn scenario(fit: &Fit) -> String {
    let mut t = String::new();
    let (first, last) = fit.days;
    let days = fit.days_used;
    line(
        &mut t,
        format_args!(
            "# Question: what does the operation behind {} do next, and what if it changes?",
            fit.log
        ),
    );
    line(
        &mut t,
        format_args!(
            "# Expect:   what `handover backtest` says of it: how close it comes to days that were recorded."
        ),
    );
    line(
        &mut t,
        format_args!(
            "#\n# Made by `handover calibrate` from {days} days, {first} to {last}. What the log cannot tell is marked with \"assumed\"."
        ),
    );
    line(
        &mut t,
        format_args!("\nname         = {}", quoted(&format!("As in {}", fit.log))),
    );
    let lead = fit.lead_days();
    let start = before(fit.next, lead);
    match lead {
        0 => line(&mut t, format_args!("start        = {start}")),
        _ => line(
            &mut t,
            format_args!(
                "start        = {start} # so that from {} on customers of the days before come again\nwarmup       = \"{lead} days\"",
                fit.next
            ),
        ),
    }
    if let Some(zone) = &fit.zone {
        line(&mut t, format_args!("time_zone    = {}", quoted(zone)));
    }
    line(
        &mut t,
        format_args!(
            "horizon      = \"{} weeks\"\ninterval     = \"{} min\"\nreplications = 50",
            4 + lead / 7,
            fit.minutes
        ),
    );
    demand(&mut t, fit);
    let all = returns(fit, &fit.returns, "", &[]);
    if !all.is_empty() {
        line(
            &mut t,
            format_args!(
                "\n# {}\n[returns]\n{}",
                returns_words(&fit.returns),
                all.join("\n")
            ),
        );
    }
    for (k, topic) in fit.topics.iter().enumerate() {
        topic_table(&mut t, fit, k, topic);
    }
    match &fit.agents {
        Some(agents) => agents
            .crews
            .iter()
            .for_each(|crew| pool(&mut t, fit, (agents, crew))),
        None => line(
            &mut t,
            format_args!(
                "\n[[pool]]\nname   = \"{POOL}\"\nkind   = \"employed\"\nagents = {} # assumed: the log names no agents; `handover staff` says how many it takes",
                plain(fit.assumed_agents, 0)
            ),
        ),
    }
    t
}

fn demand(t: &mut String, fit: &Fit) {
    let d = &fit.demand;
    line(
        t,
        format_args!("\n[demand]\nsource = {}", quoted(&fit.source())),
    );
    line(
        t,
        format_args!(
            "daily_volume = {} # {}",
            plain(
                fit.level_at_start(d.level.value, d.growth.map(|g| g.value)),
                1
            ),
            between(&d.level, 1)
        ),
    );
    line(
        t,
        format_args!("profile      = {{ csv = \"profile.csv\" }}"),
    );
    let factors = |names: &[&str], each: &[Option<Ranged>], missing: Option<f64>| {
        let each = names.iter().zip(each).filter_map(|(name, factor)| {
            let value = factor.map(|f| f.value).or(missing)?;
            Some(format!("{name} = {}", plain(value, 4)))
        });
        each.collect::<Vec<_>>().join(", ")
    };
    line(
        t,
        format_args!(
            "weekday      = {{ {} }}",
            factors(&WEEKDAYS, &d.weekdays, Some(0.0))
        ),
    );
    if let Some(months) = &d.months {
        line(
            t,
            format_args!("month        = {{ {} }}", factors(&MONTHS, months, None)),
        );
    }
    for (key, e) in d.estimates() {
        // What a scenario may hold.
        let value = match key {
            "growth_per_year" => e.value,
            key if key.ends_with("correlation") => e.value.clamp(-0.999, 0.999),
            _ => e.value.clamp(0.0, 10.0),
        };
        line(
            t,
            format_args!("{key} = {} # {}", plain(value, 4), between(&e, 4)),
        );
    }
}

fn topic_table(t: &mut String, fit: &Fit, k: usize, topic: &Topic) {
    line(
        t,
        format_args!("\n[[topic]]\nname     = {}", quoted(&topic.name)),
    );
    line(t, format_args!("source   = {}", quoted(&fit.source())));
    if fit.topics.len() > 1 {
        line(t, format_args!("share    = {}", topic.share));
    }
    if let Some(class) = topic.order.class {
        line(
            t,
            format_args!("priority = {class} # smaller ones are served first, always"),
        );
    }
    if let Some(s) = topic.order.head_start_s {
        line(
            t,
            format_args!(
                "head_start = \"{} s\" # {}",
                plain(s.value, 1),
                between(&s, 1)
            ),
        );
    }
    match &topic.work {
        Some(work) => line(
            t,
            format_args!(
                "work     = {{ empirical = {{ csv = \"{}\", column = \"seconds\", unit = \"s\" }} }} # {} contacts, mean {} s, cv {}",
                work_file(k),
                work.contacts,
                plain(work.mean_s, 1),
                plain(work.cv, 2)
            ),
        ),
        None => line(
            t,
            format_args!(
                "work     = \"{} s\" # {}",
                plain(topic.work_s * fit.handle.of_agent(), 1),
                topic.work_words
            ),
        ),
    }
    if let Some(wrap_up) = &fit.wrap_up {
        line(
            t,
            format_args!(
                "after_contact = {{ empirical = {{ csv = \"wrap-up.csv\", column = \"seconds\", unit = \"s\" }} }} # mean {} s: until an agent takes the next one although somebody waits, {} times",
                plain(wrap_up.mean_s, 1),
                wrap_up.contacts
            ),
        );
    }
    let file = match (&topic.patience, &fit.patience) {
        (Some(_), _) => Some(format!("patience-{}.csv", k + 1)),
        (None, Some(_)) => Some("patience.csv".to_owned()),
        (None, None) => None,
    };
    match (file, fit.patience_s) {
        (Some(file), _) => line(
            t,
            format_args!(
                "patience = {{ empirical = {{ csv = \"{file}\", column = \"seconds\", unit = \"s\" }} }} # {}",
                fit.patience_words(topic)
            ),
        ),
        (None, Some(s)) => line(
            t,
            format_args!(
                "patience = {{ exponential = \"{} s\" }} # waits of all over those who left",
                plain(s, 1)
            ),
        ),
        (None, None) => line(
            t,
            format_args!("patience = \"none\" # assumed: the log does not show who left"),
        ),
    }
    line(
        t,
        format_args!(
            "target   = {} # assumed: what is promised",
            quoted(&fit.target)
        ),
    );
    if let Some(ai) = &topic.assistant {
        let (hand_off, waits) = match ai.hand_over_s {
            Some(s) => (
                format!("{} s", plain(s.max(0.001), 3)),
                "waits from then on",
            ),
            None => ("1 ms".to_owned(), "waits from the arrival on"),
        };
        // In whole ten-thousandths, which add up.
        let [resolved, silent] = fit.resolved(ai).map(|x| libm::round(1e4 * x) / 1e4);
        let silence = match fit.silent {
            Some(_) => format!(", give_up = {}", plain(silent, 4)),
            None => String::new(),
        };
        let words = match fit.silent {
            Some(share) => format!(
                "{} % of those it ended left in silence, as was said",
                plain(100.0 * share, 1)
            ),
            None => "assumed: nobody left in silence".to_owned(),
        };
        line(
            t,
            format_args!(
                "ai       = {{ resolve = {}{silence}, hand_off = {}, handle_time = {{ default = \"{} s\", hand_off = \"{hand_off}\" }} }} # of {} contacts; {words}; who is handed over {waits}",
                plain(resolved, 4),
                plain(1.0 - resolved - silent, 4),
                plain(ai.time_s, 1),
                ai.contacts
            ),
        );
        let (straight, skip) = ai.past;
        if straight > 0.0005 {
            line(
                t,
                format_args!(
                    "entry    = {{ human = {} }} # share that goes straight to a person",
                    plain(straight, 4)
                ),
            );
        }
        if skip > 0.0 {
            line(
                t,
                format_args!(
                    "insist   = {{ skip_ai = {} }} # of who comes again; the others meet the assistant as before",
                    plain(skip, 4)
                ),
            );
        }
    }
    let own = returns(fit, &topic.returns, &format!("-{}", k + 1), &fit.returns);
    if !own.is_empty() {
        line(
            t,
            format_args!(
                "returns  = {{ {} }} # {}",
                own.join(", "),
                returns_words(&topic.returns)
            ),
        );
    }
}

fn pool(t: &mut String, fit: &Fit, (agents, crew): (&Agents, &Crew)) {
    line(
        t,
        format_args!(
            "\n[[pool]]\nname   = {}\nkind   = \"employed\"",
            quoted(&crew.name)
        ),
    );
    if let Some(serves) = &crew.serves {
        let names: Vec<String> = serves.iter().map(|s| quoted(s)).collect();
        line(
            t,
            format_args!(
                "skills = [{}] # of other topics these agents had hardly any contact",
                names.join(", ")
            ),
        );
    }
    let spread = fit.handle.agents.as_ref();
    if let Some((spread, cv)) = spread.zip(fit.handle.written_cv()) {
        line(
            t,
            format_args!(
                "agent_cv = {} # {}: {} agents differ in how long they take",
                plain(cv, 4),
                between(&spread.cv, 4),
                spread.agents
            ),
        );
    }
    line(t, format_args!("source = {}", quoted(&fit.source())));
    line(
        t,
        format_args!(
            "agents = {{ csv = \"{}.csv\" }} # {}",
            crew.name, agents.words
        ),
    );
    line(
        t,
        format_args!(
            "shift_end = \"when_idle\" # a session ends with its last contact: who goes has nobody left to serve"
        ),
    );
    if let Some(at_once) = &agents.at_once {
        let speed: Vec<String> = at_once.speed.iter().map(|s| plain(s.value, 3)).collect();
        let sure = at_once.speed.iter().skip(1).map(|s| between(s, 3));
        line(
            t,
            format_args!(
                "concurrency = {} # {} contacts in hand in the mean of the time with any\nspeed  = [{}] # so that contacts are as much work whatever else is in hand when they begin; {}",
                speed.len(),
                plain(at_once.mean, 2),
                speed.join(", "),
                sure.collect::<Vec<_>>().join(", ")
            ),
        );
    }
    if agents.available < 1.0 {
        line(
            t,
            format_args!(
                "adherence = {{ share = {}, away = {{ exponential = \"{} s\" }} }} # {}",
                plain(agents.available, 4),
                plain(agents.away_s, 0),
                agents.available_words
            ),
        );
    }
}

/// So many days before a date.
fn before(date: Date, days: u32) -> Date {
    date.checked_sub(jiff::Span::new().days(i64::from(days)))
        .unwrap_or(date)
}

/// The day after a date.
pub(super) fn next(date: Date) -> Date {
    date.tomorrow().unwrap_or(date)
}
