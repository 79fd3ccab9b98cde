//! `handover check`.

use super::Failure;
use super::input::{self, Loaded};
use super::options::Input;
use super::output::Output;
use crate::report;

/// Loads, looks at the load, shows.
pub(super) fn check(input: &Input, output: &Output) -> Result<(), Failure> {
    let loaded = input::load(input, output)?;
    let threads = input::threads(input);
    if input.json {
        let all: Vec<_> = loaded.iter().map(|l| json(l, threads)).collect();
        return output.print(&format!("{:#}\n", serde_json::json!({ "scenarios": all })));
    }
    let texts: Vec<String> = loaded
        .iter()
        .map(|l| {
            let file = l.path.display().to_string();
            if output.quiet {
                return format!("{file}: no problems found\n");
            }
            let model = &l.scenario.model;
            report::check_text(
                &file,
                &l.scenario.name,
                model,
                l.plan(),
                threads,
                &report::check(model),
                output.layout(),
            )
        })
        .collect();
    output.print(&texts.join(if output.quiet { "" } else { "\n" }))
}

fn json(l: &Loaded, threads: usize) -> serde_json::Value {
    let model = &l.scenario.model;
    let file = l.path.display().to_string();
    report::check_json(
        &file,
        &l.id,
        &l.scenario.name,
        model,
        l.plan(),
        threads,
        &report::check(model),
    )
}

#[cfg(test)]
mod tests {
    use crate::report::{Check, check};
    use crate::scenario::{InMemory, load};
    use std::path::Path;

    fn of(text: &str) -> Check {
        let files = InMemory::new().with("s.toml", text);
        check(&load(Path::new("s.toml"), &[], &files).unwrap().model)
    }

    const PLAIN: &str = r#"
        horizon = "1 day"
        [demand]
        rate = "105 / min"
        [[topic]]
        name = "t"
        work = { exponential = "1 min" }
        patience = { exponential = "1 min" }
        [[pool]]
        name = "p"
        kind = "employed"
        agents = 100
    "#;

    #[test]
    fn the_load_of_one_queue() {
        let c = of(PLAIN);
        let p = &c.pools[0];
        assert!(
            (p.load - 105.0).abs() < 1e-9 && (p.agents - 100.0).abs() < 1e-9,
            "{p:?}"
        );
        assert!((p.formula.unwrap().abandonment - 0.066982).abs() < 5e-7);
        assert!((c.contacts - 105.0 * 1440.0).abs() < 1e-6);
    }

    #[test]
    fn the_assistant_takes_its_part() {
        let c = of(r#"
            horizon = "1 day"
            [demand]
            daily_volume = 86400
            [[topic]]
            name = "t"
            work = "100 s"
            ai = { resolve = 0.5, ask_human = 0.4, misresolve = 0.1, handle_time = "1 min" }
            human_access = { after = 1 }
            [returns]
            ai_misresolved = { probability = 0.5 }
            [[pool]]
            name = "chat"
            kind = "outsourced"
            agents = 60
            concurrency = 2
            speed = [1.0, 0.8]
        "#);
        // A contact reaches a person with 0.4 x 0.4; attempts 1.4; comes back with 1.4 x 0.1 x 0.5 = 0.07.
        let contacts = 1.0 / (1.0 - 0.07);
        let t = &c.topics[0];
        assert!(
            (t.contacts_per_day / 86_400.0 - contacts).abs() < 1e-9,
            "{t:?}"
        );
        assert!(
            (t.human_per_day / 86_400.0 - 0.16 * contacts).abs() < 1e-9,
            "{t:?}"
        );
        assert!(
            (c.pools[0].load - 0.16 * contacts * 125.0).abs() < 1e-6,
            "{:?}",
            c.pools[0]
        );
    }

    #[test]
    fn people_on_shifts_are_counted() {
        let c = of(r#"
            horizon = "1 week"
            [demand]
            rate = { every = "12 h", per = "h", values = [0, 60] }
            [[topic]]
            name = "t"
            work = "4 min"
            [[pool]]
            name = "p"
            kind = "employed"
            staff = 10
            absence = 0.1
            shrinkage = 0.2
            shifts = [ { start = "12:00", length = "8 h", breaks = [ { after = "4 h", length = "1 h" } ] } ]
        "#);
        // 8 of 10 come less a tenth; they are there in 7 of 24 hours, and 60 contacts an hour of 4 minutes are 4 erlangs.
        let p = &c.pools[0];
        assert!((p.agents - 7.2).abs() < 1e-9, "{p:?}");
        assert!((c.room - 7.2 * 7.0 / 24.0).abs() < 1e-9, "{c:?}");
        assert_eq!(
            p.peak.map(|(t, _, n)| (t, (n * 10.0).round())),
            Some((43_200_000_000, 72.0))
        );
    }
}
