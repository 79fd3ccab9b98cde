//! What was read of a log and fitted to it, in words.

use super::backtest::kind;
use super::drift::changes;
use super::handle::differences;
use super::quantity::{Kind, Shown, count, duration, value};
use super::terminal::lines::{filled, item};
use super::terminal::{Layout, TextTable};
use super::words::{counted, listed};
use crate::calibrate::shares::Repeats;
use crate::calibrate::{ByAssistant, Ended, Fit, Patience, Sure, Topic, WEEKDAYS, Work};
use crate::log::Reading;
use crate::stats::Ranged;

/// What was read, and what was not.
pub fn reading_text(reading: &Reading, layout: Layout) -> String {
    let days = reading.days.map_or_else(String::new, |(first, last)| {
        format!(
            ", {first} to {last} ({} with contacts)",
            counted(reading.days_used, "day")
        )
    });
    let layout_words = reading
        .layout_words
        .map_or_else(String::new, |w| format!(", read as {w}"));
    let mut text = filled(
        &format!(
            "{} of {} used{layout_words}{days}.",
            counted(count(reading.used), "line"),
            count(reading.lines)
        ),
        layout,
    );
    let read = reading
        .columns
        .iter()
        .map(|(role, columns)| format!("{role} from {}", columns.join(" or ")));
    let read = listed("read: ", read, "");
    if !read.is_empty() {
        text += &item(&read, layout);
    }
    const MOST: usize = 40;
    let others = reading.idle_columns.len().saturating_sub(MOST);
    let others = (others > 0).then(|| format!("{others} others"));
    let idle = listed(
        "columns that are not read: ",
        reading
            .idle_columns
            .iter()
            .take(MOST)
            .cloned()
            .chain(others),
        " (--columns says what is in them)",
    );
    if !idle.is_empty() {
        text += &item(&idle, layout);
    }
    for unused in &reading.unused {
        let samples = unused.first.iter().take(2);
        let samples = samples.map(|s| match s.value.is_empty() {
            true => format!("line {}", s.line),
            false => format!("line {}: {:?}", s.line, s.value),
        });
        let samples = listed(" (", samples, ", ...)");
        let sentence = format!(
            "{} not used: {}{samples}",
            counted(count(unused.lines), "line"),
            unused.reason.sentence()
        );
        text += &item(&sentence, layout);
    }
    for (gap, lines) in &reading.gaps {
        text += &item(&format!("{} {}", count(*lines), gap.sentence()), layout);
    }
    for warning in &reading.warnings {
        text += &item(&warning.to_string(), layout);
    }
    text
}

fn between(e: &Ranged, shown: impl Fn(f64) -> String) -> Shown {
    Shown {
        value: shown(e.value),
        spread: Some(format!("[{}, {}]", shown(e.low), shown(e.high))),
    }
}

/// What was fitted, and what is assumed.
pub fn fit_text(fit: &Fit, layout: Layout) -> String {
    let mut text = demand_table(fit, layout);
    text.push('\n');
    text += &topic_table(&fit.topics, fit, layout);
    text += &assistant_table(fit, layout);
    text += &repeats_table(fit, layout);
    text += &filled("\nHow work differs:", layout);
    for sentence in differences(fit) {
        text += &item(&sentence, layout);
    }
    if fit.drift.compared > 0 {
        text += &filled("\nWhat changes within the log:", layout);
    }
    for sentence in changes(&fit.drift) {
        text += &item(&sentence, layout);
    }
    if let Some(agents) = &fit.agents {
        text.push('\n');
        text += &filled(
            &format!(
                "Agents: {}. Of that time they are there for {}, else away for {} in the mean: {}.",
                agents.words,
                value(agents.available, Kind::Fraction),
                duration(agents.away_s),
                agents.available_words
            ),
            layout,
        );
    }
    text += &filled("\nAssumed, because the log cannot tell:", layout);
    for assumed in &fit.assumed {
        text += &item(assumed, layout);
    }
    let seen = notes(fit);
    if !seen.is_empty() {
        text += &filled("\nSeen, and left as it is:", layout);
        seen.iter().for_each(|s| text += &item(s, layout));
    }
    text
}

/// What was seen and left as it is, days unlike the others as well.
pub(super) fn notes(fit: &Fit) -> Vec<String> {
    let outliers = fit.demand.outliers.iter().map(|o| {
        let times = value(o.factor, Kind::Fraction);
        format!(
            "{} ({:?}): {times} of what is usual for the day",
            o.date, o.weekday
        )
    });
    fit.seen.iter().cloned().chain(outliers).collect()
}

/// What was fitted of the demand, with intervals.
pub(super) fn demand_rows(fit: &Fit) -> Vec<(String, Shown)> {
    let d = &fit.demand;
    let one = |x: f64| format!("{x:.1}");
    let three = |x: f64| format!("{x:.3}");
    let level = match fit.lead_days() {
        0 => "contacts a day",
        _ => "new cases a day",
    };
    let mut rows = vec![(level.to_owned(), between(&d.level, one))];
    let weekdays = WEEKDAYS.iter().zip(&d.weekdays);
    rows.extend(weekdays.map(|(name, factor)| {
        let shown = factor
            .as_ref()
            .map_or_else(Shown::dash, |f| between(f, three));
        (format!("factor of {name}"), shown)
    }));
    let busyness = &d.day_busyness;
    let of_intervals = d.interval_busyness.as_ref();
    let others = [
        ("growth a year", d.growth),
        ("cv of days", Some(busyness.cv)),
        ("correlation of days", Some(busyness.correlation)),
        ("level, sd a week", Some(busyness.level_sd_per_week)),
        ("cv of intervals", of_intervals.map(|b| b.cv)),
        (
            "correlation of intervals",
            of_intervals.map(|b| b.correlation),
        ),
    ];
    for (name, estimate) in others {
        rows.extend(estimate.map(|e| (name.to_owned(), between(&e, three))));
    }
    rows
}

fn demand_table(fit: &Fit, layout: Layout) -> String {
    let rows = demand_rows(fit);
    let names = rows.iter().map(|r| r.0.as_str());
    let table = TextTable::new("demand", names).column("fitted", 0, &rows, |r| r.1.clone());
    table.render(layout).0
}

fn topic_table(topics: &[Topic], fit: &Fit, layout: Layout) -> String {
    let patience = |t: &'_ Topic| t.patience.clone().or_else(|| fit.patience.clone());
    let work = |t: &Topic, of: &dyn Fn(&Work) -> Option<String>| {
        t.work
            .as_ref()
            .and_then(of)
            .map_or_else(Shown::dash, Shown::plain)
    };
    let wait = |t: &Topic, of: &dyn Fn(&Patience) -> Option<String>| {
        patience(t)
            .as_ref()
            .and_then(of)
            .map_or_else(Shown::dash, Shown::plain)
    };
    let names = topics.iter().map(|t| t.name.as_str());
    let law = |choice: &crate::stats::fit::Choice| {
        choice.best().map(|best| best.fit.family.name().to_owned())
    };
    let table = TextTable::new("topic", names)
        .column("contacts", 0, topics, |t| Shown::plain(count(t.contacts)))
        .column("mean\nwork", 1, topics, |t| {
            Shown::plain(duration(t.work.as_ref().map_or(t.work_s, |w| w.mean_s)))
        })
        .column("cv of\nwork", 3, topics, |t| {
            work(t, &|w| Some(format!("{:.2}", w.cv)))
        })
        .column("nearest\nlaw", 4, topics, |t| work(t, &|w| law(&w.laws)))
        .column("off by\n(KS)", 5, topics, |t| {
            work(t, &|w| {
                Some(format!("{:.3}", w.laws.best()?.distance.largest))
            })
        })
        .column("median\npatience", 2, topics, |t| {
            wait(t, &|p| p.survival.quantile(0.5).map(duration))
        })
        .column("left\nwaiting", 6, topics, |t| {
            wait(t, &|p| Some(count(p.survival.events())))
        });
    let (text, _) = table.render(layout);
    text + &filled(
        "Work and patience are drawn from what was recorded; the nearest law is for comparison, with its largest distance from that.",
        layout,
    )
}

/// Topics that the assistant serves, with what it does.
pub(super) fn assistants(fit: &Fit) -> Vec<(&Topic, &ByAssistant)> {
    let each = fit.topics.iter();
    each.filter_map(|t| Some((t, t.assistant.as_ref()?)))
        .collect()
}

fn assistant_table(fit: &Fit, layout: Layout) -> String {
    let rows = assistants(fit);
    if rows.is_empty() {
        return String::new();
    }
    let estimates = fit.estimates();
    let resolved = |t: &Topic| {
        let key = format!("topic.{}.ai.resolve", t.name);
        let found = estimates.iter().find(|(k, _)| *k == key);
        found.map_or_else(Shown::dash, |(_, e)| between(e, percent))
    };
    let names = rows.iter().map(|r| r.0.name.as_str());
    let table = TextTable::new("the assistant", names)
        .column("contacts", 1, &rows, |r| Shown::plain(count(r.1.contacts)))
        .column("resolved", 0, &rows, |r| resolved(r.0))
        .column("mean\ntime", 3, &rows, |r| {
            Shown::plain(duration(r.1.time_s))
        })
        .column("go past it", 2, &rows, |r| {
            Shown::plain(percent(r.1.past.0))
        })
        .column("and of who\ncomes again", 4, &rows, |r| {
            Shown::plain(percent(1.0 - (1.0 - r.1.past.0) * (1.0 - r.1.past.1)))
        });
    format!("\n{}", table.render(layout).0)
}

fn percent(x: f64) -> String {
    value(x, Kind::Fraction)
}

/// Who comes again for the same: after what, and how often.
pub(super) fn repeats_rows(fit: &Fit) -> Vec<(String, &Repeats)> {
    let after = |ended: Ended| match ended {
        Ended::Answered => "an answer",
        Ended::Left => "leaving",
        Ended::ByAssistant => "the assistant",
    };
    let topics = fit.topics.iter().map(|t| (t.name.as_str(), &t.returns));
    let each = topics.chain([("", &fit.returns)]).flat_map(|(name, of)| {
        of.iter().map(move |(ended, back)| {
            let of_topic = match name.is_empty() {
                true => String::new(),
                false => format!(", {name}"),
            };
            (format!("{}{of_topic}", after(*ended)), back)
        })
    });
    each.collect()
}

fn repeats_table(fit: &Fit, layout: Layout) -> String {
    let rows = repeats_rows(fit);
    if rows.is_empty() {
        return String::new();
    }
    let names = rows.iter().map(|r| r.0.as_str());
    let table = TextTable::new("who comes again after", names)
        .column("contacts", 1, &rows, |r| Shown::plain(count(r.1.contacts)))
        .column("for\nthe same", 0, &rows, |r| {
            between(&r.1.probability, percent)
        })
        .column("by chance", 3, &rows, |r| {
            Shown::plain(percent(r.1.by_chance))
        })
        .column("mean\ndelay", 2, &rows, |r| {
            r.1.delay
                .map_or_else(Shown::dash, |d| Shown::plain(duration(d.value)))
        });
    let (text, _) = table.render(layout);
    format!("\n{text}")
        + &filled(
            "Within a week, by customers who are known. By chance: as often as each comes more than a week earlier or later. Delays pass as the demand \
             goes over the week.",
            layout,
        )
}

/// How sure the scenario is, and what of that is luck.
pub fn sure_text(sure: &[Sure], layout: Layout) -> String {
    let names = sure.iter().map(|s| s.what.words());
    let shown = |x: f64, s: &Sure| value(x, kind(s.what));
    let table = TextTable::new("next four weeks", names)
        .column("mean", 0, sure, |s| Shown::plain(shown(s.mean, s)))
        .column("nine of ten\nfrom", 1, sure, |s| {
            Shown::plain(shown(s.band.0, s))
        })
        .column("to", 1, sure, |s| Shown::plain(shown(s.band.1, s)))
        .column("variance from\nnot knowing", 2, sure, |s| {
            s.of_ignorance()
                .map_or_else(Shown::dash, |x| Shown::plain(format!("{:.0} %", 100.0 * x)))
        });
    let (mut text, _) = table.render(layout);
    text += &filled(
        "Each draw of what is estimated, as uncertain as it is, is simulated twice. What differs within a draw is luck, the rest comes from not knowing it. \
         The profile is not drawn. draws.csv has draws for `handover sweep --design`.",
        layout,
    );
    for sentence in bands(sure) {
        text += &item(&sentence, layout);
    }
    text
}

/// Of the band of each measure what comes from luck and from each part that is not known, where that is a twentieth of it or more.
pub(super) fn bands(sure: &[Sure]) -> Vec<String> {
    // Where nobody waits there is nothing to divide.
    let varies = |s: &&Sure| s.band.1 - s.band.0 > 5e-4;
    let each = sure.iter().filter(varies).map(|s| {
        let (luck, parts) = s.of_band();
        let width = s.band.1 - s.band.0;
        // Shares in points of a hundred.
        let shown = |x: f64| match kind(s.what) {
            Kind::Fraction => format!("{:.1}", 100.0 * x),
            _ => value(x, kind(s.what)),
        };
        let unit = if s.what.is_share() { " points" } else { "" };
        let mut parts: Vec<_> = parts.into_iter().filter(|p| p.1 >= width / 20.0).collect();
        parts.sort_by(|a, b| b.1.total_cmp(&a.1));
        let unknown = parts
            .iter()
            .map(|(part, x)| format!("{} from not knowing {}", shown(*x), part.words()));
        let all = std::iter::once(format!("{} come from luck", shown(luck))).chain(unknown);
        format!(
            "{}: a band of {}{unit}, of which {}",
            s.what.words(),
            shown(width),
            all.collect::<Vec<_>>().join(", ")
        )
    });
    each.collect()
}
