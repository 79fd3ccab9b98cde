//! What a person's answer leads to: the table `human` of a topic, and what pools override of it.

use crate::scenario::text::{Item, Names, Value};

/// Where a transfer goes, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    Assistant,
    Pools(Vec<usize>),
}

/// A table `human`; what it does not say is taken from the layer below.
#[derive(Clone)]
pub(super) struct Layer<'a> {
    item: Item<'a>,
    resolve: Option<f64>,
    transfer: Option<f64>,
    to: Option<(Destination, Item<'a>)>,
    /// Whether `transfer_to` was there but is nothing to go to.
    to_refused: bool,
    priority: Option<bool>,
}

/// What an answer leads to, all layers taken together.
#[derive(Clone)]
pub(super) struct Answer<'a> {
    pub(super) resolve: f64,
    pub(super) transfer: f64,
    /// Where a transfer goes; given whenever `transfer` is above 0.
    pub(super) to: Option<(Destination, Item<'a>)>,
    pub(super) priority: bool,
}

impl<'a> Layer<'a> {
    pub(super) fn read(item: &Item<'a>, pools: &Names) -> Option<Self> {
        item.table(|c| {
            let to = c.read_opt("transfer_to", |i| Some((destination(i, pools)?, i.clone())));
            Some(Self {
                item: item.clone(),
                resolve: c.opt("resolve"),
                transfer: c.opt("transfer"),
                to_refused: c.has("transfer_to") && to.is_none(),
                to,
                priority: c.opt("transfer_priority"),
            })
        })
    }
}

fn destination(item: &Item<'_>, pools: &Names) -> Option<Destination> {
    match &item.node.value {
        Value::String(s) if s == "ai" => Some(Destination::Assistant),
        _ => pools.read(item).map(Destination::Pools),
    }
}

/// Puts layers on one another, the last on top. A layer that changes `transfer` alone leaves the share of the resolved
/// among the answers that are not transferred as it is.
pub(super) fn answer<'a>(layers: &[&Layer<'a>]) -> Option<Answer<'a>> {
    let mut a = Answer {
        resolve: 1.0,
        transfer: 0.0,
        to: None,
        priority: false,
    };
    for layer in layers {
        let before = 1.0 - a.transfer;
        a.transfer = layer.transfer.unwrap_or(a.transfer);
        a.resolve = match layer.resolve {
            Some(p) => p,
            None if layer.transfer.is_some() && before > 0.0 => {
                a.resolve * (1.0 - a.transfer) / before
            }
            None => a.resolve,
        };
        a.to = layer.to.clone().or(a.to);
        a.priority = layer.priority.unwrap_or(a.priority);
        if a.resolve + a.transfer > 1.0 + 1e-6 {
            let found = ((a.resolve + a.transfer) * 1e6).round() / 1e6;
            let what = "expected `resolve` and `transfer` to sum to at most 1";
            return layer.item.refuse(format!("{what}, found {found}"));
        }
        a.resolve = a.resolve.min(1.0 - a.transfer);
        if a.transfer > 0.0 && a.to.is_none() {
            if layers.iter().any(|l| l.to_refused) {
                return None;
            }
            layer.item.cursor()?.require("transfer_to");
            return None;
        }
    }
    Some(a)
}
