//! Values of more than one word: numbers with units, dates and opening hours, distributions, patterns of time, CSV files.

pub(super) mod csv;
pub(super) mod distributions;
pub(super) mod frame;
pub(super) mod numbers;
pub(super) mod patterns;
