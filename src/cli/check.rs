//! `handover check`.

use super::failure::Failure;
use super::input::{self, Loaded};
use super::options::Input;
use super::output::Output;
use crate::report;

/// Loads, looks at the load, shows.
pub(super) fn check(input: &Input, output: &Output) -> Result<(), Failure> {
    let loaded = input::load(input, output)?;
    let threads = input::threads(output);
    let file = |l: &Loaded| l.path.display().to_string();
    if input.json {
        let each = loaded.iter();
        let each = each.map(|l| report::check_json(&file(l), &l.id, &l.scenario, threads));
        let mut document = serde_json::json!({ "scenarios": each.collect::<Vec<_>>() });
        document.sort_all_objects();
        return output.print(&format!("{document:#}\n"));
    }
    let texts = loaded.iter().map(|l| match output.quiet {
        true => format!("{}: no problems found\n", file(l)),
        false => report::check_text(&file(l), &l.scenario, threads, output.layout()),
    });
    let texts: Vec<String> = texts.collect();
    output.print(&texts.join(if output.quiet { "" } else { "\n" }))
}

#[cfg(test)]
mod tests {
    use crate::experiment::{Job, run};
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
        let found = [p.contacts_in_hand, p.agents_on_duty, p.contacts_per_day];
        assert_eq!(
            found.map(f64::round),
            [105.0, 100.0, 105.0 * 1440.0],
            "{p:?}"
        );
        assert!((p.utilisation().unwrap() - 1.05).abs() < 1e-9);
        assert!((p.handle_time.unwrap() - 60.0).abs() < 1e-9);
        assert!((c.effort.contacts - 105.0 * 1440.0).abs() < 1e-6);
        // Who has patience leaves: the queue has an end.
        assert_eq!(c.growing, []);
    }

    #[test]
    fn the_assistant_takes_its_part() {
        let c = of(r#"
            horizon = "10 days"
            [demand]
            daily_volume = 86400
            [[topic]]
            name = "t"
            work = "100 s"
            ai = { resolve = 0.5, ask_human = 0.4, misresolve = 0.1, handle_time = "1 min" }
            human_access = { after = 1 }
            [returns]
            ai_misresolved = { probability = 0.5, delay = "1 min" }
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
            (t.contacts_per_day / 86_400.0 - contacts).abs() < 1e-3,
            "{t:?}"
        );
        assert!(
            (t.human_per_day / 86_400.0 - 0.16 * contacts).abs() < 1e-3,
            "{t:?}"
        );
        let p = &c.pools[0];
        assert!(
            (p.contacts_in_hand - 0.16 * contacts * 125.0).abs() < 0.02,
            "{p:?}"
        );
        // Two at once share the agent.
        assert!((p.handle_time.unwrap() - 62.5).abs() < 1e-9);
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
        assert!((p.agents_on_duty - 7.2 * 7.0 / 24.0).abs() < 1e-9, "{p:?}");
        assert!((p.contacts_in_hand - 2.0).abs() < 1e-9, "{p:?}");
        let peak = p.peak.unwrap();
        assert_eq!(
            (
                peak.at,
                (peak.contacts_in_hand * 10.0).round(),
                (peak.agents_on_duty * 10.0).round()
            ),
            (43_200_000_000, 40.0, 72.0)
        );
        // From 16:00 to 17:00 and from 20:00 on nobody is there: 5 of the 12 hours in which customers come.
        assert!((c.closed.share() - 5.0 / 12.0).abs() < 1e-9, "{c:?}");
    }

    /// Ten cases a day on the first day, 100,000 on each of the other 99; a warm-up counts for the run and not for the means.
    #[test]
    fn the_timeline_counts() {
        let file = |warmup: &str| {
            format!(
                "horizon = '100 days'\nwarmup = '{warmup}'\ndemand = {{ daily_volume = 10 }}\n\
                 topic = [ {{ name = 't', work = '5 min' }} ]\n\
                 pool = [ {{ name = 'p', kind = 'employed', agents = 2 }} ]\n[[timeline]]\nat = 2025-01-07\n\
                 set = {{ 'demand.daily_volume' = 100000, 'pool.p.agents' = 600 }}\n"
            )
        };
        let c = of(&file("0 s"));
        assert!(
            (c.effort.contacts - (10.0 + 99.0 * 1e5)).abs() < 1e-3,
            "{c:?}"
        );
        assert!((c.pools[0].agents_on_duty - (2.0 + 99.0 * 600.0) / 100.0).abs() < 1e-9);
        let c = of(&file("1 day"));
        assert!(
            (c.effort.contacts - (10.0 + 99.0 * 1e5)).abs() < 1e-3,
            "{c:?}"
        );
        assert!((c.topics[0].cases_per_day - 1e5).abs() < 1e-6, "{c:?}");
        assert!((c.pools[0].agents_on_duty - 600.0).abs() < 1e-9);
    }

    /// 2.5 erlangs without patience for 2 agents, from the second week on: a fifth of 720 contacts a day is left every day.
    #[test]
    fn queues_that_grow_are_told() {
        let text = |change: &str| {
            format!(
                "horizon = '4 weeks'\ndemand = {{ rate = '30 / h' }}\ntopic = [ {{ name = 't', share = 1, work = '5 min' }}, {{ name = 'u', share = 0, work = '5 min' }} ]\n\
                 pool = [ {{ name = 'p', kind = 'employed', agents = 3, skills = 't' }}, {{ name = 'q', kind = 'employed', agents = 9, skills = 'u' }} ]\n\
                 {change}"
            )
        };
        assert_eq!(of(&text("")).growing, []);
        let week = "[[timeline]]\nat = 2025-01-13\nset = { 'pool.p.agents' = 2 }\n";
        let day = "[[timeline]]\nat = 2025-01-14\nset = { 'pool.p.agents' = 3 }\n";
        let growing = of(&text(week)).growing;
        assert_eq!(
            (growing.len(), &growing[0].pools),
            (1, &vec!["p".to_owned()])
        );
        assert!(
            (growing[0].contacts_per_day - 144.0).abs() < 1e-9,
            "{growing:?}"
        );
        assert!((growing[0].ratio - 1.25).abs() < 1e-9, "{growing:?}");
        // One such day is like a holiday.
        assert_eq!(of(&text(&format!("{week}{day}"))).growing, []);
    }

    /// The events that people make, against those of a run to which nobody calls; a shift that begins for several people is one there.
    #[test]
    fn people_make_so_many_events() {
        for (pool, tolerance) in [
            (
                "kind = 'employed'\nagents = 20\nadherence = { share = 0.8, away = '5 min' }",
                0.03,
            ),
            (
                "kind = 'employed'\nstaff = 20\nadherence = 0.9\nin_shift_shrinkage = { share = 0.1, length = '10 min' }\n\
              shifts = [ { start = '08:00', length = '8 h', breaks = [ { after = '4 h', length = '30 min' } ] } ]",
                0.12,
            ),
            (
                "kind = 'gig'\nmembers = 50\nlogon_rate = '2 / h'\nsession = '20 min'\navailability = [1, 0, 1, 1]",
                0.1,
            ),
            ("kind = 'gig'\nlogons = '30 / h'\nsession = '20 min'", 0.05),
        ] {
            let text = format!(
                "horizon = '4 weeks'\nreplications = 2\ndemand = {{ rate = '0 / h' }}\ntopic = [ {{ name = 't', work = '5 min' }} ]\n\
                 [[pool]]\nname = 'p'\n{pool}\n"
            );
            let files = InMemory::new().with("s.toml", text.as_str());
            let scenario = load(Path::new("s.toml"), &[], &files).unwrap();
            let job = Job {
                model: &scenario.model,
                plan: scenario.plan,
            };
            let outcome = &run(&[job], &()).unwrap()[0];
            let found = outcome.events as f64 / 2.0;
            let expected = scenario.model.people_events(0);
            assert!(
                (found / expected - 1.0).abs() < tolerance,
                "{pool}: {found}, expected {expected}"
            );
        }
    }

    /// Offers that nobody accepts, for which contacts wait at any time, against the events of a run; and so many that it never ends.
    #[test]
    fn refused_offers_count() {
        let text = |members: u32, pauses: &str| {
            format!(
                "horizon = '4 weeks'\nreplications = 1\ndemand = {{ rate = '60 / h' }}\n\
                 topic = [ {{ name = 't', work = '5 min', patience = '10 h' }} ]\n\
                 [[pool]]\nname = 'p'\nkind = 'gig'\nmembers = {members}\nlogon_rate = '2 / h'\nsession = '20 min'\n\
                 acceptance = 0\n{pauses}\n"
            )
        };
        let slow = text(50, "response = '5 s'\ncool_down = '1 min'");
        let files = InMemory::new().with("s.toml", slow.as_str());
        let scenario = load(Path::new("s.toml"), &[], &files).unwrap();
        let (model, plan) = (&scenario.model, scenario.plan);
        let outcome = &run(&[Job { model, plan }], &()).unwrap()[0];
        let found = outcome.events as f64;
        let effort = check(model).effort;
        let expected = effort.people_events[0] + 2.0 * effort.contacts;
        assert!(
            (found / expected - 1.0).abs() < 0.15,
            "{found}, expected {expected}"
        );
        let quick = text(100_000, "response = '0.2 s'\ncool_down = '0.001 ms'");
        assert!(of(&quick).effort.seconds > 3600.0);
        // Where everybody accepts nothing is refused.
        let willing = slow.replace("acceptance = 0", "acceptance = 1");
        let files = InMemory::new().with("s.toml", willing.as_str());
        let model = load(Path::new("s.toml"), &[], &files).unwrap().model;
        assert_eq!(model.refusal_events(0, 1e6), 0.0);
    }
}
