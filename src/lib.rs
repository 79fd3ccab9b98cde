//! A discrete-event staffing simulator for customer support that is AI-first with people behind it.
//!
//! Contacts meet an assistant; some are handed over to people: own staff, an outsourcer's agents, or an on-demand gig pool. The
//! program says how many people of which kind are needed, at what cost, what service the customer gets, and how sure that is.
//!
//! This page is the map of the code. For users there are the README and the guide (`docs/guide.md`); `scenarios/FORMAT.md` has
//! every key of a scenario file; `docs/design.md` says what to touch for a change, and has the decisions with their reasons.
//!
//! ```text
//! data      scenario --> model --> engine --> measure --> experiment --> results --> report
//!           (TOML)    (validated) (events)    (sums)     (estimates)   (one value)  (tables, sentences, page)
//!                                                |                         |
//!                                             finance                 files of a folder, read back
//!
//! imports   text slots time random dist stats erlang <- model <- engine <- measure <- finance <- experiment <- staff
//!               <- { scenario, results } <- log <- calibrate <- report <- cli <- main
//! ```
//!
//! A module imports only modules that stand before it in that line; a test enforces it.
//!
//! **Foundations**, which know nothing of contact centres: [`text`] knows the characters that cannot be seen; [`time`] is
//! simulated and civil time; [`random`] the random numbers, each a function of its key; [`dist`] distributions with their sampling
//! tables; [`stats`] means, confidence intervals, quantiles, survival, fitted laws, selection, sensitivity; [`erlang`] the formulas of
//! queues, as a reference for tests and reports.
//!
//! **The simulation proper** cannot fail, opens nothing and prints nothing. [`model`] is what the operation is: plain validated
//! data. [`engine`] simulates one replication, event by event, and tells an observer about it. [`measure`] counts what it is told
//! (sums first) and evaluates every measure (ratios last). [`finance`] turns counts and prices into costs. [`experiment`] runs
//! replications in parallel, as many as are planned or as a precision takes, folds them in order, compares scenarios, selects the
//! best, and sweeps over the points of a design. [`staff`] searches the cheapest plan of agents that keeps the targets.
//!
//! **Adapters** each know one outside format. [`scenario`] reads the TOML file and explains what is wrong with it. [`results`] is a
//! run as one value: it writes the files of a folder, complete or not at all, and reads them back. [`log`] reads recorded contacts
//! and counts by interval, as switches and helpdesks export them. [`calibrate`] fits what they can tell about a scenario. [`report`]
//! puts results into sentences, tables, figures and a page. `cli` (feature `cli`) is the command line, and the only module that prints.
//!
//! # Invariants
//! - A result is a function of scenario and seed: the same bytes whatever the number of threads, the order of the files, or
//!   the machine. Every random number is keyed by seed, replication, entity and purpose; transcendental functions come from the
//!   `libm` crate, never from the platform.
//! - Contacts that began are contacts that ended plus contacts in the system, at every step of every replication; otherwise the
//!   run is an error.
//! - The engine cannot fail: whatever could be wrong was refused when the model was checked. The library does not panic on
//!   any input, does not print, and uses no network.
//!
//! # What is deliberately absent
//! - Preemption of a contact by a more urgent one.
//! - The clock of the machine in anything that reaches a result; hash maps on the way to a number.
//! - A general-purpose process language: the engine knows contact centres and nothing else.
//!
//! # Example
//! ```
//! use handover::experiment::{Job, run};
//! use handover::scenario::{InMemory, load};
//! use std::path::Path;
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
//! let outcome = &run(&[job], &()).expect("contacts are conserved")[0];
//! let abandoned = outcome.total("abandonment_rate").and_then(|e| e.mean).expect("contacts arrived");
//! assert!(abandoned > 0.0 && abandoned < 0.2);
//! ```

pub mod calibrate;
#[cfg(feature = "cli")]
pub mod cli;
pub mod dist;
pub mod engine;
pub mod erlang;
pub mod experiment;
pub mod finance;
pub mod log;
pub mod measure;
pub mod model;
pub mod random;
pub mod report;
pub mod results;
pub mod scenario;
mod slots;
pub mod staff;
pub mod stats;
pub mod text;
pub mod time;
