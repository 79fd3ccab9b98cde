//! A scenario on days that were recorded: their contacts and agents in place of its own.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::gather::{self, Gathered, OnDuty, date};
use super::named::Named;
use super::seen::Days;
use crate::scenario::{Files, InMemory, Problems, Scenario, load};
use jiff::ToSpan;
use jiff::tz::{AmbiguousOffset, TimeZone};
use std::collections::BTreeSet;

/// Files of which some are held in memory.
pub struct Over<'f> {
    above: InMemory,
    paths: Vec<PathBuf>,
    below: &'f dyn Files,
}

impl<'f> Over<'f> {
    /// These files of a folder in place of what is below.
    pub fn new(folder: &Path, files: &[Named], below: &'f dyn Files) -> Self {
        let mut over = Self {
            above: InMemory::new(),
            paths: Vec::new(),
            below,
        };
        for (name, text) in files {
            let path = folder.join(name);
            over.above = over.above.with(path.clone(), text.clone());
            over.paths.push(path);
        }
        over
    }
}

impl Files for Over<'_> {
    fn read(&self, path: &Path) -> Result<String, String> {
        match self.paths.iter().any(|p| p == path) {
            true => self.above.read(path),
            false => self.below.read(path),
        }
    }
}

/// What is taken from the record.
#[derive(Clone, Copy, Debug)]
pub struct Taken<'a> {
    /// The log.
    pub log: &'a Gathered,
    /// The scenario's names of its topics.
    pub topics: &'a [String],
    /// Whether its contacts that asked for a person are taken; else those of the scenario come.
    pub contacts: bool,
    /// Days by which the simulation starts earlier, so that customers of the days before come again.
    pub lead_days: u32,
    /// The time zone, in which some hours come twice.
    pub zone: Option<&'a str>,
    /// The pools that have recorded agents, and they; of others the scenario's are there.
    pub agents: &'a [(String, OnDuty)],
}

/// The name of the scenario that is made, and of its files.
const REPLAY: &str = "recorded-days.toml";
const COUNTS: &str = "recorded-contacts.csv";

impl Taken<'_> {
    /// A scenario that extends the one of this name.
    fn files(&self, scenario: &str, days: &Days) -> Vec<Named> {
        let name = toml::Value::String(scenario.to_owned());
        let mut text = format!(
            "extends = {name}\nstart = {}\nhorizon = \"{} days\"\nwarmup = \"0 s\"\n",
            date(days.first - self.lead_days as i32),
            days.days + self.lead_days as usize
        );
        let mut files = Vec::new();
        // Of an assistant the log shows who got past it: only these come, and go straight to people.
        let known = self.topics.iter().enumerate();
        let known = known.filter(|(k, _)| self.contacts && self.has_contacts(*k));
        let straight: BTreeSet<&String> = known.map(|(_, name)| name).collect();
        if self.contacts {
            // Who came again is among them.
            let _ = write!(
                text,
                "max_contacts = 1\n[demand]\ncounts = {{ csv = \"{COUNTS}\" }}\n"
            );
            files.push((COUNTS.to_owned(), self.counts(days)));
        }
        for name in straight {
            let name = toml::Value::String(name.clone());
            let _ = write!(text, "[[topic]]\nname = {name}\nentry = \"human\"\n");
        }
        for (n, (pool, agents)) in self.agents.iter().enumerate() {
            let pool = toml::Value::String(pool.clone());
            let file = format!("recorded-agents-{n}.csv");
            let _ = write!(
                text,
                "[[pool]]\nname = {pool}\nagents = {{ csv = \"{file}\" }}\n"
            );
            files.push((file, on_duty(agents, days)));
        }
        files.push((REPLAY.to_owned(), text));
        files
    }

    fn has_contacts(&self, topic: usize) -> bool {
        self.log.total(Some(topic)).offered > 0.0
    }

    fn counts(&self, days: &Days) -> String {
        let mut csv = csv::Writer::from_writer(Vec::new());
        let mut put = |row: [&str; 4]| csv.write_record(row).is_ok();
        put(["date", "time", "topic", "count"]);
        let topics = self.log.topics.len();
        // One of them has a row for each interval, so that it is seen how wide these are.
        let always = (0..topics).find(|&k| self.has_contacts(k));
        let zone = self.zone.and_then(|zone| TimeZone::get(zone).ok());
        let minutes = i64::from(self.log.minutes);
        for d in 0..days.days {
            let number = days.first + d as i32;
            let day = self.log.days.get(&number);
            let date = date(number).to_string();
            for i in 0..days.per_day {
                let time = time(i, days.per_day);
                let civil = gather::date(number).at(0, 0, 0, 0) + (i as i64 * minutes).minutes();
                let zone = zone.as_ref();
                let offset = zone.map(|z| z.to_ambiguous_timestamp(civil).offset());
                let comes_twice = matches!(offset, Some(AmbiguousOffset::Fold { .. }));
                for (k, name) in self.topics.iter().enumerate() {
                    let n = day.map_or(0.0, |d| d.cells[i * topics + k].offered);
                    if n > 0.0 || always == Some(k) {
                        let second = if comes_twice { (n / 2.0).floor() } else { 0.0 };
                        put([&date, &time, name, &format!("{:.0}", n - second)]);
                        if second > 0.0 {
                            put([&date, &time, name, &format!("{second:.0}")]);
                        }
                    }
                }
            }
        }
        let bytes = csv.into_inner().unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }

    /// The scenario at a path on these days.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn load(
        &self,
        scenario: &Path,
        days: &Days,
        settings: &[String],
        files: &dyn Files,
    ) -> Result<Scenario, Problems> {
        let folder = scenario.parent().unwrap_or(Path::new(""));
        let name = scenario.file_name().unwrap_or_default().to_string_lossy();
        let over = Over::new(folder, &self.files(&name, days), files);
        load(&folder.join(REPLAY), settings, &over)
    }
}

fn time(i: usize, per_day: usize) -> String {
    let minute = i * 1440 / per_day;
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn on_duty(agents: &OnDuty, days: &Days) -> String {
    let mut text = String::from("date,time,agents\n");
    let per_day = agents.values().map(Vec::len).max().unwrap_or(1);
    for d in 0..days.days {
        let number = days.first + d as i32;
        let of_day = agents.get(&number);
        for i in 0..per_day {
            let n = of_day.and_then(|a| a.get(i)).copied().unwrap_or(0.0);
            let n = super::named::plain(n, 3);
            let _ = writeln!(text, "{},{},{n}", date(number), time(i, per_day));
        }
    }
    text
}
