//! Raw words of the keyed streams, for a battery of statistical tests.
//!
//! `cargo bench --bench stream_words -- --words N [--order ORDER] [--seed SEED]` writes N words of 64 bits, little-endian,
//! to standard output (0 means: until the reader closes the pipe). The words are those that the engine draws, keyed as it
//! keys them: seed, replication, topic by name, step of the demand grid, case, contact within the case, hop, purpose.
//! ORDER says what stands next to what:
//!
//! - `cases`: the key of a case, all purposes of its first contact, then the next case: neighbours within a customer.
//! - `purposes`: one purpose over the cases of a step, then the next purpose: neighbours among customers.
//! - `contacts`: for each case and purpose the contacts and hops of the case: neighbours within a customer's history.
//! - `arrivals`: the cases of a step in the order in which they arrive, of each the half of its key that is its difficulty beside half a
//!   word of one purpose; another purpose in the next step.
//! - `replications`: one case and purpose over replications, then over seeds: neighbours among replications.
//! - `mixed` (default): the five in turn, 4,096 words of each.
//!
//! Without `--words` it does nothing, so that a plain `cargo bench` passes over it.

use handover::random::Key;
use std::io::{self, BufWriter, Write};

/// As the engine numbers cases among the entities below the root.
const CASE: u64 = 1;
/// Purposes in use, see `handover::random::purpose`.
const PURPOSES: u64 = 30;
/// Distance between the purposes of one hop and the next.
const STRIDE: u64 = 64;
/// Cases in a step of the demand grid.
const CASES: u64 = 512;
const TOPICS: [&str; 3] = ["payment status", "refund", "dispute"];

/// Key of a case as the engine makes it.
fn case(seed: u64, replication: u64, topic: &str, step: u64, i: u64) -> Key {
    Key::root(seed, replication)
        .named(CASE, topic)
        .child(step)
        .child(i)
}

/// Block `n` of an order: as many words as one step of the demand grid has to give.
fn block(order: &str, seed: u64, n: u64, out: &mut Vec<u64>) {
    let topic = TOPICS[(n % 3) as usize];
    let (replication, step) = (n / 3 % 7, n / 21);
    let of_step = Key::root(seed, replication).named(CASE, topic).child(step);
    match order {
        "cases" => {
            for i in 0..CASES {
                let case = of_step.child(i);
                out.push(case.0);
                out.extend((1..=PURPOSES).map(|p| case.repeated(1).bits(p)));
            }
        }
        "purposes" => {
            for p in 1..=PURPOSES {
                out.extend((0..CASES).map(|i| of_step.child(i).repeated(1).bits(p)));
            }
        }
        "contacts" => {
            for i in 0..CASES / 8 {
                let case = of_step.child(i);
                for p in 1..=PURPOSES {
                    for number in 1..=4 {
                        let contact = case.repeated(number);
                        out.extend((0..2).map(|hop| contact.bits(p + STRIDE * hop)));
                    }
                }
            }
        }
        "arrivals" => {
            let mut cases: Vec<Key> = (0..CASES).map(|i| of_step.child(i)).collect();
            cases.sort_unstable();
            let purpose = n % PURPOSES + 1;
            let pair = |c: &Key| (c.0 << 32) | (c.repeated(1).bits(purpose) >> 32);
            out.extend(cases.iter().map(pair));
        }
        _ => {
            for p in 1..=PURPOSES {
                out.extend((0..256).map(|r| case(seed + n, r, topic, 17, p).bits(p)));
                out.extend((0..256).map(|s| case(seed + s, n, topic, 18, p).bits(p)));
            }
        }
    }
}

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    let value = |name: &str| {
        args.iter()
            .position(|a| a == name)
            .and_then(|i| args.get(i + 1))
    };
    let Some(words) = value("--words").and_then(|w| w.parse::<u64>().ok()) else {
        return Ok(());
    };
    let seed = value("--seed").and_then(|s| s.parse().ok()).unwrap_or(1);
    let order = value("--order").map_or("mixed", String::as_str);
    let orders: Vec<&str> = if order == "mixed" {
        vec!["cases", "purposes", "contacts", "arrivals", "replications"]
    } else {
        vec![order]
    };
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    let mut queues: Vec<(u64, Vec<u64>)> = vec![(0, Vec::new()); orders.len()];
    let mut left = if words == 0 { u64::MAX } else { words };
    while left > 0 {
        for (index, (order, (n, queue))) in (0u64..).zip(orders.iter().zip(&mut queues)) {
            // Each order has seeds of its own, or the same words would come twice.
            let seed = seed + (index << 40);
            while queue.len() < 4096 {
                block(order, seed, *n, queue);
                *n += 1;
            }
            let take = left.min(4096);
            for word in queue.drain(..take as usize) {
                match out.write_all(&word.to_le_bytes()) {
                    // The battery has read enough.
                    Err(e) if e.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
                    other => other?,
                }
            }
            left -= take;
        }
    }
    match out.flush() {
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
