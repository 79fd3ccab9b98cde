//! Blocks of time that members book ahead, and come for.
//!
//! **A week opens** `ahead` of its begin: members choose in order of tier, by lot within one. Each lines up the blocks that have a
//! slot left by an exponential clock over the availability within the block (so that the first is a block with a probability
//! in proportion to it), and books from one after the other a stretch of the length of a session, until the hours are used up.
//!
//! **A block begins**: who was online and has not booked it ends the session, who has booked it and is not there logs on, unless the
//! stretch is one of absence. So neighbouring blocks are one session.

use super::agents::{NOBODY, State};
use super::register::Tick;
use super::{DRAIN, Engine, Observer, STRIDE};
use crate::model::{GigSupply, LogOn, SlotPlan, Supply};
use crate::random::{purpose, threshold};
use crate::time::{Micros, NEVER};
use std::ops::Range;

/// What became of the slots of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bookings {
    /// Opened.
    pub opened: u32,
    /// Booked by somebody when the week opened.
    pub booked: u32,
    /// Of these, given back.
    pub released: u32,
    /// Of these, taken by somebody else.
    pub taken_again: u32,
    /// Slots, booked in the end, for which nobody came.
    pub no_shows: u32,
}

/// A block of a week that has opened.
#[derive(Default)]
struct Block {
    /// Who has booked it.
    members: Vec<u32>,
    tally: Bookings,
}

impl Block {
    fn has_room(&self) -> bool {
        (self.members.len() as u32) < self.tally.opened
    }

    /// Slots to which somebody was committed in the end, or gave back without anybody in their place.
    fn committed(&self) -> u32 {
        self.members.len() as u32 + self.tally.released - self.tally.taken_again
    }
}

/// Why a member who has booked a stretch is not there, until which block.
#[derive(Clone, Copy, Default)]
struct Away {
    until: usize,
    no_show: bool,
}

/// The blocks of a register.
#[derive(Default)]
pub(super) struct BlockBook {
    /// Begins of all blocks until the end of the drain.
    begins: Vec<Micros>,
    /// First block of each week, and one past the last of all.
    weeks: Vec<usize>,
    /// Those of the weeks that have opened.
    blocks: Vec<Block>,
    /// By week that has opened and by member: blocks booked.
    used: Vec<Vec<u32>>,
    /// By member.
    away: Vec<Away>,
    /// The block under way.
    current: usize,
    /// Committed to it, and of these online.
    committed: u32,
    working: u32,
    told: Micros,
}

impl BlockBook {
    /// Blocks of local days, of which these are the begins, until `end`.
    fn new(plan: &SlotPlan, days: &[Micros], end: Micros) -> Self {
        let (mut begins, mut weeks) = (Vec::new(), Vec::new());
        for (d, &day) in days.iter().enumerate() {
            if d % 7 == 0 {
                weeks.push(begins.len());
            }
            let next = days.get(d + 1).copied().unwrap_or(end).min(end);
            let blocks = (0..).map(|k| day + k * plan.block);
            begins.extend(blocks.take_while(|&at| at < next));
        }
        weeks.push(begins.len());
        Self {
            begins,
            weeks,
            ..Self::default()
        }
    }

    fn begin(&self, block: usize) -> Micros {
        self.begins.get(block).copied().unwrap_or(NEVER)
    }

    fn end(&self, block: usize, plan: &SlotPlan) -> Micros {
        self.begin(block + 1).min(self.begin(block) + plan.block)
    }

    fn week_of(&self, block: usize) -> usize {
        self.weeks.partition_point(|&first| first <= block) - 1
    }

    fn is_booked(&self, block: usize, member: u32) -> bool {
        let block = self.blocks.get(block);
        block.is_some_and(|b| b.members.contains(&member))
    }

    /// One past the last block of the run from `block` on that the member has booked.
    fn run_end(&self, block: usize, member: u32) -> usize {
        let mut end = block;
        while self.is_booked(end, member) {
            end += 1;
        }
        end
    }

    fn away(&self, member: u32) -> Away {
        self.away.get(member as usize).copied().unwrap_or_default()
    }

    /// The member does not come, or not again, for the run of blocks that goes on at `block`.
    fn stay_away(&mut self, block: usize, member: u32, no_show: bool) {
        let until = self.run_end(block, member);
        if self.away.len() <= member as usize {
            self.away.resize(member as usize + 1, Away::default());
        }
        self.away[member as usize] = Away { until, no_show };
    }

    /// The member books the blocks.
    fn book(&mut self, week: usize, blocks: Range<usize>, member: u32) {
        let used = &mut self.used[week];
        if used.len() <= member as usize {
            used.resize(member as usize + 1, 0);
        }
        used[member as usize] += blocks.len() as u32;
        for block in blocks {
            self.blocks[block].members.push(member);
        }
    }

    fn used(&self, week: usize, member: u32) -> u32 {
        self.used[week].get(member as usize).copied().unwrap_or(0)
    }
}

impl<'m, O: Observer + ?Sized> Engine<'_, 'm, O> {
    fn slot_plan(&self, p: usize) -> Option<(&'m GigSupply, &'m SlotPlan)> {
        match &self.laws.model.pools[p].supply {
            Supply::Gig(gig) => gig.slots.as_ref().map(|slots| (&**gig, slots)),
            _ => None,
        }
    }

    /// The first weeks open.
    pub(super) fn plan_blocks(&mut self, p: usize) {
        if let Some((_, plan)) = self.slot_plan(p) {
            let days = &self.laws.frame.days;
            let book = BlockBook::new(plan, days, self.horizon + DRAIN);
            self.registers[p].blocks = Some(Box::new(book));
            let pool = p as u16;
            self.push_tick(0, Tick::OpenWeek { pool, week: 0 });
            self.push_tick(0, Tick::Block { pool, block: 0 });
        }
    }

    /// Whether somebody is in the register.
    fn is_member(&self, p: usize, gig: &GigSupply, member: u32) -> bool {
        let known = match gig.log_on {
            LogOn::Members(members) if gig.turnover.is_none() => member < members,
            _ => true,
        };
        known && !self.registers[p].has_left(member)
    }

    /// Those who may book, in order of tier and by lot.
    fn choosers(&self, p: usize, gig: &GigSupply, week: usize) -> Vec<u32> {
        let register = &self.registers[p];
        let lot = purpose::SLOT_ORDER + STRIDE * week as u64;
        let mut order: Vec<(u8, u64, u32)> = (0..register.size() as u32)
            .filter(|&member| self.is_member(p, gig, member))
            .map(|member| {
                let segment = register.segment(member);
                let tier = self.tier(p, member, segment as u8);
                (tier, self.member_key(p, member).bits(lot), member)
            })
            .collect();
        order.sort_unstable();
        order.into_iter().map(|(.., member)| member).collect()
    }

    /// The slots of a week open and are booked.
    pub(super) fn open_week(&mut self, p: usize, week: usize) {
        let (Some((gig, plan)), Some(mut book)) =
            (self.slot_plan(p), self.registers[p].blocks.take())
        else {
            return;
        };
        let blocks = book.weeks[week]..book.weeks[week + 1];
        book.used.push(Vec::new());
        for block in blocks.clone() {
            let opened = libm::round(plan.agents.at(book.begin(block))).clamp(0.0, 1e6) as u32;
            let tally = Bookings {
                opened,
                ..Bookings::default()
            };
            let members = Vec::new();
            book.blocks.push(Block { members, tally });
        }
        let mut open = blocks.clone().any(|b| book.blocks[b].has_room());
        for member in self.choosers(p, gig, week) {
            if !open {
                break;
            }
            self.choose_blocks(p, (gig, plan), &mut book, week, member);
            open = blocks.clone().any(|b| book.blocks[b].has_room());
        }
        for block in &mut book.blocks[blocks] {
            block.tally.booked = block.members.len() as u32;
        }
        let next = week + 1;
        if next + 1 < book.weeks.len() {
            let at = book.begin(book.weeks[next]).saturating_sub(plan.ahead);
            let tick = Tick::OpenWeek {
                pool: p as u16,
                week: next as u32,
            };
            self.push_tick(at.max(self.now), tick);
        }
        self.registers[p].blocks = Some(book);
    }

    /// A member books stretches of the week, the preferred first.
    fn choose_blocks(
        &mut self,
        p: usize,
        (gig, plan): (&GigSupply, &SlotPlan),
        book: &mut BlockBook,
        week: usize,
        member: u32,
    ) {
        let person = self.member_key(p, member);
        let segment = self.registers[p].segment(member);
        let habits = &gig.segments[segment];
        let mut left = plan.blocks_in(habits.hours_per_week);
        let blocks = book.weeks[week]..book.weeks[week + 1];
        let liked = |book: &BlockBook, b: usize| {
            let (begin, end) = (book.begin(b), book.end(b, plan));
            habits.availability.integral(begin, end)
        };
        let mut order: Vec<(f64, usize)> = Vec::with_capacity(blocks.len());
        for b in blocks.clone().filter(|&b| book.blocks[b].has_room()) {
            let weight = liked(book, b);
            if weight > 0.0 {
                let u = person.uniform(purpose::SLOT_CHOICE + STRIDE * b as u64);
                order.push((-libm::log(u) / weight, b));
            }
        }
        order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (_, first) in order {
            if left == 0 {
                break;
            }
            let free = |book: &BlockBook, b: usize| {
                book.blocks[b].has_room()
                    && book.blocks[b].members.last() != Some(&member)
                    && liked(book, b) > 0.0
            };
            let word = purpose::SESSION + STRIDE * first as u64;
            let length = habits.session.quantile(person.uniform(word)) * 1e6;
            let wanted = libm::round(length / plan.block as f64).clamp(1.0, f64::from(left));
            let most = (first + wanted as usize).min(blocks.end);
            let end = (first..most).find(|&b| !free(book, b)).unwrap_or(most);
            if end == first {
                continue;
            }
            book.book(week, first..end, member);
            left -= (end - first) as u32;
            let release = person.bits(purpose::SLOT_RELEASE + STRIDE * first as u64);
            if release < threshold(plan.release) {
                let at = book.begin(first).saturating_sub(plan.notice);
                let tick = Tick::GiveBack {
                    pool: p as u16,
                    member,
                    first: first as u32,
                    end: end as u32,
                };
                self.push_tick(at.max(self.now), tick);
            }
        }
    }

    /// A member gives a stretch back; somebody else may take it whole.
    pub(super) fn give_back(&mut self, p: usize, member: u32, stretch: Range<usize>) {
        let (Some((gig, plan)), Some(mut book)) =
            (self.slot_plan(p), self.registers[p].blocks.take())
        else {
            return;
        };
        for b in stretch.clone() {
            let block = &mut book.blocks[b];
            block.members.retain(|&m| m != member);
            block.tally.released += 1;
        }
        let word = purpose::SLOT_TAKEN + STRIDE * stretch.start as u64;
        if self.member_key(p, member).bits(word) < threshold(plan.taken_again) {
            let week = book.week_of(stretch.start);
            let suits = |&m: &u32| {
                let habits = &gig.segments[self.registers[p].segment(m)];
                let used = book.used(week, m) + stretch.len() as u32;
                let can = |b: usize| {
                    let (begin, end) = (book.begin(b), book.end(b, plan));
                    !book.is_booked(b, m) && habits.availability.integral(begin, end) > 0.0
                };
                m != member
                    && used <= plan.blocks_in(habits.hours_per_week)
                    && stretch.clone().all(can)
            };
            if let Some(taker) = self.choosers(p, gig, week).into_iter().find(suits) {
                book.book(week, stretch.clone(), taker);
                for b in stretch {
                    book.blocks[b].tally.taken_again += 1;
                }
            }
        }
        self.registers[p].blocks = Some(book);
    }

    /// A block begins.
    pub(super) fn begin_block(&mut self, p: usize, b: usize) {
        self.settle_blocks(p);
        let (Some((gig, plan)), Some(mut book)) =
            (self.slot_plan(p), self.registers[p].blocks.take())
        else {
            return;
        };
        // Who has left the register gives back what is still booked.
        let here = |m: &u32| self.is_member(p, gig, *m);
        let block = &mut book.blocks[b];
        let before = block.members.len();
        block.members.retain(here);
        block.tally.released += (before - block.members.len()) as u32;
        let members = block.members.clone();
        let mut online = vec![NOBODY; self.registers[p].size()];
        let mut over = Vec::new();
        for (a, agent) in (0..).zip(self.agents.iter()) {
            if usize::from(agent.pool) == p && agent.is_online() {
                online[agent.number as usize] = a;
                if agent.state == State::On && !members.contains(&agent.number) {
                    over.push(a);
                }
            }
        }
        let mut come = Vec::new();
        let mut working = 0;
        for &m in &members {
            let a = online[m as usize];
            if a != NOBODY {
                working += 1;
                self.stay(a);
                continue;
            }
            if book.away(m).until <= b {
                let person = self.member_key(p, m);
                let fails = person.bits(purpose::NO_SHOW + STRIDE * b as u64);
                if fails >= threshold(plan.no_show) {
                    come.push(m);
                    continue;
                }
                book.stay_away(b, m, true);
            }
            book.blocks[b].tally.no_shows += u32::from(book.away(m).no_show);
        }
        (book.current, book.committed) = (b, book.blocks[b].committed());
        book.working = working + come.len() as u32;
        self.observer.bookings(p, self.now, book.blocks[b].tally);
        if let Some(last) = b.checked_sub(1) {
            book.blocks[last].members = Vec::new();
        }
        let next = book.begin(b + 1);
        let is_known = b + 1 < book.begins.len();
        self.registers[p].blocks = Some(book);
        for a in over {
            let agent = &self.agents[a as usize];
            if usize::from(agent.pool) == p && agent.state == State::On {
                self.end_of_session(a);
            }
        }
        if let Some(law) = &self.laws.pools[p].gig {
            for m in come {
                self.come_online(p, m, law);
            }
        }
        self.fill(p);
        if is_known {
            let tick = Tick::Block {
                pool: p as u16,
                block: b as u32 + 1,
            };
            self.push_tick(next, tick);
        }
    }

    /// A member has logged off: who does so within a stretch that is booked does not come back in it.
    pub(super) fn leave_block(&mut self, p: usize, member: u32) {
        self.settle_blocks(p);
        if let Some(book) = &mut self.registers[p].blocks
            && book.is_booked(book.current, member)
        {
            book.working -= 1;
            book.stay_away(book.current, member, false);
        }
    }

    /// Tells the time committed and worked up to now.
    pub(super) fn settle_blocks(&mut self, p: usize) {
        let now = self.now;
        if let Some(book) = &mut self.registers[p].blocks {
            let since = std::mem::replace(&mut book.told, now);
            let (committed, working) = (book.committed, book.working);
            self.observer.committed(p, since, now, committed, working);
        }
    }
}
