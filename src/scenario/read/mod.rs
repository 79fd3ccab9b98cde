//! From the tree to the model: a file for each section, and `build` for the order in which they are read.

mod assistant;
mod blocks;
pub(super) mod build;
mod changes;
mod clocks;
mod contracts;
mod course;
mod demand;
mod events;
mod gig;
mod groups;
mod human;
mod markets;
mod pools;
pub(super) mod precision;
mod prices;
pub(super) mod reach;
mod records;
mod returns;
mod routes;
mod satisfaction;
mod shifts;
pub(super) mod timeline;
mod topics;
mod turnover;
mod types;
mod volume;
