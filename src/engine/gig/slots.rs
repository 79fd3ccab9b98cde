//! Blocks of time that members book ahead, and come for.
//!
//! **A week opens** `ahead` of its begin: members choose in order of tier, by lot within one. Each lines up the blocks that have a
//! slot left by an exponential clock over the availability within the block (so that the first is a block with a probability
//! in proportion to it), and books from one after the other a stretch of the length of a session, until the hours are used up.
//!
//! **A block begins**: whoever is online and has not booked it ends the session; whoever has booked it and is not online logs on,
//! unless the stretch is one of absence. So neighbouring blocks are one session.

use super::{Gig, GigView};
use crate::engine::keys::STRIDE;
use crate::engine::{Bookings, Context, DRAIN, NOBODY, Observer, Sink, State, Tick, grown};
use crate::model::{GigSupply, LogOn, Segment, SlotPlan};
use crate::random::{purpose, threshold};
use crate::time::{Micros, NEVER};
use std::ops::Range;

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

    /// Slots that a member held in the end, or had released and nobody had taken.
    fn committed(&self) -> u32 {
        self.members.len() as u32 + self.tally.released - self.tally.taken_again
    }
}

/// Until which block a member who has booked a stretch stays away, and whether as a no-show.
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

    /// How much of a block members of a segment like to work.
    fn liked(&self, block: usize, plan: &SlotPlan, habits: &Segment) -> f64 {
        let begin = self.begin(block);
        let end = self.begin(block + 1).min(begin + plan.block);
        habits.availability.integral(begin, end)
    }

    /// The blocks of a week.
    fn week(&self, week: usize) -> Range<usize> {
        self.weeks[week]..self.weeks[week + 1]
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
        *grown(&mut self.away, member as usize, Away::default()) = Away { until, no_show };
    }

    /// The member books the blocks.
    fn book(&mut self, week: usize, blocks: Range<usize>, member: u32) {
        *grown(&mut self.used[week], member as usize, 0) += blocks.len() as u32;
        for block in blocks {
            self.blocks[block].members.push(member);
        }
    }

    fn used(&self, week: usize, member: u32) -> u32 {
        self.used[week].get(member as usize).copied().unwrap_or(0)
    }
}

/// The slots of pool `p`, if members book them, and the register.
fn slot_plan<'e>(cx: &Context<'e, impl Sink>, p: usize) -> Option<(&'e GigSupply, &'e SlotPlan)> {
    let gig = cx.register(p)?;
    Some((gig, gig.slots.as_ref()?))
}

impl Gig {
    /// Whether somebody is in the register.
    fn is_member(&self, cx: &Context<'_, impl Sink>, p: usize, member: u32) -> bool {
        let is_known = |gig: &GigSupply| match gig.log_on {
            LogOn::Members(members) => gig.turnover.is_some() || member < members,
            LogOn::Open => true,
        };
        cx.register(p).is_some_and(is_known) && !self.registers[p].of(member).left
    }

    /// Those who may book, in order of tier and by lot.
    fn choosers(&self, cx: &Context<'_, impl Sink>, p: usize, week: usize) -> Vec<u32> {
        let register = &self.registers[p];
        let lot = purpose::SLOT_ORDER + STRIDE * week as u64;
        let mut order: Vec<(u8, u64, u32)> = (0..register.members.len() as u32)
            .filter(|&member| self.is_member(cx, p, member))
            .map(|member| {
                let tier = self.tier(cx, p, member);
                (tier, cx.person_key(p, member).bits(lot), member)
            })
            .collect();
        order.sort_unstable();
        order.into_iter().map(|(.., member)| member).collect()
    }
}

impl<S: Sink> GigView<'_, '_, S> {
    /// The first weeks open.
    pub(crate) fn plan_blocks(&mut self, p: usize) {
        if let Some((_, plan)) = slot_plan(self.cx, p) {
            let days = &self.cx.laws.frame.days;
            let book = BlockBook::new(plan, days, self.cx.horizon + DRAIN);
            self.gig.registers[p].blocks = Some(Box::new(book));
            self.cx.tick(0, Tick::OpenWeek(p as u16, 0));
            self.cx.tick(0, Tick::Block(p as u16, 0));
        }
    }

    /// The slots of a week open and are booked.
    pub(crate) fn open_week(&mut self, p: usize, week: usize) {
        let (Some((gig, plan)), Some(mut book)) =
            (slot_plan(self.cx, p), self.gig.registers[p].blocks.take())
        else {
            return;
        };
        let blocks = book.week(week);
        book.used.push(Vec::new());
        for b in blocks.clone() {
            let mut block = Block::default();
            let opened = libm::round(plan.agents.at(book.begin(b)));
            block.tally.opened = opened.clamp(0.0, 1e6) as u32;
            book.blocks.push(block);
        }
        for member in self.gig.choosers(self.cx, p, week) {
            if !book.blocks[blocks.clone()].iter().any(Block::has_room) {
                break;
            }
            self.choose_blocks(p, (gig, plan), &mut book, week, member);
        }
        for block in &mut book.blocks[blocks] {
            block.tally.booked = block.members.len() as u32;
        }
        let next = week + 1;
        if next + 1 < book.weeks.len() {
            let at = book.begin(book.weeks[next]).saturating_sub(plan.ahead);
            self.cx
                .tick(at.max(self.cx.now), Tick::OpenWeek(p as u16, next as u32));
        }
        self.gig.registers[p].blocks = Some(book);
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
        let person = self.cx.person_key(p, member);
        let segment = self.gig.registers[p].segment(member);
        let habits = &gig.segments[segment];
        let mut left = plan.blocks_in(habits.hours_per_week);
        let blocks = book.week(week);
        let mut order: Vec<(f64, usize)> = Vec::with_capacity(blocks.len());
        for b in blocks.clone().filter(|&b| book.blocks[b].has_room()) {
            let weight = book.liked(b, plan, habits);
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
                    && book.liked(b, plan, habits) > 0.0
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
                let stretch = [first as u32, end as u32];
                self.cx.tick(
                    at.max(self.cx.now),
                    Tick::Release(p as u16, member, stretch),
                );
            }
        }
    }

    /// A member releases a stretch; somebody else may take it whole.
    pub(crate) fn release(&mut self, p: usize, member: u32, stretch: Range<usize>) {
        let (Some((gig, plan)), Some(mut book)) =
            (slot_plan(self.cx, p), self.gig.registers[p].blocks.take())
        else {
            return;
        };
        for b in stretch.clone() {
            let block = &mut book.blocks[b];
            block.members.retain(|&m| m != member);
            block.tally.released += 1;
        }
        let word = purpose::SLOT_TAKEN + STRIDE * stretch.start as u64;
        if self.cx.person_key(p, member).bits(word) < threshold(plan.taken_again) {
            let week = book.week_of(stretch.start);
            let suits = |&m: &u32| {
                let habits = &gig.segments[self.gig.registers[p].segment(m)];
                let used = book.used(week, m) + stretch.len() as u32;
                let can = |b: usize| !book.is_booked(b, m) && book.liked(b, plan, habits) > 0.0;
                m != member
                    && used <= plan.blocks_in(habits.hours_per_week)
                    && stretch.clone().all(can)
            };
            if let Some(taker) = self.gig.choosers(self.cx, p, week).into_iter().find(suits) {
                book.book(week, stretch.clone(), taker);
                for b in stretch {
                    book.blocks[b].tally.taken_again += 1;
                }
            }
        }
        self.gig.registers[p].blocks = Some(book);
    }

    /// A block begins. Returns the agents whose sessions end with the one before, and the members who log on for it.
    pub(crate) fn begin_block(&mut self, p: usize, b: usize) -> Option<(Vec<u32>, Vec<u32>)> {
        self.tell_blocks(p);
        let (_, plan) = slot_plan(self.cx, p)?;
        let mut book = self.gig.registers[p].blocks.take()?;
        // Those who have left the register release what is still booked.
        let block = &mut book.blocks[b];
        let before = block.members.len();
        block.members.retain(|&m| self.gig.is_member(self.cx, p, m));
        block.tally.released += (before - block.members.len()) as u32;
        let members = block.members.clone();
        let mut online = vec![NOBODY; self.gig.registers[p].members.len()];
        let mut over = Vec::new();
        for a in self.agents.online(p) {
            let agent = &self.agents[a];
            online[agent.number as usize] = a;
            if agent.state == State::On && !members.contains(&agent.number) {
                over.push(a);
            }
        }
        let mut come = Vec::new();
        let mut working = 0;
        for &m in &members {
            let a = online[m as usize];
            if a != NOBODY {
                working += 1;
                self.agents.stay(self.cx, a);
                continue;
            }
            if book.away(m).until <= b {
                let person = self.cx.person_key(p, m);
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
        self.cx
            .observer
            .bookings(p, self.cx.now, book.blocks[b].tally);
        if let Some(last) = b.checked_sub(1) {
            book.blocks[last].members = Vec::new();
        }
        if b + 1 < book.begins.len() {
            self.cx
                .tick(book.begin(b + 1), Tick::Block(p as u16, b as u32 + 1));
        }
        self.gig.registers[p].blocks = Some(book);
        Some((over, come))
    }

    /// A member has logged off: who does so within a stretch that is booked does not come back in it.
    pub(crate) fn leave_block(&mut self, p: usize, member: u32) {
        self.tell_blocks(p);
        if let Some(book) = &mut self.gig.registers[p].blocks
            && book.is_booked(book.current, member)
        {
            book.working -= 1;
            book.stay_away(book.current, member, false);
        }
    }

    /// Tells the time committed and worked up to now.
    pub(crate) fn tell_blocks(&mut self, p: usize) {
        let now = self.cx.now;
        if let Some(book) = &mut self.gig.registers[p].blocks {
            let since = std::mem::replace(&mut book.told, now);
            let (committed, working) = (book.committed, book.working);
            self.cx
                .observer
                .committed(p, since, now, committed, working);
        }
    }
}
