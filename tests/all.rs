//! All tests of the package as one binary.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests compare with the platform's functions and may fail loudly")]

mod architecture;
mod invariants;
mod models;
mod streams;
mod theory;
mod traces;
