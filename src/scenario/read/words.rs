//! Choices of the model that a scenario names by one of the declared words: each word is the name of a variant.

use crate::model::{Closed, Overflow, PoolKind, RankedBy, ReturnClock, Select, ShiftEnd, Take};
use crate::scenario::text::{FromItem, Item};

macro_rules! words {
    ($($choice:ty),*) => {$(
        impl FromItem for $choice {
            fn from_item(item: &Item<'_>) -> Option<Self> {
                item.variant()
            }
        }
    )*};
}

words!(
    Closed,
    Overflow,
    PoolKind,
    RankedBy,
    ReturnClock,
    Select,
    ShiftEnd,
    Take
);
