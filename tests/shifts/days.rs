//! Days of one or two agents by hand.

use crate::sample::simulate;
use handover::engine::{Contact, Laws, Observer, Service, Wait};
use handover::model::{Arrivals, Model};
use handover::scenario::{InMemory, load};
use handover::time::{Micros, from_seconds, to_seconds};
use std::path::Path;

/// `hh:mm` of the first day, hours going on after midnight.
fn clock(t: Micros) -> String {
    let minutes = to_seconds(t) / 60.0;
    format!("{:02}:{:02}", (minutes / 60.0) as u64, minutes as u64 % 60)
}

#[derive(Default)]
struct Recorder {
    lines: Vec<(Micros, u8, String)>,
}

impl Recorder {
    fn span(&mut self, from: Micros, to: Micros, rank: u8, what: &str) {
        if to > from {
            self.lines
                .push((from, rank, format!("{}-{} {what}", clock(from), clock(to))));
        }
    }
}

impl Observer for Recorder {
    fn answered(&mut self, _: &Contact, _: usize, wait: Wait, _: bool) {
        let line = format!(
            "{} answered after {}",
            clock(wait.left),
            to_seconds(wait.length()) / 60.0
        );
        self.lines.push((wait.left, 3, line));
    }

    fn cut_off(&mut self, _: &Contact, _: usize, service: Service) {
        self.lines
            .push((service.to, 4, format!("{} cut off", clock(service.to))));
    }

    fn on_duty(&mut self, _: usize, from: Micros, to: Micros, agents: u32) {
        self.span(from, to, 0, &format!("{agents} on duty"));
    }

    fn finishing(&mut self, _: usize, from: Micros, to: Micros, agents: u32) {
        self.span(from, to, 1, &format!("{agents} finishing"));
    }

    fn shifts(&mut self, _: usize, from: Micros, to: Micros, paid: u32, overtime: u32) {
        self.span(from, to, 2, &format!("{paid} paid, {overtime} overtime"));
    }
}

fn desk(pool: &str, calls: &[(u64, u64)]) -> Model {
    let text = format!(
        r#"
        horizon = "2 days"
        demand = {{ rate = "0 / h" }}
        topic = [ {{ name = "calls", work = "10 min" }} ]
        [[pool]]
        name = "desk"
        kind = "employed"
        {pool}
        "#
    );
    let files = InMemory::new().with("a.toml", text);
    let mut model = load(Path::new("a.toml"), &[], &files).unwrap().model;
    let at = |&(h, m): &(u64, u64)| from_seconds((h * 3600 + m * 60) as f64);
    model.demand.arrivals = vec![Arrivals::Replay(calls.iter().map(at).collect())];
    model
}

/// What happens, in order; spans of one kind that follow one another without a change are one.
fn day(pool: &str, calls: &[(u64, u64)]) -> Vec<String> {
    let model = desk(pool, calls);
    let laws = Laws::new(&model).unwrap();
    let mut recorder = Recorder::default();
    let account = simulate(&laws, 1, 0, &mut recorder);
    assert!(account.conserved);
    let mut lines = recorder.lines;
    lines.sort_by_key(|l| (l.0, l.1));
    lines.into_iter().map(|l| l.2).collect()
}

const EIGHT: &str = "staff = 1\nshifts = [ { start = \"08:00\", length = \"8 h 30 min\", days = \"Mon\", \
                     breaks = [ { after = \"3 h 45 min\", length = \"30 min\" } ] } ]";

/// A call in hand delays the break, whose length is kept; a call in hand at the end is overtime.
#[test]
fn a_day_with_a_break_and_overtime() {
    assert_eq!(
        day(EIGHT, &[(11, 40), (11, 55), (16, 25)]),
        [
            "08:00-11:50 1 on duty",
            "08:00-11:50 1 paid, 0 overtime",
            "11:40 answered after 0",
            "12:20-16:35 1 on duty",
            "12:20-16:30 1 paid, 0 overtime",
            "12:20 answered after 25",
            "16:25 answered after 0",
            "16:30-16:35 1 finishing",
            "16:30-16:35 0 paid, 1 overtime",
        ]
    );
}

#[test]
fn a_paid_break_is_paid() {
    let paid = EIGHT.replace("length = \"30 min\"", "length = \"30 min\", paid = true");
    assert_eq!(
        day(&paid, &[]),
        [
            "08:00-11:45 1 on duty",
            "08:00-16:30 1 paid, 0 overtime",
            "12:15-16:30 1 on duty",
        ]
    );
}

/// A break that is due during another one, which a call delayed, begins when that one ends.
#[test]
fn breaks_follow_one_another() {
    let pool = "staff = 1\nshifts = [ { start = \"08:00\", length = \"4 h\", days = \"mon\", breaks = [ \
                { after = \"1 h\", length = \"20 min\" }, { after = \"1 h 25 min\", length = \"10 min\" } ] } ]";
    // Due at 09:00, but the call takes until 09:08: away until 09:28, and from then on for the second break.
    assert_eq!(
        day(pool, &[(8, 58)]),
        [
            "08:00-09:08 1 on duty",
            "08:00-09:08 1 paid, 0 overtime",
            "08:58 answered after 0",
            "09:38-12:00 1 on duty",
            "09:38-12:00 1 paid, 0 overtime",
        ]
    );
}

#[test]
fn the_shift_ends_in_three_ways() {
    let shift =
        "staff = 1\nshifts = [ { start = \"08:00\", length = \"1 h\", days = \"mon,tue\" } ]";
    let only = |rule: &str| -> Vec<String> {
        let lines = day(
            &format!("{shift}\nshift_end = \"{rule}\""),
            &[(8, 55), (8, 56)],
        );
        let kept = |l: &String| !l.contains("on duty") && !l.contains(", 0 overtime");
        lines.into_iter().filter(kept).collect()
    };
    assert_eq!(
        only("finish"),
        [
            "08:55 answered after 0",
            "09:00-09:05 1 finishing",
            "09:00-09:05 0 paid, 1 overtime",
            "32:00 answered after 1384",
        ]
    );
    // Who goes only when idle also takes the second call.
    assert_eq!(
        only("when_idle"),
        [
            "08:55 answered after 0",
            "09:00-09:15 0 paid, 1 overtime",
            "09:05 answered after 9",
        ]
    );
    // At 09:00 the first goes back to the head of the queue and has 5 minutes left on the next day.
    assert_eq!(
        only("cut"),
        [
            "08:55 answered after 0",
            "09:00 cut off",
            "32:00 answered after 1380",
            "32:05 answered after 1389",
        ]
    );
}

/// Two agents whose shifts end at one moment: what is cut off is not handed from one to the other.
#[test]
fn shifts_that_end_together_are_cut_together() {
    let pool = "staff = 2\nshift_end = \"cut\"\nshifts = [ { name = \"a\", start = \"08:00\", length = \"2 h\", days = \"mon\", share = 0.5 }, \
                { name = \"b\", start = \"09:00\", length = \"1 h\", days = \"mon\", share = 0.5 } ]";
    let lines = day(pool, &[(9, 55)]);
    let cut = lines.iter().filter(|l| l.contains("cut off")).count();
    let answered = lines.iter().filter(|l| l.contains("answered")).count();
    // It is answered again a week later.
    assert_eq!((cut, answered), (1, 2), "{lines:?}");
}

/// Shifts of 24 hours in a row: nobody leaves in between, and a call over midnight is no overtime.
#[test]
fn round_the_clock() {
    let pool = "staff = 1\nshifts = [ { start = \"00:00\", length = \"24 h\" } ]";
    let lines = day(pool, &[(23, 55), (23, 59)]);
    assert!(
        !lines
            .iter()
            .any(|l| l.contains("finishing") || l.contains("1 overtime")),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"24:05 answered after 6".to_owned()),
        "{lines:?}"
    );
}

/// A call that lasts into the next shift of the same person: the overtime ends there.
#[test]
fn overtime_into_the_next_shift() {
    let pool = "staff = 1\nshifts = [ { start = \"08:00\", length = \"23 h 55 min\" } ]";
    let lines = day(pool, &[(31, 50), (31, 56)]);
    let kept: Vec<&String> = lines
        .iter()
        .filter(|l| l.contains("answered") || l.contains("finishing") || l.contains("1 overtime"))
        .collect();
    assert_eq!(
        kept,
        [
            "31:50 answered after 0",
            "31:55-32:00 1 finishing",
            "31:55-32:00 0 paid, 1 overtime",
            "32:00 answered after 4",
        ]
    );
}

/// The night shift that began the evening before is there at time 0; of its break an hour is left.
#[test]
fn the_night_before() {
    let pool = "staff = 1\nshifts = [ { start = \"22:00\", length = \"8 h\", days = \"sun\", \
                breaks = [ { after = \"1 h\", length = \"2 h\" } ] } ]";
    assert_eq!(
        day(pool, &[]),
        ["01:00-06:00 1 on duty", "01:00-06:00 1 paid, 0 overtime"]
    );
}

/// With several contacts at once nothing new is taken before the break, and all in hand are finished.
#[test]
fn a_break_with_two_chats_in_hand() {
    let pool = "staff = 1\nconcurrency = 2\nspeed = [1.0, 1.0]\nshifts = [ { start = \"08:00\", length = \"4 h\", days = \"mon\", \
                breaks = [ { after = \"1 h\", length = \"30 min\" } ] } ]";
    assert_eq!(
        day(pool, &[(8, 52), (8, 58), (9, 3)]),
        [
            "08:00-09:08 1 on duty",
            "08:00-09:08 1 paid, 0 overtime",
            "08:52 answered after 0",
            "08:58 answered after 0",
            "09:38-12:00 1 on duty",
            "09:38-12:00 1 paid, 0 overtime",
            "09:38 answered after 35",
        ]
    );
}

/// Who is off goes round: of three people two come each day, each is off every third day, and the fourth day is as the first.
#[test]
fn who_is_off_goes_round() {
    let pool = "staff = 3\nshrinkage = 0.3333\nagent_cv = 0.5\nshifts = [ { start = \"08:00\", length = \"8 h\" } ]";
    #[derive(Default)]
    struct Work(Vec<(u64, Micros)>);
    impl Observer for Work {
        fn served(&mut self, _: &Contact, _: usize, s: Service) {
            self.0
                .push((to_seconds(s.from) as u64 / 86_400, s.to - s.from));
        }
    }
    let calls: Vec<(u64, u64)> = (0..8).map(|i| (10 + 24 * (i / 2), 0)).collect();
    let mut model = desk(pool, &calls);
    model.horizon *= 2;
    let laws = Laws::new(&model).unwrap();
    let mut work = Work::default();
    simulate(&laws, 1, 0, &mut work);
    let of_day = |d: u64| {
        let mut times: Vec<Micros> = work.0.iter().filter(|w| w.0 == d).map(|w| w.1).collect();
        times.sort_unstable();
        times
    };
    assert_eq!(of_day(0), of_day(3));
    let mut all: Vec<Micros> = (0..3).flat_map(of_day).collect();
    all.sort_unstable();
    assert_eq!(
        (all.len(), all[0], all[2], all[4]),
        (6, all[1], all[3], all[5])
    );
    assert!(all[0] < all[2] && all[2] < all[4]);
}
