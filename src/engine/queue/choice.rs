//! Which contact a free agent of a pool takes: best class first, then the rule of the pool.

use super::{Queues, Waiting};
use crate::engine::laws::pool::PoolLaw;
use crate::engine::laws::queue::StepLaw;
use crate::engine::{Context, Sink};
use crate::model::Take;
use crate::time::{Micros, NEVER};
use std::hint::select_unpredictable;

/// Whether step `s` is open for a waiting contact: by time, or because the steps before it are exhausted.
pub(crate) fn is_open(w: &Waiting, s: usize, after: Micros, now: Micros) -> bool {
    s < usize::from(w.step) || (s == usize::from(w.step) && s > 0) || now >= w.offered + after
}

impl Queues {
    /// The first word of queues from `word` on that may hold somebody whom pool `p` can have now, and its bits.
    #[inline(always)]
    fn next_word(&self, p: usize, word: usize) -> Option<(usize, u64)> {
        let words = self.waiting.len();
        (word..words)
            .map(|w| (w, self.waiting[w] & self.ripe[p * words + w]))
            .find(|&(_, bits)| bits != 0)
    }

    /// Whether some queue may hold somebody whom pool `p` can have now.
    #[inline(always)]
    pub(crate) fn may_hold(&self, p: usize) -> bool {
        self.next_word(p, 0).is_some()
    }

    /// Whether the contact at `place` of queue `q`, which has just joined, is the only one that pool `p` can have now.
    #[inline(always)]
    pub(crate) fn is_alone(
        &self,
        cx: &Context<'_, impl Sink>,
        p: usize,
        (q, place): (usize, u64),
    ) -> bool {
        self.waiting.len() == 1
            && self.waiting[0] & self.ripe[p] == 1 << q
            && self.lines[q].is_first_open(place)
            && !cx.laws.queues[q].repeats_pools
    }

    /// The contact that a free agent of pool `p`, which has `idle` idle ones, takes now: its queue and place.
    #[inline(always)]
    pub(crate) fn best_for(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        (p, idle): (usize, u32),
        law: &PoolLaw,
    ) -> Option<(usize, u64)> {
        if let [waiting] = self.waiting.as_slice() {
            // A single queue to look at needs no ranking.
            let left = waiting & self.ripe[p];
            if left == 0 {
                return None;
            }
            if left & (left - 1) == 0 {
                let q = left.trailing_zeros() as usize;
                let (place, _) = self.first_for(cx, q, (p, idle), law)?;
                return Some((q, place));
            }
        }
        if law.in_order {
            self.best_of_several::<false>(cx, (p, idle))
        } else {
            self.best_of_several::<true>(cx, (p, idle))
        }
    }

    /// The contact that comes first by class, then by the time of its offer; or, in a pool that does not take its contacts in
    /// their order, by weight if the rule of the pool gives one, then by that time less the head start.
    #[inline(never)]
    fn best_of_several<const WEIGHTED: bool>(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        (p, idle): (usize, u32),
    ) -> Option<(usize, u64)> {
        let laws = cx.laws;
        let law = &laws.pools[p];
        let mut best = (usize::MAX, 0);
        let mut best_class = u8::MAX;
        let (mut best_weight, mut best_since) = (f64::INFINITY, i64::MAX);
        let mut next = 0;
        while let Some((word, mut left)) = self.next_word(p, next) {
            next = word + 1;
            while left != 0 {
                let q = word * 64 + left.trailing_zeros() as usize;
                left &= left - 1;
                let queue = &laws.queues[q];
                let class = queue.class;
                if class > best_class {
                    continue;
                }
                let Some((place, offered)) = self.first_for(cx, q, (p, idle), law) else {
                    continue;
                };
                if !WEIGHTED {
                    // Who has waited longest is anybody's guess, so the processor is not asked to guess.
                    let since = offered as i64;
                    let is_better = (class < best_class) | (since < best_since);
                    best.0 = select_unpredictable(is_better, q, best.0);
                    best.1 = select_unpredictable(is_better, place, best.1);
                    best_since = select_unpredictable(is_better, since, best_since);
                    best_class = class;
                    continue;
                }
                let waited = || (cx.now - offered + queue.head_start) as f64;
                // What the pool's rule looks at before the time of the offer; the smaller the sooner.
                let weight = match law.take {
                    Take::LongestRelativeWait => -(waited() / queue.within),
                    Take::WeightedWait => -(waited() * law.weight[q]),
                    Take::Ranking => f64::from(law.rank[q]),
                    Take::LongestWait => 0.0,
                };
                let since = offered as i64 - queue.head_start as i64;
                if class < best_class || (weight, since) < (best_weight, best_since) {
                    best = (q, place);
                    (best_class, best_weight, best_since) = (class, weight, since);
                }
            }
        }
        (best.0 != usize::MAX).then_some(best)
    }

    /// The first contact of queue `q` that pool `p` may take now: its place, and when it was offered.
    #[inline(always)]
    fn first_for(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        q: usize,
        (p, idle): (usize, u32),
        law: &PoolLaw,
    ) -> Option<(u64, Micros)> {
        let (place, offered) = self.purge(cx, q)?;
        let opens_after = law.plain_after[q];
        if opens_after == NEVER {
            return self.first_with_care(cx, q, (p, idle));
        }
        // Everybody in the queue waits for the same steps: the head is the first for whom this one opens.
        if cx.now >= offered + opens_after {
            Some((place, offered))
        } else {
            let word = p * self.waiting.len() + q / 64;
            self.ripe[word] &= !(1 << (q % 64));
            None
        }
    }

    /// As [`Self::first_for`], where not every contact of the queue, or not every agent of the pool, is like the first.
    #[inline(never)]
    fn first_with_care(
        &mut self,
        cx: &mut Context<'_, impl Sink>,
        q: usize,
        (p, idle): (usize, u32),
    ) -> Option<(u64, Micros)> {
        let law = &cx.laws.queues[q];
        for place in self.pass_over(cx, q) {
            let w = self.lines[q].at(place);
            if !w.live {
                continue;
            }
            let (expires, offered) = (w.expires, w.offered);
            if expires < cx.now {
                self.abandon(cx, (q, place), expires);
            } else if may_have(cx, q, w, (p, idle)) {
                if !w.absent {
                    return Some((place, offered));
                }
                self.miss(cx, (q, place));
            } else if !(law.has_offers || law.repeats_pools) {
                // Nobody behind has waited for longer.
                return None;
            }
        }
        None
    }
}

/// Whether pool `p`, with so many idle agents, may take the contact that waits in queue `q`, or be offered it.
#[inline]
fn may_have(cx: &Context<'_, impl Sink>, q: usize, w: &Waiting, (p, idle): (usize, u32)) -> bool {
    let law = &cx.laws.queues[q];
    let pool = &cx.laws.pools[p];
    let gig = pool.gig.as_ref().filter(|_| pool.offers);
    let may_at = |s: usize, step: &StepLaw| {
        let free = match gig {
            None => w.out == 0,
            Some(g) => w.out < g.broadcast && usize::from(w.step) <= s && w.offers < g.max_offers,
        };
        free && is_open(w, s, step.after, cx.now) && step.may_take(p, idle)
    };
    if law.repeats_pools {
        let mut steps = law.steps.iter().enumerate();
        steps.any(|(s, step)| step.members.contains(&p) && may_at(s, step))
    } else {
        let s = usize::from(law.step_of[p]);
        may_at(s, &law.steps[s])
    }
}
