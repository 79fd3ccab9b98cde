//! People who are not where their schedule says: spells away that nobody planned.
//!
//! On a plan, places are present and away in turns, whoever has the place; the first ones are taken. With shifts it is the person,
//! who goes when what is in hand is finished.

use crate::engine::keys::{STRIDE, of_pool};
use crate::engine::{Context, EventTree, Sink};
use crate::model::Adherence;
use crate::random::{Key, purpose, threshold};
use crate::time::{Micros, NEVER, round_micros};

/// The places of a plan, each present or away.
pub(super) struct Places {
    places: Vec<Place>,
    /// When each place changes next.
    due: EventTree,
    /// The key of all places, with when they were first drawn: tells the draws apart that are made when another law holds.
    root: Key,
    /// The number of places on the plan and the day for which `away` holds.
    planned: u32,
    day: usize,
    /// Places that are away, of those on the plan whose people are not absent.
    away: u32,
}

#[derive(Clone, Copy)]
struct Place {
    is_away: bool,
    /// Spells of presence so far.
    spells: u32,
}

/// Exponential time until the next spell away.
fn time_present(law: &Adherence, key: Key, spell: u64) -> Micros {
    let e = -libm::log(key.uniform(purpose::UNPLANNED_GAP + STRIDE * spell));
    let seconds = e * law.gap();
    if seconds.is_finite() {
        round_micros(seconds * 1e6)
    } else {
        NEVER
    }
}

/// Length of a spell away, at least a microsecond.
fn time_away(cx: &Context<'_, impl Sink>, p: usize, key: Key, spell: u64) -> Micros {
    let law = cx.laws.pools[p].time_away.as_ref();
    let bits = key.bits(purpose::UNPLANNED_LENGTH + STRIDE * spell);
    law.map_or(0, |law| round_micros(law.sample(bits)).max(1))
}

impl Places {
    pub(super) fn new(cx: &Context<'_, impl Sink>, p: usize) -> Self {
        Self {
            places: Vec::new(),
            due: EventTree::new(0),
            root: cx.pool_key(p).child(of_pool::PLACES).child(cx.now),
            planned: 0,
            day: usize::MAX,
            away: 0,
        }
    }

    /// Who is absent today may be others than before.
    pub(super) fn recount(&mut self) {
        self.day = usize::MAX;
    }

    /// When a place changes next.
    pub(super) fn next(&self) -> Micros {
        self.due.time()
    }

    /// Of the first `planned` places of the plan of pool `p`, how many are away though their people are not absent on this day.
    pub(super) fn away(
        &mut self,
        cx: &Context<'_, impl Sink>,
        (p, law): (usize, &Adherence),
        (planned, day): (u32, usize),
        is_absent: impl Fn(u32) -> bool,
    ) -> u32 {
        let root = self.root;
        let lasts = |is_away: bool, key: Key, spell: u64| {
            if is_away {
                time_away(cx, p, key, spell)
            } else {
                time_present(law, key, spell)
            }
        };
        let counts = |n: u32| n < planned && !is_absent(n);
        while self.places.len() < planned as usize {
            let n = self.places.len() as u32;
            let key = root.child(u64::from(n));
            let is_away = key.bits(purpose::UNPLANNED_AT_START) >= threshold(law.share);
            let until = cx.now.saturating_add(lasts(is_away, key, 0));
            self.due.grow(planned as usize);
            self.due.set(n as usize, until);
            self.places.push(Place { is_away, spells: 0 });
        }
        let recount = (self.planned, self.day) != (planned, day);
        while self.due.time() <= cx.now {
            let (at, n) = (self.due.time(), self.due.slot() as u32);
            let place = &mut self.places[n as usize];
            place.is_away = !place.is_away;
            place.spells += u32::from(!place.is_away);
            let spell = u64::from(place.spells) + 1;
            let length = lasts(place.is_away, root.child(u64::from(n)), spell);
            self.due.set_next(n as usize, at.saturating_add(length));
            if counts(n) && !recount {
                self.away = self.away + u32::from(place.is_away) - u32::from(!place.is_away);
            }
        }
        if recount {
            let is_away = |n: &u32| counts(*n) && self.places[*n as usize].is_away;
            self.away = (0..planned).filter(is_away).count() as u32;
            (self.planned, self.day) = (planned, day);
        }
        self.away
    }
}

/// When the next spell away begins of a person on shifts whose spell of presence begins now.
pub(super) fn next_away(cx: &Context<'_, impl Sink>, p: usize, number: u32, spell: u32) -> Micros {
    cx.laws.model.pools[p].adherence().map_or(NEVER, |law| {
        let present = time_present(law, cx.person_key(p, number), u64::from(spell));
        cx.now.saturating_add(present)
    })
}

/// How long a person is away whose spell away begins now.
pub(super) fn away_for(cx: &Context<'_, impl Sink>, p: usize, number: u32, spell: u32) -> Micros {
    time_away(cx, p, cx.person_key(p, number), u64::from(spell))
}

/// How long a person whose shift of a day begins is late, if so.
pub(super) fn late(cx: &Context<'_, impl Sink>, p: usize, number: u32, day: i32) -> Option<Micros> {
    let law = cx.laws.model.pools[p].adherence()?;
    let key = cx.person_key(p, number);
    let word = STRIDE.wrapping_mul(i64::from(day + 1) as u64);
    let is_late = key.bits(purpose::UNPLANNED_AT_START.wrapping_add(word)) >= threshold(law.share);
    // Apart from the spells at work.
    is_late.then(|| time_away(cx, p, key.child(word), 0))
}
