//! From cases to scenarios, family by family.

pub mod assistant;
pub mod chat;
pub mod classes;
pub mod days;
pub mod gig;
pub mod infinite;
pub mod queues;
pub mod returns;
