//! Values of more than one word: numbers with units, dates and opening hours, distributions, patterns of time, CSV files.

pub(super) mod csv;
pub(super) mod distributions;
pub(super) mod frame;
pub(super) mod numbers;
pub(super) mod patterns;
mod plain;

pub(super) use csv::{Csv, Row};
pub(super) use distributions::has_key_of;
pub(super) use frame::{DRAIN, Frame, MONTHS, WEEKDAYS, parse_clock, parse_days, product};
pub(super) use numbers::{in_words, parse_length, unit_seconds};
pub(super) use patterns::{Pattern, When, civil_time, gcd};
pub(super) use plain::{plain, plain_keys};
