//! All tests of the package as one binary.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests compare with the platform's functions and may fail loudly"
)]

mod about;
mod architecture;
mod breakeven;
mod busyness;
mod calendar;
mod calibrate;
mod callback;
mod cli;
mod cohorts;
mod compare;
mod contract;
mod counting;
mod coverage;
mod documentation;
mod errors;
mod finance;
mod fuzz;
mod gig;
mod invariants;
mod limits;
mod logs;
mod markets;
mod models;
mod monthly;
mod moves;
mod order;
mod parts;
mod people;

mod report;
mod required;
mod requirement;
mod returns;
mod sample;
mod satisfaction;
mod scenarios;
mod schema;
mod settling;
mod shifts;
mod shown;
mod single_file;
mod staff;
mod statistics;
mod streams;
mod sweep;
mod theory;
mod timeline;
mod traces;
mod workbook;
mod workforce;
