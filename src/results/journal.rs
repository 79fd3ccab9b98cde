//! The journal of a sweep or of a scenario of a run: finished replications, each on disk before the next is begun.
//!
//! The file begins with [`MAGIC`], the length of the head as eight bytes (little-endian), the BLAKE3 digest of the head, and the head
//! itself, in JSON. Then come records of equal length: point and replication (four bytes each), contacts, events and the values (eight
//! bytes each, little-endian), and the first 16 bytes of the BLAKE3 digest of all that, keyed by the digest of the head. A record
//! that was cut short, or whose digest is wrong, is ignored: its replication is simulated again.

use super::folder::words;
use crate::experiment::{Finished, Task};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What the file begins with.
const MAGIC: &[u8; 20] = b"handover journal 1\r\n";
const PREFIX: usize = MAGIC.len() + 8 + 32;
const CHECK: usize = 16;
/// Largest journal that is read, in bytes: above that of the largest sweep.
const LARGEST: u64 = 16 << 30;
/// After so long the system is asked to bring everything to the disk: what a power cut may cost.
const SYNC: Duration = Duration::from_secs(5);

/// Why a journal, whose path is the first field, cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The system refuses, and says why.
    #[error("cannot use {}: {}", .0.display(), words(.1))]
    Io(PathBuf, #[source] io::Error),
    /// Another process writes to it.
    #[error("{} is being written by another process", .0.display())]
    Busy(PathBuf),
    /// It is no journal, or its head is damaged.
    #[error("{} is no journal of a sweep, or its beginning is damaged", .0.display())]
    Damaged(PathBuf),
    /// It belongs to another sweep: what is different.
    #[error("{} belongs to another sweep: {}", .0.display(), .1)]
    Other(PathBuf, String),
}

/// A journal that is written.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    out: Mutex<Out>,
    key: [u8; 32],
}

#[derive(Debug)]
struct Out {
    file: File,
    synced: Instant,
    record: Vec<u8>,
}

/// What the replications of a journal belong to: all that decides their values.
pub trait Head: Clone + Serialize + DeserializeOwned {
    /// Number of values of each replication.
    fn width(&self) -> usize;

    /// Whether there is such a replication.
    fn has(&self, task: Task) -> bool;

    /// What `found` is that this is not; `None` when both are the same.
    fn difference(&self, found: &Self) -> Option<String>;

    /// The head as it stands in a journal.
    fn text(&self) -> String {
        serde_json::to_string(self).expect("text keys and whole numbers always serialise")
    }
}

/// Whether a file begins as journals do.
pub(super) fn is_journal(path: &Path) -> bool {
    if !path.is_file() {
        return false;
    }
    let mut first = [0; MAGIC.len()];
    let read = File::open(path).and_then(|mut f| f.read_exact(&mut first));
    read.is_ok() && first == *MAGIC
}

/// What a journal says.
#[derive(Debug)]
pub struct Entries<H> {
    /// What it belongs to.
    pub head: H,
    /// Its finished replications, in the order in which they were finished.
    pub finished: Vec<Finished>,
}

impl Journal {
    /// Opens the journal that belongs to `head`, or begins it; gives what is in it.
    ///
    /// # Errors
    /// When it belongs to something else, or cannot be used.
    pub fn open<H: Head>(path: &Path, head: &H) -> Result<(Self, Entries<H>), JournalError> {
        let refuse = |source| JournalError::Io(path.into(), source);
        let mut options = OpenOptions::new();
        let mut file = opened(path, options.read(true).append(true).create(true))?;
        // Where files cannot be locked nothing is lost but the warning.
        if let Err(TryLockError::WouldBlock) = file.try_lock() {
            return Err(JournalError::Busy(path.into()));
        }
        let bytes = whole(&mut file, path)?;
        let beginning = beginning(head);
        let entries = if bytes.len() < beginning.len() && beginning.starts_with(&bytes) {
            // New, or cut short before anything was finished.
            file.set_len(0).map_err(refuse)?;
            file.write_all(&beginning).map_err(refuse)?;
            file.sync_all().map_err(refuse)?;
            Entries {
                head: head.clone(),
                finished: Vec::new(),
            }
        } else {
            let (entries, whole) = parse(&bytes, path)?;
            if let Some(what) = head.difference(&entries.head) {
                return Err(JournalError::Other(path.into(), what));
            }
            file.set_len(whole as u64).map_err(refuse)?;
            file.seek(SeekFrom::End(0)).map_err(refuse)?;
            entries
        };
        let out = Out {
            file,
            synced: Instant::now(),
            record: Vec::new(),
        };
        let journal = Self {
            path: path.to_owned(),
            out: Mutex::new(out),
            key: digest(&entries.head.text()),
        };
        Ok((journal, entries))
    }

    /// Adds a finished replication.
    ///
    /// # Errors
    /// What the system says.
    pub fn add(&self, done: &Finished) -> Result<(), JournalError> {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let out = &mut *out;
        let record = &mut out.record;
        record.clear();
        record.extend(done.task.point.to_le_bytes());
        record.extend(done.task.replication.to_le_bytes());
        record.extend(done.contacts.to_le_bytes());
        record.extend(done.events.to_le_bytes());
        let values = done.values.iter();
        record.extend(values.flat_map(|v| v.to_le_bytes()));
        let check = blake3::keyed_hash(&self.key, record);
        record.extend(&check.as_bytes()[..CHECK]);
        let mut write = || {
            out.file.write_all(record)?;
            if out.synced.elapsed() >= SYNC {
                out.file.sync_data()?;
                out.synced = Instant::now();
            }
            Ok(())
        };
        write().map_err(|source| JournalError::Io(self.path.clone(), source))
    }
}

/// Reads a journal without changing it.
///
/// # Errors
/// When it cannot be read, or is none.
pub fn read_journal<H: Head>(path: &Path) -> Result<Entries<H>, JournalError> {
    let mut file = opened(path, OpenOptions::new().read(true))?;
    let bytes = whole(&mut file, path)?;
    parse(&bytes, path).map(|(entries, _)| entries)
}

/// Opens a regular file: a pipe would be waited for, and a device may have no end.
fn opened(path: &Path, options: &OpenOptions) -> Result<File, JournalError> {
    if path.exists() && !path.is_file() {
        return Err(JournalError::Damaged(path.into()));
    }
    let file = options.open(path);
    file.map_err(|source| JournalError::Io(path.into(), source))
}

/// All that is in a journal. What does not begin as one is not read on.
fn whole(file: &mut File, path: &Path) -> Result<Vec<u8>, JournalError> {
    let failed = |source| JournalError::Io(path.into(), source);
    let mut bytes = Vec::new();
    let mut first = file.take(MAGIC.len() as u64);
    first.read_to_end(&mut bytes).map_err(failed)?;
    if bytes == MAGIC {
        if file.metadata().map_err(failed)?.len() > LARGEST {
            return Err(JournalError::Damaged(path.into()));
        }
        file.read_to_end(&mut bytes).map_err(failed)?;
    }
    Ok(bytes)
}

fn digest(text: &str) -> [u8; 32] {
    *blake3::hash(text.as_bytes()).as_bytes()
}

/// Everything before the first record.
fn beginning<H: Head>(head: &H) -> Vec<u8> {
    let text = head.text();
    let mut bytes = MAGIC.to_vec();
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(digest(&text));
    bytes.extend(text.as_bytes());
    bytes
}

/// What the bytes of a journal say, and how many of them are whole.
fn parse<H: Head>(bytes: &[u8], path: &Path) -> Result<(Entries<H>, usize), JournalError> {
    let head: H = head(bytes).ok_or_else(|| JournalError::Damaged(path.into()))?;
    let text = head.text();
    let start = PREFIX + text.len();
    let key = digest(&text);
    let length = 24 + 8 * head.width() + CHECK;
    let records = bytes[start..].chunks_exact(length);
    let whole = start + records.len() * length;
    let finished = records
        .filter_map(|record| {
            let (payload, check) = record.split_at(length - CHECK);
            if blake3::keyed_hash(&key, payload).as_bytes()[..CHECK] != *check {
                return None;
            }
            let mut words = payload[8..].chunks_exact(8).map(word);
            let task = word(&payload[..8]);
            Some(Finished {
                task: Task::new(task as u32, (task >> 32) as u32),
                contacts: words.next()?,
                events: words.next()?,
                values: words.map(f64::from_bits).collect(),
            })
        })
        .filter(|f| head.has(f.task))
        .collect();
    Ok((Entries { head, finished }, whole))
}

/// The head, if it is whole and one that this version writes.
fn head<H: Head>(bytes: &[u8]) -> Option<H> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let length = word(rest.get(..8)?);
    let check = rest.get(8..40)?;
    let text = rest.get(40..)?.get(..usize::try_from(length).ok()?)?;
    let text = std::str::from_utf8(text).ok()?;
    let head: H = serde_json::from_str(text).ok()?;
    (digest(text) == *check && head.text() == text).then_some(head)
}

/// Eight bytes as a number.
fn word(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word.copy_from_slice(bytes);
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::super::sweep_head::{SweepHead, tests::head_of};
    use super::*;
    use crate::experiment::Shard;

    fn done(point: u32, replication: u32) -> Finished {
        let x = f64::from(point) / 7.0 + f64::from(replication);
        Finished {
            task: Task { point, replication },
            contacts: u64::from(point) * 1000,
            events: u64::MAX - u64::from(replication),
            values: vec![x, f64::NAN],
        }
    }

    fn tasks(entries: &Entries<SweepHead>) -> Vec<(u32, u32)> {
        let tasks = entries.finished.iter().map(|f| f.task);
        tasks.map(|t| (t.point, t.replication)).collect()
    }

    #[test]
    fn what_was_finished_is_there_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let head = head_of(4, 3, Shard::ALL);
        let (journal, entries) = Journal::open(&path, &head).unwrap();
        assert!(entries.finished.is_empty());
        for (p, r) in [(2, 1), (0, 0), (3, 2)] {
            journal.add(&done(p, r)).unwrap();
        }
        assert!(matches!(
            Journal::open(&path, &head),
            Err(JournalError::Busy { .. })
        ));
        drop(journal);
        let (_, entries) = Journal::open(&path, &head).unwrap();
        assert_eq!(tasks(&entries), [(2, 1), (0, 0), (3, 2)]);
        let (back, was) = (&entries.finished[0], done(2, 1));
        assert_eq!((back.contacts, back.events), (was.contacts, was.events));
        assert_eq!(back.values[0].to_bits(), was.values[0].to_bits());
        assert!(back.values[1].is_nan());
    }

    /// Cut off anywhere, the journal goes on with all that was whole, and a bit that is turned costs one record at most.
    #[test]
    fn any_end_and_any_error_is_survived() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        let head = head_of(4, 3, Shard::ALL);
        let (journal, _) = Journal::open(&path, &head).unwrap();
        (0..4).for_each(|p| journal.add(&done(p, 0)).unwrap());
        drop(journal);
        let whole = std::fs::read(&path).unwrap();
        let start = beginning(&head).len();
        let length = (whole.len() - start) / 4;
        for end in 0..whole.len() {
            std::fs::write(&path, &whole[..end]).unwrap();
            let (journal, entries) = Journal::open(&path, &head).unwrap();
            let kept = end.saturating_sub(start) / length;
            assert_eq!(
                tasks(&entries),
                (0..kept as u32).map(|p| (p, 0)).collect::<Vec<_>>()
            );
            journal.add(&done(3, 2)).unwrap();
            drop(journal);
            let after = read_journal::<SweepHead>(&path).unwrap();
            assert_eq!(tasks(&after).last(), Some(&(3, 2)));
            assert_eq!(after.finished.len(), kept + 1);
        }
        for at in (0..whole.len()).step_by(7) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            std::fs::write(&path, &bytes).unwrap();
            let read = read_journal::<SweepHead>(&path);
            if at < start {
                assert!(
                    matches!(read, Err(JournalError::Damaged { .. })),
                    "byte {at}"
                );
            } else {
                assert_eq!(read.unwrap().finished.len(), 3, "byte {at}");
            }
        }
    }

    #[test]
    fn a_journal_of_something_else_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        drop(Journal::open(&path, &head_of(4, 3, Shard::ALL)).unwrap());
        for (head, what) in [
            (head_of(5, 3, Shard::ALL), "its points are others"),
            (head_of(4, 2, Shard::ALL), "it has 3 replications, not 2"),
            (
                head_of(4, 3, Shard { index: 2, of: 3 }),
                "it is shard 1/1, not 2/3",
            ),
        ] {
            match Journal::open(&path, &head) {
                Err(JournalError::Other(_, found)) => assert_eq!(found, what),
                other => panic!("{other:?}"),
            }
        }
        std::fs::write(&path, "point,replication\n").unwrap();
        let refused = Journal::open(&path, &head_of(4, 3, Shard::ALL));
        assert!(matches!(refused, Err(JournalError::Damaged { .. })));
    }
}
