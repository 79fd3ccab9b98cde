//! The lists in which agents with a free slot stand: one for each pool and load, in the order in which they came.

use super::{Agents, State};
use crate::model::Select;
use crate::slots::Slots;
use crate::time::Micros;

/// Loads of agents with a free slot: an agent has at most so many contacts in hand.
pub(crate) const LOADS: usize = 16;

/// Neighbours in a list, which is a ring: its head comes before the first agent and after the last.
#[derive(Clone, Copy)]
pub(super) struct Link {
    pub(super) prev: u32,
    pub(super) next: u32,
}

/// The lists of all loads of so many pools, with nobody in them: their heads, which the links of the agents follow.
pub(super) fn empty_lists(pools: usize) -> Slots<Link> {
    let head = |i| Link { prev: i, next: i };
    (0..(pools * LOADS) as u32).map(head).collect()
}

impl Agents {
    /// Puts an agent with a free slot into the list of its load.
    #[inline(always)]
    pub(crate) fn enlist(&mut self, now: Micros, a: u32) {
        let agent = &mut self.records[a as usize];
        debug_assert!(!agent.listed && agent.state == State::On);
        let (p, load) = (usize::from(agent.pool), usize::from(agent.load) % LOADS);
        agent.listed = true;
        agent.since = now;
        let pool = &mut self.pools[p];
        pool.listed += 1;
        if pool.keeps_bag {
            agent.bag = pool.bag.len() as u32;
            pool.bag.push(a);
        }
        pool.loads |= 1 << load;
        self.available |= 1 << (p % 64);
        let (head, here) = (p * LOADS + load, self.heads + a as usize);
        let last = self.links[head].prev;
        self.links[here] = Link {
            prev: last,
            next: head as u32,
        };
        self.links[last as usize].next = here as u32;
        self.links[head].prev = here as u32;
    }

    /// Takes an agent out of its list, before the load changes.
    #[inline(always)]
    pub(crate) fn unlist(&mut self, a: u32) {
        let agent = &mut self.records[a as usize];
        if !agent.listed {
            return;
        }
        agent.listed = false;
        let (p, load) = (usize::from(agent.pool), usize::from(agent.load) % LOADS);
        let bag = agent.bag;
        let pool = &mut self.pools[p];
        pool.listed -= 1;
        if pool.keeps_bag {
            pool.bag.swap_remove(bag as usize);
            if let Some(&moved) = pool.bag.get(bag as usize) {
                self.records[moved as usize].bag = bag;
            }
        }
        let Link { prev, next } = self.links[self.heads + a as usize];
        self.links[prev as usize].next = next;
        self.links[next as usize].prev = prev;
        // Nobody but the head is left.
        if prev == next {
            pool.loads &= !(1 << load);
            if pool.loads == 0 {
                self.available &= !(self.is_narrow << (p % 64));
            }
        }
        // The next one of the list is the first now, as a rule.
        self.expect(std::iter::once(next.wrapping_sub(self.heads as u32)));
    }

    /// Whether an agent of pool `p` has a free slot.
    #[inline(always)]
    pub(crate) fn has_free(&self, p: usize) -> bool {
        self.pools[p].loads != 0
    }

    /// An agent of pool `p` with nothing in hand, the last to have become idle.
    pub(crate) fn last_idle(&self, p: usize) -> Option<u32> {
        let last = self.links[p * LOADS].prev as usize;
        (last >= self.heads).then(|| (last - self.heads) as u32)
    }

    /// The agents of pool `p` with so many contacts in hand who could take one more, in the order of the list.
    pub(crate) fn in_list(&self, p: usize, load: usize) -> impl Iterator<Item = u32> {
        let follow = |i: usize| Some(self.links[i].next as usize).filter(|&i| i >= self.heads);
        std::iter::successors(follow(p * LOADS + load), move |&i| follow(i))
            .map(|i| (i - self.heads) as u32)
    }

    /// The agents with the fewest contacts in hand of pool `p`, which has somebody available.
    pub(crate) fn least_loaded(&self, p: usize) -> impl Iterator<Item = u32> {
        self.in_list(p, self.pools[p].loads.trailing_zeros() as usize)
    }

    /// First agent of the list that `rule` prefers in pool `p`, which has somebody available.
    #[inline(always)]
    pub(crate) fn first(&self, p: usize, rule: Select) -> u32 {
        let pool = &self.pools[p];
        let load = if rule == Select::MostLoaded {
            31 - pool.loads.leading_zeros()
        } else {
            pool.loads.trailing_zeros()
        };
        self.links[p * LOADS + load as usize % LOADS].next - self.heads as u32
    }

    /// The agent whose list comes first by `rule`.
    #[inline(always)]
    pub(crate) fn choose_by_list(
        &self,
        mut pools: impl Iterator<Item = usize>,
        rule: Select,
    ) -> Option<u32> {
        let mut best = self.first(pools.next()?, rule);
        for p in pools {
            let other = self.first(p, rule);
            let rank = |a: u32| {
                let agent = &self[a];
                let load = if rule == Select::MostLoaded {
                    255 - agent.load
                } else {
                    agent.load
                };
                (load, agent.since)
            };
            if rank(other) < rank(best) {
                best = other;
            }
        }
        Some(best)
    }

    #[inline(never)]
    pub(crate) fn pick_random(
        &self,
        pools: impl Iterator<Item = usize> + Clone,
        bits: impl FnOnce() -> u64,
    ) -> Option<u32> {
        let listed = |p: usize| u64::from(self.pools[p].listed);
        let total: u64 = pools.clone().map(listed).sum();
        let mut n = ((u128::from(bits()) * u128::from(total)) >> 64) as u32;
        for p in pools {
            let pool = &self.pools[p];
            if n < pool.listed {
                if let Some(&a) = pool.bag.get(n as usize) {
                    return Some(a);
                }
                // A pool with another rule of its own keeps no bag: walk its lists.
                let mut all = (0..LOADS).flat_map(|load| self.in_list(p, load));
                return all.nth(n as usize);
            }
            n -= pool.listed;
        }
        None
    }
}
