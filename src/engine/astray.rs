//! People who are not where their schedule says: spells away that nobody planned.
//!
//! On a plan its places are there and away in turns, whoever has the place; the first ones are taken. With shifts it is the
//! person, who goes when what is in hand is finished.

use super::agents::NOBODY;
use super::{Engine, Observer, STRIDE};
use crate::model::Adherence;
use crate::random::{Key, purpose, threshold};
use crate::time::{Micros, NEVER, round_micros};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Kind of entity below a pool's key: places of the plan.
const PLACES: u64 = 5;

/// The places of a plan.
pub(super) struct Astray {
    places: Vec<Place>,
    /// When a place is taken or left next.
    due: BinaryHeap<Reverse<(Micros, u32)>>,
    /// Tells the draws apart that are made when other numbers hold.
    since: Micros,
    /// Places on the plan, and of these without absent people those that are away; of the day.
    planned: u32,
    day: usize,
    away: u32,
}

#[derive(Clone, Copy)]
struct Place {
    is_away: bool,
    /// Spells there so far.
    spells: u32,
}

impl Astray {
    /// Who is absent today may be others than before.
    pub(super) fn recount(&mut self) {
        self.day = usize::MAX;
    }

    /// When something changes next.
    pub(super) fn next(&self) -> Micros {
        self.due.peek().map_or(NEVER, |d| d.0.0)
    }
}

/// Exponential time there until the next spell away.
fn time_there(law: &Adherence, key: Key, spell: u64) -> Micros {
    let e = -libm::log(key.uniform(purpose::ASTRAY_GAP + STRIDE * spell));
    let seconds = e * law.gap();
    if seconds.is_finite() {
        round_micros(seconds * 1e6)
    } else {
        NEVER
    }
}

impl<O: Observer + ?Sized> Engine<'_, '_, O> {
    fn adherence(&self, p: usize) -> Option<&Adherence> {
        self.laws.model.pools[p].adherence()
    }

    fn time_away(&self, p: usize, key: Key, spell: u64) -> Micros {
        let law = self.laws.pools[p].astray.as_ref();
        let bits = key.bits(purpose::ASTRAY_LENGTH + STRIDE * spell);
        law.map_or(0, |law| round_micros(law.sample(bits)).max(1))
    }

    /// Of the first `planned` places of the plan of `staff[i]`, of which `scheduled` have somebody who is not absent, those where
    /// somebody is.
    pub(super) fn there(&mut self, i: usize, planned: u32, scheduled: u32) -> u32 {
        let (p, now, day) = (self.staff[i].pool, self.now, self.staff[i].day);
        let mut astray = self.staff[i].astray.take().unwrap_or_else(|| {
            Box::new(Astray {
                places: Vec::new(),
                due: BinaryHeap::new(),
                since: now,
                planned: 0,
                day: usize::MAX,
                away: 0,
            })
        });
        let root = self.pool_key(p).child(PLACES).child(astray.since);
        let Some(law) = self.adherence(p) else {
            return scheduled;
        };
        let counts = |n: u32| n < planned && !self.staff[i].is_absent(n);
        while astray.places.len() < planned as usize {
            let n = astray.places.len() as u32;
            let key = root.child(u64::from(n));
            let is_away = key.bits(purpose::ASTRAY_FIRST) >= threshold(law.share);
            let lasts = if is_away {
                self.time_away(p, key, 0)
            } else {
                time_there(law, key, 0)
            };
            astray.due.push(Reverse((now.saturating_add(lasts), n)));
            astray.places.push(Place { is_away, spells: 0 });
        }
        let recount = (astray.planned, astray.day) != (planned, day);
        while let Some(&Reverse((at, n))) = astray.due.peek()
            && at <= now
        {
            astray.due.pop();
            let key = root.child(u64::from(n));
            let place = &mut astray.places[n as usize];
            place.is_away = !place.is_away;
            place.spells += u32::from(!place.is_away);
            let spell = u64::from(place.spells) + 1;
            let lasts = if place.is_away {
                self.time_away(p, key, spell)
            } else {
                time_there(law, key, spell)
            };
            astray.due.push(Reverse((at.saturating_add(lasts), n)));
            if counts(n) && !recount {
                astray.away = astray.away + u32::from(place.is_away) - u32::from(!place.is_away);
            }
        }
        if recount {
            let is_away = |n: &u32| counts(*n) && astray.places[*n as usize].is_away;
            astray.away = (0..planned).filter(is_away).count() as u32;
            (astray.planned, astray.day) = (planned, day);
        }
        let there = scheduled - astray.away;
        self.staff[i].astray = Some(astray);
        self.settle_duty(p);
        self.pools[p].scheduled = scheduled;
        there
    }

    /// When a person on shifts goes astray next.
    pub(super) fn next_astray(&self, p: usize, number: u32, spell: u32) -> Micros {
        let law = self.adherence(p);
        law.map_or(NEVER, |law| {
            let key = self.person_key(p, number);
            let there = time_there(law, key, u64::from(spell));
            self.now.saturating_add(there)
        })
    }

    /// How long a person is away who goes astray now.
    pub(super) fn astray_for(&self, p: usize, number: u32, spell: u32) -> Micros {
        let key = self.person_key(p, number);
        self.time_away(p, key, u64::from(spell))
    }

    /// How long a person whose shift of a day begins is late, if so; nobody is who still has something in hand.
    pub(super) fn late(&self, p: usize, number: u32, agent: u32, day: i32) -> Option<Micros> {
        let law = self.adherence(p).filter(|_| agent == NOBODY)?;
        let key = self.person_key(p, number);
        let word = STRIDE.wrapping_mul(i64::from(day + 1) as u64);
        let is_late = key.bits(purpose::ASTRAY_FIRST.wrapping_add(word)) >= threshold(law.share);
        // Apart from the spells at work.
        let key = key.child(word);
        is_late.then(|| self.time_away(p, key, 0))
    }
}
