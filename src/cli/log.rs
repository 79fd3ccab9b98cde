//! The contact log of `handover run`.

use super::failure::Failure;
use super::input::Loaded;
use super::interrupt::Interrupt;
use super::options::LogOptions;
use crate::engine::Laws;
use crate::measure::contact_legs;
use crate::results::{ContactExport, Folder, Sealed, contacts_csv};
use std::path::Path;

/// What is to be logged.
pub(super) struct ContactLog<'o> {
    options: &'o LogOptions,
    pub(super) name: &'o str,
    export: ContactExport,
}

/// The log that is asked for, of the only scenario.
pub(super) fn wanted<'o>(
    options: &'o LogOptions,
    loaded: &[Loaded],
) -> Result<Option<ContactLog<'o>>, Failure> {
    let Some(name) = options.log.as_deref() else {
        return Ok(None);
    };
    let refuse = |what: &str, help: &str| {
        let message = format!("--log {name}: {what}\n  help: {help}");
        Err(Failure::bad(message))
    };
    let path = Path::new(name);
    if path.file_name().is_none_or(|file| file != name) {
        let help = "give the name of a file alone; -o DIR chooses the folder of the results, where it is written";
        return refuse("not the name of a file", help);
    }
    if loaded.len() > 1 {
        let help = "run the scenario whose contacts you want by itself";
        return refuse("a log is of one scenario", help);
    }
    let export = match path.extension().and_then(|e| e.to_str()) {
        Some("csv") => contacts_csv as ContactExport,
        Some("parquet") => match PARQUET {
            Some(export) => export,
            None => {
                let help = "build it with --features parquet, or take a name that ends in .csv";
                return refuse("this program was built without Parquet", help);
            }
        },
        _ => {
            let help = "a name that ends in .csv or .parquet says which it is";
            return refuse("neither a CSV nor a Parquet file", help);
        }
    };
    let log = ContactLog {
        options,
        name,
        export,
    };
    Ok(Some(log))
}

#[cfg(feature = "parquet")]
const PARQUET: Option<ContactExport> = Some(crate::results::contacts_parquet);
#[cfg(not(feature = "parquet"))]
const PARQUET: Option<ContactExport> = None;

impl ContactLog<'_> {
    /// Refuses the name of another file of the results.
    pub(super) fn may_stand_beside(&self, others: &[&str]) -> Result<(), Failure> {
        match others.contains(&self.name) {
            true => Err(Failure::bad(format!(
                "--log {}: a table of the results has this name\n  help: take another one, such as contacts.csv",
                self.name
            ))),
            false => Ok(()),
        }
    }

    /// Plays the replication once more and writes its contacts; the file has no name yet. `None` when it was interrupted.
    pub(super) fn write(
        &self,
        scenario: &Loaded,
        folder: &Folder,
        interrupt: &Interrupt,
    ) -> Result<Option<Sealed>, Failure> {
        let model = &scenario.scenario.model;
        let laws = Laws::new(model).map_err(|problems| Failure::bad(problems.join("; ")))?;
        let replication = u64::from(self.options.log_replication) - 1;
        let draws = (scenario.plan().seed, replication);
        let mut stopped = false;
        let file = folder.write(self.name, |out| {
            let mut legs = |put: &mut dyn FnMut(&_)| {
                let share = self.options.log_share;
                let stop = || interrupt.was_heard();
                stopped = contact_legs(&laws, draws, share, put, &stop).stopped;
            };
            (self.export)(model, &mut legs, out)
        })?;
        Ok((!stopped).then_some(file))
    }
}
