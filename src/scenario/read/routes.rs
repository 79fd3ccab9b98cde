//! Routes and queues: which pools a contact may reach, at once, later, and after a transfer.

use super::human::{Answer, Destination, answer};
use super::pools;
use super::reach::{Need, pool_names};
use super::topics;
use super::types::Types;
use crate::model::{HumanOutcome, MOST_QUEUES, Queue, RouteStep, Select, StepPool, TransferTo};
use crate::scenario::text::{Cursor, FromItem, Item, Names, quoted};
use crate::time::Micros;

/// All queues, with the pools' outcomes that lead to them.
pub(super) struct Routing<'r, 'a> {
    topics: &'r [topics::Reading<'a>],
    pools: &'r [pools::Reading<'a>],
    names: &'r Names,
    types: &'r Types<'r, 'a>,
    queues: Vec<Queue>,
    /// What each transfer queue is for: topic, pools, front class.
    transfers: Vec<(usize, Vec<usize>, bool)>,
    needs: Vec<Need>,
}

impl<'r, 'a> Routing<'r, 'a> {
    /// The queues, by pool and topic what an answer leads to, and which queues need a person.
    pub(super) fn build(
        topics: &'r [topics::Reading<'a>],
        pools: &'r [pools::Reading<'a>],
        names: &'r Names,
        types: &'r Types<'r, 'a>,
    ) -> (Vec<Queue>, Vec<Vec<HumanOutcome>>, Vec<Need>) {
        let mut routing = Self {
            topics,
            pools,
            names,
            types,
            queues: Vec::new(),
            transfers: Vec::new(),
            needs: Vec::new(),
        };
        for (topic, t) in topics.iter().enumerate() {
            let route = routing.route(topic);
            let class = t.priority + 1;
            routing.queues.push(Queue {
                topic,
                class,
                route,
            });
        }
        let mut outcomes = |p| (0..topics.len()).map(|k| routing.outcome(p, k)).collect();
        let outcomes = (0..pools.len()).map(&mut outcomes).collect();
        (routing.queues, outcomes, routing.needs)
    }

    fn skilled(&self, pool: usize, topic: usize) -> bool {
        self.pools[pool].pool.skills[topic]
    }

    fn topic_name(&self, k: usize) -> &str {
        &self.types.topics.list[self.types.of[k].0]
    }

    fn pool_name(&self, pool: usize) -> &str {
        &self.names.list[pool]
    }

    /// The route of a topic's own queue, with all that can be wrong about it.
    fn route(&mut self, k: usize) -> Vec<RouteStep> {
        let t = &self.topics[k];
        // Of a `work` that was refused the route is read all the same.
        if !t.has_work {
            if let Some(mut c) = t.item.cursor()
                && (t.needs_person || t.route.is_some())
            {
                c.require("work");
            }
            return Vec::new();
        }
        let (route, place) = match &t.route {
            Some(item) => match self.written(item, k) {
                Some(route) => (route, item),
                // What was refused needs no second message.
                None => return Vec::new(),
            },
            None => {
                let pools = (0..self.pools.len()).filter(|&p| self.skilled(p, k));
                let step = at_once(pools);
                let steps = Some(step).filter(|step| !step.pools.is_empty());
                (steps.into_iter().collect(), &t.item)
            }
        };
        for step in &route {
            self.check_prices(step, place);
        }
        if t.needs_person {
            self.need(k, k, &route, &place.clone());
        }
        route
    }

    fn written(&self, item: &Item<'a>, k: usize) -> Option<Vec<RouteStep>> {
        let mut first = true;
        let (steps, sound) = item.tables(|c, _, before: &[RouteStep]| {
            let earliest = before.last().map_or(0, |step| step.after);
            self.step(c, std::mem::take(&mut first), k, earliest)
        })?;
        if steps.is_empty() && sound {
            return item.expected(&item.kind.words());
        }
        // Nobody of an empty step speaks the language of the market.
        let steps = steps.into_iter().filter(|step| !step.pools.is_empty());
        sound.then(|| steps.collect())
    }

    fn step(
        &self,
        c: &mut Cursor<'a>,
        is_first: bool,
        k: usize,
        earliest: Micros,
    ) -> Option<RouteStep> {
        let item = c.require("pools");
        // A step that does not say when opens with the one before it.
        let after = match c.take("after") {
            Some(i) => Micros::from_item(&i).filter(|&after| {
                let what = "a duration not below that of the step before";
                i.must(after >= earliest, what).is_some()
            }),
            None => Some(earliest),
        };
        let written = c.has("reserve");
        let reserve: Option<u32> = c.opt("reserve");
        let item = item?;
        let indices = self.names.read(&item)?;
        let unskilled = indices.iter().filter(|&&p| !self.pools[p].skilled[k]);
        let unskilled: Vec<&str> = unskilled.map(|&p| self.pool_name(p)).collect();
        for pool in &unskilled {
            let (pool, topic) = (quoted(pool), quoted(self.topic_name(k)));
            let what = format!("expected pools that can serve {topic}");
            item.problem(format!("{what}, found {pool} without that skill"));
        }
        if !unskilled.is_empty() || written && reserve.is_none() {
            return None;
        }
        let usual = |p: usize| if is_first { 0 } else { self.pools[p].reserve };
        let speaking = indices.iter().filter(|&&p| self.skilled(p, k));
        let pools = speaking.map(|&pool| StepPool {
            pool,
            reserve: reserve.unwrap_or(usual(pool)),
        });
        Some(RouteStep {
            after: after?,
            pools: pools.collect(),
        })
    }

    /// Notes that contacts of topic `k`, which wait in queue `queue`, need a person. Pools that were refused may have been meant.
    fn need(&mut self, k: usize, queue: usize, route: &[RouteStep], place: &Item<'a>) {
        let pools: Vec<StepPool> = route.iter().flat_map(|s| &s.pools).copied().collect();
        if pools.iter().any(|p| self.pools[p.pool].refused) {
            return;
        }
        let (name, at) = (quoted(self.topic_name(k)), &self.topics[k].at);
        let in_time = "expected a pool that has agents at some time within the horizon";
        let (message, help) = if queue != k {
            (format!("{in_time}, found {}", place.found()), None)
        } else if pools.is_empty() {
            let help = if at.is_empty() {
                "add the topic to the `skills` of a pool, or make it AI only: no hand_off and no ask_human"
            } else {
                "add topic and language to the `skills` and `languages` of a pool, or make it AI only: no hand_off and no ask_human, \
                 and an assistant that speaks the language"
            };
            let message = format!("expected a pool with the skill {name}{at}, found none");
            (message, Some(help))
        } else {
            let names = pool_names(&pools, |p| self.pool_name(p).to_owned());
            let message = format!("{in_time} (more than the reserve){at}, found only {names}");
            let help = "its contacts can need a person, and nobody would ever come";
            (message, Some(help))
        };
        self.needs.push(Need {
            queue,
            topic: format!("{name}{at}"),
            pools,
            span: place.node.span,
            path: place.path.clone(),
            message,
            help: help.map(str::to_owned),
        });
    }

    fn check_prices(&self, step: &RouteStep, place: &Item<'a>) {
        let rule = step.pools.first().map(|p| self.pools[p.pool].pool.select);
        let unpriced = step.pools.iter().find(|p| {
            let reading = &self.pools[p.pool];
            !reading.price_refused && reading.pool.hourly_price().is_none()
        });
        if let (Some(Select::Cheapest), Some(p)) = (rule, unpriced) {
            let name = quoted(self.pool_name(p.pool));
            let what = "a price for every pool of a step with select = \"cheapest\"";
            let help = "give the pool `price = { per_agent_hour = ... }`";
            place.advise(format!("expected {what}, found none for {name}"), help);
        }
    }

    /// What an answer of a pool on a topic leads to.
    fn outcome(&mut self, p: usize, k: usize) -> HumanOutcome {
        let nothing = HumanOutcome {
            resolve: 1.0,
            transfer: 0.0,
            to: TransferTo::Queue(k),
        };
        let topic = &self.topics[k];
        if !self.skilled(p, k) || !topic.has_work {
            return nothing;
        }
        let (all, by_topic) = &self.pools[p].human;
        let own = by_topic.get(&self.types.of[k].0);
        let layers = topic.human.iter().chain(all).chain(own);
        let Some(a) = answer(&layers.collect::<Vec<_>>()) else {
            return nothing;
        };
        let transferred = Some(&a).filter(|a| a.transfer > 0.0);
        let to = transferred.and_then(|a| self.destination(k, a));
        HumanOutcome {
            resolve: a.resolve,
            transfer: a.transfer,
            to: to.unwrap_or(nothing.to),
        }
    }

    /// Where a transfer leads; a queue of its own is made for each new combination.
    fn destination(&mut self, k: usize, answer: &Answer<'a>) -> Option<TransferTo> {
        let (to, item) = answer.to.as_ref()?;
        let topic = &self.topics[k];
        let name = format!("{}{}", quoted(self.topic_name(k)), topic.at);
        let Destination::Pools(pools) = to else {
            if topic.topic.ai.is_some() {
                return Some(TransferTo::Assistant);
            }
            // An `ai` that was refused has its message already.
            let has_ai = topic.item.node.table().and_then(|t| t.get("ai")).is_some();
            if has_ai && !topic.lost_assistant {
                return None;
            }
            return item.expected(&format!("pools, since the assistant does not serve {name}"));
        };
        let pools = pools.iter().copied().filter(|&p| self.skilled(p, k));
        let pools: Vec<usize> = pools.collect();
        if pools.is_empty() {
            return item.expected(&format!("a pool with the skill {name}"));
        }
        let key = (k, pools, answer.priority);
        let first = self.topics.len();
        if let Some(i) = self.transfers.iter().position(|t| *t == key) {
            return Some(TransferTo::Queue(first + i));
        }
        let route = vec![at_once(key.1.iter().copied())];
        self.check_prices(&route[0], item);
        self.need(k, self.queues.len(), &route, item);
        if self.queues.len() >= MOST_QUEUES {
            let what = "queues of topics and transfers";
            return item.refuse(format!("expected at most {MOST_QUEUES} {what}, found more"));
        }
        let class = if answer.priority {
            0
        } else {
            topic.priority + 1
        };
        self.queues.push(Queue {
            topic: k,
            class,
            route,
        });
        self.transfers.push(key);
        Some(TransferTo::Queue(self.queues.len() - 1))
    }
}

/// The step of a route that opens at once, to pools without a reserve.
fn at_once(pools: impl Iterator<Item = usize>) -> RouteStep {
    let pools = pools.map(|pool| StepPool { pool, reserve: 0 });
    RouteStep {
        after: 0,
        pools: pools.collect(),
    }
}
