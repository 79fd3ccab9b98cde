//! Tables of plain values, which are read as they are declared: fields of the model have the names of their keys.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::scenario::text::{Cursor, FromItem, Item, Key, Kind};
use crate::time::Micros;

/// A table of numbers, durations, flags, and tables of these.
pub(crate) fn plain<T: DeserializeOwned>(item: &Item<'_>) -> Option<T> {
    item.table(plain_keys)
}

/// The same of a table of which other keys were read.
pub(crate) fn plain_keys<T: DeserializeOwned>(c: &mut Cursor<'_>) -> Option<T> {
    serde_json::from_value(values(c)?).ok()
}

/// The values under all declared keys, or their defaults; without those that are missing or refused and have none.
fn values(c: &mut Cursor<'_>) -> Option<Value> {
    let keys = c.keys.keys.iter();
    let of_key = |key: &Key| {
        let item = match key.is_required() {
            true => c.require(&key.name),
            false => c.take(&key.name),
        };
        let read = item.and_then(|item| value(&item));
        let value = read.or_else(|| value(&c.usual_item(key)?));
        Some((key.name.clone(), value?))
    };
    Some(keys.filter_map(of_key).collect())
}

fn value(item: &Item<'_>) -> Option<Value> {
    match item.kind {
        Kind::Flag => bool::from_item(item).map(Value::from),
        Kind::Whole(..) => i64::from_item(item).map(Value::from),
        Kind::Duration => Micros::from_item(item).map(Value::from),
        Kind::Table(_) => item.table(values),
        _ => f64::from_item(item).map(Value::from),
    }
}
