//! People who are not always where they are scheduled: a renewal process, on a plan and on shifts.

use super::{desk, is, of};
use crate::sample::{close, monthly, monthly_mean, outcome};
use handover::experiment::Outcome;

/// Nobody calls, so that nobody is kept: the time there is the share, breaks taken off, and all of it is paid.
#[test]
fn on_shifts_people_are_there_for_the_share() {
    let shifts = "staff = 20\nprice = { per_agent_hour = 30 }\n\
         shifts = [ { start = \"08:00\", length = \"8 h\", share = 0.5, breaks = [ { after = \"3 h\", length = \"45 min\" } ] },\n\
         { start = \"16:00\", length = \"6 h\", share = 0.5, breaks = [ { after = \"2 h\", length = \"15 min\", paid = true } ] } ]";
    for away in ["", ", away = \"25 min\""] {
        let run = desk(
            "horizon = \"2 weeks\"\nreplications = 100",
            &format!("{shifts}\nadherence = {{ share = 0.88{away} }}"),
        );
        // A whole spell away of fixed length at the begin is longer than what would be left of it.
        if away.is_empty() {
            close(&run, "adherence", 0.88);
            close(&run, "agents_on_duty", 0.88 * 10.0 * (7.25 + 5.75) / 24.0);
        } else {
            let found = of(&run, "adherence");
            assert!((0.86..0.885).contains(&found), "{found}");
        }
        is(
            of(&run, "paid_hours"),
            14.0 * 10.0 * (7.25 + 6.0),
            "paid hours",
        );
        is(of(&run, "cost_total"), 30.0 * 14.0 * 132.5, "cost");
    }
}

/// On a plan that goes up and down, less who is absent; who is away is paid, who is absent is not.
#[test]
fn on_a_plan_agents_are_there_for_the_share() {
    let run = |more: &str| {
        desk(
            "horizon = \"2 weeks\"\nreplications = 100",
            &format!(
                "agents = [4, 12, 8, 8, 20, 6]\nprice = {{ per_agent_hour = 30 }}\nadherence = \"90%\"\n{more}"
            ),
        )
    };
    let mean = 58.0 / 6.0;
    let all = run("");
    close(&all, "adherence", 0.9);
    close(&all, "agents_on_duty", 0.9 * mean);
    is(of(&all, "cost_total"), 30.0 * 14.0 * 24.0 * mean, "cost");
    let absent = run("absence = 0.2");
    close(&absent, "adherence", 0.9);
    close(&absent, "agents_on_duty", 0.8 * 0.9 * mean);
}

/// The time average of one agent who is there and away in turns, both exponential: with s the sum of the rates, its variance over T is
/// 2 p (1 - p) / (s T) x (1 - (1 - exp(-s T)) / (s T)).
#[test]
fn spells_are_those_of_an_alternating_process() {
    let n = 2000.0;
    for people in [
        "agents = 1",
        "staff = 1\nshifts = [ { start = \"00:00\", length = \"24 h\" } ]",
    ] {
        let run = desk(
            "horizon = \"1 day\"\nreplications = 2000",
            &format!(
                "{people}\nadherence = {{ share = 0.8, away = {{ exponential = \"30 min\" }} }}"
            ),
        );
        let found = monthly(&run, 0, "adherence");
        let mean = found.iter().sum::<f64>() / n;
        let variance = found.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let st: f64 = (1.0 / 30.0 + 1.0 / 120.0) * 1440.0;
        let expected = 2.0 * 0.8 * 0.2 / st * (1.0 - (1.0 - (-st).exp()) / st);
        assert!((mean - 0.8).abs() < 4.0 * (expected / n).sqrt(), "{mean}");
        assert!(
            (variance / expected - 1.0).abs() < 4.0 * (2.0 / n).sqrt(),
            "{variance}, expected {expected}"
        );
    }
}

/// With all-day places and nobody waiting long, fewer agents answer: as many servers as are there, by the numbers of a plan.
#[test]
fn customers_meet_who_is_there() {
    let run = |body: &str| {
        crate::sample::outcome(&format!(
            "horizon = \"20 days\"\nwarmup = \"1 day\"\nreplications = 10\ndemand = {{ rate = \"60 / h\" }}\n\
             topic = [ {{ name = \"calls\", work = {{ exponential = \"6 min\" }}, patience = {{ exponential = \"5 min\" }} }} ]\n\
             [[pool]]\nname = \"desk\"\nkind = \"employed\"\n{body}"
        ))
    };
    let abandoned = |o: &Outcome| o.total("abandonment_rate").unwrap().mean.unwrap();
    let (ten, nine) = (
        abandoned(&run("agents = 10")),
        abandoned(&run("agents = 7")),
    );
    for body in [
        "agents = 10\nadherence = 0.8",
        "staff = 10\nadherence = 0.8\nshifts = [ { start = \"00:00\", length = \"24 h\" } ]",
    ] {
        let outcome = run(body);
        let found = abandoned(&outcome);
        assert!(ten < found && found < nine, "{ten} {found} {nine}");
        // Who is due to go finishes what is in hand: they are there a little longer than the share.
        let adherence = outcome.total("adherence").unwrap().mean.unwrap();
        assert!((0.8..0.93).contains(&adherence), "{adherence}");
    }
}

#[test]
fn it_changes_on_a_date() {
    for people in [
        "agents = 40",
        "staff = 40\nshifts = [ { start = \"00:00\", length = \"24 h\" } ]",
    ] {
        let run = desk(
            "start = 2025-05-01\nhorizon = \"3 months\"\nreplications = 20",
            &format!(
                "{people}\nadherence = 1\n[[timeline]]\nat = 2025-06-01\nset.pool.desk.adherence = 0.7\n\
                 [[timeline]]\nat = 2025-07-01\nset.pool.desk.adherence = 0.9"
            ),
        );
        for (month, share) in [1.0, 0.7, 0.9].into_iter().enumerate() {
            let found = monthly_mean(&run, month, "adherence").unwrap();
            assert!((found - share).abs() < 0.004, "{month}: {found}");
        }
    }
}

/// Absence is drawn anew at the moment, and with it who of those that are away is missed: 20 x 0.9 x 0.6 are there on such days.
#[test]
fn a_change_of_absence_within_a_day() {
    let there = |from: &str, to: &str| {
        let o = outcome(&format!(
            r#"
            start = 2025-01-06
            horizon = "1 day"
            replications = 400
            [demand]
            rate = "1 / h"
            [[topic]]
            name = "q"
            work = "1 min"
            [[pool]]
            name = "p"
            kind = "employed"
            agents = 20
            adherence = {{ share = 0.6, away = {{ exponential = "2 h" }} }}
            absence = {from}
            [[timeline]]
            at = 2025-01-06T12:00:00
            set = {{ "pool.p.absence" = {to} }}
            "#
        ));
        close(&o, "adherence", 0.6);
        close(&o, "agents_on_duty", 0.5 * 20.0 * 0.6 * (2.0 - 0.9));
    };
    there("0.0", "0.9");
    there("0.9", "0.0");
}

/// Who comes back before the chats in hand are finished takes the place again, and nobody else beside.
#[test]
fn no_more_people_than_places_with_several_chats_each() {
    let o = outcome(
        r#"
        start = 2025-01-06
        horizon = "7 days"
        replications = 4
        [demand]
        rate = "150 / h"
        [[topic]]
        name = "q"
        work = { exponential = "15 min" }
        patience = { exponential = "5 min" }
        [[pool]]
        name = "p"
        kind = "employed"
        agents = 20
        adherence = { share = 0.9, away = "10 min" }
        concurrency = 3
        speed = [1.0, 0.8, 0.6]
        "#,
    );
    let duty = o.total("agents_on_duty").unwrap().interval.unwrap().mean;
    assert!((18.0..=20.0).contains(&duty), "{duty}");
}

/// The plan asks for fewer people for one minute: who has several chats in hand by then is there again for those who are missed.
#[test]
fn who_has_not_finished_stays_when_the_plan_rises_again() {
    let o = outcome(
        r#"
        start = 2025-01-06
        horizon = "2 days"
        replications = 4
        [demand]
        rate = "150 / h"
        [[topic]]
        name = "q"
        work = { exponential = "15 min" }
        patience = { exponential = "5 min" }
        [[pool]]
        name = "p"
        kind = "employed"
        agents = 20
        concurrency = 3
        speed = [1.0, 0.8, 0.6]
        [[timeline]]
        at = 2025-01-07T12:00:00
        set = { "pool.p.agents" = 10 }
        [[timeline]]
        at = 2025-01-07T12:01:00
        set = { "pool.p.agents" = 20 }
        "#,
    );
    // Of the ten at most one minute of two days is missed, and nobody is there beside.
    let most = monthly(&o, 0, "agents_on_duty");
    assert!(
        most.iter()
            .all(|duty| (20.0 - 10.0 / 2880.0..=20.0).contains(duty)),
        "{most:?}"
    );
}
