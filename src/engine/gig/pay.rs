//! What members earn: pay by contact, minute and hour, guarantee, surge; and how the register answers to it.
//!
//! Every amount is kept twice: as paid, which members answer to before the warm-up ends too, and as far as it counts.

use super::{Gig, GigView};
use crate::engine::laws::pay::{HOUR, PayLaw};
use crate::engine::{Context, DRAIN, Observer, Paid, Sink, Tick, grown};
use crate::time::{Micros, WEEK};

/// A pay or a time as it is, and as far as it counts.
#[derive(Clone, Copy, Default)]
struct Twice<T> {
    real: T,
    counted: T,
}

/// The present session of an agent from a register.
#[derive(Clone, Copy, Default)]
pub(super) struct Session {
    pub(crate) since: Micros,
    /// Waits at most so long for a contact.
    pub(crate) tolerance: Micros,
    /// How far the member's skill moves the log-odds of resolving down.
    pub(crate) skill: f64,
    /// Surge time at log-on.
    surge_then: Twice<Micros>,
    /// For contacts and minutes.
    pay: Twice<f64>,
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
#[derive(Clone, Copy)]
pub(super) struct OwnPay {
    /// Factor on the rate by earnings of the last full week with time online.
    pub(crate) pull: f64,
    week: f64,
    online: Micros,
}

impl OwnPay {
    /// Nothing was earned yet.
    pub(super) const NONE: Self = Self {
        pull: 1.0,
        week: 0.0,
        online: 0,
    };
}

/// What a register knows of its pay.
#[derive(Default)]
pub(super) struct PayState {
    /// Surge is open, since then.
    surge: Option<Micros>,
    /// Time with surge since the start, before that.
    surge_time: Twice<Micros>,
    /// Paid since the week began, pay by the hour left out.
    week: f64,
    /// Time online since the week began when surge opened, and with surge in it before.
    duty_then: Micros,
    surge_duty: Micros,
    /// Factor on the log-on rate by earnings of the last full week.
    pub(crate) feedback: Option<f64>,
}

fn pay_law<'e>(cx: &Context<'e, impl Sink>, p: usize) -> Option<&'e PayLaw> {
    cx.laws.gig(p)?.pay.as_ref()
}

/// Whether the log-on rate of each member of pool `p` answers to what the member earned.
fn feeds_back_to_each(cx: &Context<'_, impl Sink>, p: usize) -> bool {
    cx.laws.gig(p).is_some_and(|g| g.feeds_back_to_each)
}

impl Gig {
    /// Surge time until now.
    fn surge_time(&self, cx: &Context<'_, impl Sink>, p: usize) -> Twice<Micros> {
        let pay = &self.registers[p].pay;
        let mut time = pay.surge_time;
        if let Some(since) = pay.surge {
            time.real += cx.now - since;
            time.counted += cx.counted(since, cx.now);
        }
        time
    }

    /// Whether pay is raised now.
    pub(crate) fn has_surge(&self, p: usize) -> bool {
        self.registers[p].pay.surge.is_some()
    }
}

impl<S: Sink> GigView<'_, '_, S> {
    /// Agent `a` of pool `p` has logged on.
    pub(crate) fn open_session(&mut self, a: u32, p: usize, tolerance: Micros, skill: f64) {
        let surge_then = self.gig.surge_time(self.cx, p);
        *grown(&mut self.gig.sessions, a as usize, Session::default()) = Session {
            since: self.cx.now,
            tolerance,
            skill,
            surge_then,
            told: self.cx.now,
            told_surge: surge_then.real,
            ..Session::default()
        };
    }

    /// The agent answers what is in its hand `slot` now, for the first time on this visit if it is `fresh`.
    pub(crate) fn pay_answer(&mut self, a: u32, slot: usize, fresh: bool) {
        let surge = self.gig.has_surge(self.agents[a].pool.into());
        let raised = &mut self.gig.sessions[a as usize].raised;
        *raised = *raised & !(1 << slot) | u16::from(surge) << slot;
        if fresh {
            self.pay(a, slot, |law| law.per_contact);
        }
    }

    /// The agent is done with the contact in its hand `slot`, which the last one in hand takes.
    #[inline(never)]
    pub(crate) fn pay_service(&mut self, a: u32, slot: usize, handle: f64) {
        self.pay(a, slot, |law| law.handling * handle);
        let last = usize::from(self.agents[a].load) - 1;
        if last == 0 {
            self.pay_rest(a);
        }
        let raised = &mut self.gig.sessions[a as usize].raised;
        *raised = *raised & !(1 << slot) | (*raised >> last & 1) << slot;
    }

    /// The hands of the agent are empty, or its busy span is told so far.
    pub(crate) fn pay_rest(&mut self, a: u32) {
        let session = &self.gig.sessions[a as usize];
        let from = self.agents[a].busy_since.max(session.busy_told);
        let busy = self.cx.counted(from.max(self.cx.told), self.cx.now);
        let session = &mut self.gig.sessions[a as usize];
        session.busy += busy;
        session.busy_told = self.cx.now;
    }

    /// Pays for the busy spans that are open up to now.
    pub(crate) fn tell_pay(&mut self) {
        for a in self.agents.all() {
            let agent = &self.agents[a];
            let pays = self.cx.laws.pools[usize::from(agent.pool)].pays_contacts;
            if pays && agent.is_online() && agent.load > 0 {
                self.pay_rest(a);
            }
        }
    }

    /// Pays an amount by the law for the contact in hand `slot`.
    pub(crate) fn pay(&mut self, a: u32, slot: usize, amount: impl FnOnce(&PayLaw) -> f64) {
        let p = usize::from(self.agents[a].pool);
        let Some(law) = pay_law(self.cx, p) else {
            return;
        };
        let (amount, factor) = (amount(law), law.factor());
        let contact = &self.agents.hands[self.agents.first_hand(a) + slot].contact;
        let session = &mut self.gig.sessions[a as usize];
        let raised = session.raised >> slot & 1 != 0;
        let paid = if raised { amount * factor } else { amount };
        session.pay.real += paid;
        if contact.is_counted() {
            session.pay.counted += paid;
            session.surge += paid - amount;
        }
        self.gig.registers[p].pay.week += paid;
        if feeds_back_to_each(self.cx, p)
            && let Some(member) = self.gig.registers[p].of_mut(self.agents[a].number)
        {
            member.own.week += paid;
        }
    }

    /// The member's time online up to now counts as earned, with the pay by the hour.
    fn tell_member(&mut self, a: u32, p: usize) {
        let surge = self.gig.surge_time(self.cx, p).real;
        let Some(law) = pay_law(self.cx, p) else {
            return;
        };
        let more = law.online * (law.factor() - 1.0);
        let session = &self.gig.sessions[a as usize];
        let online = self.cx.now - session.told;
        let amount = law.online * online as f64 + more * (surge - session.told_surge) as f64;
        let session = &mut self.gig.sessions[a as usize];
        (session.told, session.told_surge) = (self.cx.now, surge);
        if let Some(member) = self.gig.registers[p].of_mut(self.agents[a].number) {
            member.own.week += amount;
            member.own.online += online;
        }
    }

    /// The session of agent `a` of pool `p` is over: pay by the hour and the guarantee are settled.
    pub(crate) fn close_session(&mut self, a: u32, p: usize) {
        let session = self.gig.sessions[a as usize];
        let time = self.gig.surge_time(self.cx, p);
        let (online, counted) = (
            self.cx.now - session.since,
            self.cx.counted(session.since, self.cx.now),
        );
        let Some(law) = pay_law(self.cx, p) else {
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
        let number = self.agents[a].number;
        self.cx.observer.paid(p, number, paid);
        if feeds_back_to_each(self.cx, p) {
            self.tell_member(a, p);
            if let Some(member) = self.gig.registers[p].of_mut(number) {
                member.own.week += real_top_up;
            }
        }
        let register = &mut self.gig.registers[p];
        register.pay.week += real_top_up;
        register.month_pay.amount += real + real_top_up;
        register.month_pay.online += online;
    }

    /// The sessions under way are settled, of the pools that are meant.
    pub(crate) fn close_sessions(&mut self, meant: impl Fn(usize) -> bool) {
        for a in self.agents.all() {
            let agent = &self.agents[a];
            let p = usize::from(agent.pool);
            if agent.is_online() && pay_law(self.cx, p).is_some() && meant(p) {
                if agent.load > 0 {
                    self.pay_rest(a);
                }
                self.close_session(a, p);
            }
        }
    }

    /// An epoch is to begin. Where prices are others in it, the sessions under way are paid so far, and go on as new ones.
    pub(crate) fn divide_sessions(&mut self, epoch: usize) {
        let (old, new) = (self.cx.laws.model, self.cx.first.epoch(epoch).model);
        let moves = |p: usize| old.pools[p].price != new.pools[p].price;
        self.close_sessions(moves);
        for p in (0..self.agents.pools.len()).filter(|&p| moves(p)) {
            self.bring_up_all(p);
            if self.gig.has_surge(p) {
                self.close_surge(p);
                self.open_surge(p);
            }
        }
        for a in self.agents.all() {
            let p = usize::from(self.agents[a].pool);
            if self.agents[a].is_online() && self.cx.laws.pools[p].gig.is_some() && moves(p) {
                let before = self.gig.sessions[a as usize];
                self.open_session(a, p, before.tolerance, before.skill);
                if self.cx.laws.pools[p].pays_contacts {
                    self.gig.sessions[a as usize].raised = before.raised;
                }
                let agent = &self.agents[a];
                let at = agent.since.saturating_add(before.tolerance);
                if agent.listed && agent.load == 0 && at < self.cx.horizon + DRAIN {
                    let (agent, since) = (a, self.cx.now);
                    self.cx
                        .tick(at.max(since), Tick::WaitedTooLong { agent, since });
                }
            }
        }
    }

    /// Begins to look at the queues and at the weeks, where pay depends on them.
    pub(crate) fn plan_pay(&mut self, p: usize) {
        if let Some(surge) = pay_law(self.cx, p).and_then(|l| l.surge) {
            self.cx.tick(surge.every, Tick::SurgeCheck(p as u16));
        }
        let law = self.cx.laws.pools[p].gig.as_ref();
        if law.is_some_and(|g| g.feeds_back) {
            self.cx.tick(WEEK, Tick::Week(p as u16));
        }
    }

    /// So many contacts wait for pool `p`: surge opens or closes.
    pub(crate) fn look_at_queues(&mut self, waiting: u64, p: usize) {
        let Some(surge) = pay_law(self.cx, p).and_then(|l| l.surge) else {
            return;
        };
        let open = self.gig.has_surge(p);
        if !open && waiting > u64::from(surge.above) {
            self.bring_up_all(p);
            self.open_surge(p);
            self.aim_all(p);
        } else if open && waiting <= u64::from(surge.until) {
            self.bring_up_all(p);
            self.close_surge(p);
            self.aim_all(p);
        }
        self.cx
            .tick(self.cx.now + surge.every, Tick::SurgeCheck(p as u16));
    }

    fn open_surge(&mut self, p: usize) {
        self.agents.tell_duty(self.cx, p);
        let pay = &mut self.gig.registers[p].pay;
        pay.surge = Some(self.cx.now);
        pay.duty_then = self.agents.pools[p].duty_month;
    }

    fn close_surge(&mut self, p: usize) {
        self.agents.tell_duty(self.cx, p);
        let time = self.gig.surge_time(self.cx, p);
        let pay = &mut self.gig.registers[p].pay;
        pay.surge_time = time;
        pay.surge = None;
        pay.surge_duty += self.agents.pools[p].duty_month - pay.duty_then;
    }

    /// A week is over: what a member earned an hour online moves the log-on rate in the next; of an open register, what all earned.
    pub(crate) fn end_week(&mut self, p: usize) {
        self.bring_up_all(p);
        if feeds_back_to_each(self.cx, p) {
            self.note_own_earnings(p);
        } else {
            self.note_earnings(p);
        }
        self.aim_all(p);
        self.cx.tick(self.cx.now + WEEK, Tick::Week(p as u16));
    }

    fn note_own_earnings(&mut self, p: usize) {
        let online: Vec<u32> = self.agents.online(p).collect();
        online.into_iter().for_each(|a| self.tell_member(a, p));
        let Some(response) = self.cx.register(p).and_then(|g| g.pay_response) else {
            return;
        };
        self.gig.change_own_pulls(p, |own| {
            if own.online > 0 {
                own.pull = response.feedback_factor(own.week * HOUR / own.online as f64);
            }
            (own.week, own.online) = (0.0, 0);
        });
    }

    fn note_earnings(&mut self, p: usize) {
        self.agents.tell_duty(self.cx, p);
        let duty = std::mem::take(&mut self.agents.pools[p].duty_month);
        let pay = &mut self.gig.registers[p].pay;
        if pay.surge.is_some() {
            pay.surge_duty += duty - pay.duty_then;
            pay.duty_then = 0;
        }
        let surge_duty = std::mem::take(&mut pay.surge_duty);
        let week = std::mem::take(&mut pay.week);
        let response = self.cx.register(p).and_then(|g| g.pay_response);
        let (Some(rates), Some(response)) = (pay_law(self.cx, p), response) else {
            return;
        };
        if duty > 0 {
            let hours = duty as f64 + (rates.factor() - 1.0) * surge_duty as f64;
            let earned = (week + rates.online * hours) * HOUR / duty as f64;
            pay.feedback = Some(response.feedback_factor(earned));
        }
    }
}
