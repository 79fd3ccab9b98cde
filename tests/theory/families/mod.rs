//! From cases to scenarios, family by family.

pub(crate) mod assistant;
pub(crate) mod chat;
pub(crate) mod classes;
pub(crate) mod days;
pub(crate) mod gig;
pub(crate) mod infinite;
pub(crate) mod queues;
pub(crate) mod returns;
pub(crate) mod rules;
