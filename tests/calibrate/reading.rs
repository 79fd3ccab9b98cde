//! The log as the commands take it: its form, its clock, its lines.

use super::command::quietly;
use std::fs;
use std::path::Path;

/// Four weeks of a desk behind an assistant.
pub(super) const DESK: &str = "name = 'desk'\nstart = 2025-03-03\nhorizon = '4 weeks'\nwarmup = '0 s'\n\
    [demand]\ndaily_volume = 300\nprofile = [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 3, 2, 2, 3, 3, 2, 2, 1, 1, 0, 0, 0, 0]\n\
    [[topic]]\nname = 'orders, new'\nshare = 0.7\nwork = { lognormal = { mean = '5 min', cv = 1.0 } }\npatience = { exponential = '3 min' }\n\
    ai = { resolve = 0.4, hand_off = 0.6, handle_time = '90 s' }\n\
    [[topic]]\nname = 'bills'\nshare = 0.3\nwork = { gamma = { mean = '8 min', cv = 0.7 } }\npatience = { exponential = '3 min' }\n\
    [[pool]]\nname = 'desk'\nkind = 'employed'\nagents = [0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 4, 4, 3, 3, 4, 4, 3, 3, 2, 2, 1, 1, 0, 0]\n";

/// The files of a folder with their names.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
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
    let mut bad = 0;
    for place in (4..log.len() / 2).step_by(log.len() / 40) {
        let mut log = log.clone();
        log[place..place + 64].iter_mut().for_each(|b| *b ^= 0x55);
        fs::write(d.join("bad.parquet"), log).unwrap();
        let (status, errors) = quietly(d, "calibrate bad.parquet -o bad --force");
        assert!(!errors.contains("panicked"), "{errors}");
        assert!(matches!(status, 0 | 2), "{status}: {errors}");
        bad += u32::from(status == 2);
    }
    assert!(bad > 5, "{bad}");
}
