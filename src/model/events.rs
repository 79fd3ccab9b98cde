//! How many events people make in a replication whether or not anybody calls: arrivals at work, breaks, spells away, sessions.

use super::shifts::Roster;
use super::{Adherence, GigSupply, LogOn, Model, Segment, Staffing, Supply};
use crate::time::{Micros, StepFn, to_seconds};

impl Model {
    /// Expected events that the people of a pool make within the horizon, over all states of the timeline; without what
    /// contacts make.
    pub fn people_events(&self, pool: usize) -> f64 {
        self.epoch_spans()
            .map(|(e, from, to)| {
                let model = self.epoch(e);
                let pool = &model.pools[pool];
                match &pool.supply {
                    Supply::Staffed(s) => plan_events(s, from, to),
                    Supply::Rostered(r) => shift_events(model, r, from, to),
                    Supply::Gig(g) => session_events(g, from, to),
                }
            })
            .sum()
    }

    /// Expected events of the offers that members of a register refuse when so many contacts come to it within the horizon: the
    /// answer and the end of its pause, as often as it takes until somebody accepts, as far as members have the time. Where hardly
    /// an offer is accepted, a contact is taken to wait for one at any time.
    pub fn refusal_events(&self, pool: usize, contacts: f64) -> f64 {
        let in_epoch = |(e, from, to): (usize, Micros, Micros)| {
            let model = self.epoch(e);
            let mut steps = model.queues.iter().flat_map(|q| &q.route);
            if !steps.any(|s| s.pools.iter().any(|p| p.pool == pool)) {
                return 0.0;
            }
            let contacts = contacts * (to - from) as f64 / self.horizon as f64;
            let register = model.pools[pool].register();
            register.map_or(0.0, |g| refusals(g, contacts, from, to))
        };
        self.epoch_spans().map(in_epoch).sum()
    }

    /// Most people of a pool whom a replication follows at once, in any state of the timeline.
    pub fn most_people(&self, pool: usize) -> f64 {
        let most = |m: &Model| m.most_of(&m.pools[pool]);
        self.epochs().map(most).fold(0.0, f64::max)
    }
}

/// Spells there and away in a second of one person.
fn spells(adherence: Option<&Adherence>) -> f64 {
    adherence.map_or(0.0, |a| 2.0 / (a.gap() + a.away.mean()))
}

/// Who comes and goes as the plan says, and spells away of all its places: they go on while nobody is scheduled.
fn plan_events(s: &Staffing, from: Micros, to: Micros) -> f64 {
    let within = s.plan.points().filter(|p| (from..to).contains(&p.0));
    let mut now = if from == 0 { 0.0 } else { s.plan.at(from) };
    let changes: f64 = within
        .map(|(_, agents)| {
            let change = f64::abs(agents - now);
            now = agents;
            change
        })
        .sum();
    let places = s.plan.max_between(0, to) * s.delivery.most();
    changes * s.delivery.mean() + places * spells(s.adherence.as_ref()) * to_seconds(to - from)
}

/// Begin, end, breaks, pauses and spells away of everybody on each shift.
fn shift_events(model: &Model, r: &Roster, from: Micros, to: Micros) -> f64 {
    // Of a second at work: pauses and spells away that begin, and the time that they take.
    let pauses = r.pauses.as_ref().map(|p| (1.0 / p.gap, p.length.mean()));
    let away = r.adherence.as_ref().map(|a| (1.0 / a.gap(), a.away.mean()));
    let kinds = || pauses.into_iter().chain(away);
    let begins: f64 = kinds().map(|(rate, _)| rate).sum();
    let takes: f64 = kinds().map(|(rate, length)| rate * length).sum();
    let a_second = 2.0 * begins / (1.0 + takes);
    let people = model.people_over_time(r);
    let template = |t: &super::Template| {
        let breaks: Micros = t.breaks.iter().map(|b| b.length).sum();
        let between = to_seconds(t.length.saturating_sub(breaks));
        let a_shift = 2.0 + 2.0 * t.breaks.len() as f64 + a_second * between;
        let begins = t.begins.iter().map(|b| b.at.max(0) as Micros);
        let shifts = begins.filter(|at| (from..to).contains(at));
        let there = |at| people(at) * (1.0 - r.shrinkage.at(at));
        shifts.map(there).sum::<f64>() * t.share * a_shift
    };
    r.templates.iter().map(template).sum::<f64>() * r.delivery.mean() * (1.0 - r.absence)
}

/// Log-ons and log-offs of members; of booked slots who comes, block by block.
fn session_events(g: &GigSupply, from: Micros, to: Micros) -> f64 {
    let seconds = to_seconds(to - from);
    let mean = |f: &StepFn| f.mean(from, to);
    if let Some(slots) = &g.slots {
        return g.mean_online(mean) * seconds / to_seconds(slots.block);
    }
    let sessions = |(s, n): (&Segment, u32)| {
        let rate = s.rate * mean(&s.availability);
        match g.log_on {
            LogOn::Members(_) => f64::from(n) * rate / (1.0 + rate * s.session.mean()),
            LogOn::Open => rate,
        }
    };
    2.0 * seconds * g.segments.iter().zip(g.sizes()).map(sessions).sum::<f64>()
}

/// Two events of each refused offer, see [`Model::refusal_events`].
fn refusals(g: &GigSupply, contacts: f64, from: Micros, to: Micros) -> f64 {
    let timeout = g.offer_timeout.map_or(f64::INFINITY, to_seconds);
    let in_time = g.response.as_ref().map_or(1.0, |law| law.cdf(timeout));
    let shares = g.segments.iter().map(|s| s.share * s.acceptance * in_time);
    let accepted: f64 = shares.sum();
    let most = g.max_offers.map_or(f64::INFINITY, f64::from);
    let refused = match accepted < super::LEAST_ACCEPTANCE && most.is_infinite() {
        true => f64::INFINITY,
        false => contacts * (1.0 / accepted - 1.0).min(most),
    };
    let mean = |f: &StepFn| f.mean(from, to);
    let seconds = g.mean_online(mean) * to_seconds(to - from);
    let [response, cool_down] =
        [&g.response, &g.cool_down].map(|law| law.as_ref().map_or(0.0, |d| d.mean()));
    2.0 * refused.min(seconds / (response.min(timeout) + cool_down))
}
