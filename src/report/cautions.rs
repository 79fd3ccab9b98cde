//! What a reader should know before relying on a number, with advice.

use super::quantity::{Kind, amount, value};
use super::{Layout, Subject, grid::wrapped};
use crate::measure::Slice;
use crate::results::Played;

/// Share of the visits offered from which those turned away are worth a caution.
const TURNED_AWAY: f64 = 0.01;
/// The same for all whom `sl_net` leaves out: some always leave within the target time.
const LEFT_OUT: f64 = 0.05;

/// Something that bends a number.
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// The cautions of a scenario that was run.
pub fn cautions(subject: &Subject<'_>) -> Vec<Caution> {
    let model = subject.model;
    let topics = (0..model.topic_count()).map(Slice::Topic);
    let slices = [Slice::All].into_iter().chain(topics);
    let mean = |measure: &str, slice: &Slice| subject.outcome.find(measure, slice)?.mean;
    let found = slices.map(|s| left_out(&s.label(model), |measure| mean(measure, &s)));
    of_slices(found.collect())
}

/// The same of a scenario that was read back.
pub(super) fn cautions_read(s: &Played) -> Vec<Caution> {
    let topics = s.topics.iter().map(|t| format!("topic={}", t.name));
    let slices = ["all".to_owned()].into_iter().chain(topics);
    let mean = |measure: &str, slice: &str| s.find(measure, slice)?.mean;
    let found = slices.map(|slice| left_out(&slice, |measure| mean(measure, &slice)));
    of_slices(found.collect())
}

/// Topics are worth a word only where nothing is said of the whole, which is the first slice.
fn of_slices(found: Vec<Option<Caution>>) -> Vec<Caution> {
    match found.first() {
        Some(Some(whole)) => vec![whole.clone()],
        _ => found.into_iter().flatten().collect(),
    }
}

/// Whether the service level leaves out a notable share of the visits.
fn left_out(slice: &str, mean: impl Fn(&str) -> Option<f64>) -> Option<Caution> {
    let offered = mean("offered").filter(|n| *n > 0.0)?;
    let turned_away = mean("turned_away")?;
    let left = mean("abandonment_within")? * offered;
    if turned_away < TURNED_AWAY * offered && turned_away + left < LEFT_OUT * offered {
        return None;
    }
    let per_cent = |n: f64| value(n / offered, Kind::Fraction);
    let parts = [
        (turned_away, "turned away"),
        (left, "who left within the target time"),
    ];
    let who = parts.iter().filter(|(n, _)| *n > 0.0).enumerate();
    let who = who.map(|(i, (n, what))| {
        let of = if i == 0 { " of those offered" } else { "" };
        format!("{} {what} ({}{of})", amount(*n), per_cent(*n))
    });
    let who: Vec<String> = who.collect();
    let of = match slice.strip_prefix("topic=") {
        Some(topic) => format!(" of {topic}"),
        None => String::new(),
    };
    let in_time = mean("sl_offered").map_or(String::new(), |x| {
        format!(
            ": of all offered {} were answered in time",
            value(x, Kind::Fraction)
        )
    });
    Some(Caution {
        measure: "sl_net",
        slice: slice.to_owned(),
        text: format!(
            "The service level{of} (sl_net) leaves out {}{in_time}.",
            who.join(" and ")
        ),
        advice: "Judge by sl_offered, which counts everybody.".into(),
    })
}

/// The cautions of all scenarios, to stand below their table.
pub(super) fn cautions_text(subjects: &[Subject<'_>], layout: Layout) -> String {
    let mut out = String::new();
    for subject in subjects {
        for caution in cautions(subject) {
            let whose = match subjects.len() {
                1 => String::new(),
                _ => format!(" ({})", subject.id),
            };
            let text = format!("Caution{whose}: {}", caution.sentences());
            out += &(wrapped(&text, layout.width.max(40)).join("\n  ") + "\n");
        }
    }
    match out.is_empty() {
        true => out,
        false => format!("\n{out}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(offered: f64, turned_away: f64, within: f64) -> Option<String> {
        let mean = |measure: &str| match measure {
            "offered" => Some(offered),
            "turned_away" => Some(turned_away),
            "abandonment_within" => Some(within),
            "sl_offered" => Some(0.5),
            _ => None,
        };
        left_out("all", mean).map(|c| c.text)
    }

    #[test]
    fn who_is_left_out_of_the_service_level() {
        let many = told(1_800_000.0, 900_000.0, 0.002).unwrap();
        assert_eq!(
            many,
            "The service level (sl_net) leaves out 900,000 turned away (50 % of those offered) and 3,600 who left within the \
             target time (0.2 %): of all offered 50 % were answered in time."
        );
        let few = told(1_000.0, 0.0, 0.06).unwrap();
        assert!(
            few.contains("leaves out 60 who left within the target time (6 % of those offered):")
        );
        assert_eq!(told(1_000.0, 9.9, 0.03), None);
        assert!(told(1_000.0, 10.0, 0.0).is_some());
        assert_eq!(told(0.0, 0.0, 0.0), None);
    }

    #[test]
    fn topics_only_where_the_whole_is_sound() {
        let of = |slice: &str| Caution {
            measure: "sl_net",
            slice: slice.into(),
            text: String::new(),
            advice: String::new(),
        };
        let topic = of_slices(vec![None, Some(of("topic=a")), None]);
        assert_eq!(topic, [of("topic=a")]);
        let whole = of_slices(vec![Some(of("all")), Some(of("topic=a"))]);
        assert_eq!(whole, [of("all")]);
    }
}
