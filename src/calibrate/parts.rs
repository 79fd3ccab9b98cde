//! What of a scenario is not known for certain, and one draw of it.

use super::fit::{ByAssistant, Fit, Topic};
use super::named::{LEVEL, WEEKDAYS};
use crate::dist::special::{logistic, logit, normal_cdf, normal_quantile};
use crate::random::Key;
use crate::stats::{moments, regression, student_t_half_width};

/// A correlation of a scenario is within these.
const CLOSEST: f64 = 0.999;
/// A spell there in seconds, in the mean, at least.
const LEAST_SPELL_S: f64 = 60.0;
/// A topic has this share at least.
const LEAST_SHARE: f64 = 1e-6;

/// Parameters of a draw: keys of the scenario, and values.
pub type Draw = Vec<(String, f64)>;
/// By part how far a draw is from the estimates, in standard errors.
pub(super) type Scores = Vec<(Part, f64)>;

/// What is estimated, and not known for certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Contacts a day, growth, weekdays, how days and intervals differ, and the shares of topics.
    Demand,
    /// Mean work.
    Work,
    /// The spread of the agents' own factors.
    Spread,
    /// Patience: a factor on the law whose logarithm has the standard error of that of the cumulative hazard.
    Patience,
    /// What agents do after a contact.
    WrapUp,
    /// Agents on duty: a factor on the share of their time in which they are there.
    Presence,
    /// What the assistant ends.
    Assistant,
}

impl Part {
    /// Those of which a draw has one number each.
    const SINGLE: [Self; 6] = [
        Self::Work,
        Self::Spread,
        Self::Patience,
        Self::WrapUp,
        Self::Presence,
        Self::Assistant,
    ];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Demand => "the demand",
            Self::Work => "work",
            Self::Spread => "the spread of agents",
            Self::Patience => "patience",
            Self::WrapUp => "wrap-up",
            Self::Presence => "the presence of agents",
            Self::Assistant => "the assistant",
        }
    }
}

impl Fit {
    /// One draw of everything that is estimated: the demand as [`super::demand::Demand::drawn`] has it, the shares of topics and of what the assistant
    /// ends with the variance that days show, the spread of agents from its confidence distribution, and factors on work, patience, wrap-up
    /// and presence that are lognormal with the standard errors that days show. The profile is not drawn.
    pub(super) fn drawn(&self, key: Key) -> (Draw, Scores) {
        let mut purpose = 0;
        let mut score = || {
            purpose += 1;
            normal_quantile(key.uniform(purpose))
        };
        let d = self.demand.drawn(&mut score);
        let level = self.level_at_start(d.level, d.growth);
        let mut draw = vec![("demand.daily_volume".to_owned(), level)];
        draw.extend(d.growth.map(|g| ("demand.growth_per_year".to_owned(), g)));
        let weekdays = WEEKDAYS.iter().zip(d.weekdays);
        draw.extend(weekdays.filter_map(|(name, f)| Some((format!("demand.weekday.{name}"), f?))));
        let busyness = [
            ("busyness_cv", d.busyness_cv.clamp(0.0, 10.0)),
            (
                "busyness_correlation",
                d.busyness_correlation.clamp(-CLOSEST, CLOSEST),
            ),
            ("level_sd_per_week", d.level_sd_per_week.clamp(0.0, 1.0)),
            (
                "interval_busyness_cv",
                d.interval_busyness_cv.clamp(0.0, 10.0),
            ),
            (
                "interval_busyness_correlation",
                d.interval_busyness_correlation.clamp(-CLOSEST, CLOSEST),
            ),
        ];
        draw.extend(busyness.map(|(key, value)| (format!("demand.{key}"), value)));
        draw.extend(self.shares_drawn(&mut score));
        let mut scores = Scores::new();
        // Each part has its number whether it is drawn or not, so that what one log has does not move the luck of another part.
        let of_part = Part::SINGLE.map(|part| (part, score()));
        for (part, z) in of_part {
            let keys = self.part_drawn(part, z);
            if !keys.is_empty() {
                scores.push((part, z));
            }
            draw.extend(keys);
        }
        // The order of the lines of a log moves the last digits of sums: it is not to move a draw.
        draw.iter_mut().for_each(|(_, x)| *x = rounded(*x));
        (draw, scores)
    }

    /// The topics, in an order that the order of the lines of a log does not move.
    fn by_name(&self) -> Vec<&Topic> {
        let mut topics: Vec<&Topic> = self.topics.iter().collect();
        topics.sort_by_key(|t| &t.name);
        topics
    }

    /// The shares of topics, which add up to 1.
    fn shares_drawn(&self, score: &mut impl FnMut() -> f64) -> Draw {
        if self.topics.len() < 2 {
            return Draw::new();
        }
        let more = self.errors.shares_more;
        let topics = self.by_name();
        let each: Vec<f64> = topics
            .iter()
            .map(|t| {
                let n = t.cases.max(1.0);
                n * libm::exp(score() * (more / n).sqrt())
            })
            .collect();
        let all: f64 = each.iter().sum();
        let shares = each.iter().map(|n| (n / all).max(LEAST_SHARE));
        let each = topics.iter().zip(shares);
        each.map(|(t, share)| (format!("topic.{}.share", named(&t.name)), share))
            .collect()
    }

    fn part_drawn(&self, part: Part, z: f64) -> Draw {
        let factor = |error: f64| libm::exp(error * z);
        match part {
            Part::Demand => Draw::new(),
            Part::Work => {
                let error = self.errors.work.or(self.work_error());
                let factor = error.map(factor);
                self.of_pools("work_factor", factor)
            }
            Part::Spread => {
                let spread = self.handle.agents.as_ref().filter(|a| a.differs);
                let drawn = spread.map(|a| a.cv_at(normal_cdf(z)).min(10.0));
                self.of_pools("agent_cv", drawn)
            }
            Part::Patience => self.patience_drawn(z),
            Part::WrapUp => {
                let Some(wrap_up) = &self.wrap_up else {
                    return Draw::new();
                };
                let factor = factor(wrap_up.cv / (wrap_up.contacts.max(1) as f64).sqrt());
                let key = |t: &&Topic| {
                    let name = named(&t.name);
                    format!("topic.{name}.after_contact.empirical.factor")
                };
                let topics = self.by_name();
                topics.iter().map(|t| (key(t), factor)).collect()
            }
            Part::Presence => {
                // Without a share in the scenario there is nothing that a draw could set.
                let agents = self.agents.as_ref().filter(|a| a.available < 1.0);
                let drawn = agents.zip(self.errors.presence).map(|(a, error)| {
                    let share = a.available * factor(error);
                    // Spells there last a minute or more as well.
                    let least = 1.01 * LEAST_SPELL_S / (a.away_s + LEAST_SPELL_S);
                    share.max(least).min(1.0)
                });
                self.of_pools("adherence.share", drawn)
            }
            Part::Assistant => {
                let more = self.errors.assistant_more;
                let topics = self.by_name().into_iter();
                let each = topics.filter_map(|t| Some((t, t.assistant?)));
                each.flat_map(|(t, ai)| ended(&named(&t.name), ai, more, z))
                    .collect()
            }
        }
    }

    /// One value for a key of all pools.
    fn of_pools(&self, key: &str, value: Option<f64>) -> Draw {
        let pools = self.pools().into_iter();
        let each = pools.filter_map(|pool| Some((format!("pool.{pool}.{key}"), value?)));
        each.collect()
    }

    /// The standard error of the logarithm of the mean work if contacts are independent.
    fn work_error(&self) -> Option<f64> {
        let works = self.topics.iter().filter_map(|t| t.work.as_ref());
        let (sum, variance) = works.fold((0.0, 0.0), |(sum, variance), w| {
            let n = w.contacts as f64;
            let error = n * w.error_s;
            (sum + n * w.mean_s, variance + error * error)
        });
        (sum > 0.0).then(|| variance.sqrt() / sum)
    }

    fn patience_drawn(&self, z: f64) -> Draw {
        let more = self.errors.patience_more;
        let each = self.by_name().into_iter().filter_map(|t| {
            let own = t.patience.as_ref().or(self.patience.as_ref())?;
            let error = (more / own.survival.events().max(1) as f64).sqrt();
            let key = format!("topic.{}.patience.empirical.factor", named(&t.name));
            Some((key, libm::exp(error * z)))
        });
        each.collect()
    }
}

/// What the assistant ends of a topic, and what it hands over.
fn ended(name: &str, ai: ByAssistant, more: f64, z: f64) -> Draw {
    let n = ai.contacts.max(1) as f64;
    // As if half a contact more had gone either way, so that none of a few is not never.
    let p = (ai.resolved * n + 0.5) / (n + 1.0);
    let drawn = logistic(logit(p) + z * (more / (n * p * (1.0 - p))).sqrt());
    vec![
        (format!("topic.{name}.ai.resolve"), drawn),
        (format!("topic.{name}.ai.hand_off"), 1.0 - drawn),
    ]
}

/// A number with ten significant digits.
fn rounded(x: f64) -> f64 {
    format!("{x:.9e}").parse().unwrap_or(x)
}

/// A name as keys have it.
fn named(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    match name.chars().all(is_plain) {
        true => name.to_owned(),
        false => toml::Value::String(name.to_owned()).to_string(),
    }
}

/// Of the variance that comes from not knowing the parameters what each part has: of a part with one number the square of its coefficient, less
/// that of its error, in a regression of the means on the numbers of all such parts; the demand has the rest.
pub(super) fn parts(means: &[f64], scores: &[&Scores], ignorance: f64) -> Vec<(Part, f64)> {
    let Some(first) = scores.first().filter(|s| !s.is_empty()) else {
        return vec![(Part::Demand, ignorance)];
    };
    let inputs: Vec<Vec<f64>> = (0..first.len())
        .map(|i| scores.iter().map(|s| s[i].1).collect())
        .collect();
    let variance = moments(means).variance().unwrap_or(0.0);
    let free = means.len() as f64 - first.len() as f64 - 1.0;
    let found = regression(&inputs, means, LEVEL);
    let coefficients = found.map_or_else(Vec::new, |f| f.coefficients);
    let of = |i: usize| {
        let c = coefficients.get(i)?.as_ref()?;
        let (low, high) = c.bounds?;
        let error = (high - low) / 2.0 / student_t_half_width(1.0, free, LEVEL)?;
        Some(variance * (c.estimate * c.estimate - error * error).max(0.0))
    };
    let squares: Vec<f64> = (0..first.len()).map(|i| of(i).unwrap_or(0.0)).collect();
    let sum: f64 = squares.iter().sum();
    // Errors of so few draws may be larger than what there is.
    let scale = if sum > ignorance {
        ignorance / sum
    } else {
        1.0
    };
    let mut all = vec![(Part::Demand, ignorance - scale * sum)];
    let each = first.iter().zip(&squares);
    all.extend(each.map(|(part, x)| (part.0, scale * x)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A result of 3 times the demand's number, 2 times that of patience, and none of work: 9 and 4 of a variance of 13.
    #[test]
    fn parts_of_the_variance_are_found() {
        let key = Key::root(8, 0);
        let normal = |n: u64, i: u64| normal_quantile(key.child(n).uniform(i));
        let scores: Vec<Scores> = (0..2000)
            .map(|n| vec![(Part::Work, normal(n, 1)), (Part::Patience, normal(n, 2))])
            .collect();
        let means: Vec<f64> = (0..2000_u64)
            .map(|n| 50.0 + 3.0 * normal(n, 3) + 2.0 * normal(n, 2))
            .collect();
        let refs: Vec<&Scores> = scores.iter().collect();
        let found = parts(&means, &refs, 13.0);
        let of = |part| found.iter().find(|p| p.0 == part).unwrap().1;
        // The coefficient has a standard error of 3 / sqrt(2000), and its square of 4 times that.
        assert!(
            (of(Part::Patience) - 4.0).abs() < 3.0 * 4.0 * 0.067,
            "{found:?}"
        );
        assert!(of(Part::Work) < 0.05);
        assert!((found.iter().map(|p| p.1).sum::<f64>() - 13.0).abs() < 1e-9);
        assert_eq!(parts(&means[..2], &refs[..2], 1.0)[0], (Part::Demand, 1.0));
    }
}
