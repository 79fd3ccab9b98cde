//! Random models whose topics are divided among markets: with languages, hours and clocks of their own.

use super::random_model::Dice;
use handover::model::*;
use handover::time::{HOUR, StepFn};

/// One time in two the topics of the model become contact types in two or three markets.
pub(super) fn divide(d: &mut Dice<'_>, m: &mut Model, hours: bool) {
    if !d.rarely(2) {
        return;
    }
    let markets = 2 + d.roll(2) as usize;
    let zones = ["Europe/Stockholm", "America/New_York", "Asia/Tokyo"];
    let speaks = |language: &str| Some(language.to_owned());
    let languages: Vec<Option<String>> = (0..markets)
        .map(|_| d.pick(&[None, speaks("sv"), speaks("en")]))
        .collect();
    m.markets = Markets {
        list: (0..markets)
            .map(|i| Market {
                name: format!("market {i}"),
                zone: zones[i].to_owned(),
                language: languages[i].clone(),
            })
            .collect(),
        topics: (0..m.topics.len().div_ceil(markets))
            .map(|k| format!("topic {k}"))
            .collect(),
        of: (0..m.topics.len())
            .map(|k| (k / markets, k % markets))
            .collect(),
    };
    for k in 0..m.topics.len() {
        let market = k % markets;
        if let Arrivals::Expected(rates) = &mut m.demand.arrivals[k] {
            let later = rates.len() * market / markets;
            let factor = |i: usize| if i < later { 0.4 } else { 1.2 };
            let moved = rates.iter().enumerate().map(|(i, rate)| rate * factor(i));
            *rates = moved.collect();
        }
        if hours && d.rarely(3) {
            let open = StepFn::new([(0, 0.0), (market as u64 * HOUR + HOUR / 2, 1.0)]);
            let closed = d.pick(&[Closed::Queue, Closed::TurnAway, Closed::Callback]);
            m.topics[k].market_hours = Some((open, closed));
        }
        if languages[market].is_some() && d.rarely(3) {
            let topic = &mut m.topics[k];
            topic.unspoken = topic.ai.is_some() && topic.entry_human < 1.0;
            (topic.ai, topic.entry_human) = (None, 1.0);
            let to = TransferTo::Queue(k);
            for p in &mut m.pools {
                if p.outcomes[k].to == TransferTo::Assistant {
                    p.outcomes[k].to = to;
                }
            }
        }
    }
    for p in 0..m.pools.len() {
        let spoken = d.pick(&[None, speaks("sv"), speaks("en")]);
        for k in 0..m.topics.len() {
            let needed = &languages[k % markets];
            if spoken.is_none() || needed.is_none() || spoken == *needed {
                continue;
            }
            let reaches = |q: &Queue, other: &dyn Fn(usize) -> bool| {
                let mut steps = q.route.iter().flat_map(|s| &s.pools);
                steps.any(|step| other(step.pool))
            };
            let of_type = |q: &&Queue| q.topic == k;
            // Somebody must speak it.
            if !m
                .queues
                .iter()
                .filter(of_type)
                .all(|q| reaches(q, &|other| other != p))
            {
                continue;
            }
            m.pools[p].skills[k] = false;
            for q in m.queues.iter_mut().filter(|q| q.topic == k) {
                q.route
                    .iter_mut()
                    .for_each(|s| s.pools.retain(|s| s.pool != p));
                q.route.retain(|s| !s.pools.is_empty());
                if let Some(first) = q.route.first_mut() {
                    first.after = 0;
                }
            }
        }
    }
}
