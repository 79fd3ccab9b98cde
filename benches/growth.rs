//! Models by which the table shows how the cost of a contact grows: with topics, with agents, with members of a register.

use handover::model::Model;
use handover::scenario::{InMemory, load};
use handover::time::Micros;
use std::fmt::Write as _;
use std::path::Path;

fn read(text: String) -> Model {
    let files = InMemory::new().with("growth.toml", text);
    let scenario = load(Path::new("growth.toml"), &[], &files);
    scenario.expect("the scenario is sound").model
}

/// What a contact of the second model costs over one of the first, with what is committed to and the goal.
pub(crate) fn pairs() -> Vec<(&'static str, Model, Model, [&'static str; 2])> {
    vec![
        (
            "600 topics over 6, routes of two steps",
            topics(6),
            topics(600),
            ["2", "1.5"],
        ),
        (
            "100,000 agents over 100, in two pools",
            agents(100),
            agents(100_000),
            ["3", "2"],
        ),
        (
            "a contact with members of a register over a plain one",
            desk(""),
            desk(
                "kind = \"gig\"\nmembers = 1000\nlogon_rate = \"0.05 / h\"\nsession = { lognormal = { mean = \"2.5 h\", cv = 0.4 } }\n\
                 acceptance = 0.95\nresponse = { exponential = \"5 s\" }\noffer_timeout = \"30 s\"\ncool_down = \"2 min\"\n",
            ),
            ["1.7", "1.3"],
        ),
    ]
}

/// Two classes: A goes to a pool of its own, then to the second one, which prefers B.
pub(crate) fn n_design(horizon: Micros) -> Model {
    read(format!(
        "horizon = \"{} min\"\n[demand]\n\
         [[topic]]\nname = \"A\"\nrate = \"60 / min\"\nwork = {{ exponential = \"1 min\" }}\npatience = {{ exponential = \"30 s\" }}\n\
         route = [{{ pools = [\"first\"] }}, {{ pools = [\"second\"] }}]\n\
         [[topic]]\nname = \"B\"\nrate = \"45 / min\"\nwork = {{ exponential = \"1 min\" }}\npatience = {{ exponential = \"30 s\" }}\n\
         priority = 1\nroute = [{{ pools = [\"second\"] }}]\n\
         [[pool]]\nname = \"first\"\nkind = \"employed\"\nagents = 55\n\
         [[pool]]\nname = \"second\"\nkind = \"employed\"\nagents = 52\n",
        horizon / 60_000_000
    ))
}

/// So many topics over six pools, with an overflow to the next pool after a minute; volume and agents are the same.
fn topics(n: usize) -> Model {
    let mut text = "horizon = \"7 days\"\n[demand]\ndaily_volume = 60000\n".to_owned();
    for k in 0..n {
        let (pool, next) = (k % 6, (k + 1) % 6);
        let share = 1.0 / n as f64;
        let _ = write!(
            text,
            "[[topic]]\nname = \"topic {k}\"\nshare = {share}\nwork = {{ exponential = \"5 min\" }}\n\
             patience = {{ exponential = \"5 min\" }}\n\
             route = [{{ pools = [\"p{pool}\"] }}, {{ pools = [\"p{next}\"], after = \"1 min\" }}]\n"
        );
    }
    for p in 0..6 {
        let _ = write!(
            text,
            "[[pool]]\nname = \"p{p}\"\nkind = \"employed\"\nagents = 37\n"
        );
    }
    read(text)
}

/// Two pools of half as many agents each, at a load of 0.95.
fn agents(n: u32) -> Model {
    let minutes = 40_000_000 / u64::from(n) / 100 + 60;
    let (half, rate) = (n / 2, 0.95 * f64::from(n) / 5.0);
    read(format!(
        "horizon = \"{minutes} min\"\n[demand]\nrate = \"{rate} / min\"\n[[topic]]\nname = \"calls\"\nwork = {{ exponential = \"5 min\" }}\n\
         [[pool]]\nname = \"a\"\nkind = \"employed\"\nagents = {half}\n[[pool]]\nname = \"b\"\nkind = \"employed\"\nagents = {half}\n"
    ))
}

/// A pool of about 100 people beside one that has the same work, which keeps either from being served without events.
fn desk(kind: &str) -> Model {
    let pool = if kind.is_empty() {
        "kind = \"employed\"\nagents = 111\n"
    } else {
        kind
    };
    read(format!(
        "horizon = \"14 days\"\n[demand]\nrate = \"18 / min\"\n[[topic]]\nname = \"calls\"\nwork = {{ exponential = \"5 min\" }}\n\
         patience = {{ exponential = \"5 min\" }}\nroute = [{{ pools = [\"desk\"] }}]\n[[pool]]\nname = \"desk\"\n{pool}\
         [[pool]]\nname = \"other\"\nkind = \"employed\"\nagents = 1\n"
    ))
}
