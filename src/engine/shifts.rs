//! People on shifts: begin, breaks, pauses, end, overtime.

use super::agents::{NOBODY, State};
use super::person::{Counts, Doing, Person, Why};
use super::register::Tick;
use super::staffing::{DAYS, PEOPLE};
use super::{Engine, Observer, STRIDE};
use crate::model::{Begin, Break, Delivery, Pool, Roster, ShiftEnd, Supply};
use crate::random::{Key, purpose, threshold};
use crate::time::{Micros, NEVER, round_micros};

/// The people of one pool with shifts.
pub(super) struct RosterState {
    /// By template: who is the next to be off.
    rota: Vec<u32>,
    /// By template: people on its last shift, those who are off included.
    strength: Vec<u32>,
    /// By template. The i-th person of template t has number i x templates + t; those with i = 0 stand for the paid who are
    /// not there.
    people: Vec<Vec<Person>>,
    /// Since the last settlement.
    counts: Counts,
    since: Micros,
}

impl RosterState {
    pub(super) fn new(pool: &Pool) -> Option<Self> {
        let Supply::Rostered(roster) = &pool.supply else {
            return None;
        };
        Some(Self {
            rota: vec![0; roster.templates.len()],
            strength: vec![0; roster.templates.len()],
            people: vec![vec![Person::NEW]; roster.templates.len()],
            counts: Counts::default(),
            since: 0,
        })
    }

    /// The place of a person among those of the template, and how many they are.
    pub(super) fn place(&self, number: u32) -> (f64, f64) {
        let templates = self.strength.len().max(1) as u32;
        let people = self.strength[(number % templates) as usize];
        (f64::from(number / templates) - 0.5, f64::from(people))
    }
}

impl<'m, O: Observer + ?Sized> Engine<'_, 'm, O> {
    fn roster(&self, p: usize) -> Option<&'m Roster> {
        match &self.laws.model.pools[p].supply {
            Supply::Rostered(roster) => Some(roster),
            _ => None,
        }
    }

    fn person(&mut self, p: usize, number: u32) -> Option<&mut Person> {
        let people = &mut self.rosters[p].as_mut()?.people;
        let templates = people.len().max(1);
        let (t, i) = (number as usize % templates, number as usize / templates);
        people.get_mut(t)?.get_mut(i)
    }

    pub(super) fn person_key(&self, p: usize, number: u32) -> Key {
        self.pool_key(p).child(PEOPLE).child(u64::from(number))
    }

    /// Plans the first shift of each template, the one under way at time 0 if there is one.
    pub(super) fn plan_shifts(&mut self) {
        for p in 0..self.pools.len() {
            let templates = self.roster(p).map_or(&[][..], |r| &r.templates);
            for (t, template) in templates.iter().enumerate() {
                let over = |k: &usize| template.shift(*k).is_some_and(|(_, end)| end == 0);
                let first = (0..template.begins.len()).find(|k| !over(k));
                self.plan_shift(p, t, first.unwrap_or(usize::MAX));
            }
        }
    }

    fn plan_shift(&mut self, p: usize, t: usize, k: usize) {
        let template = self.roster(p).and_then(|r| r.templates.get(t));
        if let Some((from, end)) = template.and_then(|t| t.shift(k)) {
            let (pool, template, shift) = (p as u16, t as u16, k as u32);
            self.push_tick(
                from.max(0) as Micros,
                Tick::ShiftBegin {
                    pool,
                    template,
                    shift,
                },
            );
            self.push_tick(end, Tick::ShiftEnd { pool });
        }
    }

    /// People of the pool for a shift that begins on a day.
    fn people_for(&mut self, p: usize, roster: &Roster, begin: Begin) -> u32 {
        let model = self.laws.model;
        let share = match &roster.delivery {
            Delivery::Fixed(share) => *share,
            Delivery::Daily(law) => {
                let day = self
                    .pool_key(p)
                    .child(DAYS)
                    .child(i64::from(begin.day) as u64);
                law.quantile(day.uniform(purpose::DELIVERY))
            }
        };
        let people = match &roster.contract {
            Some(contract) => {
                let day = self.laws.frame.days.partition_point(|&d| d <= self.now) - 1;
                contract.volume.at(self.now) * self.vendor_scale(p, day)
            }
            None => {
                let scale = roster.group.map_or(1.0, |g| self.staff_scale(g));
                f64::from(model.people_at_start(roster)) * scale
            }
        };
        let people = people * share;
        libm::round(people).clamp(0.0, 1e6) as u32
    }

    /// A shift begins: who is off goes round, the others come or are absent.
    pub(super) fn begin_shift(&mut self, p: usize, t: usize, k: usize) {
        self.plan_shift(p, t, k + 1);
        let Some(roster) = self.roster(p) else {
            return;
        };
        let template = &roster.templates[t];
        let (begin, Some((from, end))) = (template.begins[k], template.shift(k)) else {
            return;
        };
        let n = roster.split(self.people_for(p, roster, begin))[t];
        let off = n - roster.present(n, from).min(n);
        let templates = roster.templates.len() as u32;
        let Some(state) = &mut self.rosters[p] else {
            return;
        };
        if state.people[t].len() <= n as usize {
            state.people[t].resize(n as usize + 1, Person::NEW);
        }
        state.strength[t] = n;
        let first = state.rota[t] % n.max(1);
        state.rota[t] = (first + off) % n.max(1);
        let chance = threshold(roster.absence);
        let mut leave = if roster.is_closed(from) { 0 } else { off };
        for i in 0..n {
            if (i + n - first) % n < off {
                continue;
            }
            let number = (i + 1) * templates + t as u32;
            let day = STRIDE.wrapping_mul(i64::from(begin.day + 1) as u64);
            let bits = self
                .person_key(p, number)
                .bits(purpose::SHIFT_ABSENCE.wrapping_add(day));
            if bits < chance {
                leave += u32::from(roster.absence_paid);
            } else {
                self.start_person(p, number, 1, (from, end), begin.day);
            }
        }
        if leave > 0 {
            self.start_person(p, t as u32, leave, (from, end), begin.day);
        }
        self.fill(p);
    }

    /// A person's shift begins, or has begun before time 0.
    fn start_person(
        &mut self,
        p: usize,
        number: u32,
        heads: u32,
        (from, end): (i64, Micros),
        day: i32,
    ) {
        let elapsed = (self.now as i64).saturating_sub(from).max(0) as Micros;
        let breaks = self.breaks(p, number);
        let over = |b: &Break| b.after + b.length <= elapsed;
        let next = breaks.iter().take_while(|b| over(b)).count();
        let under_way = breaks.get(next).filter(|b| b.after < elapsed);
        self.set_doing(p, number, Doing::Off);
        let mut agent = NOBODY;
        if let Some(person) = self.person(p, number) {
            agent = person.agent;
            person.heads = heads;
            person.from = from;
            person.end = end;
            person.next_break = next + usize::from(under_way.is_some());
        }
        if let Some(b) = under_way {
            return self.go_away(p, number, b.after + b.length - elapsed, Why::of(b));
        }
        let is_there = self.is_there(p, number);
        match self.late(p, number, agent, day).filter(|_| is_there) {
            Some(length) => self.go_away(p, number, length, Why::Astray),
            None => self.come(p, number),
        }
    }

    fn breaks(&self, p: usize, number: u32) -> &'m [Break] {
        let Some(roster) = self.roster(p) else {
            return &[];
        };
        &roster.templates[number as usize % roster.templates.len()].breaks
    }

    /// The person is at work from now on; a break that fell due meanwhile comes first.
    fn come(&mut self, p: usize, number: u32) {
        let now = self.now;
        let breaks = self.breaks(p, number);
        let Some(person) = self.person(p, number) else {
            return;
        };
        if let Some(b) = breaks.get(person.next_break)
            && person.from.saturating_add_unsigned(b.after) <= now as i64
        {
            person.next_break += 1;
            return self.go_away(p, number, b.length, Why::of(b));
        }
        let agent = person.agent;
        person.spells += 1;
        let spell = person.spells;
        self.set_doing(p, number, Doing::Working);
        if self.is_there(p, number) {
            let agent = if agent == NOBODY {
                let factor = self.own_factor(p, number);
                self.log_on(p, number, factor)
            } else {
                self.stay(agent);
                agent
            };
            self.set_experience(agent);
            let pause = self.next_pause(p, number, spell);
            let astray = self.next_astray(p, number, spell);
            if let Some(person) = self.person(p, number) {
                person.agent = agent;
                person.pause_at = pause.min(astray);
                person.strays = astray < pause;
            }
        }
        self.aim_person(p, number);
    }

    /// Whether it is a person; the first numbers stand for people who are not there.
    fn is_there(&self, p: usize, number: u32) -> bool {
        number as usize >= self.rosters[p].as_ref().map_or(0, |r| r.rota.len())
    }

    /// When the next pause of a spell at work is due: exponential, so that breaks need not be taken off.
    fn next_pause(&self, p: usize, number: u32, spell: u32) -> Micros {
        let Some(pauses) = self.roster(p).and_then(|r| r.pauses.as_ref()) else {
            return NEVER;
        };
        let purpose = purpose::PAUSE_GAP + STRIDE * u64::from(spell);
        let e = -libm::log(self.person_key(p, number).uniform(purpose));
        self.now + round_micros(e * pauses.gap * 1e6)
    }

    /// Plans what comes next in the shift.
    fn aim_person(&mut self, p: usize, number: u32) {
        let breaks = self.breaks(p, number);
        let Some(person) = self.person(p, number) else {
            return;
        };
        person.generation = person.generation.wrapping_add(1);
        let at = match person.doing {
            Doing::Working => {
                let due = breaks.get(person.next_break);
                let due = due.map_or(i64::MAX, |b| person.from.saturating_add_unsigned(b.after));
                person.pause_at.min(due as Micros)
            }
            Doing::Away { until, .. } => until,
            Doing::Off | Doing::Due { .. } | Doing::Over => NEVER,
        };
        // From its end on the shift is over.
        if at < person.end {
            let generation = person.generation;
            self.push_tick(
                at,
                Tick::Person {
                    pool: p as u16,
                    number,
                    generation,
                },
            );
        }
    }

    /// A break or pause begins, or is over.
    pub(super) fn person_due(&mut self, p: usize, number: u32, generation: u32) {
        let now = self.now;
        let breaks = self.breaks(p, number);
        let Some(person) = self
            .person(p, number)
            .filter(|x| x.generation == generation)
        else {
            return;
        };
        if person.doing != Doing::Working {
            self.come(p, number);
            return self.fill(p);
        }
        let due = breaks
            .get(person.next_break)
            .filter(|b| person.from.saturating_add_unsigned(b.after) <= now as i64);
        let (length, why) = match due {
            Some(b) => {
                person.next_break += 1;
                (b.length, Why::of(b))
            }
            None if person.strays => {
                let spells = person.spells;
                (self.astray_for(p, number, spells), Why::Astray)
            }
            None => {
                let spell = STRIDE * u64::from(person.spells);
                let bits = self
                    .person_key(p, number)
                    .bits(purpose::PAUSE_LENGTH + spell);
                let law = self.laws.pools[p].pause.as_ref();
                let length = law.map_or(0, |law| round_micros(law.sample(bits)));
                (length, Why::Paid)
            }
        };
        let agent = self.person(p, number).map_or(NOBODY, |x| x.agent);
        if agent == NOBODY {
            return self.go_away(p, number, length, why);
        }
        self.set_doing(p, number, Doing::Due { length, why });
        if self.agents[agent as usize].load == 0 {
            return self.log_off(agent);
        }
        self.aim_person(p, number);
        self.retire(agent);
        self.agents[agent as usize].state = State::Pausing;
    }

    fn go_away(&mut self, p: usize, number: u32, length: Micros, why: Why) {
        let until = self.now.saturating_add(length);
        self.set_doing(p, number, Doing::Away { until, why });
        self.aim_person(p, number);
    }

    /// The agent of a person has logged off: a break begins, or the person goes home.
    pub(super) fn person_left(&mut self, p: usize, number: u32) {
        let Some(person) = self.person(p, number) else {
            return;
        };
        person.agent = NOBODY;
        match person.doing {
            Doing::Due { length, why } => self.go_away(p, number, length, why),
            _ => self.go_home(p, number),
        }
    }

    fn go_home(&mut self, p: usize, number: u32) {
        self.set_doing(p, number, Doing::Off);
        self.aim_person(p, number);
    }

    /// Everybody of pool `p` whose shift is over now leaves, or finishes what is in hand.
    pub(super) fn end_shifts(&mut self, p: usize) {
        let rule = self.laws.pools[p].shift_end;
        let Some(state) = &self.rosters[p] else {
            return;
        };
        let templates = state.people.len();
        let mut due = Vec::new();
        for (t, people) in state.people.iter().enumerate() {
            let over =
                |x: &Person| x.end == self.now && !matches!(x.doing, Doing::Off | Doing::Over);
            let numbers = people.iter().enumerate().filter(|(_, x)| over(x));
            due.extend(numbers.map(|(i, _)| (i * templates + t) as u32));
        }
        let mut cut = Vec::new();
        for number in due {
            let a = self.person(p, number).map_or(NOBODY, |x| x.agent);
            if a == NOBODY {
                self.go_home(p, number);
                continue;
            }
            self.set_doing(p, number, Doing::Over);
            self.aim_person(p, number);
            let agent = &mut self.agents[a as usize];
            if agent.load == 0 {
                self.log_off(a);
            } else if rule == ShiftEnd::Cut {
                cut.push(a);
            } else if agent.state == State::Pausing {
                agent.state = State::Leaving;
                agent.leaving_since = self.now;
            } else if rule == ShiftEnd::Finish {
                self.retire(a);
            }
        }
        self.cut(cut);
    }

    /// An idle agent whose shift was over goes home.
    pub(super) fn leave_if_over(&mut self, a: u32, p: usize) {
        let number = self.agents[a as usize].number;
        if self
            .person(p, number)
            .is_some_and(|x| x.doing == Doing::Over)
        {
            self.log_off(a);
        }
    }

    /// Changes what a person does, and the counts with it.
    fn set_doing(&mut self, p: usize, number: u32, doing: Doing) {
        let is_there = self.is_there(p, number);
        let Some(person) = self.person(p, number) else {
            return;
        };
        let before = person.counts(is_there);
        person.doing = doing;
        let after = person.counts(is_there);
        if after == before {
            return;
        }
        let is_paid_alike = (before.paid, before.overtime) == (after.paid, after.overtime);
        if !is_paid_alike || self.laws.pools[p].astray.is_some() {
            self.settle_shifts(p);
        }
        if let Some(state) = &mut self.rosters[p] {
            state.counts.change(before, after);
        }
    }

    /// Tells the paid time and the overtime up to now, before the numbers change.
    pub(super) fn settle_shifts(&mut self, p: usize) {
        let Some(state) = &mut self.rosters[p] else {
            return;
        };
        if self.now > state.since {
            let (since, counts) = (state.since, state.counts);
            state.since = self.now;
            if counts.paid + counts.overtime > 0 {
                let Counts { paid, overtime, .. } = counts;
                self.observer.shifts(p, since, self.now, paid, overtime);
            }
            if self.laws.pools[p].astray.is_some() {
                let scheduled = counts.there + counts.astray;
                self.observer
                    .adherence(p, since, self.now, scheduled, counts.there);
            }
        }
    }
}
