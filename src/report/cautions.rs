//! What a reader should know before relying on a number, with advice.

use super::quantity::{amount, per_cent};
use crate::results::Played;
use serde::Serialize;

/// Share of the visits offered from which those turned away are worth a caution.
const TURNED_AWAY: f64 = 0.01;
/// The same for all whom `sl_net` leaves out: some always leave within the target time.
const LEFT_OUT: f64 = 0.05;

/// Something that bends a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Caution {
    /// Identifier of the measure.
    pub measure: &'static str,
    /// The slice, as in the `slice` column.
    pub slice: String,
    /// What is the matter, a sentence.
    pub text: String,
    /// What to do about it, a sentence.
    pub advice: String,
}

impl Caution {
    /// Both sentences.
    pub fn sentences(&self) -> String {
        format!("{} {}", self.text, self.advice)
    }
}

/// The mean of a measure in the slice that is looked at.
type Mean<'a> = dyn Fn(&str) -> Option<f64> + 'a;

/// What is looked for, each in a slice.
const RULES: [fn(&str, &Mean<'_>) -> Option<Caution>; 2] = [left_out, still_waiting];

/// The cautions of a scenario.
pub fn cautions(s: &Played) -> Vec<Caution> {
    let topics = s.topics.iter().map(|t| format!("topic={}", t.name));
    let slices: Vec<String> = ["all".to_owned()].into_iter().chain(topics).collect();
    let mut found = found(&slices, &|i, measure| s.mean(measure, &slices[i]));
    let pools = s.pools.iter().map(|p| format!("pool={}", p.name));
    found.extend(without_price(pools, |pool| {
        s.mean("cost_total", pool).is_some()
    }));
    found
}

/// What each rule finds in the whole, which is the first slice, or, where it finds nothing in the whole, in the topics.
fn found(labels: &[String], mean: &dyn Fn(usize, &str) -> Option<f64>) -> Vec<Caution> {
    let of_rule = |rule: &fn(&str, &Mean<'_>) -> Option<Caution>| {
        let slices = labels.iter().enumerate();
        let mut each = slices.map(|(i, label)| rule(label, &|measure| mean(i, measure)));
        match each.next().flatten() {
            Some(whole) => vec![whole],
            None => each.flatten().collect(),
        }
    };
    RULES.iter().flat_map(of_rule).collect()
}

/// ` of TOPIC`, or nothing for the whole.
fn of_topic(slice: &str) -> String {
    let topic = slice.strip_prefix("topic=");
    topic.map_or(String::new(), |topic| format!(" of {topic}"))
}

/// Whether the service level leaves out a notable share of the visits.
fn left_out(slice: &str, mean: &Mean<'_>) -> Option<Caution> {
    let offered = mean("offered").filter(|n| *n > 0.0)?;
    let turned_away = mean("turned_away")?;
    let left = mean("abandonment_within")? * offered;
    if turned_away < TURNED_AWAY * offered && turned_away + left < LEFT_OUT * offered {
        return None;
    }
    let share = |n: f64| per_cent(n / offered);
    let parts = [
        (turned_away, "turned away"),
        (left, "who left within the target time"),
    ];
    let who = parts.iter().filter(|(n, _)| *n > 0.0).enumerate();
    let who = who.map(|(i, (n, what))| {
        let of = if i == 0 { " of those offered" } else { "" };
        format!("{} {what} ({}{of})", amount(*n), share(*n))
    });
    let who: Vec<String> = who.collect();
    let in_time = mean("sl_offered").map_or(String::new(), |x| {
        format!(": of all offered {} were answered in time", per_cent(x))
    });
    Some(Caution {
        measure: "sl_net",
        slice: slice.to_owned(),
        text: format!(
            "The service level{} (sl_net) leaves out {}{in_time}.",
            of_topic(slice),
            who.join(" and ")
        ),
        advice: "Judge by sl_offered, which counts everybody.".into(),
    })
}

/// Whether somebody still waited when the simulation ended.
fn still_waiting(slice: &str, mean: &Mean<'_>) -> Option<Caution> {
    let waiting = mean("unserved").filter(|n| *n > 0.0)?;
    Some(Caution {
        measure: "unserved",
        slice: slice.to_owned(),
        text: format!(
            "{} visits{} ({} of those offered) were still waiting when the simulation ended, days after the horizon: their waits count \
             as far as they had come.",
            amount(waiting),
            of_topic(slice),
            per_cent(waiting / mean("offered")?)
        ),
        advice: "There are too few agents for the work that comes: waits grow with the horizon."
            .into(),
    })
}

/// The pools that nobody pays, where others cost something.
fn without_price(
    slices: impl Iterator<Item = String>,
    has_costs: impl Fn(&str) -> bool,
) -> Vec<Caution> {
    let (priced, others): (Vec<_>, Vec<_>) = slices.partition(|slice| has_costs(slice));
    let others = others.into_iter().filter(|_| !priced.is_empty());
    let caution = |slice: String| Caution {
        measure: "cost_total",
        text: format!(
            "Cost measures leave out pool {:?}, which has no price.",
            slice.strip_prefix("pool=").unwrap_or(&slice)
        ),
        advice: "Give it a price before you compare costs.".into(),
        slice,
    };
    others.map(caution).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(offered: f64, turned_away: f64, within: f64, unserved: f64) -> Vec<String> {
        let mean = |_, measure: &str| match measure {
            "offered" => Some(offered),
            "turned_away" => Some(turned_away),
            "abandonment_within" => Some(within),
            "sl_offered" => Some(0.5),
            "unserved" => Some(unserved),
            _ => None,
        };
        let found = found(&["all".into()], &mean);
        found.into_iter().map(|c| c.text).collect()
    }

    #[test]
    fn who_is_left_out_of_the_service_level() {
        assert_eq!(
            told(1_800_000.0, 900_000.0, 0.002, 0.0),
            [
                "The service level (sl_net) leaves out 900,000 turned away (50 % of those offered) and 3,600 who left within the \
             target time (0.2 %): of all offered 50 % were answered in time."
            ]
        );
        let few = &told(1_000.0, 0.0, 0.06, 0.0)[0];
        assert!(
            few.contains("leaves out 60 who left within the target time (6 % of those offered):")
        );
        assert!(told(1_000.0, 9.9, 0.03, 0.0).is_empty());
        assert_eq!(told(1_000.0, 10.0, 0.0, 0.0).len(), 1);
        assert!(told(0.0, 0.0, 0.0, 0.0).is_empty());
    }

    #[test]
    fn who_still_waits() {
        let waiting = &told(1_000.0, 0.0, 0.0, 250.0)[0];
        assert!(waiting.starts_with("250 visits (25 % of those offered) were still waiting"));
    }

    #[test]
    fn pools_without_a_price_beside_priced_ones() {
        let told = |priced: &[&str]| {
            let slices = ["pool=desk", "pool=gig"].map(String::from).into_iter();
            let found = without_price(slices, |slice| priced.contains(&slice));
            found.into_iter().map(|c| c.text).collect::<Vec<_>>()
        };
        assert!(told(&[]).is_empty());
        assert!(told(&["pool=desk", "pool=gig"]).is_empty());
        assert_eq!(
            told(&["pool=desk"]),
            ["Cost measures leave out pool \"gig\", which has no price."]
        );
    }

    #[test]
    fn topics_only_where_nothing_is_said_of_the_whole() {
        let slices = ["all", "topic=a", "topic=b"].map(String::from);
        let found = |turned_away: [f64; 3]| {
            let mean = move |i: usize, measure: &str| match measure {
                "offered" => Some(1_000.0),
                "turned_away" => Some(turned_away[i]),
                "abandonment_within" => Some(0.0),
                _ => None,
            };
            let found = super::found(&slices, &mean);
            found.into_iter().map(|c| c.slice).collect::<Vec<_>>()
        };
        assert_eq!(found([5.0, 0.0, 50.0]), ["topic=b"]);
        assert_eq!(found([500.0, 500.0, 500.0]), ["all"]);
    }
}
