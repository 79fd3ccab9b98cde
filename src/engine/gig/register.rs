//! Members who come when they like: the register of a pool, log-ons and sessions.

use super::log_on::Offline;
use super::pay::{OwnPay, PayState};
use super::slots::BlockBook;
use super::turnover::MonthPay;
use super::{Gig, GigView};
use crate::engine::keys::STRIDE;
use crate::engine::laws::gig::GigLaw;
use crate::engine::laws::pool::PoolLaw;
use crate::engine::{Agents, Context, DRAIN, Sink, State, Tick};
use crate::model::{GigSupply, LogOn, ShiftEnd};
use crate::random::{Key, purpose};
use crate::time::{Micros, NEVER, round_micros};

/// The members of one pool; none of a pool with a plan, and of an open register only who comes next.
#[derive(Default)]
pub(super) struct Register {
    pub(super) members: Vec<Member>,
    /// By segment, where the log-on rate moves with pay.
    pub(crate) offline: Vec<Offline>,
    pub(crate) pay: PayState,
    pub(crate) month_pay: MonthPay,
    /// Little was earned in the month before.
    pub(crate) discontented: bool,
    /// People who have applied.
    pub(crate) applicants: u32,
    /// Members who have not left.
    pub(crate) present: u32,
    /// Their time has been told until then.
    pub(crate) told: Micros,
    /// Where members book slots.
    pub(crate) blocks: Option<Box<BlockBook>>,
    /// Tier in which who joins begins.
    pub(super) last_tier: u8,
}

/// One person of a register.
pub(super) struct Member {
    /// Sessions begun and over.
    sessions: u32,
    pub(super) segment: u8,
    pub(super) left: bool,
    joined: Micros,
    /// By rank.
    pub(super) tier: u8,
    pub(super) rating: f64,
    pub(super) own: OwnPay,
}

impl Member {
    /// A member of the first segment from the start; and all of an open register, of whom nothing is kept.
    const FIRST: Self = Self {
        sessions: 0,
        segment: 0,
        left: false,
        joined: 0,
        tier: 1,
        rating: 0.0,
        own: OwnPay::NONE,
    };
}

impl Register {
    fn new(gig: &GigSupply) -> Self {
        let of = |(segment, size): (usize, u32)| {
            (0..size).map(move |_| Member {
                segment: segment as u8,
                ..Member::FIRST
            })
        };
        let sizes = match gig.log_on {
            LogOn::Members(_) => gig.sizes(),
            LogOn::Open => vec![1],
        };
        let offline = gig.pay_response.map_or(0, |_| gig.segments.len());
        let members: Vec<Member> = sizes.into_iter().enumerate().flat_map(of).collect();
        Self {
            present: members.len() as u32,
            members,
            offline: (0..offline).map(|_| Offline::default()).collect(),
            ..Self::default()
        }
    }

    /// Somebody becomes a member; the number.
    pub(crate) fn join(&mut self, segment: usize, now: Micros) -> u32 {
        self.members.push(Member {
            segment: segment as u8,
            joined: now,
            tier: self.last_tier,
            ..Member::FIRST
        });
        self.present += 1;
        self.members.len() as u32 - 1
    }

    /// The numbers of those who are members, and since when.
    pub(crate) fn joined(&self) -> Vec<(u32, Micros)> {
        let here = self.members.iter().enumerate().filter(|(_, m)| !m.left);
        here.map(|(n, m)| (n as u32, m.joined)).collect()
    }

    /// What is known of a member.
    pub(crate) fn of(&self, member: u32) -> &Member {
        let known = self.members.get(member as usize);
        known.unwrap_or(&Member::FIRST)
    }

    /// What is known of a member, unless the register is open.
    pub(crate) fn of_mut(&mut self, member: u32) -> Option<&mut Member> {
        self.members.get_mut(member as usize)
    }

    /// Somebody is a member no longer; a session under way is the last.
    pub(crate) fn leave(&mut self, member: u32) {
        self.members[member as usize].left = true;
        self.present -= 1;
    }

    /// The register has so many members of the first segment at least; how many there are in all, those who have left included.
    pub(crate) fn grow_to(&mut self, members: u32) -> u32 {
        while (self.members.len() as u32) < members {
            self.join(0, 0);
        }
        self.members.len() as u32
    }

    /// The segment of a member.
    pub(crate) fn segment(&self, member: u32) -> usize {
        usize::from(self.of(member).segment)
    }
}

impl Gig {
    /// The registers as they are at the start.
    pub(crate) fn new(cx: &Context<'_, impl Sink>) -> Self {
        let registers = (0..cx.laws.pools.len()).map(|p| cx.register(p));
        Self {
            registers: registers
                .map(|g| g.map_or_else(Register::default, Register::new))
                .collect(),
            sessions: Vec::new(),
        }
    }

    /// Key of a member, and the offset of the purposes of the present session.
    fn member(&self, cx: &Context<'_, impl Sink>, p: usize, member: u32) -> (Key, u64) {
        let sessions = self.registers[p].of(member).sessions;
        (cx.person_key(p, member), STRIDE * u64::from(sessions))
    }
}

impl<S: Sink> GigView<'_, '_, S> {
    /// Whether the member has waited too long for a contact in the session that began at `since`, and leaves.
    pub(crate) fn has_waited_too_long(&self, a: u32, since: Micros) -> bool {
        let agent = &self.agents[a];
        let law = self.cx.laws.gig(agent.pool.into());
        let session = &self.gig.sessions[a as usize];
        law.is_some_and(|g| g.tolerance.is_some())
            && session.since == since
            && agent.state == State::On
            && agent.listed
            && agent.load == 0
            && agent.since.saturating_add(session.tolerance) <= self.cx.now
    }

    /// The start: the first log-ons are planned, and what happens by the clock.
    pub(crate) fn plan(&mut self) {
        let registers = 0..self.gig.registers.len();
        for p in registers.filter(|&p| self.cx.laws.pools[p].gig.is_some()) {
            self.plan_pay(p);
            self.plan_applicant(p, 0);
            self.plan_reviews(p);
            self.plan_blocks(p);
            for member in 0..self.gig.registers[p].members.len() {
                self.plan_log_on(p, member as u32, 0);
            }
        }
    }

    /// Draws when a member logs on next: the hazard is rate x availability. `epoch` tells a draw apart that is made again when an
    /// epoch begins.
    pub(crate) fn plan_log_on(&mut self, p: usize, member: u32, epoch: usize) {
        let Some(gig) = self.cx.register(p) else {
            return;
        };
        let segment = self.gig.registers[p].segment(member);
        let law = &gig.segments[segment];
        if law.rate <= 0.0 {
            return;
        }
        let (mut person, session) = self.gig.member(self.cx, p, member);
        if epoch > 0 {
            person = person.child(epoch as u64);
        }
        let e = -libm::log(person.uniform(purpose::OFFLINE + session));
        let budget = e / law.rate * 1e6;
        if !self.gig.registers[p].offline.is_empty() {
            self.go_offline(p, segment, member, budget);
        } else if let Some(at) = law.availability.advance(self.cx.now, budget) {
            self.cx.tick(at, Tick::LogOn(p as u16, member));
        }
    }

    /// A member has logged off and will come again.
    pub(crate) fn plan_return(&mut self, p: usize, member: u32) {
        self.leave_block(p, member);
        if let Some(gig) = self.cx.register(p)
            && let LogOn::Members(members) = gig.log_on
            && !self.gig.registers[p].of(member).left
        {
            self.gig.registers[p].members[member as usize].sessions += 1;
            if member < members || gig.turnover.is_some() {
                self.plan_log_on(p, member, 0);
            }
        }
    }

    /// A member logs on. Whether that is so: who has left the register does not.
    pub(crate) fn member_logs_on(&mut self, p: usize, member: u32) -> bool {
        let laws = self.cx.laws;
        let (Some(law), Some(gig)) = (&laws.pools[p].gig, self.cx.register(p)) else {
            return false;
        };
        if self.gig.registers[p].of(member).left {
            return false;
        }
        let (person, session) = self.gig.member(self.cx, p, member);
        let bits = person.bits(purpose::SESSION + session);
        let segment = self.gig.registers[p].segment(member);
        let length = round_micros(law.segments[segment].session.sample(bits));
        let a = self.come_online(p, member, law);
        if laws.pools[p].shift_end == ShiftEnd::WhenIdle {
            self.agents[a].budget = length;
            run_budget(self.cx, self.agents, a);
        } else {
            let (agent, generation) = (a, self.agents[a].generation);
            self.cx
                .tick(self.cx.now + length, Tick::SessionEnd { agent, generation });
        }
        if gig.log_on == LogOn::Open {
            self.plan_log_on(p, member + 1, 0);
        }
        true
    }

    /// A member is online from now on.
    pub(crate) fn come_online(&mut self, p: usize, member: u32, law: &GigLaw) -> u32 {
        let (person, session) = self.gig.member(self.cx, p, member);
        let segment = self.gig.registers[p].segment(member);
        let factor = self.cx.own_factor(p, member) * law.segments[segment].work_factor;
        let a = self.agents.log_on(self.cx, p, member, factor);
        self.agents[a].segment = segment as u8;
        let tolerance = law.tolerance.as_ref().map_or(NEVER, |t| {
            round_micros(t.sample(person.bits(purpose::TOLERANCE + session)))
        });
        let skill = self.gig.own_skill(self.cx, p, member);
        self.open_session(a, p, tolerance, skill);
        if law.tolerance.is_some() {
            self.wait_for_work(a);
        }
        a
    }

    /// The agent begins to wait for a contact.
    pub(crate) fn wait_for_work(&mut self, a: u32) {
        let session = &self.gig.sessions[a as usize];
        let at = self.cx.now.saturating_add(session.tolerance);
        if at < self.cx.horizon + DRAIN {
            let (agent, since) = (a, session.since);
            self.cx.tick(at, Tick::WaitedTooLong { agent, since });
        }
    }

    /// The hands of a member are empty and nothing is waiting: tolerance, and time that is used up only while idle, begin to run.
    pub(crate) fn become_idle(&mut self, a: u32, law: &PoolLaw) {
        if law.gig.as_ref().is_some_and(|g| g.tolerance.is_some()) {
            self.wait_for_work(a);
        }
        if law.shift_end == ShiftEnd::WhenIdle {
            run_budget(self.cx, self.agents, a);
        }
    }

    /// A member with empty hands logs off: the session is paid, and the next one planned.
    pub(crate) fn log_off(&mut self, a: u32) {
        self.close_session(a, usize::from(self.agents[a].pool));
        let (p, member) = self.agents.log_off(self.cx, a);
        self.plan_return(p, member);
    }
}

/// The idle time of a session that is used up only while idle starts to run.
fn run_budget(cx: &mut Context<'_, impl Sink>, agents: &mut Agents, a: u32) {
    let session = &mut agents[a];
    session.idle_since = cx.now;
    let (at, generation) = (cx.now.saturating_add(session.budget), session.generation);
    let agent = a;
    cx.tick(at, Tick::SessionEnd { agent, generation });
}
