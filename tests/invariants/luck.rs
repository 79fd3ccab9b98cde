//! Common random numbers: a change of one policy, or of another topic, leaves every other draw of every case as it was.

use super::random_model::{ALL, Range, random_model};
use super::{cases, rolls};
use crate::sample::simulate;
use handover::dist::Distribution;
use handover::engine::{Contact, Laws, Observer, Reason, Service, Wait};
use handover::measure::count;
use handover::model::*;
use handover::time::{HOUR, Micros, StepFn};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A visit of a contact: case, number, hop.
type Visit = (u64, u16, u8);

/// What each case drew, as far as it shows.
#[derive(Default, PartialEq, Debug)]
struct Draws {
    /// When each case arrived, and its topic.
    arrivals: BTreeMap<u64, (Micros, u16)>,
    /// Length of each session with the assistant and whether the contact went on to people.
    sessions: BTreeMap<Visit, (Micros, bool)>,
    /// Wait of those who abandoned after having waited.
    patience: BTreeMap<Visit, Micros>,
    /// Talk, after-contact work, pool of each service.
    services: BTreeMap<Visit, (Micros, Micros, usize)>,
    /// Time until the customer came back.
    returns: BTreeMap<(u64, u16, u8), Option<Micros>>,
}

fn visit(c: &Contact) -> Visit {
    (c.case.0, c.number, c.hop())
}

impl Observer for Draws {
    fn contact(&mut self, c: &Contact, at: Micros) {
        if c.number == 1 {
            self.arrivals.insert(c.case.0, (at, c.topic));
        }
    }
    fn assistant(&mut self, c: &Contact, from: Micros, to: Micros) {
        self.sessions.insert(visit(c), (to - from, false));
    }
    fn escalation(&mut self, c: &Contact, _: Reason, _: Micros) {
        self.sessions.entry(visit(c)).and_modify(|s| s.1 = true);
    }
    fn abandoned(&mut self, c: &Contact, wait: Wait) {
        if wait.length() > 0 {
            self.patience.insert(visit(c), wait.length());
        }
    }
    fn served(&mut self, c: &Contact, pool: usize, s: Service) {
        self.services
            .insert(visit(c), (s.talk_end - s.from, s.to - s.talk_end, pool));
    }
    fn ended(&mut self, c: &Contact, ending: Ending, _: Micros, back: Option<Micros>, _: f64) {
        self.returns
            .insert((c.case.0, c.number, ending as u8), back);
    }
}

fn draws(model: &Model, seed: u64) -> Draws {
    let mut draws = Draws::default();
    simulate(&Laws::new(model).unwrap(), seed, 0, &mut draws);
    draws
}

/// Whether two maps agree wherever both have an entry; the number of common ones.
fn agree<K: Ord, V: PartialEq>(a: &BTreeMap<K, V>, b: &BTreeMap<K, V>) -> (bool, usize) {
    let common = || a.iter().filter_map(|(k, v)| b.get(k).map(|w| (v, w)));
    (common().all(|(v, w)| v == w), common().count())
}

/// Agents of one kind with one contact in hand who finish it, no failing or limited assistant: then what shows of a
/// service is what was drawn.
fn plain(rolls: &[u32]) -> Model {
    let mut m = random_model(
        rolls,
        Range {
            gig: false,
            quiet_end: false,
        },
    );
    for p in &mut m.pools {
        (p.concurrency, p.speed) = (1, vec![1.0]);
        (p.agent_cv, p.shift_end) = (0.0, ShiftEnd::Finish);
        p.work_factor.fill(1.0);
        p.outcomes.clone_from(&vec![
            HumanOutcome {
                resolve: 0.6,
                transfer: 0.0,
                to: TransferTo::Queue(0)
            };
            m.topics.len()
        ]);
    }
    // On the customers' clock the elapsed time depends on when the contact ended.
    m.demand.clocks.clear();
    m.assistant = Assistant::default();
    m.markets = Markets::default();
    // Who is not there when called abandons at a moment that was not drawn.
    m.topics.iter_mut().for_each(|t| t.callback = None);
    m
}

/// Everything but what `skip` names is as it was. Contacts on a later hop or number may have met another fate before, so
/// a session's entry is compared where there is one in both.
fn same_luck(a: &Draws, b: &Draws, skip: &str) -> Result<(), TestCaseError> {
    prop_assert_eq!(&a.arrivals, &b.arrivals);
    let talk = |d: &Draws| {
        d.services
            .iter()
            .map(|(k, v)| (*k, v.0))
            .collect::<BTreeMap<_, _>>()
    };
    let after = |d: &Draws| {
        d.services
            .iter()
            .map(|(k, v)| (*k, v.1))
            .collect::<BTreeMap<_, _>>()
    };
    for (name, (same, _)) in [
        ("sessions", agree(&a.sessions, &b.sessions)),
        ("patience", agree(&a.patience, &b.patience)),
        ("work", agree(&talk(a), &talk(b))),
        ("after-contact work", agree(&after(a), &after(b))),
        ("returns", agree(&a.returns, &b.returns)),
    ] {
        prop_assert!(same || skip.contains(name), "{name} changed");
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn a_policy_changes_only_its_own_draws(rolls in rolls(), seed in 0..1000u64) {
        let m = plain(&rolls);
        let before = draws(&m, seed);
        let changed = |change: &dyn Fn(&mut Model)| {
            let mut m = m.clone();
            change(&mut m);
            draws(&m, seed)
        };
        let patience = changed(&|m| m.topics.iter_mut().for_each(|t| t.patience = Some(Distribution::exponential(30.0).unwrap())));
        same_luck(&before, &patience, "patience")?;
        let staff = changed(&|m| {
            let plan = StepFn::constant(7.0);
            m.pools[0].supply = Supply::Staffed(Staffing { contract: None, adherence: None, plan, absence: 0.1, delivery: Delivery::Fixed(1.0), group: None, shrinkage: StepFn::constant(0.0) });
        });
        same_luck(&before, &staff, "")?;
        let work = changed(&|m| m.topics.iter_mut().for_each(|t| t.work = Some(Distribution::exponential(200.0).unwrap())));
        same_luck(&before, &work, "work")?;
        let routing = changed(&|m| {
            m.pools.iter_mut().for_each(|p| p.take = Take::LongestRelativeWait);
            m.queues.iter_mut().for_each(|q| q.class = 5);
        });
        same_luck(&before, &routing, "")?;
        // A shift of probability between ways of not resolving leaves those who are resolved alone.
        let one_attempt = |m: &mut Model| m.topics.iter_mut().for_each(|t| t.access = HumanAccess::Always);
        let before = changed(&one_attempt);
        let assistant = changed(&|m| {
            one_attempt(m);
            for t in &mut m.topics {
            if let Some(ai) = &mut t.ai {
                ai.outcomes = [ai.outcomes[0], 1.0 - ai.outcomes[0], 0.0, 0.0, 0.0];
                t.insist.ask_factor = 1.0;
            }
            }
        });
        prop_assert_eq!(&before.arrivals, &assistant.arrivals);
        let resolved = |d: &Draws| d.returns.keys().filter(|k| k.1 == 1 && k.2 == 0).map(|k| k.0).collect::<Vec<_>>();
        prop_assert_eq!(resolved(&before), resolved(&assistant));
        // The hand-over factor applies to those who come from the assistant, who are now fewer: compare straight comers.
        let straight = |d: &Draws, other: &Draws| d.services.iter()
            .filter(|(k, _)| !d.sessions.contains_key(*k) && !other.sessions.contains_key(*k))
            .map(|(k, v)| (*k, (v.0, v.1)))
            .collect::<BTreeMap<_, _>>();
        prop_assert!(agree(&straight(&before, &assistant), &straight(&assistant, &before)).0);
    }

    /// Wherever the moment lies: customers before it are the same, and all of them but where it is the demand that changes.
    #[test]
    fn a_moment_divides_nothing(rolls in rolls(), seed in 0..1000u64, at in 1..6 * HOUR) {
        let mut m = plain(&rolls);
        m.horizon = m.horizon.max(7 * HOUR);
        let steps = m.horizon.div_ceil(m.demand.step) as usize;
        m.demand.arrivals.iter_mut().for_each(|a| *a = Arrivals::Expected(vec![7.0; steps].into()));
        let before = draws(&m, seed);
        let changed = |change: &dyn Fn(&mut Model)| {
            let (mut m, mut later) = (m.clone(), m.clone());
            change(&mut later);
            m.timeline = vec![Change { at, dated: true, note: String::new(), model: later }];
            draws(&m, seed)
        };
        let policy = changed(&|m| m.pools.iter_mut().for_each(|p| p.take = Take::LongestRelativeWait));
        same_luck(&before, &policy, "")?;
        let earlier = |d: &Draws| -> BTreeMap<_, _> {
            d.arrivals.iter().filter(|a| a.1.0 < at).map(|(k, v)| (*k, *v)).collect()
        };
        for rate in [3.0, 20.0] {
            let demand = changed(&|m| {
                let new = Arrivals::Expected(vec![rate; steps].into());
                m.demand.arrivals[0] = new;
            });
            prop_assert_eq!(earlier(&before), earlier(&demand));
            let others = |d: &Draws| d.arrivals.iter().filter(|a| a.1.1 != 0).map(|(k, v)| (*k, *v)).collect::<Vec<_>>();
            prop_assert_eq!(others(&before), others(&demand));
        }
        // A grid of a third of the width: all topics are drawn anew, from the moment on.
        let finer = changed(&|m| {
            m.demand.step /= 3;
            let steps = m.horizon.div_ceil(m.demand.step) as usize;
            m.demand.arrivals.iter_mut().for_each(|a| *a = Arrivals::Expected(vec![2.0; steps].into()));
        });
        prop_assert_eq!(earlier(&before), earlier(&finer));
    }

    #[test]
    fn other_topics_do_not_matter(rolls in rolls(), seed in 0..1000u64) {
        let mut m = plain(&rolls);
        let n = m.topics.len();
        // Each topic has a pool to itself, so that even the waits are its own.
        m.queues.truncate(n);
        m.pools.truncate(1);
        let only = m.pools.remove(0);
        for k in 0..n {
            m.pools.push(Pool { name: format!("pool of {k}"), ..only.clone() });
            m.queues[k].route = vec![RouteStep { after: 0, pools: vec![StepPool { pool: k, reserve: 0 }] }];
        }
        for p in &mut m.pools {
            p.outcomes = (0..n).map(|k| HumanOutcome { resolve: 0.6, transfer: 0.1, to: TransferTo::Queue(k) }).collect();
        }
        let first = |d: Draws, topic: u16| -> Draws {
            let of: Vec<u64> = d.arrivals.iter().filter(|a| a.1.1 == topic).map(|a| *a.0).collect();
            let mine = |case: u64| of.binary_search(&case).is_ok();
            Draws {
                arrivals: d.arrivals.into_iter().filter(|a| mine(a.0)).map(|(k, v)| (k, (v.0, 0))).collect(),
                sessions: d.sessions.into_iter().filter(|a| mine(a.0.0)).collect(),
                patience: d.patience.into_iter().filter(|a| mine(a.0.0)).collect(),
                services: d.services.into_iter().filter(|a| mine(a.0.0)).map(|(k, v)| (k, (v.0, v.1, 0))).collect(),
                returns: d.returns.into_iter().filter(|a| mine(a.0.0)).collect(),
            }
        };
        // Alone, first of many, last of many: the same story to the microsecond.
        let mut alone = m.clone();
        alone.topics.truncate(1);
        alone.queues.truncate(1);
        alone.demand.arrivals.truncate(1);
        for p in &mut alone.pools {
            p.skills.truncate(1);
            p.work_factor.truncate(1);
            p.outcomes.truncate(1);
            p.ranking.truncate(1);
        }
        alone.pools.truncate(1);
        let mut last = m.clone();
        last.topics.reverse();
        last.queues.reverse();
        last.demand.arrivals.reverse();
        for (k, q) in last.queues.iter_mut().enumerate() {
            q.topic = k;
        }
        for p in &mut last.pools {
            p.outcomes = (0..n).map(|k| HumanOutcome { to: TransferTo::Queue(k), ..p.outcomes[0] }).collect();
            p.work_factor.reverse();
            p.ranking.reverse();
        }
        let alone = first(draws(&alone, seed), 0);
        prop_assert_eq!(&alone, &first(draws(&m, seed), 0));
        prop_assert_eq!(&alone, &first(draws(&last, seed), n as u16 - 1));
    }

    #[test]
    fn warm_up_only_removes(rolls in rolls(), seed in 0..1000u64) {
        let mut m = random_model(&rolls, ALL);
        m.warmup = 0;
        let whole = told(&m, seed);
        m.warmup = HOUR + 17;
        prop_assert!(whole == told(&m, seed), "the warm-up changes what happens");
        let begun = whole.0.iter().filter(|at| **at >= HOUR + 17).count() as u64;
        let (_, c) = count(&Laws::new(&m).unwrap(), seed, 0, &|| false);
        prop_assert_eq!(c.total.topics.iter().map(|s| s.contacts).sum::<u64>(), begun);
        prop_assert_eq!(c.total.topics.iter().flat_map(|s| s.ended).sum::<u64>(), begun);
    }
}

proptest! {
    #![proptest_config(cases(60))]

    /// A change that changes nothing changes nothing.
    #[test]
    fn an_empty_change_is_none(rolls in rolls(), seed in 0..1000u64) {
        let mut m = random_model(&rolls, ALL);
        let plain = told(&m, seed);
        let change = |at| Change { at, dated: true, note: String::new(), model: m.clone() };
        // On the grid, and three times between its lines, twice in one cell.
        let between = [HOUR + 123_456_789, HOUR + 777_777_777, 2 * HOUR + 1];
        m.timeline = [HOUR, between[0], between[1], between[2], 3 * HOUR].map(change).into();
        let changed = told(&m, seed);
        let fates = |s: &Story| -> BTreeSet<String> {
            s.1.iter().filter(|l| !l.contains("on duty")).cloned().collect()
        };
        let begins = |s: &Story| s.0.iter().copied().collect::<BTreeSet<_>>();
        prop_assert!(begins(&plain) == begins(&changed));
        // Spans on duty are told in parts, and who left a line unnoticed is noticed at the change.
        let (plain, changed) = (fates(&plain), fates(&changed));
        prop_assert_eq!(plain.symmetric_difference(&changed).next(), None);
    }
}

/// When contacts began, and everything else that is told about their fate.
#[derive(Default, PartialEq)]
struct Story(Vec<Micros>, Vec<String>);

impl Observer for Story {
    fn contact(&mut self, c: &Contact, at: Micros) {
        assert_eq!(c.start, at);
        self.0.push(at);
    }
    fn answered(&mut self, c: &Contact, pool: usize, wait: Wait, first: bool) {
        self.1
            .push(format!("{:?} answered {pool} {wait:?} {first}", visit(c)));
    }
    fn served(&mut self, c: &Contact, pool: usize, s: Service) {
        self.1.push(format!("{:?} served {pool} {s:?}", visit(c)));
    }
    fn ended(&mut self, c: &Contact, ending: Ending, at: Micros, back: Option<Micros>, saved: f64) {
        self.1
            .push(format!("{:?} {ending:?} {at} {back:?} {saved}", visit(c)));
    }
    fn on_duty(&mut self, pool: usize, from: Micros, to: Micros, agents: u32) {
        self.1.push(format!("on duty {pool} {from} {to} {agents}"));
    }
}

fn told(model: &Model, seed: u64) -> Story {
    let mut story = Story::default();
    simulate(&Laws::new(model).unwrap(), seed, 0, &mut story);
    story
}
