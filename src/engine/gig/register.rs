//! Members who come when they like: the register of a pool, log-ons and sessions.

use super::Gig;
use super::log_on::Offline;
use super::pay::{OwnPay, PayState, Session};
use super::slots::BlockBook;
use super::turnover::MonthPay;
use crate::engine::keys::STRIDE;
use crate::engine::laws::gig::GigLaw;
use crate::engine::laws::pool::PoolLaw;
use crate::engine::{Agents, Context, DRAIN, Sink, State, Tick};
use crate::model::{GigSupply, LogOn, ShiftEnd, Supply};
use crate::random::{Key, purpose};
use crate::time::{Micros, NEVER, round_micros};

/// The members of one pool; none of a pool with a plan, and of an open register only who comes next.
#[derive(Default)]
pub(super) struct Register {
    members: Vec<Member>,
    /// By segment, where the log-on rate moves with pay.
    pub(crate) offline: Vec<Offline>,
    pub(crate) pay: PayState,
    /// By member, where log-on rates move with what each earned.
    pub(crate) own: Vec<OwnPay>,
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
    last_tier: u8,
}

/// One person of a register.
struct Member {
    /// Sessions begun and over.
    sessions: u32,
    segment: u8,
    left: bool,
    joined: Micros,
    /// By rank.
    tier: u8,
    rating: f64,
}

impl Member {
    fn new(segment: usize, joined: Micros) -> Self {
        Self {
            sessions: 0,
            segment: segment as u8,
            left: false,
            joined,
            tier: 1,
            rating: 0.0,
        }
    }
}

impl Register {
    fn new(gig: &GigSupply) -> Self {
        let of = |(segment, size): (usize, u32)| (0..size).map(move |_| Member::new(segment, 0));
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
        let mut member = Member::new(segment, now);
        member.tier = self.last_tier;
        self.members.push(member);
        self.present += 1;
        self.members.len() as u32 - 1
    }

    /// The numbers of those who are members, and since when.
    pub(crate) fn joined(&self) -> Vec<(u32, Micros)> {
        let here = self.members.iter().enumerate().filter(|(_, m)| !m.left);
        here.map(|(n, m)| (n as u32, m.joined)).collect()
    }

    /// What member `member` earned in the week, where that matters; who is new earned nothing yet.
    pub(crate) fn own_pay(&mut self, member: u32) -> &mut OwnPay {
        if self.own.len() <= member as usize {
            self.own.resize(member as usize + 1, OwnPay::default());
        }
        &mut self.own[member as usize]
    }

    /// Factor on the log-on rate of a member by what the member earned.
    pub(crate) fn own_pull(&self, member: u32) -> f64 {
        self.own.get(member as usize).map_or(1.0, |own| own.pull)
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

    /// The members have so many tiers by rank.
    pub(crate) fn has_ranks(&mut self, tiers: usize) {
        self.last_tier = tiers as u8;
    }

    /// Tier by rank of a member.
    pub(crate) fn tier(&self, member: u32) -> u8 {
        self.members.get(member as usize).map_or(1, |m| m.tier)
    }

    pub(crate) fn set_tier(&mut self, member: u32, tier: u8) {
        self.members[member as usize].tier = tier;
    }

    /// The rating of a member.
    pub(crate) fn rating(&mut self, member: u32) -> Option<&mut f64> {
        self.members.get_mut(member as usize).map(|m| &mut m.rating)
    }

    /// People who are or were members.
    pub(crate) fn size(&self) -> usize {
        self.members.len()
    }

    pub(crate) fn has_left(&self, member: u32) -> bool {
        self.members.get(member as usize).is_some_and(|m| m.left)
    }

    /// The segment of a member.
    pub(crate) fn segment(&self, member: u32) -> usize {
        self.members
            .get(member as usize)
            .map_or(0, |m| usize::from(m.segment))
    }
}

impl Gig {
    /// The registers as they are at the start, with the first log-ons planned.
    pub(crate) fn new(cx: &mut Context<'_, impl Sink>) -> Self {
        let registers = cx.laws.pools.iter().map(|_| Register::default());
        let mut gig = Self {
            registers: registers.collect(),
            sessions: Vec::new(),
        };
        gig.plan_members(cx);
        gig
    }

    fn plan_members(&mut self, cx: &mut Context<'_, impl Sink>) {
        for (p, pool) in cx.laws.model.pools.iter().enumerate() {
            if let Supply::Gig(gig) = &pool.supply {
                self.registers[p] = Register::new(gig);
                self.plan_pay(cx, p);
                self.plan_applicant(cx, p, 0);
                self.plan_reviews(cx, p);
                self.plan_blocks(cx, p);
                for member in 0..self.registers[p].members.len() {
                    self.plan_log_on(cx, p, member as u32, 0);
                }
            }
        }
    }

    /// Key of a member, and the offset of the purposes of the present session.
    fn member(&self, cx: &Context<'_, impl Sink>, p: usize, member: u32) -> (Key, u64) {
        let known = self.registers[p].members.get(member as usize);
        let person = cx.person_key(p, member);
        (person, STRIDE * u64::from(known.map_or(0, |m| m.sessions)))
    }

    /// Draws when a member logs on next: the hazard is rate x availability. `epoch` tells a draw apart that is made again when an
    /// epoch begins.
    pub(crate) fn plan_log_on(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        p: usize,
        member: u32,
        epoch: usize,
    ) {
        let Supply::Gig(gig) = &cx.laws.model.pools[p].supply else {
            return;
        };
        let segment = self.registers[p].segment(member);
        let law = &gig.segments[segment];
        if law.rate <= 0.0 {
            return;
        }
        let (mut person, session) = self.member(cx, p, member);
        if epoch > 0 {
            person = person.child(epoch as u64);
        }
        let e = -libm::log(person.uniform(purpose::OFFLINE + session));
        let budget = e / law.rate * 1e6;
        if !self.registers[p].offline.is_empty() {
            self.go_offline(cx, p, segment, member, budget);
        } else if let Some(at) = law.availability.advance(cx.now, budget) {
            let pool = p as u16;
            cx.tick(at, Tick::LogOn { pool, member });
        }
    }

    /// A member has logged off and will come again.
    pub(crate) fn plan_return(&mut self, cx: &mut Context<'_, impl Sink>, p: usize, member: u32) {
        if self.registers[p].blocks.is_some() {
            self.leave_block(cx, p, member);
        }
        if let Supply::Gig(gig) = &cx.laws.model.pools[p].supply
            && let LogOn::Members(members) = gig.log_on
            && !self.registers[p].has_left(member)
        {
            self.registers[p].members[member as usize].sessions += 1;
            if member < members || gig.turnover.is_some() {
                self.plan_log_on(cx, p, member, 0);
            }
        }
    }

    /// A member logs on. Whether that is so: who has left the register does not.
    pub(crate) fn member_logs_on(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        agents: &mut Agents,
        p: usize,
        member: u32,
    ) -> bool {
        let laws = cx.laws;
        let (Some(law), Supply::Gig(gig)) = (&laws.pools[p].gig, &laws.model.pools[p].supply)
        else {
            return false;
        };
        if self.registers[p].has_left(member) {
            return false;
        }
        let (person, session) = self.member(cx, p, member);
        let bits = person.bits(purpose::SESSION + session);
        let segment = self.registers[p].segment(member);
        let length = round_micros(law.segments[segment].session.sample(bits));
        let a = self.come_online(cx, agents, p, member, law);
        if laws.pools[p].shift_end == ShiftEnd::WhenIdle {
            agents[a].budget = length;
            run_budget(cx, agents, a);
        } else {
            let (agent, generation) = (a, agents[a].generation);
            cx.tick(cx.now + length, Tick::SessionEnd { agent, generation });
        }
        if gig.log_on == LogOn::Open {
            self.plan_log_on(cx, p, member + 1, 0);
        }
        true
    }

    /// A member is online from now on.
    pub(crate) fn come_online(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        agents: &mut Agents,
        p: usize,
        member: u32,
        law: &GigLaw,
    ) -> u32 {
        let (person, session) = self.member(cx, p, member);
        let segment = self.registers[p].segment(member);
        let factor = cx.own_factor(p, member) * law.segments[segment].work_factor;
        let a = agents.log_on(cx, p, member, factor);
        agents[a].segment = segment as u8;
        let tolerance = law.tolerance.as_ref().map_or(NEVER, |t| {
            round_micros(t.sample(person.bits(purpose::TOLERANCE + session)))
        });
        let skill = self.own_skill(cx, p, member);
        self.open_session(cx, a, p, tolerance, skill);
        if law.tolerance.is_some() {
            self.wait_for_work(cx, a);
        }
        a
    }

    /// The agent begins to wait for a contact.
    pub(crate) fn wait_for_work(&mut self, cx: &mut Context<'_, impl Sink>, a: u32) {
        let Session {
            since, tolerance, ..
        } = self.sessions[a as usize];
        let at = cx.now.saturating_add(tolerance);
        if at < cx.horizon + DRAIN {
            cx.tick(at, Tick::WaitedTooLong { agent: a, since });
        }
    }

    /// Whether the member has waited too long for a contact in the session that began at `since`, and leaves.
    pub(crate) fn has_waited_too_long(
        &self,
        cx: &Context<'_, impl Sink>,
        agents: &Agents,
        a: u32,
        since: Micros,
    ) -> bool {
        let agent = &agents[a];
        let law = cx.laws.pools[usize::from(agent.pool)].gig.as_ref();
        let session = &self.sessions[a as usize];
        law.is_some_and(|g| g.tolerance.is_some())
            && session.since == since
            && agent.state == State::On
            && agent.listed
            && agent.load == 0
            && agent.since.saturating_add(session.tolerance) <= cx.now
    }

    /// The hands of a member are empty and nothing is waiting: tolerance, and time that is used up only while idle, begin to run.
    pub(crate) fn become_idle(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        agents: &mut Agents,
        a: u32,
        law: &PoolLaw,
    ) {
        if law.gig.as_ref().is_some_and(|g| g.tolerance.is_some()) {
            self.wait_for_work(cx, a);
        }
        if law.shift_end == ShiftEnd::WhenIdle {
            run_budget(cx, agents, a);
        }
    }

    /// A member with empty hands logs off: the session is paid, and the next one planned.
    pub(crate) fn log_off(&mut self, cx: &mut Context<'_, impl Sink>, agents: &mut Agents, a: u32) {
        let p = usize::from(agents[a].pool);
        if cx.laws.pools[p].pays {
            self.close_session(cx, agents, a, p);
        }
        let (p, member) = agents.log_off(cx, a);
        self.plan_return(cx, p, member);
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
