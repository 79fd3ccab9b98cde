//! handover: a discrete-event staffing simulator for customer support that is AI-first with people behind it.
//!
//! Inquiries meet an assistant, some are handed over to people, and the people are in-house staff, an outsourcer's agents
//! or an on-demand gig pool. The program answers how many people, of which kind, with what service for the customer, and
//! how sure we are. This page is the map of the code; the README is the guide for users, `scenarios/FORMAT.md` the reference
//! of the scenario file.
//!
//! ```text
//! data      scenario --> model --> engine --> measure --> experiment --> report
//!           (TOML)    (validated) (events)   (counts)    (estimates)    (tables, sentences)
//!                                                |            |
//!                                                           results (CSV, JSON) --> report (HTML)
//!
//! imports   slots time random dist stats erlang <- model <- engine <- measure <- finance <- experiment
//!               <- { scenario, results } <- report <- cli <- main
//! ```
//!
//! A module imports only modules before it in that line; a test enforces it.
//!
//! **Foundations**, without a contact-centre word in them: [`time`] is simulated and civil time; [`random`] the keyed streams;
//! [`dist`] distributions with their sampling tables; [`stats`] tallies, intervals, quantiles; [`erlang`] the formulas
//! of Erlang B, C and A as oracle and reference.
//!
//! **The simulation proper**: [`model`] is what the operation is, validated plain data. [`engine`] plays one replication, event
//! by event, and tells an observer about it. [`measure`] counts (sums first) and gives every measure as a formula (ratios
//! last). [`finance`] turns counts and prices into costs. [`experiment`] runs replications in parallel and folds them in order,
//! as many as planned or as a precision or a choice takes, and compares scenarios; it makes designs of many points and sweeps over
//! them.
//!
//! **Adapters**, each of which knows one outside format: [`scenario`] reads the TOML file and explains what is wrong with it;
//! [`results`] makes the files of a run, written whole or not at all, and reads them back; [`report`] puts estimates into a reader's
//! words, in the terminal and as a page;
//! [`cli`] is the command line, and the only one that prints.
//!
//! # Invariants
//! - A result is a function of scenario and seed: the same bytes whatever the number of threads, the order of the files, or
//!   the machine. Every draw is keyed by seed, replication, entity and purpose; transcendental functions come from the
//!   `libm` crate, never from the platform.
//! - Contacts begun are contacts ended and contacts in the system, at every step of every replication; a run in which they are
//!   not is an error.
//! - The engine cannot fail: whatever could be wrong was refused when the model was checked. The library does not panic on
//!   any input, does not print, and touches no network.
//!
//! # What is deliberately absent
//! Preemption of a contact by a more urgent one; a clock of the machine in anything that reaches a result; hash maps on the way
//! to a number; a general-purpose process language: the engine knows contact centres and nothing else.
//!
//! # Example
//! ```
//! use handover::experiment::{Job, run};
//! use handover::scenario::{InMemory, load};
//! use std::{path::Path, sync::atomic::AtomicBool};
//!
//! let file = r#"
//!     horizon = "1 day"
//!     demand  = { rate = "60 / h" }
//!     topic   = [ { name = "calls", work = { exponential = "5 min" }, patience = { exponential = "5 min" } } ]
//!     pool    = [ { name = "agents", kind = "employed", agents = 6 } ]
//! "#;
//! let files = InMemory::new().with("calls.toml", file);
//! let scenario = load(Path::new("calls.toml"), &[], &files).expect("the file is valid");
//! let job = Job { model: &scenario.model, plan: scenario.plan };
//! let outcome = &run(&[job], &(), &AtomicBool::new(false)).expect("contacts are conserved")[0];
//! let abandoned = outcome.total("abandonment_rate").and_then(|e| e.mean).expect("contacts arrived");
//! assert!(abandoned > 0.0 && abandoned < 0.2);
//! ```

#[cfg(feature = "cli")]
pub mod cli;
pub mod dist;
pub mod engine;
pub mod erlang;
pub mod experiment;
pub mod finance;
pub mod measure;
pub mod model;
pub mod random;
pub mod report;
pub mod results;
pub mod scenario;
mod slots;
pub mod stats;
pub mod time;
