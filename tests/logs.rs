//! Logs of contacts and of intervals: every form in which they come, everything that can be wrong with them, and recorded ones.

mod broken;
mod forms;
mod messages;
#[cfg(feature = "parquet")]
mod parquet;
mod recorded;

use std::io;
use std::path::Path;

use handover::log::{
    Contact, Counts, Input, LogError, Mapping, Reading, Record, Request, Source, read,
};
use handover::scenario::InMemory;

/// A log that was read.
struct Log {
    reading: Reading,
    contacts: Vec<Contact>,
    counts: Vec<Counts>,
    not_used: String,
}

/// Reads a log with a `columns.toml`, which may be empty.
fn attempt(bytes: &[u8], columns: &str) -> Result<Log, LogError> {
    let files = InMemory::new().with("columns.toml", columns);
    let mapping = Mapping::load(Path::new("columns.toml"), &files).map_err(LogError::Columns)?;
    let open = || Ok(Box::new(io::Cursor::new(bytes.to_vec())) as Box<dyn Input>);
    let source = Source {
        name: "log.csv",
        open: &open,
    };
    let (mut contacts, mut counts, mut not_used) = (Vec::new(), Vec::new(), Vec::new());
    let request = Request {
        not_used: Some(&mut not_used),
        ..Request::default()
    };
    let reading = read(&source, &mapping, request, &mut |record| match record {
        Record::Contact(c) => contacts.push(c),
        Record::Interval(c) => counts.push(c),
    })?;
    let not_used = String::from_utf8(not_used).unwrap();
    // Every line is used, or counted with its reason, and listed.
    let unused: u64 = reading.unused.iter().map(|u| u.lines).sum();
    assert_eq!(reading.used + unused, reading.lines);
    assert_eq!(reading.used, (contacts.len() + counts.len()) as u64);
    let listed = csv::Reader::from_reader(not_used.as_bytes())
        .into_records()
        .count();
    assert_eq!(listed as u64, unused);
    Ok(Log {
        reading,
        contacts,
        counts,
        not_used,
    })
}

fn log(text: &str, columns: &str) -> Log {
    attempt(text.as_bytes(), columns).unwrap_or_else(|e| panic!("{e}\n{:?}", e.advice()))
}

/// A moment as a contact has it.
fn at(text: &str) -> i64 {
    let civil: jiff::civil::DateTime = text.parse().unwrap();
    civil
        .to_zoned(jiff::tz::TimeZone::UTC)
        .unwrap()
        .timestamp()
        .as_millisecond()
}
