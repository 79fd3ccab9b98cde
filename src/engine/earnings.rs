//! What members earn: pay by contact, minute and hour, guarantee, surge; and how the register answers to it.
//!
//! Everything is kept twice: as it is, since members live by it before the warm-up ends too, and as far as it counts.

use super::gig_law::GigLaw;
use super::register::Tick;
use super::{DRAIN, Engine, Observer};
use crate::model::{PoolPrice, Surge};
use crate::time::{Micros, WEEK};

const HOUR: f64 = 3.6e9;
const MINUTE: f64 = 6e7;
/// What a session paid its member, as far as it counts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Paid {
    /// Everything.
    pub amount: f64,
    /// The part that is due to surge.
    pub surge: f64,
    /// The part that tops the pay up to what is guaranteed.
    pub top_up: f64,
    /// Time online.
    pub online: Micros,
    /// Of this, idle without pay by the hour or a top-up.
    pub unpaid: Micros,
}

/// The pay of a pool.
pub(super) struct PayLaw {
    per_contact: f64,
    /// A microsecond of handle time.
    handling: f64,
    /// A microsecond online.
    online: f64,
    /// At least this for each microsecond online.
    guarantee: f64,
    pub(super) surge: Option<Surge>,
}

impl PayLaw {
    /// The pay of a register with this price, if members are paid.
    pub(super) fn new(price: &PoolPrice) -> Option<Self> {
        price.pays_members().then(|| Self {
            per_contact: price.per_contact,
            handling: price.per_handled_minute / MINUTE,
            online: price.hourly_pay() / HOUR,
            guarantee: price.guarantee / HOUR,
            surge: price.surge,
        })
    }

    /// Whether contacts are paid, or the time without one is not.
    pub(super) fn follows_contacts(&self) -> bool {
        self.per_contact > 0.0 || self.handling > 0.0 || self.online == 0.0
    }

    fn factor(&self) -> f64 {
        self.surge.map_or(1.0, |s| s.factor)
    }

    /// What is missing to the guarantee.
    fn top_up(&self, online: Micros, amount: f64) -> f64 {
        (self.guarantee * online as f64 - amount).max(0.0)
    }
}

/// An amount as it is, and as far as it counts.
#[derive(Clone, Copy, Default)]
struct Amount {
    real: f64,
    counted: f64,
}

/// Time with surge since the start, likewise.
#[derive(Clone, Copy, Default)]
pub(super) struct SurgeTime {
    real: Micros,
    counted: Micros,
}

/// The present session of an agent from a register.
#[derive(Clone, Copy, Default)]
pub(super) struct Session {
    pub(super) since: Micros,
    /// Waits at most so long for a contact.
    pub(super) tolerance: Micros,
    /// How far the member's skill moves the log-odds of resolving down.
    pub(super) skill: f64,
    /// Surge time at log-on.
    surge_then: SurgeTime,
    /// For contacts and minutes.
    pay: Amount,
    /// Of the counted pay, due to surge.
    surge: f64,
    /// Counted time with something in hand, where contacts are followed.
    busy: Micros,
    /// Until when it is told.
    busy_told: Micros,
    /// Bit per place of a contact in hand: it was answered while pay was raised.
    raised: u16,
    /// Until when time online, and surge in it, counts as earned by the member, where that moves the log-on rate.
    told: Micros,
    told_surge: Micros,
}

/// What a member earned since the week began, and what earlier weeks make of the log-on rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnPay {
    /// Factor on the rate by earnings of the last full week with time online.
    pub(super) pull: f64,
    week: f64,
    online: Micros,
}

impl Default for OwnPay {
    fn default() -> Self {
        Self {
            pull: 1.0,
            week: 0.0,
            online: 0,
        }
    }
}

/// What a register knows of its pay.
#[derive(Default)]
pub(super) struct PayState {
    /// Surge is open, since then.
    surge: Option<Micros>,
    surge_time: SurgeTime,
    /// Paid since the week began, pay by the hour left out.
    week: f64,
    /// Time online since the week began when surge opened, and with surge in it before.
    duty_then: Micros,
    surge_duty: Micros,
    /// Factor on the log-on rate by earnings of the last full week.
    pub(super) feedback: Option<f64>,
}

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// Counted part of a span of time.
    fn counted(&self, from: Micros, to: Micros) -> Micros {
        to.min(self.horizon).saturating_sub(from.max(self.warmup))
    }

    fn pay_law(&self, p: usize) -> Option<&PayLaw> {
        self.laws.pools[p].gig.as_ref()?.pay.as_ref()
    }

    /// Surge time until now.
    fn surge_time(&self, p: usize) -> SurgeTime {
        let pay = &self.registers[p].pay;
        let mut time = pay.surge_time;
        if let Some(since) = pay.surge {
            time.real += self.now - since;
            time.counted += self.counted(since, self.now);
        }
        time
    }

    /// Whether pay is raised now.
    pub(super) fn has_surge(&self, p: usize) -> bool {
        self.registers[p].pay.surge.is_some()
    }

    /// Agent `a` of pool `p` has logged on.
    pub(super) fn open_session(&mut self, a: u32, p: usize, tolerance: Micros, skill: f64) {
        if self.sessions.len() <= a as usize {
            self.sessions.resize(a as usize + 1, Session::default());
        }
        let surge_then = self.surge_time(p);
        self.sessions[a as usize] = Session {
            since: self.now,
            tolerance,
            skill,
            surge_then,
            told: self.now,
            told_surge: surge_then.real,
            ..Session::default()
        };
    }

    /// The agent answers what is in its hand `slot` now, for the first time on this visit if it is `fresh`.
    pub(super) fn pay_answer(&mut self, a: u32, p: usize, slot: usize, fresh: bool) {
        let surge = self.has_surge(p);
        let raised = &mut self.sessions[a as usize].raised;
        *raised = *raised & !(1 << slot) | u16::from(surge) << slot;
        if let Some(law) = self.pay_law(p)
            && fresh
        {
            let amount = law.per_contact;
            self.pay(a, p, slot, amount);
        }
    }

    /// The agent is done with the contact in its hand `slot`, which the last one in hand takes.
    #[inline(never)]
    pub(super) fn pay_service(&mut self, a: u32, p: usize, slot: usize, handle: f64) {
        self.pay_work(a, p, slot, handle);
        let last = usize::from(self.agents[a as usize].load) - 1;
        if last == 0 {
            self.pay_rest(a);
        }
        let raised = &mut self.sessions[a as usize].raised;
        *raised = *raised & !(1 << slot) | (*raised >> last & 1) << slot;
    }

    /// The handle time of the contact in hand `slot` is paid.
    pub(super) fn pay_work(&mut self, a: u32, p: usize, slot: usize, handle: f64) {
        if let Some(law) = self.pay_law(p) {
            let amount = law.handling * handle;
            self.pay(a, p, slot, amount);
        }
    }

    /// The hands of the agent are empty, or its busy span is told so far.
    pub(super) fn pay_rest(&mut self, a: u32) {
        let session = &self.sessions[a as usize];
        let from = self.agents[a as usize].busy_since.max(session.busy_told);
        let busy = self.counted(from.max(self.settled), self.now);
        let session = &mut self.sessions[a as usize];
        session.busy += busy;
        session.busy_told = self.now;
    }

    /// Pays for the busy spans that are open up to now.
    pub(super) fn settle_pay(&mut self) {
        for a in 0..self.agents.len() {
            let agent = &self.agents[a];
            let pays = self.laws.pools[usize::from(agent.pool)].pays_contacts;
            if pays && agent.is_online() && agent.load > 0 {
                self.pay_rest(a as u32);
            }
        }
    }

    fn pay(&mut self, a: u32, p: usize, slot: usize, amount: f64) {
        let factor = self.pay_law(p).map_or(1.0, PayLaw::factor);
        let contact = &self.hands[a as usize * self.stride + slot].contact;
        let session = &mut self.sessions[a as usize];
        let raised = session.raised >> slot & 1 != 0;
        let paid = if raised { amount * factor } else { amount };
        session.pay.real += paid;
        if contact.is_counted() {
            session.pay.counted += paid;
            session.surge += paid - amount;
        }
        self.registers[p].pay.week += paid;
        if self.feeds_back_to_each(p) {
            let number = self.agents[a as usize].number;
            self.registers[p].own_pay(number).week += paid;
        }
    }

    fn feeds_back_to_each(&self, p: usize) -> bool {
        let law = self.laws.pools[p].gig.as_ref();
        law.is_some_and(GigLaw::feeds_back_to_each)
    }

    /// The member's time online up to now counts as earned, with the pay by the hour.
    fn tell_member(&mut self, a: u32, p: usize) {
        let surge = self.surge_time(p).real;
        let Some(law) = self.pay_law(p) else {
            return;
        };
        let more = law.online * (law.factor() - 1.0);
        let session = &self.sessions[a as usize];
        let online = self.now - session.told;
        let amount = law.online * online as f64 + more * (surge - session.told_surge) as f64;
        let session = &mut self.sessions[a as usize];
        (session.told, session.told_surge) = (self.now, surge);
        let number = self.agents[a as usize].number;
        let own = self.registers[p].own_pay(number);
        own.week += amount;
        own.online += online;
    }

    /// The session of agent `a` of pool `p` is over: pay by the hour and the guarantee are settled.
    pub(super) fn close_session(&mut self, a: u32, p: usize) {
        let session = self.sessions[a as usize];
        let time = self.surge_time(p);
        let (online, counted) = (
            self.now - session.since,
            self.counted(session.since, self.now),
        );
        let Some(law) = self.pay_law(p) else {
            return;
        };
        let more = law.online * (law.factor() - 1.0);
        let surge = more * (time.counted - session.surge_then.counted) as f64;
        let real = session.pay.real
            + law.online * online as f64
            + more * (time.real - session.surge_then.real) as f64;
        let amount = session.pay.counted + law.online * counted as f64 + surge;
        let (real_top_up, top_up) = (law.top_up(online, real), law.top_up(counted, amount));
        let idle = counted.saturating_sub(session.busy);
        let covered = law.online > 0.0 || top_up > 0.0;
        let paid = Paid {
            amount: amount + top_up,
            surge: session.surge + surge,
            top_up,
            online: counted,
            unpaid: if covered { 0 } else { idle },
        };
        let number = self.agents[a as usize].number;
        self.observer.paid(p, number, paid);
        if self.feeds_back_to_each(p) {
            self.tell_member(a, p);
            self.registers[p].own_pay(number).week += real_top_up;
        }
        let register = &mut self.registers[p];
        register.pay.week += real_top_up;
        register.month_pay.amount += real + real_top_up;
        register.month_pay.online += online;
    }

    /// The sessions under way are settled, of the pools that are meant.
    pub(super) fn close_sessions(&mut self, meant: impl Fn(usize) -> bool) {
        for a in 0..self.agents.len() {
            let agent = &self.agents[a];
            let p = usize::from(agent.pool);
            if agent.is_online() && self.laws.pools[p].pays && meant(p) {
                if agent.load > 0 {
                    self.pay_rest(a as u32);
                }
                self.close_session(a as u32, p);
            }
        }
    }

    /// An epoch is to begin. Where prices are others in it, the sessions under way are paid so far, and go on as new ones.
    pub(super) fn divide_sessions(&mut self, epoch: usize) {
        let (old, new) = (self.laws.model, self.first.epoch(epoch).model);
        let moves = |p: usize| old.pools[p].price != new.pools[p].price;
        self.close_sessions(moves);
        for p in (0..self.pools.len()).filter(|&p| moves(p)) {
            (0..self.registers[p].crowds.len()).for_each(|s| self.bring_up(p, s));
            if self.has_surge(p) {
                self.close_surge(p);
                self.open_surge(p);
            }
        }
        for a in 0..self.agents.len() {
            let p = usize::from(self.agents[a].pool);
            if self.agents[a].is_online() && self.laws.pools[p].gig.is_some() && moves(p) {
                let Session {
                    tolerance,
                    skill,
                    raised,
                    ..
                } = self.sessions[a];
                self.open_session(a as u32, p, tolerance, skill);
                if self.laws.pools[p].pays_contacts {
                    self.sessions[a].raised = raised;
                }
                let agent = &self.agents[a];
                let at = agent.since.saturating_add(tolerance);
                if agent.listed && agent.load == 0 && at < self.horizon + DRAIN {
                    let (agent, since) = (a as u32, self.now);
                    self.push_tick(at.max(since), Tick::Tired { agent, since });
                }
            }
        }
    }

    /// Begins to look at the queues and at the weeks, where pay depends on them.
    pub(super) fn plan_pay(&mut self, p: usize) {
        let pool = p as u16;
        if let Some(surge) = self.pay_law(p).and_then(|l| l.surge) {
            self.push_tick(surge.every, Tick::Look { pool });
        }
        if self.laws.pools[p]
            .gig
            .as_ref()
            .is_some_and(|g| g.feeds_back())
        {
            self.push_tick(WEEK, Tick::Week { pool });
        }
    }

    /// Looks how many wait for pool `p`: surge opens or closes.
    pub(super) fn look_at_queues(&mut self, p: usize) {
        let Some(surge) = self.pay_law(p).and_then(|l| l.surge) else {
            return;
        };
        let waiting = self.waiting_for(p);
        let open = self.has_surge(p);
        if !open && waiting > u64::from(surge.above) {
            self.follow_pay(p, |engine| engine.open_surge(p));
        } else if open && waiting <= u64::from(surge.until) {
            self.follow_pay(p, |engine| engine.close_surge(p));
        }
        self.push_tick(self.now + surge.every, Tick::Look { pool: p as u16 });
    }

    /// Contacts that wait in the queues which lead to pool `p`.
    fn waiting_for(&self, p: usize) -> u64 {
        let serves = &self.laws.pools[p].serves;
        let mut waiting = 0;
        for (q, line) in self.lines.iter().enumerate() {
            if serves[q / 64] >> (q % 64) & 1 != 0 && line.live > 0 {
                let here = |&place: &u64| line.live_at(place) && line.at(place).expires >= self.now;
                waiting += line.places().filter(here).count() as u64;
            }
        }
        waiting
    }

    fn open_surge(&mut self, p: usize) {
        self.settle_duty(p);
        let pay = &mut self.registers[p].pay;
        pay.surge = Some(self.now);
        pay.duty_then = self.pools[p].duty_month;
    }

    fn close_surge(&mut self, p: usize) {
        self.settle_duty(p);
        let time = self.surge_time(p);
        let pay = &mut self.registers[p].pay;
        pay.surge_time = time;
        pay.surge = None;
        pay.surge_duty += self.pools[p].duty_month - pay.duty_then;
    }

    /// A week is over: what a member earned an hour online moves the log-on rate in the next; of an open register, what all earned.
    pub(super) fn end_week(&mut self, p: usize) {
        let by_member = self.feeds_back_to_each(p);
        self.follow_pay(p, |engine| match by_member {
            true => engine.note_own_earnings(p),
            false => engine.note_earnings(p),
        });
        self.push_tick(self.now + WEEK, Tick::Week { pool: p as u16 });
    }

    fn note_own_earnings(&mut self, p: usize) {
        for a in 0..self.agents.len() {
            let agent = &self.agents[a];
            if agent.is_online() && usize::from(agent.pool) == p {
                self.tell_member(a as u32, p);
            }
        }
        let law = self.laws.pools[p].gig.as_ref();
        let Some(response) = law.and_then(|l| l.response_to_pay) else {
            return;
        };
        self.change_own_pulls(p, |own| {
            if own.online > 0 {
                own.pull = response.feedback_factor(own.week * HOUR / own.online as f64);
            }
            (own.week, own.online) = (0.0, 0);
        });
    }

    fn note_earnings(&mut self, p: usize) {
        self.settle_duty(p);
        let Some(law) = self.laws.pools[p].gig.as_ref() else {
            return;
        };
        let duty = std::mem::take(&mut self.pools[p].duty_month);
        let pay = &mut self.registers[p].pay;
        if pay.surge.is_some() {
            pay.surge_duty += duty - pay.duty_then;
            pay.duty_then = 0;
        }
        let surge_duty = std::mem::take(&mut pay.surge_duty);
        let week = std::mem::take(&mut pay.week);
        let (Some(rates), Some(response)) = (&law.pay, &law.response_to_pay) else {
            return;
        };
        if duty > 0 {
            let hours = duty as f64 + (rates.factor() - 1.0) * surge_duty as f64;
            let earned = (week + rates.online * hours) * HOUR / duty as f64;
            pay.feedback = Some(response.feedback_factor(earned));
        }
    }
}
