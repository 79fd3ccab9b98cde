//! The log as the commands take it: its form, its clock, its lines.

use super::command::quietly;
use std::fs;
use std::path::Path;

/// Four weeks of a desk behind an assistant.
const DESK: &str = "name = 'desk'\nstart = 2025-03-03\nhorizon = '4 weeks'\nwarmup = '0 s'\n\
    [demand]\ndaily_volume = 300\nprofile = [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 3, 2, 2, 3, 3, 2, 2, 1, 1, 0, 0, 0, 0]\n\
    [[topic]]\nname = 'orders, new'\nshare = 0.7\nwork = { lognormal = { mean = '5 min', cv = 1.0 } }\npatience = { exponential = '3 min' }\n\
    ai = { resolve = 0.4, hand_off = 0.6, handle_time = '90 s' }\n\
    [[topic]]\nname = 'bills'\nshare = 0.3\nwork = { gamma = { mean = '8 min', cv = 0.7 } }\npatience = { exponential = '3 min' }\n\
    [[pool]]\nname = 'desk'\nkind = 'employed'\nagents = [0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 4, 4, 3, 3, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0]\n";

/// The files of a folder with their names.
pub(super) fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(&path).unwrap())
        })
        .collect();
    all.sort();
    all
}

/// What a run writes as CSV and as Parquet is the same log, whatever the file is called.
#[cfg(feature = "parquet")]
#[test]
fn parquet_gives_the_same_files_as_csv() {
    let room = tempfile::tempdir().unwrap();
    let d = room.path();
    fs::write(d.join("desk.toml"), DESK).unwrap();
    let mut made = Vec::new();
    for form in ["csv", "parquet"] {
        let run = format!("run desk.toml --reps 2 --no-report --log contacts.{form} -o out-{form}");
        assert_eq!(quietly(d, &run), (0, String::new()));
        fs::create_dir(d.join(form)).unwrap();
        let log = d.join(form).join("contacts.log");
        fs::rename(d.join(format!("out-{form}/contacts.{form}")), log).unwrap();
        let fit =
            format!("calibrate {form}/contacts.log -o fit-{form} --until 2025-03-27 --reps 10");
        assert_eq!(quietly(d, &fit), (0, String::new()));
        let back = format!(
            "backtest fit-{form}/scenario.toml {form}/contacts.log -o back-{form} --reps 10"
        );
        assert_eq!(quietly(d, &back), (0, String::new()));
        made.push((
            files(&d.join(format!("fit-{form}"))),
            files(&d.join(format!("back-{form}"))),
        ));
    }
    let scenario = fs::read_to_string(d.join("fit-csv/scenario.toml")).unwrap();
    // Of each session 90 s, until the assistant resolves or hands over; so long nobody waits.
    assert!(
        scenario.contains("default = \"90 s\", hand_off = \"90 s\""),
        "{scenario}"
    );
    assert!(made[0].0.len() >= 6 && made[0].1.len() == 2);
    for (csv, parquet) in made[0]
        .0
        .iter()
        .chain(&made[0].1)
        .zip(made[1].0.iter().chain(&made[1].1))
    {
        assert!(csv == parquet, "{} differs from {}", csv.0, parquet.0);
    }
    // Half of it is an error, not a panic.
    let log = fs::read(d.join("parquet/contacts.log")).unwrap();
    fs::write(d.join("half.csv"), &log[..log.len() / 2]).unwrap();
    let (status, errors) = quietly(d, "calibrate half.csv -o half");
    assert_eq!(status, 2);
    assert!(
        errors.starts_with("error: half.csv: the Parquet file cannot be read: "),
        "{errors}"
    );
    for (from, to) in [(4, 3 * log.len() / 4), (4, log.len() / 2)] {
        let mut log = log.clone();
        log[from..to].fill(0xff);
        fs::write(d.join("bad.parquet"), log).unwrap();
        let (status, errors) = quietly(d, "calibrate bad.parquet -o bad");
        assert_eq!(status, 2, "{errors}");
        assert!(
            errors.starts_with("error: bad.parquet: it cannot be read beyond line "),
            "{errors}"
        );
        assert!(!errors.contains("panicked"), "{errors}");
    }
}

/// What Ctrl-C leaves of a command that would take long: nothing.
#[cfg(unix)]
#[test]
fn an_interrupted_fit_leaves_nothing() {
    let room = tempfile::tempdir().unwrap();
    let d = room.path();
    fs::write(d.join("desk.toml"), DESK).unwrap();
    let run = "run desk.toml --reps 2 --no-report --log contacts.csv -o out";
    assert_eq!(quietly(d, run), (0, String::new()));
    let fit = "calibrate out/contacts.csv -o fit";
    assert_eq!(quietly(d, fit), (0, String::new()));
    let before = files(&d.join("fit"));
    for (arguments, wait_ms) in [
        (
            "calibrate out/contacts.csv --until 2025-03-24 --reps 10000 -o new/fit --not-used list.csv",
            2000,
        ),
        (
            "calibrate out/contacts.csv --until 2025-03-24 --reps 10000 -o fit --force",
            50,
        ),
        (
            "backtest fit/scenario.toml out/contacts.csv --from 2025-03-10 --reps 10000 -o new/back",
            1500,
        ),
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_handover"));
        command.current_dir(d).args(arguments.split(' '));
        command
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped());
        let child = command.spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(wait_ms));
        let kill = format!("kill -INT {}", child.id());
        assert!(
            std::process::Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
        let done = child.wait_with_output().unwrap();
        let text = String::from_utf8(done.stderr).unwrap();
        if wait_ms > 1000 {
            // By then it listens, whatever else the machine does.
            assert_eq!(done.status.code(), Some(130), "{arguments}: {text}");
            assert_eq!(
                text.trim(),
                "Interrupted: nothing was written.",
                "{arguments}"
            );
        }
        assert!(!d.join("new").exists(), "{arguments}");
        assert_eq!(files(&d.join("fit")), before, "{arguments}");
    }
}

/// The columns of a calibration are kept, and `backtest` takes them; others on request. A day that is not there is not left out.
#[test]
fn columns_are_kept_and_days_must_be_there() {
    let room = super::command::room();
    let d = room.path();
    let fit = "calibrate calls.csv --columns columns.toml -o centre --until 2025-04-14 --reps 5";
    for (day, ends) in [
        ("2026-04-01", false),
        ("2025-04-15", false),
        ("2025-04-11", true),
    ] {
        let (status, errors) = quietly(d, &format!("{fit} --exclude 2025-03-04 --exclude {day}"));
        if ends {
            assert_eq!((status, errors.as_str()), (0, ""));
            continue;
        }
        assert_eq!(status, 2);
        assert_eq!(
            errors,
            format!(
                "error: --exclude {day}: nothing of that day is fitted\n  help: what is fitted goes from 2025-03-03 to 2025-04-11\n"
            )
        );
        assert!(!d.join("centre").exists());
    }
    let kept = d.join("centre/columns.toml");
    let given = fs::read(d.join("columns.toml")).unwrap();
    assert_eq!(fs::read(&kept).unwrap(), given);
    let page = fs::read_to_string(d.join("centre/report.html")).unwrap();
    assert!(page.contains("What is fitted has confidence intervals of 95 %"));
    assert!(!page.contains("mean over replications"));
    // Without them this log has no columns that are known.
    let text = fs::read_to_string(d.join("calls.csv")).unwrap();
    let odd = text.replacen("call;arrival;answer;end", "nr;kam;ging;fertig", 1);
    fs::write(d.join("odd.csv"), odd).unwrap();
    let mapping = String::from_utf8(given).unwrap();
    let mapping = mapping
        .replace("\"call\"", "\"nr\"")
        .replace("\"arrival\"", "\"kam\"");
    let mapping = mapping
        .replace("\"answer\"", "\"ging\"")
        .replace("\"end\"", "\"fertig\"");
    fs::write(d.join("odd.toml"), mapping).unwrap();
    let (status, errors) = quietly(d, "backtest centre/scenario.toml odd.csv --reps 5 -o back");
    assert_eq!(status, 2);
    assert!(
        errors.contains("centre/columns.toml") && errors.contains("found \"arrival\""),
        "{errors}"
    );
    let other = "backtest centre/scenario.toml odd.csv --columns odd.toml --reps 5 -o back";
    assert_eq!(quietly(d, other), (0, String::new()));
    let (status, printed, _) = crate::cli::output(
        d,
        "backtest centre/scenario.toml calls.csv --reps 5 -o kept",
    );
    assert_eq!(status, 0);
    assert!(
        printed.starts_with("Columns are those of centre/columns.toml; --columns names others.\n"),
        "{printed}"
    );
    assert_eq!(files(&d.join("back"))[0], files(&d.join("kept"))[0]);
    // A file of that name that nobody kept is nobody's.
    let plain = "calibrate calls.csv -o centre --force --until 2025-04-14 --reps 5";
    let (status, _) = quietly(d, plain);
    assert_eq!(status, 0);
    let (_, printed, _) = crate::cli::output(
        d,
        "backtest centre/scenario.toml calls.csv --reps 5 -o kept",
    );
    assert!(!printed.contains("Columns are those"), "{printed}");
}
