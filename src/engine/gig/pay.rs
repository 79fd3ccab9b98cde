//! What members earn: pay by contact, minute and hour, guarantee, surge; and how the register answers to it.
//!
//! Every amount is kept twice: as paid, which members answer to before the warm-up ends too, and as far as it counts.

use super::Gig;
use crate::engine::laws::pay::{HOUR, PayLaw};
use crate::engine::{Agents, Context, DRAIN, Observer, Paid, Queues, Sink, Tick, grown};
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

    /// Agent `a` of pool `p` has logged on.
    pub(crate) fn open_session(
        &mut self,
        cx: &Context<'_, impl Sink>,
        a: u32,
        p: usize,
        tolerance: Micros,
        skill: f64,
    ) {
        let surge_then = self.surge_time(cx, p);
        *grown(&mut self.sessions, a as usize, Session::default()) = Session {
            since: cx.now,
            tolerance,
            skill,
            surge_then,
            told: cx.now,
            told_surge: surge_then.real,
            ..Session::default()
        };
    }

    /// The agent answers what is in its hand `slot` now, for the first time on this visit if it is `fresh`.
    pub(crate) fn pay_answer(
        &mut self,
        cx: &Context<'_, impl Sink>,
        agents: &Agents,
        a: u32,
        p: usize,
        slot: usize,
        fresh: bool,
    ) {
        let surge = self.has_surge(p);
        let raised = &mut self.sessions[a as usize].raised;
        *raised = *raised & !(1 << slot) | u16::from(surge) << slot;
        if fresh {
            self.pay(cx, agents, a, p, slot, |law| law.per_contact);
        }
    }

    /// The agent is done with the contact in its hand `slot`, which the last one in hand takes.
    #[inline(never)]
    pub(crate) fn pay_service(
        &mut self,
        cx: &Context<'_, impl Sink>,
        agents: &Agents,
        a: u32,
        p: usize,
        slot: usize,
        handle: f64,
    ) {
        self.pay(cx, agents, a, p, slot, |law| law.handling * handle);
        let last = usize::from(agents[a].load) - 1;
        if last == 0 {
            self.pay_rest(cx, agents, a);
        }
        let raised = &mut self.sessions[a as usize].raised;
        *raised = *raised & !(1 << slot) | (*raised >> last & 1) << slot;
    }

    /// The hands of the agent are empty, or its busy span is told so far.
    pub(crate) fn pay_rest(&mut self, cx: &Context<'_, impl Sink>, agents: &Agents, a: u32) {
        let session = &self.sessions[a as usize];
        let from = agents[a].busy_since.max(session.busy_told);
        let busy = cx.counted(from.max(cx.told), cx.now);
        let session = &mut self.sessions[a as usize];
        session.busy += busy;
        session.busy_told = cx.now;
    }

    /// Pays for the busy spans that are open up to now.
    pub(crate) fn tell_pay(&mut self, cx: &Context<'_, impl Sink>, agents: &Agents) {
        for a in agents.all() {
            let agent = &agents[a];
            let pays = cx.laws.pools[usize::from(agent.pool)].pays_contacts;
            if pays && agent.is_online() && agent.load > 0 {
                self.pay_rest(cx, agents, a);
            }
        }
    }

    /// Pays an amount by the law for the contact in hand `slot`.
    pub(crate) fn pay(
        &mut self,
        cx: &Context<'_, impl Sink>,
        agents: &Agents,
        a: u32,
        p: usize,
        slot: usize,
        amount: impl FnOnce(&PayLaw) -> f64,
    ) {
        let Some(law) = pay_law(cx, p) else { return };
        let (amount, factor) = (amount(law), law.factor());
        let contact = &agents.hands[agents.first_hand(a) + slot].contact;
        let session = &mut self.sessions[a as usize];
        let raised = session.raised >> slot & 1 != 0;
        let paid = if raised { amount * factor } else { amount };
        session.pay.real += paid;
        if contact.is_counted() {
            session.pay.counted += paid;
            session.surge += paid - amount;
        }
        self.registers[p].pay.week += paid;
        if feeds_back_to_each(cx, p)
            && let Some(member) = self.registers[p].of_mut(agents[a].number)
        {
            member.own.week += paid;
        }
    }

    /// The member's time online up to now counts as earned, with the pay by the hour.
    fn tell_member(&mut self, cx: &Context<'_, impl Sink>, agents: &Agents, a: u32, p: usize) {
        let surge = self.surge_time(cx, p).real;
        let Some(law) = pay_law(cx, p) else { return };
        let more = law.online * (law.factor() - 1.0);
        let session = &self.sessions[a as usize];
        let online = cx.now - session.told;
        let amount = law.online * online as f64 + more * (surge - session.told_surge) as f64;
        let session = &mut self.sessions[a as usize];
        (session.told, session.told_surge) = (cx.now, surge);
        if let Some(member) = self.registers[p].of_mut(agents[a].number) {
            member.own.week += amount;
            member.own.online += online;
        }
    }

    /// The session of agent `a` of pool `p` is over: pay by the hour and the guarantee are settled.
    pub(crate) fn close_session(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        agents: &Agents,
        a: u32,
        p: usize,
    ) {
        let session = self.sessions[a as usize];
        let time = self.surge_time(cx, p);
        let (online, counted) = (cx.now - session.since, cx.counted(session.since, cx.now));
        let Some(law) = pay_law(cx, p) else { return };
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
        let number = agents[a].number;
        cx.observer.paid(p, number, paid);
        if feeds_back_to_each(cx, p) {
            self.tell_member(cx, agents, a, p);
            if let Some(member) = self.registers[p].of_mut(number) {
                member.own.week += real_top_up;
            }
        }
        let register = &mut self.registers[p];
        register.pay.week += real_top_up;
        register.month_pay.amount += real + real_top_up;
        register.month_pay.online += online;
    }

    /// The sessions under way are settled, of the pools that are meant.
    pub(crate) fn close_sessions(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        agents: &Agents,
        meant: impl Fn(usize) -> bool,
    ) {
        for a in agents.all() {
            let agent = &agents[a];
            let p = usize::from(agent.pool);
            if agent.is_online() && cx.laws.pools[p].pays && meant(p) {
                if agent.load > 0 {
                    self.pay_rest(cx, agents, a);
                }
                self.close_session(cx, agents, a, p);
            }
        }
    }

    /// An epoch is to begin. Where prices are others in it, the sessions under way are paid so far, and go on as new ones.
    pub(crate) fn divide_sessions(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        agents: &mut Agents,
        epoch: usize,
    ) {
        let (old, new) = (cx.laws.model, cx.first.epoch(epoch).model);
        let moves = |p: usize| old.pools[p].price != new.pools[p].price;
        self.close_sessions(cx, agents, moves);
        for p in (0..agents.pools.len()).filter(|&p| moves(p)) {
            self.bring_up_all(cx, p);
            if self.has_surge(p) {
                self.close_surge(cx, agents, p);
                self.open_surge(cx, agents, p);
            }
        }
        for a in agents.all() {
            let p = usize::from(agents[a].pool);
            if agents[a].is_online() && cx.laws.pools[p].gig.is_some() && moves(p) {
                let before = self.sessions[a as usize];
                self.open_session(cx, a, p, before.tolerance, before.skill);
                if cx.laws.pools[p].pays_contacts {
                    self.sessions[a as usize].raised = before.raised;
                }
                let agent = &agents[a];
                let at = agent.since.saturating_add(before.tolerance);
                if agent.listed && agent.load == 0 && at < cx.horizon + DRAIN {
                    let (agent, since) = (a, cx.now);
                    cx.tick(at.max(since), Tick::WaitedTooLong { agent, since });
                }
            }
        }
    }

    /// Begins to look at the queues and at the weeks, where pay depends on them.
    pub(crate) fn plan_pay(&mut self, cx: &mut Context<'_, impl Sink>, p: usize) {
        if let Some(surge) = pay_law(cx, p).and_then(|l| l.surge) {
            cx.tick(surge.every, Tick::SurgeCheck(p as u16));
        }
        let law = cx.laws.pools[p].gig.as_ref();
        if law.is_some_and(|g| g.feeds_back) {
            cx.tick(WEEK, Tick::Week(p as u16));
        }
    }

    /// Looks how many wait for pool `p`: surge opens or closes.
    pub(crate) fn look_at_queues(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        agents: &mut Agents,
        queues: &Queues,
        p: usize,
    ) {
        let Some(surge) = pay_law(cx, p).and_then(|l| l.surge) else {
            return;
        };
        let waiting = queues.waiting_for(cx, p);
        let open = self.has_surge(p);
        if !open && waiting > u64::from(surge.above) {
            self.bring_up_all(cx, p);
            self.open_surge(cx, agents, p);
            self.aim_all(cx, p);
        } else if open && waiting <= u64::from(surge.until) {
            self.bring_up_all(cx, p);
            self.close_surge(cx, agents, p);
            self.aim_all(cx, p);
        }
        cx.tick(cx.now + surge.every, Tick::SurgeCheck(p as u16));
    }

    fn open_surge(&mut self, cx: &mut Context<'_, impl Sink>, agents: &mut Agents, p: usize) {
        agents.tell_duty(cx, p);
        let pay = &mut self.registers[p].pay;
        pay.surge = Some(cx.now);
        pay.duty_then = agents.pools[p].duty_month;
    }

    fn close_surge(&mut self, cx: &mut Context<'_, impl Sink>, agents: &mut Agents, p: usize) {
        agents.tell_duty(cx, p);
        let time = self.surge_time(cx, p);
        let pay = &mut self.registers[p].pay;
        pay.surge_time = time;
        pay.surge = None;
        pay.surge_duty += agents.pools[p].duty_month - pay.duty_then;
    }

    /// A week is over: what a member earned an hour online moves the log-on rate in the next; of an open register, what all earned.
    pub(crate) fn end_week(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        agents: &mut Agents,
        p: usize,
    ) {
        self.bring_up_all(cx, p);
        if feeds_back_to_each(cx, p) {
            self.note_own_earnings(cx, agents, p);
        } else {
            self.note_earnings(cx, agents, p);
        }
        self.aim_all(cx, p);
        cx.tick(cx.now + WEEK, Tick::Week(p as u16));
    }

    fn note_own_earnings(&mut self, cx: &mut Context<'_, impl Sink>, agents: &Agents, p: usize) {
        for a in agents.all() {
            let agent = &agents[a];
            if agent.is_online() && usize::from(agent.pool) == p {
                self.tell_member(cx, agents, a, p);
            }
        }
        let Some(response) = cx.register(p).and_then(|g| g.pay_response) else {
            return;
        };
        self.change_own_pulls(p, |own| {
            if own.online > 0 {
                own.pull = response.feedback_factor(own.week * HOUR / own.online as f64);
            }
            (own.week, own.online) = (0.0, 0);
        });
    }

    fn note_earnings(&mut self, cx: &mut Context<'_, impl Sink>, agents: &mut Agents, p: usize) {
        agents.tell_duty(cx, p);
        let duty = std::mem::take(&mut agents.pools[p].duty_month);
        let pay = &mut self.registers[p].pay;
        if pay.surge.is_some() {
            pay.surge_duty += duty - pay.duty_then;
            pay.duty_then = 0;
        }
        let surge_duty = std::mem::take(&mut pay.surge_duty);
        let week = std::mem::take(&mut pay.week);
        let response = cx.register(p).and_then(|g| g.pay_response);
        let (Some(rates), Some(response)) = (pay_law(cx, p), response) else {
            return;
        };
        if duty > 0 {
            let hours = duty as f64 + (rates.factor() - 1.0) * surge_duty as f64;
            let earned = (week + rates.online * hours) * HOUR / duty as f64;
            pay.feedback = Some(response.feedback_factor(earned));
        }
    }
}
