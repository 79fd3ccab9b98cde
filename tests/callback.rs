//! Callbacks through the whole path, against a chain.

use crate::sample::{close, outcome};

/// M/M/n in which whoever waits is called back and is there with probability `r`: stationary probabilities of (busy, waiting). A
/// completion takes the first in line who is there; those before vanish.
fn chain(arrivals: f64, service: f64, agents: usize, r: f64) -> (f64, f64) {
    const MOST: usize = 400;
    let states = agents + MOST;
    // Up at the rate of arrivals. From n busy and k waiting a completion leads to k - j with probability (1 - r)^(j - 1) r, or to
    // n - 1 busy and nobody waiting when nobody is there. Cuts: flow up from s equals flow down across it.
    let rate = |s: usize| s.min(agents) as f64 / service;
    let mut p = vec![0.0; states + 1];
    // From the top: unnormalised, by the balance of the cut between s - 1 and s.
    p[states] = 1e-300;
    for s in (1..=states).rev() {
        let mut down = 0.0;
        for (t, q) in p.iter().enumerate().skip(s) {
            let jump = t - s;
            let passes = if t <= agents || s > agents {
                // Below the line of waiting only one step; within it j steps or more with probability (1 - r)^(j - 1).
                if t <= agents {
                    f64::from(u8::from(jump == 0))
                } else {
                    (1.0f64 - r).powi(jump as i32)
                }
            } else {
                // From k waiting to n - 1 busy: nobody of the k is there. From n busy with nobody waiting: surely.
                if s == agents {
                    (1.0f64 - r).powi((t - agents) as i32)
                } else {
                    0.0
                }
            };
            down += q * rate(t) * passes;
            if jump > 60 && passes < 1e-15 {
                break;
            }
        }
        p[s - 1] = down / arrivals;
        if p[s - 1] > 1e200 {
            p.iter_mut().for_each(|x| *x *= 1e-200);
        }
    }
    let total: f64 = p.iter().sum();
    let delayed: f64 = p[agents..].iter().sum::<f64>() / total;
    let queue: f64 = p[agents..]
        .iter()
        .enumerate()
        .map(|(k, q)| k as f64 * q)
        .sum::<f64>()
        / total;
    (delayed, queue)
}

#[test]
fn the_chain_is_erlang_c_when_everybody_is_there() {
    let theory = handover::erlang::ErlangA {
        arrival_rate: 1.0,
        mean_service: 6.0,
        mean_patience: None,
        servers: 7,
    };
    let theory = theory.measures().unwrap();
    let (delayed, queue) = chain(1.0, 6.0, 7, 1.0);
    assert!((delayed / theory.p_delay - 1.0).abs() < 1e-9);
    assert!((queue / theory.mean_queue - 1.0).abs() < 1e-9);
}

#[test]
fn callbacks_follow_the_chain() {
    for reached in [1.0, 0.7] {
        let outcome = outcome(&format!(
            r#"
            horizon = "120 days"
            warmup = "1 day"
            replications = 20
            demand = {{ rate = "60 / h" }}
            [[topic]]
            name = "calls"
            work = {{ exponential = "6 min" }}
            patience = {{ exponential = "1 min" }}
            callback = {{ above = "0 s", accept = 1.0, reached = {reached} }}
            [[pool]]
            name = "desk"
            kind = "employed"
            agents = 7
            "#
        ));
        let (delayed, queue) = chain(1.0, 6.0, 7, reached);
        close(&outcome, "delay_probability", delayed);
        close(&outcome, "queue_length", queue);
        close(&outcome, "callback_rate", delayed);
        let mean = |m: &str| outcome.total(m).unwrap().mean.unwrap();
        let missed = mean("callbacks_missed") / mean("callbacks");
        let se = ((1.0 - reached) * reached / (20.0 * mean("callbacks"))).sqrt();
        assert!((missed - (1.0 - reached)).abs() <= 4.0 * se, "{missed}");
        assert!((mean("abandoned") - mean("callbacks_missed")).abs() < 1e-9);
    }
}
