//! Paid hours, agents on duty and absence by arithmetic; the all-day shift against Erlang C.

use super::{desk, is, of};
use crate::sample::{self, monthly, outcome};
use handover::erlang::ErlangA;
use handover::measure::Slice;

/// 2025-01-06 is a Monday.
#[test]
fn paid_hours_are_those_of_the_shifts() {
    let week = |more: &str| {
        desk(
            "horizon = \"7 days\"\nreplications = 400",
            &format!(
                "staff = 10\nshifts = [ {{ start = \"08:00\", length = \"8 h 30 min\", days = \"mon-fri\", \
                 breaks = [ {{ after = \"2 h\", length = \"15 min\", paid = true }}, {{ after = \"4 h\", length = \"30 min\" }} ] }} ]\n\
                 price = {{ per_agent_hour = 30 }}\n{more}"
            ),
        )
    };
    let full = week("");
    // 10 people x 5 days x 8 hours; the paid break is not on duty.
    is(of(&full, "paid_hours"), 400.0, "paid hours");
    is(
        of(&full, "agents_on_duty"),
        400.0 / 168.0 * 7.75 / 8.0,
        "on duty",
    );
    is(of(&full, "cost_total"), 12_000.0, "cost");
    is(of(&full, "overtime"), 0.0, "overtime");
    // Planned absence is paid.
    let less = week("shrinkage = 0.3");
    is(of(&less, "paid_hours"), 400.0, "paid hours");
    is(
        of(&less, "agents_on_duty"),
        0.7 * of(&full, "agents_on_duty"),
        "on duty",
    );
    // Of 50 person-days a binomial number is lost, unless it is paid; 400 replications.
    let absent = week("absence = 0.1");
    let se = 8.0 * (50.0 * 0.1 * 0.9 / 400.0f64).sqrt();
    let paid = of(&absent, "paid_hours");
    assert!((paid - 360.0).abs() < 4.0 * se && paid != 360.0, "{paid}");
    is(
        of(&absent, "agents_on_duty"),
        paid / 168.0 * 7.75 / 8.0,
        "who is absent is neither there nor paid",
    );
    let generous = week("absence = 0.1\nabsence_paid = true");
    is(of(&generous, "paid_hours"), 400.0, "paid absence");
    is(
        of(&generous, "agents_on_duty"),
        of(&absent, "agents_on_duty"),
        "the same people are absent",
    );
    // A vendor who delivers half.
    is(of(&week("delivery = 0.5"), "paid_hours"), 200.0, "delivery");
}

/// Shifts begin by the clock on the wall and last their length, also in the nights of 23 and 25 hours.
#[test]
fn nights_of_daylight_saving() {
    let at = |date: &str, hours: u32, shift: &str| {
        let head =
            format!("start = {date}\ntime_zone = \"Europe/Stockholm\"\nhorizon = \"{hours} h\"");
        of(
            &desk(&head, &format!("staff = 1\nshifts = [ {shift} ]")),
            "paid_hours",
        )
    };
    // Saturday 29 March 2025, 24 hours, and the Sunday of 23; the horizon is an hour into Monday.
    let night = "{ start = \"22:00\", length = \"8 h\", days = \"sat\" }";
    is(at("2025-03-29", 48, night), 8.0, "a night");
    let all_day = "{ start = \"00:00\", length = \"24 h\", days = \"sun\" }";
    is(
        at("2025-03-30", 24, all_day),
        24.0,
        "a day of 23 hours and an hour of the next",
    );
    // Round the clock a shift ends when the next begins: 23 hours, then 24, of which 1 is within the horizon of 24 hours.
    let always = "{ start = \"00:00\", length = \"24 h\" }";
    is(at("2025-03-30", 24, always), 24.0, "round the clock");
    // The day of 25 hours leaves an hour without anybody.
    is(at("2025-10-26", 24, always), 24.0, "25 hours");
    is(
        at("2025-10-26", 48, always),
        47.0,
        "25 hours, then 23 of the next day",
    );
    // 02:30 does not exist in that night: it begins at 03:30, which is 2 h 30 min after midnight.
    let gap = "{ start = \"02:30\", length = \"22 h\", days = \"sun\" }";
    is(at("2025-03-30", 24, gap), 21.5, "a begin in the gap");
}

/// Agents on duty against a count minute by minute of what the templates say, with shrinkage by month.
#[test]
fn agents_on_duty_are_the_sum_over_the_templates() {
    let head = "start = 2025-05-26\nhorizon = \"14 days\"\ninterval = \"15 min\"";
    let body = r#"
        staff = 23
        shrinkage = { default = 0.1, jun = 0.3, 2025-06 = 0.2 }
        shifts = [
            { name = "early", start = "06:00", length = "8 h", days = "mon-fri", share = 0.4,
              breaks = [ { after = "2 h", length = "15 min", paid = true }, { after = "4 h", length = "30 min" } ] },
            { name = "late", start = "14:00", length = "9 h", share = 0.35, breaks = [ { after = "4 h", length = "45 min" } ] },
            { name = "night", start = "22:30", length = "8 h", days = "thu-sat", share = 0.25 },
        ]"#;
    let run = desk(head, body);
    // 23 x 0.4, 0.35, 0.25 = 9.2, 8.05, 5.75: the night has the largest remainder.
    let templates = [
        (9, 6 * 60, 480, vec![(120, 15), (240, 30)], 0..5),
        (8, 14 * 60, 540, vec![(240, 45)], 0..7),
        (6, 22 * 60 + 30, 480, vec![], 3..6),
    ];
    // 26 May is a Monday; June begins on day 6. Of all people, counted template by template, so many come.
    let come = |n: i64, day: i64| (n as f64 * if day < 6 { 0.9 } else { 0.8 }).round() as i64;
    let present = |n: i64, day: i64| match n {
        9 => come(9, day),
        8 => come(17, day) - come(9, day),
        _ => come(23, day) - come(17, day),
    };
    let mut days = [0i64; 14];
    let mut paid_minutes = 0;
    for minute in 0..14 * 1440i64 {
        for (n, start, length, breaks, weekdays) in &templates {
            for day in -1..14 {
                let into = minute - day * 1440 - start;
                if !weekdays.contains(&day.rem_euclid(7)) || !(0..*length).contains(&into) {
                    continue;
                }
                let away = breaks
                    .iter()
                    .position(|b: &(i64, i64)| (b.0..b.0 + b.1).contains(&into));
                if away.is_none() {
                    days[(minute / 1440) as usize] += present(*n, day);
                }
                // The first break of the early shift is paid.
                paid_minutes += if away.is_none() || *n == 9 && away == Some(0) {
                    *n
                } else {
                    0
                };
            }
        }
    }
    let mean = days.iter().sum::<i64>() as f64 / (14.0 * 1440.0);
    is(of(&run, "agents_on_duty"), mean, "agents on duty");
    is(
        of(&run, "paid_hours"),
        paid_minutes as f64 / 60.0,
        "paid hours",
    );
    for (day, minutes) in days.iter().enumerate() {
        let date = if day < 6 {
            format!("2025-05-{}", 26 + day)
        } else {
            format!("2025-06-{:02}", day - 5)
        };
        let found = run
            .find("agents_on_duty", &sample::day(date))
            .unwrap()
            .mean
            .unwrap();
        is(found, *minutes as f64 / 1440.0, "a day");
    }
}

/// In-shift shrinkage of idle agents is a renewal process: they are there gap / (gap + length) of the time.
#[test]
fn pauses_take_their_share() {
    let run = desk(
        "horizon = \"4 weeks\"\nreplications = 50",
        "staff = 20\nin_shift_shrinkage = { share = 0.1, length = { exponential = \"15 min\" } }\n\
         shifts = [ { start = \"00:00\", length = \"24 h\" } ]",
    );
    let on_duty = run.find("agents_on_duty", &Slice::Pool(0)).unwrap();
    // Each day begins at work: the mean of a day of 1440 minutes lies above 0.9 by 0.1 x (1 - exp(-s d)) / (s d), s the sum of
    // the rates 1/15 and 1/135 a minute.
    let s: f64 = 1.0 / 15.0 + 1.0 / 135.0;
    let mean = 20.0 * (0.9 + 0.1 / (s * 1440.0));
    let se = on_duty.interval.unwrap().standard_error();
    let found = on_duty.mean.unwrap();
    assert!(
        (found - mean).abs() < 4.0 * se && se < 0.01,
        "{found}, expected {mean} ± {se}"
    );
    // They are paid.
    is(of(&run, "paid_hours"), 20.0 * 28.0 * 24.0, "paid hours");
}

/// With all-day shifts the pool is M/M/n: customers meet what they meet with a plan, and Erlang C.
#[test]
fn all_day_shifts_are_a_plan() {
    let run = |people: &str| {
        outcome(&format!(
            r#"
            horizon = "10 days"
            warmup = "1 day"
            replications = 24
            demand = {{ rate = "80 / h" }}
            topic = [ {{ name = "calls", work = {{ exponential = "6 min" }} }} ]
            [[pool]]
            name = "desk"
            kind = "employed"
            {people}
            "#
        ))
    };
    let shifts = run(
        "staff = 20\nshrinkage = 0.5\nshifts = [ { start = \"00:00\", length = \"24 h\", share = 1 } ]",
    );
    let plan = run("agents = 10");
    let formula = ErlangA {
        arrival_rate: 80.0 / 3600.0,
        mean_service: 360.0,
        mean_patience: None,
        servers: 10,
    };
    let delay = shifts.total("delay_probability").unwrap();
    let se = delay.interval.unwrap().standard_error();
    let expected = formula.measures().unwrap().p_delay;
    let found = delay.mean.unwrap();
    assert!(
        (found - expected).abs() < 4.0 * se && se < 0.01,
        "{found}, expected {expected} ± {se}"
    );
    let nobody_off = run("staff = 10\nshifts = [ { start = \"00:00\", length = \"24 h\" } ]");
    for measure in [
        "delay_probability",
        "mean_wait",
        "wait_p99",
        "agents_busy",
        "agents_on_duty",
    ] {
        assert_eq!(
            nobody_off.total(measure).unwrap().mean,
            plan.total(measure).unwrap().mean,
            "{measure}"
        );
    }
}

/// The people at work in the group are those on the shifts, month by month.
#[test]
fn a_group_on_shifts() {
    let text = |pool: &str| {
        format!(
            r#"
            start = 2025-05-01
            horizon = "3 months"
            replications = 20
            demand = {{ rate = "0 / h" }}
            topic = [ {{ name = "calls", work = "6 min" }} ]
            [[pool]]
            name = "desk"
            kind = "employed"
            group = "service"
            shifts = [ {{ start = "00:00", length = "24 h" }} ]
            {pool}
            [[group]]
            name = "service"
            headcount = 100
            attrition = {{ monthly = 0.1 }}
            "#
        )
    };
    let (everybody, some) = (outcome(&text("")), outcome(&text("staff = 30")));
    for month in 0..3 {
        let people = monthly(&everybody, month, "productive");
        let agents = monthly(&everybody, month, "agents_on_duty");
        let fewer = monthly(&some, month, "agents_on_duty");
        for ((people, agents), fewer) in people.iter().zip(&agents).zip(&fewer) {
            assert!((agents - people).abs() < 1e-6, "{month}: {people} {agents}");
            assert!(
                (fewer - (people * 0.3).round()).abs() < 1e-6,
                "{month}: {people} {fewer}"
            );
        }
    }
}

/// Overtime is counted to the minute and paid by its factor.
#[test]
fn overtime_has_its_price() {
    let run = |price: &str| {
        outcome(&format!(
            r#"
            horizon = "4 weeks"
            replications = 5
            demand = {{ rate = "30 / h" }}
            topic = [ {{ name = "calls", work = {{ exponential = "6 min" }} }} ]
            [[pool]]
            name = "desk"
            kind = "employed"
            staff = 4
            shifts = [ {{ start = "08:00", length = "8 h" }} ]
            price = {{ per_agent_hour = 20{price} }}
            "#
        ))
    };
    let (plain, extra) = (run(""), run(", overtime = 1.5"));
    let overtime = of(&plain, "overtime");
    // Nearly always busy at the end: 4 agents x 28 days, each another 6 minutes in the mean (exponential).
    let most = 4.0 * 28.0 * 0.1;
    assert!(overtime > 0.7 * most && overtime < 1.2 * most, "{overtime}");
    is(of(&plain, "paid_hours"), 4.0 * 8.0 * 28.0, "paid hours");
    is(of(&plain, "cost_total"), 20.0 * 896.0, "without overtime");
    is(
        of(&extra, "cost_total"),
        20.0 * 896.0 + 30.0 * overtime,
        "with overtime",
    );
    is(
        of(&plain, "agents_finishing") * 672.0,
        overtime,
        "the same as those finishing",
    );
}
