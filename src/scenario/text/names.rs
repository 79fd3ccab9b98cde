//! Names that a value may refer to: a name, a list of names, a table by name.

use super::cursor::{FromItem, Item};
use super::problem::{did_you_mean, listed, quoted};
use super::tree::Value;

/// Names that can be referred to: of the topics, or of the pools.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// `topic` or `pool`.
    pub(crate) kind: &'static str,
    pub(crate) list: Vec<String>,
    /// Whether a name was refused: then nobody can say that another one is unknown.
    pub(crate) refused: bool,
}

impl Names {
    /// The index of a name; an unknown one is reported at `item`.
    pub(crate) fn find(&self, name: &str, item: &Item<'_>) -> Option<usize> {
        let found = self.list.iter().position(|n| n == name);
        if found.is_none() && !item.is_no_source(name) && !self.refused {
            let (kind, known) = (self.kind, || self.list.iter().map(String::as_str));
            let help = if self.list.is_empty() {
                format!("there is no [[{kind}]]")
            } else {
                did_you_mean(name, known())
                    .unwrap_or_else(|| format!("the {kind}s are {}", listed(known(), "and")))
            };
            let message = format!("expected the name of a {kind}, found {}", quoted(name));
            item.advise(message, help);
        }
        found
    }

    /// The index of the name that a value is.
    pub(crate) fn one(&self, item: &Item<'_>) -> Option<usize> {
        match item.node.text() {
            Some(name) => self.find(name, item),
            None => item.expected(&format!("the name of a {}", self.kind)),
        }
    }

    /// The indices of a list of names, or of a single name without brackets; each may stand once.
    pub(crate) fn read(&self, item: &Item<'_>) -> Option<Vec<usize>> {
        const MOST: usize = 10_000;
        let kind = self.kind;
        let entries = match &item.node.value {
            Value::String(s) => return self.find(s, item).map(|i| vec![i]),
            Value::Array(nodes) => item.entries(nodes, MOST)?,
            _ => return item.expected(&format!("a list of {kind} names")),
        };
        let mut out = Vec::new();
        let mut sound = true;
        for entry in entries {
            match self.one(&entry) {
                Some(i) if out.contains(&i) => {
                    let found = entry.found();
                    entry.problem(format!("expected each {kind} once, found {found} again"));
                    sound = false;
                }
                Some(i) => out.push(i),
                None => sound = false,
            }
        }
        if out.is_empty() && sound {
            return item.expected(&format!("at least one {kind}"));
        }
        sound.then_some(out)
    }

    /// Reads a table by name, with the value of `default` for all that are not in it.
    pub(crate) fn table<T: Clone + FromItem>(&self, item: &Item<'_>) -> Option<Vec<T>> {
        let mut c = item.cursor()?;
        let mut out = vec![c.get("default"); self.list.len()];
        for (key, entry) in c.rest() {
            if let (Some(i), Some(value)) = (self.find(key, &entry), T::from_item(&entry)) {
                out[i] = value;
            }
        }
        Some(out)
    }
}
