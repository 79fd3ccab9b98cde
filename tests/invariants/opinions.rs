//! Every verdict, worked out a second time from what the observer is told of the case.

use super::random_model::{ALL, random_model};
use super::{cases, rolls};
use crate::sample::simulate;
use handover::dist::Sampler;
use handover::dist::special::normal_quantile;
use handover::engine::{Contact, Handler, Laws, Observer, Service, Verdict, Wait};
use handover::measure::{Add, Counters, Verdicts, count};
use handover::model::*;
use handover::random::{purpose, second};
use handover::time::Micros;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// What happened to a case so far.
#[derive(Default)]
struct Story {
    waited: Micros,
    contacts: u16,
    last: Option<Handler>,
    trapped: bool,
    misinformed: bool,
    passed_on: bool,
    /// Waits at the assistant's door since then.
    at_door: Option<Micros>,
}

struct Stories<'m> {
    model: &'m Model,
    normal: Sampler,
    open: BTreeMap<u64, Story>,
    faults: Vec<String>,
    judged: u64,
}

impl Stories<'_> {
    fn of(&mut self, contact: &Contact) -> &mut Story {
        self.open.entry(contact.case.0).or_default()
    }

    fn probability(&self, contact: &Contact, story: &Story, ending: Ending) -> f64 {
        let topic = &self.model.topics[usize::from(contact.topic)];
        let s = topic.satisfaction.unwrap();
        let (base, empathy) = match story.last {
            None | Some(Handler::Nobody) => (s.nobody, 0.0),
            Some(Handler::Assistant) => (s.ai.base, s.ai.empathy),
            Some(Handler::Pool(p)) => {
                let own = self.model.pools[p].regard;
                (
                    own.base.unwrap_or(s.human.base),
                    own.empathy.unwrap_or(s.human.empathy),
                )
            }
        };
        let is = |happened: bool| f64::from(u8::from(happened));
        let z = self.normal.sample(second(contact.case.0));
        let odds = base / (1.0 - base)
            * (empathy * is(topic.sensitive)
                - s.wait * (1.0 + story.waited as f64 / 6e7).ln()
                - s.repeats * f64::from(story.contacts - 1)
                - s.trapped * is(story.trapped || ending == Ending::Trapped)
                - s.lost * is(!ending.is_resolved())
                - s.misinformed * is(story.misinformed || ending == Ending::AiMisresolved)
                - s.handled_again * is(story.passed_on)
                - topic.difficulty.satisfaction * z)
                .exp();
        odds / (1.0 + odds)
    }
}

impl Observer for Stories<'_> {
    fn contact(&mut self, contact: &Contact, _: Micros) {
        let story = self.of(contact);
        story.contacts += 1;
    }

    fn assistant(&mut self, contact: &Contact, from: Micros, _: Micros) {
        let story = self.of(contact);
        story.last = Some(Handler::Assistant);
        if let Some(since) = story.at_door.take() {
            story.waited += from - since;
        }
    }

    fn assistant_missed(&mut self, contact: &Contact, at: Micros) {
        if self.model.assistant.overflow == Overflow::Wait {
            self.of(contact).at_door = Some(at);
        }
    }

    fn answered(&mut self, contact: &Contact, _: usize, wait: Wait, _: bool) {
        self.of(contact).waited += wait.length();
    }

    fn abandoned(&mut self, contact: &Contact, wait: Wait) {
        self.of(contact).waited += wait.length();
    }

    fn unserved(&mut self, contact: &Contact, wait: Wait) {
        self.of(contact).waited += wait.length();
    }

    fn cut_off(&mut self, contact: &Contact, pool: usize, _: Service) {
        let story = self.of(contact);
        story.last = Some(Handler::Pool(pool));
        story.passed_on = true;
    }

    fn transferred(&mut self, contact: &Contact, pool: usize, _: Micros, _: Micros) {
        let story = self.of(contact);
        story.last = Some(Handler::Pool(pool));
        story.passed_on = true;
    }

    fn ended(
        &mut self,
        contact: &Contact,
        ending: Ending,
        at: Micros,
        back: Option<Micros>,
        _: f64,
    ) {
        let story = self.of(contact);
        if let Some(since) = story.at_door.take() {
            story.waited += at - since;
        }
        if matches!(ending, Ending::HumanResolved | Ending::HumanUnresolved) {
            story.last = Some(contact.handler());
            if !matches!(contact.handler(), Handler::Pool(_)) {
                self.faults.push(format!("{contact:?} ends with nobody"));
            }
        } else if story.last.unwrap_or(Handler::Nobody) != contact.handler() {
            self.faults.push(format!("{contact:?} has another handler"));
        }
        if ending == Ending::Unserved {
            // Nobody knows what the customer would have thought.
            self.open.remove(&contact.case.0);
        } else if back.is_some() {
            let story = self.of(contact);
            story.trapped |= ending == Ending::Trapped;
            story.misinformed |= ending == Ending::AiMisresolved;
        } else {
            // What is told next of the case is its verdict.
            self.judged += 1;
        }
    }

    fn judged(&mut self, contact: &Contact, ending: Ending, verdict: Verdict) {
        let Some(story) = self.open.remove(&contact.case.0) else {
            return self.faults.push(format!("{contact:?} judged twice"));
        };
        self.judged -= 1;
        let p = self.probability(contact, &story, ending);
        let satisfied = contact.case.uniform(purpose::SATISFACTION) < p;
        let s = self.model.topics[usize::from(contact.topic)]
            .satisfaction
            .unwrap();
        let churn = if satisfied {
            s.churn_satisfied
        } else {
            s.churn_dissatisfied
        };
        let expected = Verdict {
            satisfied,
            churned: contact.case.uniform(purpose::CHURN) < churn,
            waited: story.waited,
        };
        if verdict != expected || story.contacts != contact.number {
            self.faults.push(format!(
                "{contact:?} {ending:?}: {verdict:?}, expected {expected:?} with {p}"
            ));
        }
    }
}

/// Coefficients of which each has its effect.
fn with_opinions(mut model: Model) -> Model {
    for (k, topic) in model.topics.iter_mut().enumerate() {
        topic.satisfaction = Some(Satisfaction {
            human: Regard {
                base: 0.9,
                empathy: 0.4,
            },
            ai: Regard {
                base: 0.7,
                empathy: -0.6,
            },
            nobody: 0.45 + 0.1 * k as f64,
            wait: 0.6,
            repeats: 0.5,
            trapped: 0.8,
            lost: 0.7,
            misinformed: 0.9,
            handled_again: 0.3,
            churn_satisfied: 0.1,
            churn_dissatisfied: 0.4,
            churn_baseline: 0.15,
            customer_value: Some(100.0),
        });
    }
    model.pools[0].regard = OwnRegard {
        base: Some(0.6),
        empathy: None,
    };
    if let Some(pool) = model.pools.get_mut(1) {
        pool.regard = OwnRegard {
            base: None,
            empathy: Some(-0.8),
        };
    }
    model
}

/// Every case that ends has one verdict, in each way of slicing them.
fn conserved(counters: &Counters, pools: usize) -> Result<(), TestCaseError> {
    for (k, sums) in counters.total.topics.iter().enumerate() {
        let mut by_ending = Verdicts::default();
        sums.verdicts_by_ending
            .iter()
            .for_each(|v| by_ending.add(v));
        let mut all = sums.verdicts_ai;
        all.add(&sums.verdicts_nobody);
        let row = &counters.total.matrix[k * pools..(k + 1) * pools];
        row.iter().for_each(|answers| all.add(&answers.verdicts));
        prop_assert_eq!(all, by_ending);
        prop_assert_eq!(all.cases, sums.cases_resolved + sums.cases_lost);
        prop_assert!(all.satisfied <= all.cases && all.churned <= all.cases);
        prop_assert!(sums.contacts_judged >= all.cases);
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn every_verdict_follows_from_the_story_of_its_case(rolls in rolls(), seed in 0..1000u64) {
        let model = with_opinions(random_model(&rolls, ALL));
        prop_assert_eq!(model.problems(), Vec::<String>::new());
        let laws = Laws::new(&model).unwrap();
        let normal = Sampler::from_quantile(|p, upper| {
            let z = normal_quantile(p);
            if upper { -z } else { z }
        });
        let mut stories = Stories { model: &model, normal, open: BTreeMap::new(), faults: Vec::new(), judged: 0 };
        simulate(&laws, seed, 0, &mut stories);
        prop_assert_eq!(&stories.faults, &Vec::<String>::new());
        prop_assert_eq!(stories.judged, 0);
        conserved(&count(&laws, seed, 0, &|| false).1, model.pools.len())?;
    }

    /// Whether anybody asks what customers think changes nothing else.
    #[test]
    fn to_follow_satisfaction_changes_nothing_else(rolls in rolls(), seed in 0..1000u64) {
        let without = random_model(&rolls, ALL);
        let with = with_opinions(without.clone());
        let counted = |m: &Model| count(&Laws::new(m).unwrap(), seed, 0, &|| false);
        let ((account, plain), (other, mut judged)) = (counted(&without), counted(&with));
        prop_assert_eq!(account, other);
        prop_assert_eq!(&plain.cells.rows(0), &judged.cells.rows(0));
        for sums in &mut judged.total.topics {
            (sums.verdicts_ai, sums.verdicts_nobody) = Default::default();
            sums.verdicts_by_ending = Default::default();
            (sums.contacts_judged, sums.contacts_satisfied) = (0, 0);
        }
        for answers in &mut judged.total.matrix {
            answers.verdicts = Verdicts::default();
        }
        prop_assert_eq!(&plain.total, &judged.total);
    }
}
