//! Members who come when they like: log-on and sessions; and the clock that shifts have in common with them.

use super::agents::State;
use super::blocks::BlockBook;
use super::crowd::Crowd;
use super::earnings::{OwnPay, PayState, Session};
use super::gig_law::GigLaw;
use super::staffing::PEOPLE;
use super::turnover::MonthPay;
use super::{DRAIN, Engine, Observer, STRIDE, slot};
use crate::model::{GigSupply, LogOn, ShiftEnd, Supply};
use crate::random::{Key, purpose};
use crate::time::{Micros, NEVER, round_micros};
use std::cmp::Reverse;

/// Something that happens to members by the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tick {
    /// A member of the pool logs on.
    LogOn { pool: u16, member: u32 },
    /// The session of an agent ends, if the generation still holds.
    SessionEnd { agent: u32, generation: u32 },
    /// A shift of a template begins.
    ShiftBegin {
        pool: u16,
        template: u16,
        shift: u32,
    },
    /// A shift of the pool ends.
    ShiftEnd { pool: u16 },
    /// A break or pause of a person begins or ends, if the generation still holds.
    Person {
        pool: u16,
        number: u32,
        generation: u32,
    },
    /// The next of a segment logs on, if the generation still holds.
    Crowd {
        pool: u16,
        segment: u16,
        generation: u32,
    },
    /// An agent has waited long enough for a contact, if the session that began then goes on.
    Tired { agent: u32, since: Micros },
    /// The queues of the pool are looked at for surge.
    Look { pool: u16 },
    /// A week of the pool is over.
    Week { pool: u16 },
    /// Somebody applies to the register.
    Applicant { pool: u16, number: u32 },
    /// An applicant becomes a member.
    Join { pool: u16, number: u32 },
    /// A day is over on which people may have left groups.
    Day,
    /// The members of the pool are ranked anew.
    Review { pool: u16 },
    /// The slots of a week open.
    OpenWeek { pool: u16, week: u32 },
    /// A member gives the blocks from `first` to `end` back.
    GiveBack {
        pool: u16,
        member: u32,
        first: u32,
        end: u32,
    },
    /// A block begins.
    Block { pool: u16, block: u32 },
}

/// The members of one pool; none of a pool with a plan, and of an open register only who comes next.
#[derive(Default)]
pub(super) struct Register {
    members: Vec<Member>,
    /// By segment, where the log-on rate moves with pay.
    pub(super) crowds: Vec<Crowd>,
    pub(super) pay: PayState,
    /// By member, where log-on rates move with what each earned.
    pub(super) own: Vec<OwnPay>,
    pub(super) month_pay: MonthPay,
    /// Little was earned in the month before.
    pub(super) discontented: bool,
    /// People who have applied.
    pub(super) applicants: u32,
    /// Members who have not left.
    pub(super) present: u32,
    /// Their time has been told until then.
    pub(super) told: Micros,
    /// Where members book slots.
    pub(super) blocks: Option<Box<BlockBook>>,
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
        let crowds = gig.pay_response.map_or(0, |_| gig.segments.len());
        let members: Vec<Member> = sizes.into_iter().enumerate().flat_map(of).collect();
        Self {
            present: members.len() as u32,
            members,
            crowds: (0..crowds).map(|_| Crowd::default()).collect(),
            ..Self::default()
        }
    }

    /// Somebody becomes a member; the number.
    pub(super) fn join(&mut self, segment: usize, now: Micros) -> u32 {
        let mut member = Member::new(segment, now);
        member.tier = self.last_tier;
        self.members.push(member);
        self.present += 1;
        self.members.len() as u32 - 1
    }

    /// The numbers of those who are members, and since when.
    pub(super) fn joined(&self) -> Vec<(u32, Micros)> {
        let here = self.members.iter().enumerate().filter(|(_, m)| !m.left);
        here.map(|(n, m)| (n as u32, m.joined)).collect()
    }

    /// What member `member` earned in the week, where that matters; who is new earned nothing yet.
    pub(super) fn own_pay(&mut self, member: u32) -> &mut OwnPay {
        if self.own.len() <= member as usize {
            self.own.resize(member as usize + 1, OwnPay::default());
        }
        &mut self.own[member as usize]
    }

    /// Factor on the log-on rate of a member by what the member earned.
    pub(super) fn own_pull(&self, member: u32) -> f64 {
        self.own.get(member as usize).map_or(1.0, |own| own.pull)
    }

    /// Somebody is a member no longer; a session under way is the last.
    pub(super) fn leave(&mut self, member: u32) {
        self.members[member as usize].left = true;
        self.present -= 1;
    }

    /// The register has so many members of the first segment at least; how many there are in all, those who have left included.
    pub(super) fn grow_to(&mut self, members: u32) -> u32 {
        while (self.members.len() as u32) < members {
            self.join(0, 0);
        }
        self.members.len() as u32
    }

    /// The members have so many tiers by rank.
    pub(super) fn has_ranks(&mut self, tiers: usize) {
        self.last_tier = tiers as u8;
    }

    /// Tier by rank of a member.
    pub(super) fn tier(&self, member: u32) -> u8 {
        self.members.get(member as usize).map_or(1, |m| m.tier)
    }

    pub(super) fn set_tier(&mut self, member: u32, tier: u8) {
        self.members[member as usize].tier = tier;
    }

    /// The rating of a member.
    pub(super) fn rating(&mut self, member: u32) -> Option<&mut f64> {
        self.members.get_mut(member as usize).map(|m| &mut m.rating)
    }

    /// People who are or were members.
    pub(super) fn size(&self) -> usize {
        self.members.len()
    }

    pub(super) fn has_left(&self, member: u32) -> bool {
        self.members.get(member as usize).is_some_and(|m| m.left)
    }

    /// The segment of a member.
    pub(super) fn segment(&self, member: u32) -> usize {
        self.members
            .get(member as usize)
            .map_or(0, |m| usize::from(m.segment))
    }
}

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    /// Plans the first log-ons.
    pub(super) fn plan_members(&mut self) {
        for (p, pool) in self.laws.model.pools.iter().enumerate() {
            if let Supply::Gig(gig) = &pool.supply {
                self.registers[p] = Register::new(gig);
                self.plan_pay(p);
                self.plan_applicant(p, 0);
                self.plan_reviews(p);
                self.plan_blocks(p);
                for member in 0..self.registers[p].members.len() {
                    self.plan_log_on(p, member as u32, 0);
                }
            }
        }
    }

    pub(super) fn push_tick(&mut self, at: Micros, tick: Tick) {
        self.clock.push(Reverse((at, tick)));
        self.aim_clock();
    }

    fn aim_clock(&mut self) {
        let at = self.clock.peek().map_or(NEVER, |&Reverse((at, _))| at);
        self.tree.set(slot::CLOCK, at);
    }

    /// Key of a member.
    pub(super) fn member_key(&self, p: usize, member: u32) -> Key {
        let people = self.pool_key(p).child(PEOPLE);
        people.child(u64::from(member))
    }

    /// Key of a member, and the offset of the purposes of the present session.
    fn member(&self, p: usize, member: u32) -> (Key, u64) {
        let known = self.registers[p].members.get(member as usize);
        let person = self.member_key(p, member);
        (person, STRIDE * u64::from(known.map_or(0, |m| m.sessions)))
    }

    /// Draws when a member logs on next: the hazard is rate x availability. `epoch` tells a draw apart that is made again when an
    /// epoch begins.
    pub(super) fn plan_log_on(&mut self, p: usize, member: u32, epoch: usize) {
        let Supply::Gig(gig) = &self.laws.model.pools[p].supply else {
            return;
        };
        let segment = self.registers[p].segment(member);
        let law = &gig.segments[segment];
        if law.rate <= 0.0 {
            return;
        }
        let (mut person, session) = self.member(p, member);
        if epoch > 0 {
            person = person.child(epoch as u64);
        }
        let e = -libm::log(person.uniform(purpose::OFFLINE + session));
        let budget = e / law.rate * 1e6;
        if !self.registers[p].crowds.is_empty() {
            self.join_crowd(p, segment, member, budget);
        } else if let Some(at) = law.availability.advance(self.now, budget) {
            self.push_tick(
                at,
                Tick::LogOn {
                    pool: p as u16,
                    member,
                },
            );
        }
    }

    /// A member has logged off and will come again.
    pub(super) fn plan_return(&mut self, p: usize, member: u32) {
        if self.registers[p].blocks.is_some() {
            self.leave_block(p, member);
        }
        if let Supply::Gig(gig) = &self.laws.model.pools[p].supply
            && let LogOn::Members(members) = gig.log_on
            && !self.registers[p].has_left(member)
        {
            self.registers[p].members[member as usize].sessions += 1;
            if member < members || gig.turnover.is_some() {
                self.plan_log_on(p, member, 0);
            }
        }
    }

    /// Something is due by the clock.
    pub(super) fn tick(&mut self) {
        let Some(Reverse((_, tick))) = self.clock.pop() else {
            return;
        };
        self.aim_clock();
        match tick {
            Tick::LogOn { pool, member } => self.member_logs_on(usize::from(pool), member),
            Tick::SessionEnd { agent, generation } => {
                let a = &self.agents[agent as usize];
                if a.generation == generation && a.state == State::On {
                    self.end_of_session(agent);
                }
            }
            Tick::ShiftBegin {
                pool,
                template,
                shift,
            } => self.begin_shift(usize::from(pool), usize::from(template), shift as usize),
            Tick::ShiftEnd { pool } => self.end_shifts(usize::from(pool)),
            Tick::Person {
                pool,
                number,
                generation,
            } => self.person_due(usize::from(pool), number, generation),
            Tick::Crowd {
                pool,
                segment,
                generation,
            } => self.crowd_is_due(usize::from(pool), usize::from(segment), generation),
            Tick::Tired { agent, since } => self.grow_tired(agent, since),
            Tick::Look { pool } => self.look_at_queues(usize::from(pool)),
            Tick::Week { pool } => self.end_week(usize::from(pool)),
            Tick::Applicant { pool, number } => self.apply(usize::from(pool), number),
            Tick::Join { pool, number } => self.join_register(usize::from(pool), number),
            Tick::Day => self.close_day(),
            Tick::Review { pool } => self.review(usize::from(pool)),
            Tick::OpenWeek { pool, week } => self.open_week(usize::from(pool), week as usize),
            Tick::GiveBack {
                pool,
                member,
                first,
                end,
            } => self.give_back(usize::from(pool), member, first as usize..end as usize),
            Tick::Block { pool, block } => self.begin_block(usize::from(pool), block as usize),
        }
    }

    pub(super) fn member_logs_on(&mut self, p: usize, member: u32) {
        let laws = self.laws;
        let (Some(law), Supply::Gig(gig)) = (&laws.pools[p].gig, &laws.model.pools[p].supply)
        else {
            return;
        };
        if self.registers[p].has_left(member) {
            return;
        }
        let (person, session) = self.member(p, member);
        let bits = person.bits(purpose::SESSION + session);
        let segment = self.registers[p].segment(member);
        let length = round_micros(law.segments[segment].session.sample(bits));
        let a = self.come_online(p, member, law);
        if laws.pools[p].shift_end == ShiftEnd::WhenIdle {
            self.agents[a as usize].budget = length;
            self.run_budget(a);
        } else {
            let generation = self.agents[a as usize].generation;
            self.push_tick(
                self.now + length,
                Tick::SessionEnd {
                    agent: a,
                    generation,
                },
            );
        }
        if gig.log_on == LogOn::Open {
            self.plan_log_on(p, member + 1, 0);
        }
        self.fill(p);
    }

    /// A member is online from now on.
    pub(super) fn come_online(&mut self, p: usize, member: u32, law: &GigLaw) -> u32 {
        let (person, session) = self.member(p, member);
        let segment = self.registers[p].segment(member);
        let factor = self.own_factor(p, member) * law.segments[segment].work_factor;
        let a = self.log_on(p, member, factor);
        self.agents[a as usize].segment = segment as u8;
        let tolerance = law.tolerance.as_ref().map_or(NEVER, |t| {
            round_micros(t.sample(person.bits(purpose::TOLERANCE + session)))
        });
        let skill = self.own_skill(p, member);
        self.open_session(a, p, tolerance, skill);
        if law.tolerance.is_some() {
            self.wait_for_work(a);
        }
        a
    }

    /// The agent begins to wait for a contact.
    pub(super) fn wait_for_work(&mut self, a: u32) {
        let Session {
            since, tolerance, ..
        } = self.sessions[a as usize];
        let at = self.now.saturating_add(tolerance);
        if at < self.horizon + DRAIN {
            self.push_tick(at, Tick::Tired { agent: a, since });
        }
    }

    /// The agent leaves, if nothing came up since the wait began.
    fn grow_tired(&mut self, a: u32, since: Micros) {
        let agent = &self.agents[a as usize];
        let law = self.laws.pools[usize::from(agent.pool)].gig.as_ref();
        let session = self.sessions[a as usize];
        if law.is_some_and(|g| g.tolerance.is_some())
            && session.since == since
            && agent.state == State::On
            && agent.listed
            && agent.load == 0
            && agent.since.saturating_add(session.tolerance) <= self.now
        {
            self.log_off(a);
        }
    }

    /// The session's idle time starts to run.
    pub(super) fn run_budget(&mut self, a: u32) {
        let now = self.now;
        let agent = &mut self.agents[a as usize];
        agent.idle_since = now;
        let tick = Tick::SessionEnd {
            agent: a,
            generation: agent.generation,
        };
        let at = now.saturating_add(agent.budget);
        self.push_tick(at, tick);
    }

    /// The session's idle time stands still, if it runs.
    pub(super) fn stop_budget(&mut self, a: u32) {
        let agent = &mut self.agents[a as usize];
        if agent.idle_since != NEVER {
            agent.budget = agent.budget.saturating_sub(self.now - agent.idle_since);
            agent.idle_since = NEVER;
            agent.generation = agent.generation.wrapping_add(1);
        }
    }

    pub(super) fn end_of_session(&mut self, a: u32) {
        let agent = &self.agents[a as usize];
        let p = usize::from(agent.pool);
        let busy = agent.load > 0;
        let offer = agent.offer;
        if let Some(offer) = offer {
            let w = *self.lines[usize::from(offer.queue)].at(offer.place);
            self.unlink_offer(a, offer);
            self.observer.offer_ended(p, &w.contact, w.offered, false);
        }
        if !busy {
            self.log_off(a);
        } else if self.laws.pools[p].shift_end == ShiftEnd::Cut {
            self.cut(vec![a]);
        } else {
            self.retire(a);
        }
        if let Some(offer) = offer {
            self.offer_refused(p, offer);
        }
    }
}
