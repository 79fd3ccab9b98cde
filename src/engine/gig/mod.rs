//! The registers of gig pools: members who log on when they like, or book slots; their pay, tiers, and turnover.

mod change;
mod log_on;
mod pay;
mod rating;
mod register;
mod slots;
mod turnover;

use crate::engine::{Agents, Context};
use pay::Session;
use register::Register;

/// The registers and the sessions of their members.
pub(crate) struct Gig {
    /// By pool; empty where the pool has none.
    registers: Vec<Register>,
    /// By agent, as far as agents of registers go.
    sessions: Vec<Session>,
}

/// The registers together with what else changes when their members come, go and are paid.
pub(crate) struct GigView<'x, 'e, S> {
    pub(crate) gig: &'x mut Gig,
    pub(crate) cx: &'x mut Context<'e, S>,
    pub(crate) agents: &'x mut Agents,
}
