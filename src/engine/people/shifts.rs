//! People on shifts: begin, breaks, pauses, end, overtime.

use super::adherence::{away_for, late, next_away};
use super::experience::{Staff, delivered};
use super::person::{Counts, Doing, Person, Why};
use crate::engine::keys::STRIDE;
use crate::engine::{Agents, Context, NOBODY, Observer, Sink, State, Tick};
use crate::model::{Begin, Break, ShiftEnd};
use crate::random::{purpose, threshold};
use crate::time::{Micros, NEVER, round_micros};

/// The people of one pool, if it has shifts.
pub(crate) struct RosterState {
    pool: usize,
    /// By template: who is the next to be off.
    rota: Vec<u32>,
    /// By template: people on its last shift, those who are off included.
    strength: Vec<u32>,
    /// By template. The i-th person of template t has number i x templates + t; those with i = 0 stand for people who are paid
    /// without being at work.
    people: Vec<Vec<Person>>,
    /// Since the last time that they were told.
    counts: Counts,
    since: Micros,
}

impl RosterState {
    /// Those of all pools, with the first shift of each template planned, the one under way at time 0 if there is one.
    pub(crate) fn of_pools(cx: &mut Context<'_, impl Sink>) -> Vec<Self> {
        let mut by_pool = Vec::new();
        for p in 0..cx.laws.pools.len() {
            let templates = cx.roster(p).map_or(&[][..], |r| &r.templates);
            for (t, template) in templates.iter().enumerate() {
                let over = |k: &usize| template.shift(*k).is_some_and(|(_, end)| end == 0);
                if let Some(first) = (0..template.begins.len()).find(|k| !over(k)) {
                    plan_shift(cx, p, t, first);
                }
            }
            let templates = templates.len();
            by_pool.push(Self {
                pool: p,
                rota: vec![0; templates],
                strength: vec![0; templates],
                people: vec![vec![Person::NEW]; templates],
                counts: Counts::default(),
                since: 0,
            });
        }
        by_pool
    }

    /// Where a person stands among those of the template: 0 who is there longest, 1 the newest.
    fn rank(&self, number: u32) -> f64 {
        let templates = self.strength.len() as u32;
        let people = self.strength[(number % templates) as usize];
        (f64::from(number / templates) - 0.5) / f64::from(people).max(1.0)
    }

    /// Whether it is a person; the first numbers stand for people who are paid without being at work.
    fn is_real(&self, number: u32) -> bool {
        number as usize >= self.rota.len()
    }

    fn person(&mut self, number: u32) -> &mut Person {
        let templates = self.people.len();
        &mut self.people[number as usize % templates][number as usize / templates]
    }

    fn breaks<'e>(&self, cx: &Context<'e, impl Sink>, number: u32) -> &'e [Break] {
        let Some(roster) = cx.roster(self.pool) else {
            return &[];
        };
        &roster.templates[number as usize % roster.templates.len()].breaks
    }
}

/// The people of a pool with shifts together with what else changes when they come and go.
pub(crate) struct RosterView<'x, 'e, S> {
    pub(crate) state: &'x mut RosterState,
    pub(crate) cx: &'x mut Context<'e, S>,
    pub(crate) agents: &'x mut Agents,
    pub(crate) staff: &'x mut Staff,
}

impl<S: Sink> RosterView<'_, '_, S> {
    /// Changes what a person does, and the counts with it.
    fn set_doing(&mut self, number: u32, doing: Doing) {
        let is_real = self.state.is_real(number);
        let person = self.state.person(number);
        let before = person.counts(is_real);
        person.doing = doing;
        let after = person.counts(is_real);
        if after == before {
            return;
        }
        let is_paid_alike = (before.paid, before.overtime) == (after.paid, after.overtime);
        if !is_paid_alike || self.cx.laws.pools[self.state.pool].time_away.is_some() {
            self.tell();
        }
        self.state.counts.change(before, after);
    }

    /// Tells the paid time and the overtime up to now, before the numbers change.
    pub(crate) fn tell(&mut self) {
        if self.cx.now <= self.state.since || self.state.people.is_empty() {
            return;
        }
        let (p, counts) = (self.state.pool, self.state.counts);
        let since = std::mem::replace(&mut self.state.since, self.cx.now);
        if counts.paid + counts.overtime > 0 {
            self.cx
                .observer
                .shifts(p, since, self.cx.now, counts.paid, counts.overtime);
        }
        if self.cx.laws.pools[p].time_away.is_some() {
            let present = counts.present;
            self.cx
                .observer
                .adherence(p, since, self.cx.now, present + counts.away, present);
        }
    }

    /// Plans what comes next in the shift of a person.
    fn aim(&mut self, number: u32) {
        let (pool, breaks) = (self.state.pool as u16, self.state.breaks(self.cx, number));
        let person = self.state.person(number);
        person.generation = person.generation.wrapping_add(1);
        let at = match person.doing {
            Doing::Working => {
                let due = breaks.get(person.next_break);
                let due = due.map_or(i64::MAX, |b| person.from.saturating_add_unsigned(b.after));
                person.pause_at.min(due as Micros)
            }
            Doing::Away(until, _) => until,
            Doing::Off | Doing::Due(..) | Doing::Over => NEVER,
        };
        // From its end on the shift is over.
        if at < person.end {
            self.cx
                .tick(at, Tick::Person(pool, number, person.generation));
        }
    }

    fn go_away(&mut self, number: u32, away: (Micros, Why)) {
        let until = self.cx.now.saturating_add(away.0);
        self.set_doing(number, Doing::Away(until, away.1));
        self.aim(number);
    }

    /// A person's shift begins, or has begun before time 0; or that of so many people together.
    fn start(&mut self, (number, heads): (u32, u32), (from, end, day): (i64, Micros, i32)) {
        let elapsed = (self.cx.now as i64).saturating_sub(from).max(0) as Micros;
        let breaks = self.state.breaks(self.cx, number);
        let over = |b: &Break| b.after + b.length <= elapsed;
        let next = breaks.iter().take_while(|b| over(b)).count();
        let under_way = breaks.get(next).filter(|b| b.after < elapsed);
        self.set_doing(number, Doing::Off);
        let person = self.state.person(number);
        let agent = person.agent;
        (person.heads, person.from, person.end) = (heads, from, end);
        person.next_break = next + usize::from(under_way.is_some());
        if let Some(b) = under_way {
            let away = (b.after + b.length - elapsed, Why::of(b));
            return self.go_away(number, away);
        }
        // Nobody is late who still has something in hand.
        let may_be_late = self.state.is_real(number) && agent == NOBODY;
        match late(self.cx, self.state.pool, number, day).filter(|_| may_be_late) {
            Some(length) => self.go_away(number, (length, Why::Unplanned)),
            None => self.come(number),
        }
    }

    /// The person is at work from now on; a break that fell due meanwhile comes first.
    fn come(&mut self, number: u32) {
        let (p, breaks) = (self.state.pool, self.state.breaks(self.cx, number));
        let person = self.state.person(number);
        if let Some(b) = person.break_due(breaks, self.cx.now) {
            return self.go_away(number, (b.length, Why::of(b)));
        }
        person.spells += 1;
        let (agent, spell) = (person.agent, person.spells);
        self.set_doing(number, Doing::Working);
        if self.state.is_real(number) {
            let agent = if agent == NOBODY {
                let factor = self.cx.own_factor(p, number);
                self.agents.log_on(self.cx, p, number, factor)
            } else {
                self.agents.stay(self.cx, agent);
                agent
            };
            let rank = |_: &Staff| self.state.rank(number);
            self.staff.set_experience(self.cx, self.agents, agent, rank);
            let pause = next_pause(self.cx, p, number, spell);
            let away = next_away(self.cx, p, number, spell);
            let person = self.state.person(number);
            person.agent = agent;
            person.pause_at = pause.min(away);
            person.leaves_unplanned = away < pause;
        }
        self.aim(number);
    }

    fn go_home(&mut self, number: u32) {
        self.set_doing(number, Doing::Off);
        self.aim(number);
    }

    /// The agent of a person, with empty hands, logs off: a break begins, or the person goes home.
    pub(crate) fn log_off(&mut self, a: u32) {
        let (_, number) = self.agents.log_off(self.cx, a);
        let person = self.state.person(number);
        person.agent = NOBODY;
        if let Doing::Due(length, why) = person.doing {
            self.go_away(number, (length, why));
        } else {
            self.go_home(number);
        }
    }

    /// A shift begins: those who are off go round, the others come or are absent. Whether people were planned for it.
    pub(crate) fn begin_shift(&mut self, t: usize, k: usize) -> bool {
        let p = self.state.pool;
        plan_shift(self.cx, p, t, k + 1);
        let Some(roster) = self.cx.roster(p) else {
            return false;
        };
        let template = &roster.templates[t];
        let (begin, Some((from, end))) = (template.begins[k], template.shift(k)) else {
            return false;
        };
        let split = roster.split(people_for(self.cx, self.staff, p, begin));
        let n = split[t];
        let off = n - roster.present(&split, t, from);
        let templates = roster.templates.len() as u32;
        if self.state.people[t].len() <= n as usize {
            self.state.people[t].resize(n as usize + 1, Person::NEW);
        }
        self.state.strength[t] = n;
        let first = self.state.rota[t] % n.max(1);
        self.state.rota[t] = (first + off) % n.max(1);
        let chance = threshold(roster.absence);
        let word = STRIDE.wrapping_mul(i64::from(begin.day + 1) as u64);
        let word = purpose::SHIFT_ABSENCE.wrapping_add(word);
        let shift = (from, end, begin.day);
        let mut leave = if roster.is_closed(from) { 0 } else { off };
        for i in 0..n {
            if (i + n - first) % n < off {
                continue;
            }
            let number = (i + 1) * templates + t as u32;
            if self.cx.person_key(p, number).bits(word) < chance {
                leave += u32::from(roster.absence_paid);
            } else {
                self.start((number, 1), shift);
            }
        }
        if leave > 0 {
            self.start((t as u32, leave), shift);
        }
        true
    }

    /// A break or pause of a person begins, or is over. Whether somebody may be at work again.
    pub(crate) fn person_due(&mut self, number: u32, generation: u32) -> bool {
        let (p, breaks) = (self.state.pool, self.state.breaks(self.cx, number));
        let person = self.state.person(number);
        if person.generation != generation {
            return false;
        }
        if person.doing != Doing::Working {
            self.come(number);
            return true;
        }
        let (agent, spell) = (person.agent, person.spells);
        let (length, why) = match person.break_due(breaks, self.cx.now) {
            Some(b) => (b.length, Why::of(b)),
            None if person.leaves_unplanned => {
                (away_for(self.cx, p, number, spell), Why::Unplanned)
            }
            None => (length_of_pause(self.cx, p, number, spell), Why::Paid),
        };
        if agent == NOBODY {
            self.go_away(number, (length, why));
            return false;
        }
        self.set_doing(number, Doing::Due(length, why));
        if self.agents[agent].load == 0 {
            self.log_off(agent);
        } else {
            self.aim(number);
            self.agents.retire(self.cx.now, agent);
            self.agents[agent].state = State::Pausing;
        }
        false
    }

    /// Everybody whose shift is over now leaves, or finishes what is in hand. Returns the agents whose time is up at once.
    pub(crate) fn end_shifts(&mut self) -> Vec<u32> {
        let mut cut = Vec::new();
        let templates = self.state.people.len();
        let mut due = Vec::new();
        for (t, people) in self.state.people.iter().enumerate() {
            let over =
                |x: &Person| x.end == self.cx.now && !matches!(x.doing, Doing::Off | Doing::Over);
            let numbers = people.iter().enumerate().filter(|(_, x)| over(x));
            due.extend(numbers.map(|(i, _)| (i * templates + t) as u32));
        }
        let rule = self.cx.laws.pools[self.state.pool].shift_end;
        for number in due {
            let a = self.state.person(number).agent;
            if a == NOBODY {
                self.go_home(number);
                continue;
            }
            self.set_doing(number, Doing::Over);
            self.aim(number);
            let agent = &mut self.agents[a];
            if agent.load == 0 {
                self.log_off(a);
            } else if rule == ShiftEnd::Cut {
                cut.push(a);
            } else if agent.state == State::Pausing {
                agent.state = State::Leaving;
                agent.since = self.cx.now;
            } else if rule == ShiftEnd::Finish {
                self.agents.retire(self.cx.now, a);
            }
        }
        cut
    }

    /// Whether the shift of agent `a` is over.
    pub(crate) fn is_over(&mut self, a: u32) -> bool {
        self.state.person(self.agents[a].number).doing == Doing::Over
    }
}

/// When the next pause of a spell at work is due: exponential, so that breaks need not be taken off.
fn next_pause(cx: &Context<'_, impl Sink>, p: usize, number: u32, spell: u32) -> Micros {
    let Some(pauses) = cx.roster(p).and_then(|r| r.pauses.as_ref()) else {
        return NEVER;
    };
    let purpose = purpose::PAUSE_GAP + STRIDE * u64::from(spell);
    let e = -libm::log(cx.person_key(p, number).uniform(purpose));
    cx.now + round_micros(e * pauses.gap * 1e6)
}

/// How long the pause of a spell at work is.
fn length_of_pause(cx: &Context<'_, impl Sink>, p: usize, number: u32, spell: u32) -> Micros {
    let word = purpose::PAUSE_LENGTH + STRIDE * u64::from(spell);
    let bits = cx.person_key(p, number).bits(word);
    let law = cx.laws.pools[p].pause.as_ref();
    law.map_or(0, |law| round_micros(law.sample(bits)))
}

/// People of pool `p` for a shift that begins on a day.
fn people_for(cx: &Context<'_, impl Sink>, staff: &mut Staff, p: usize, begin: Begin) -> u32 {
    let Some(roster) = cx.roster(p) else { return 0 };
    let people = match &roster.contract {
        Some(contract) => contract.volume.at(cx.now),
        None => f64::from(cx.laws.model.people_at_start(roster)),
    };
    let share = delivered(&roster.delivery, cx.day_key(p, begin.day.into()));
    libm::round(people * staff.scale(cx, p) * share).clamp(0.0, 1e6) as u32
}

/// Plans the k-th shift of a template, if there is one.
fn plan_shift(cx: &mut Context<'_, impl Sink>, p: usize, t: usize, k: usize) {
    let template = cx.roster(p).and_then(|r| r.templates.get(t));
    if let Some((from, end)) = template.and_then(|t| t.shift(k)) {
        let begin = Tick::ShiftBegin(p as u16, t as u16, k as u32);
        cx.tick(from.max(0) as Micros, begin);
        cx.tick(end, Tick::ShiftEnd(p as u16));
    }
}
