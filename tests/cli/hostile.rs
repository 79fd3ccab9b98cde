//! A hostile hand: two at once, edited folders, pipes and devices, characters that cannot be seen, odd names.

use super::failures::{interrupt_now, start, wait};
use super::{FILES, SMALL, handover, manifest, names, output, room, success, tables};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

/// What a refused command says.
fn refused(dir: &Path, arguments: &str) -> String {
    let (status, out, err) = output(dir, arguments);
    assert_eq!((status, out.as_str()), (2, ""), "{arguments}: {err}");
    assert!(err.contains("error: "), "{arguments}: {err}");
    err
}

/// A scenario with so many topics.
fn with_topics(count: usize) -> String {
    let mut text = "horizon = \"1 day\"\n[demand]\ndaily_volume = 5000\n".to_owned();
    let share = 1.0 / count as f64;
    for i in 0..count {
        text += &format!("[[topic]]\nname = \"t{i}\"\nshare = {share:?}\nwork = \"5 min\"\n");
    }
    text + "[[pool]]\nname = \"p\"\nkind = \"employed\"\nagents = 25\n"
}

#[test]
fn one_folder_has_one_writer() {
    let dir = room();
    let d = dir.path();
    let (mut done, mut refused) = (0, 0);
    for pair in 0..25 {
        let out = format!("out/{pair}");
        let run = |file| start(d, &format!("run {file} --reps 2 -q -o {out}"));
        let mut both = [run("a.toml"), run("b.toml")];
        for child in &mut both {
            let status = wait(child);
            let mut err = String::new();
            child
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut err)
                .unwrap();
            match status {
                Some(0) => done += 1,
                Some(1) => {
                    refused += 1;
                    assert!(err.contains("is being written by another process"), "{err}");
                    assert!(err.contains("help: wait for it"), "{err}");
                }
                other => panic!("{other:?}: {err}"),
            }
        }
        // Whoever wrote last wrote all of it.
        let place = d.join(&out);
        assert_eq!(names(&place), FILES);
        for (name, digest) in manifest(&place)["files"].as_object().unwrap() {
            let bytes = fs::read(place.join(name)).unwrap();
            let found = blake3::hash(&bytes).to_hex();
            assert_eq!(digest["blake3"].as_str(), Some(&*found), "{pair}: {name}");
        }
    }
    assert_eq!(done + refused, 50);
    assert!(done >= 25);
}

#[test]
fn what_a_killed_run_leaves_stops_nobody() {
    let dir = room();
    let d = dir.path();
    let mut child = start(d, "run a.toml --reps 1000000 -j1 -q -o out");
    while !d.join("out").exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended too early");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    success(d, "run a.toml --reps 2 -q -o out");
    assert_eq!(names(&d.join("out")), FILES);
}

/// A run of 1,000 topics writes tens of thousands of rows; Ctrl-C then ends it, whenever it comes.
#[cfg(unix)]
#[test]
fn ctrl_c_while_files_are_written_ends_at_once() {
    let dir = room();
    let d = dir.path();
    fs::write(d.join("many.toml"), with_topics(1000)).unwrap();
    let out = d.join("out");
    let mut child = start(d, "run many.toml --reps 2 -o out");
    // A temporary file of its tables shows that it writes.
    let writes = || {
        let entries = fs::read_dir(&out).into_iter().flatten().flatten();
        entries
            .filter(|e| e.file_name().to_string_lossy().starts_with(".handover-"))
            .filter_map(|e| e.metadata().ok())
            .any(|m| m.len() > 0)
    };
    while !writes() {
        assert!(child.try_wait().unwrap().is_none(), "it ended too early");
        std::thread::sleep(Duration::from_millis(1));
    }
    interrupt_now(&child);
    let status = wait(&mut child);
    let mut err = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut err)
        .unwrap();
    assert_eq!(status, Some(130), "{err}");
    assert!(err.contains("Interrupted"), "{err}");
    let left = if out.exists() {
        names(&out)
    } else {
        Vec::new()
    };
    assert!(left.iter().all(|n| !n.ends_with(".tmp")), "{left:?}");
    success(d, "run many.toml --reps 2 -q -o out");
    assert_eq!(names(&out), FILES);
}

#[test]
fn an_edited_folder_is_refused() {
    let dir = room();
    let d = dir.path();
    success(d, "run a.toml --reps 2 -q -o run");
    success(
        d,
        "sweep a.toml --reps 1 --vary max_contacts=2,3 --measures sl_net,contacts -q -o sweep",
    );
    let place = |name: &str| d.join(name);
    for (file, command, mends) in [
        ("run/summary.csv", "report run", "handover run"),
        ("run/monthly.csv", "report run", "handover run"),
        ("sweep/points.csv", "report sweep", "handover sweep"),
        ("sweep/points.csv", "sensitivity sweep", "handover sweep"),
    ] {
        let text = fs::read_to_string(place(file)).unwrap();
        fs::write(place(file), text.replace("0.", "7.")).unwrap();
        let err = refused(d, command);
        assert!(
            err.contains(file) && err.contains("its digest is not"),
            "{err}"
        );
        assert!(err.contains(mends), "{err}");
        fs::write(place(file), text).unwrap();
    }
    // Whoever writes the digest anew as well does not get by with what no run writes.
    for (file, from, to, says) in [
        (
            "run/summary.csv",
            ",fraction,0.",
            ",fraction,7.",
            "expected a share between 0 and 1",
        ),
        ("run/summary.csv", ",fraction,0.", ",fraction,NaN,", ""),
        (
            "sweep/points.csv",
            "\n1,2,0,0.",
            "\n1,2,0,7.",
            "expected a share between 0 and 1",
        ),
        (
            "sweep/points.csv",
            "\n1,2,0,",
            "\n1,2,0,x",
            "expected a number, found x",
        ),
        (
            "sweep/points.csv",
            "\n1,2,0,",
            "\nNaN,2,0,",
            "point: expected a whole number from 1 to 2, found NaN",
        ),
        (
            "run/summary.csv",
            "handle_time,all,s,",
            "handle_time,all,s,-",
            "expected a number of at least 0, found -",
        ),
    ] {
        let (folder, _) = file.split_once('/').unwrap();
        let (table, run) = (place(file), place(folder).join("run.json"));
        let (text, document) = (fs::read(&table).unwrap(), fs::read(&run).unwrap());
        let edited = String::from_utf8(text.clone()).unwrap();
        assert!(edited.contains(from), "{from}: {edited}");
        let edited = edited.replacen(from, to, 1);
        let old = blake3::hash(&text).to_hex().to_string();
        let new = blake3::hash(edited.as_bytes()).to_hex().to_string();
        let said = String::from_utf8(document.clone()).unwrap();
        let said = said.replace(&old, &new).replace(
            &format!("\"bytes\": {}", text.len()),
            &format!("\"bytes\": {}", edited.len()),
        );
        fs::write(&table, edited).unwrap();
        fs::write(&run, said).unwrap();
        let err = refused(d, &format!("report {folder}"));
        assert!(err.contains(file) && err.contains(says), "{says}: {err}");
        fs::write(&table, text).unwrap();
        fs::write(&run, document).unwrap();
    }
    fs::write(
        place("run/run.json"),
        "{\n  \"version\": \"0.1.0\",\n  oops\n",
    )
    .unwrap();
    assert!(refused(d, "report run").contains("at line 3 column"));
}

/// Values of `run.json` that no run and no sweep writes.
#[test]
fn an_unbelievable_run_json_is_refused() {
    let dir = room();
    let d = dir.path();
    success(d, "run a.toml --reps 2 -q -o run");
    success(
        d,
        "sweep a.toml --reps 1 --vary max_contacts=2,3 --measures sl_net -q -o sweep",
    );
    let of_version = "version: expected \"0.1.0\", found \"9.9.9\"";
    let none = "expected a whole number of at least 1, found 0";
    for (folder, key, value, says) in [
        (
            "run",
            "target_share",
            "7.5",
            "scenarios[0].topics[0].target_share: expected a share between 0 and 1, found 7.5",
        ),
        (
            "run",
            "confidence",
            "1.5",
            "scenarios[0].confidence: expected a share above 0 and below 1, found 1.5",
        ),
        ("run", "replications", "0", none),
        (
            "run",
            "time_zone",
            "\"Mars\"",
            "found \"2025-01-06\", \"Mars\"",
        ),
        (
            "run",
            "program",
            "\"x\"",
            "program: expected \"handover\", found \"x\"",
        ),
        ("run", "version", "\"9.9.9\"", of_version),
        ("sweep", "replications", "0", none),
        ("sweep", "version", "\"9.9.9\"", of_version),
    ] {
        let path = d.join(folder).join("run.json");
        let kept = fs::read_to_string(&path).unwrap();
        let key = format!("\"{key}\": ");
        let begin = kept.find(&key).expect("the key is there") + key.len();
        let end = begin + kept[begin..].find([',', '\n']).unwrap();
        fs::write(&path, format!("{}{value}{}", &kept[..begin], &kept[end..])).unwrap();
        let err = refused(d, &format!("report {folder}"));
        assert!(err.contains("run.json is not as it was written: "), "{err}");
        assert!(err.contains(says), "{says}: {err}");
        if folder == "sweep" {
            assert!(refused(d, "sensitivity sweep").contains(says));
        }
        fs::write(&path, kept).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn pipes_devices_and_huge_files_are_not_opened() {
    use std::os::unix::fs::symlink;
    let dir = room();
    let d = dir.path();
    success(d, "run a.toml --reps 2 -q -o run");
    success(
        d,
        "sweep a.toml --reps 1 --vary max_contacts=2,3 --measures sl_net -q -o sweep",
    );
    let fifo = |path: &Path| {
        let made = std::process::Command::new("mkfifo").arg(path).status();
        assert!(made.unwrap().success());
    };
    let zero = |path: &Path| symlink("/dev/zero", path).unwrap();
    let directory = |path: &Path| fs::create_dir(path).unwrap();
    let huge = |path: &Path| fs::File::create(path).unwrap().set_len(1 << 42).unwrap();
    let makers: [&dyn Fn(&Path); 4] = [&fifo, &zero, &directory, &huge];
    for (file, commands) in [
        ("run/run.json", &["report run"][..]),
        ("run/summary.csv", &["report run"]),
        ("sweep/run.json", &["report sweep", "sensitivity sweep"]),
        ("sweep/points.csv", &["report sweep", "sensitivity sweep"]),
        ("sweep/journal", &["merge sweep --out merged"]),
    ] {
        let path = d.join(file);
        let kept = fs::read(&path).unwrap();
        for make in makers {
            fs::remove_file(&path).unwrap();
            make(&path);
            for command in commands {
                refused(d, command);
            }
            let _ = fs::remove_file(&path).or_else(|_| fs::remove_dir(&path));
            fs::write(&path, &kept).unwrap();
        }
    }
    success(d, "report run -q");
    success(d, "sensitivity sweep -q");
    // A table that the run left and that is gone is missed.
    fs::remove_file(d.join("run/monthly.csv")).unwrap();
    let err = refused(d, "report run");
    assert!(err.contains("monthly.csv"), "{err}");
    assert!(err.contains("there is no such file"), "{err}");
}

#[test]
fn other_folders_are_left_alone() {
    let dir = room();
    let d = dir.path();
    fs::create_dir(d.join("photos")).unwrap();
    fs::write(d.join("photos/cat.jpg"), "").unwrap();
    for arguments in [
        "run a.toml --reps 2 -o photos",
        "sweep a.toml --reps 1 --vary max_contacts=2,3 -o photos",
        "run a.toml --reps 2 -o .",
        "run a.toml --reps 2 -o /",
    ] {
        let err = refused(d, arguments);
        assert!(err.contains("is no folder of results: it holds"), "{err}");
        assert!(err.contains("--out DIR"), "{err}");
    }
    assert_eq!(names(&d.join("photos")), ["cat.jpg"]);
    // Files that have the names of results are not results: run.json or a journal of this program stands beside those.
    fs::create_dir(d.join("mine")).unwrap();
    for (name, text) in [
        ("summary.csv", "mine"),
        ("points.csv", "mine"),
        ("report.html", "mine"),
        ("journal", "mine"),
        ("run.json", "{\"scenarios\": [], \"varies\": []}"),
    ] {
        fs::write(d.join("mine").join(name), text).unwrap();
        for command in ["run a.toml", "sweep a.toml --vary max_contacts=2,3"] {
            let err = refused(d, &format!("{command} --reps 1 -o mine"));
            assert!(err.contains("is no folder of results: it holds"), "{err}");
        }
        assert_eq!(fs::read_to_string(d.join("mine").join(name)).unwrap(), text);
        fs::remove_file(d.join("mine").join(name)).unwrap();
    }
    fs::remove_dir(d.join("mine")).unwrap();
    assert_eq!(names(d), ["a.toml", "b.toml", "photos"]);
    // A name of a file never leads out of the folder of results.
    for (file, folder) in [
        ("...toml", "scenario"),
        (".toml", "toml"),
        ("a b'c.toml", "a b'c"),
        ("\u{1f642}.toml", "\u{1f642}"),
        ("x\u{1b}[2J\n.toml", "x\\u{1b}[2J\\u{a}"),
    ] {
        fs::write(d.join(file), SMALL).unwrap();
        let run = handover(d, "run --reps 2").arg(file).output().unwrap();
        let said = String::from_utf8([run.stdout, run.stderr].concat()).unwrap();
        assert!(run.status.success(), "{said}");
        assert!(!said.contains('\u{1b}'), "{said:?}");
        let place = d.join("results").join(folder);
        assert_eq!(names(&place), FILES, "{file}");
        for (name, bytes) in tables(&place) {
            assert!(!bytes.contains(&0x1b), "{file}: {name}");
        }
        fs::remove_file(d.join(file)).unwrap();
    }
    assert_eq!(names(d), ["a.toml", "b.toml", "photos", "results"]);
}

#[test]
fn no_formula_reaches_a_spreadsheet() {
    let dir = room();
    let d = dir.path();
    let name = "=HYPERLINK(x)";
    fs::write(d.join("c.toml"), SMALL.replace("fraud", name)).unwrap();
    fs::write(d.join("=1+1.toml"), SMALL).unwrap();
    success(d, "run c.toml =1+1.toml --reps 2 -q -o out");
    for (file, bytes) in tables(&d.join("out")) {
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        for record in reader.records() {
            for field in &record.unwrap() {
                let begins = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
                assert!(!begins || field.parse::<f64>().is_ok(), "{file}: {field}");
            }
        }
    }
    // What is read back is what was written.
    success(d, "report out -q");
    let page = fs::read_to_string(d.join("out/report.html")).unwrap();
    assert!(
        page.contains(name) && !page.contains("&#39;=HYPERLINK"),
        "{name}"
    );
}

#[test]
fn options_may_stand_before_the_command_and_numbers_may_be_negative() {
    let dir = room();
    let d = dir.path();
    success(d, "-j 2 --color never -q run a.toml --reps 2 -o before");
    success(d, "run a.toml --reps 2 -o after -j 2 --color never -q");
    assert_eq!(tables(&d.join("before")), tables(&d.join("after")));
    for (arguments, says) in [
        ("run a.toml -j -1", "-1 is not in 1..=1024"),
        ("sweep a.toml --points -1", "-1 is not in"),
        (
            "sweep a.toml --vary max_contacts=2 --design-seed -1",
            "'-1' for '--design-seed",
        ),
        ("run a.toml --set max_contacts=-1", "found -1"),
        ("sweep a.toml --vary max_contacts=-1", "found -1"),
        (
            "run a.toml b.toml --best sl_net --delta -1",
            "expected a size above 0",
        ),
        (
            "breakeven a.toml b.toml --input demand.daily_volume --between -1 1",
            "found -1",
        ),
        ("sweep a.toml --shard -1/3", "expected I/N"),
    ] {
        let (status, _, err) = output(d, arguments);
        assert_eq!(status, 2, "{arguments}: {err}");
        assert!(err.contains(says), "{arguments}: {err}");
    }
}

/// Points that have every value once are checked before all combinations are.
#[test]
fn a_wrong_value_in_a_large_grid_is_known_soon() {
    let dir = room();
    let grid = "--vary demand.daily_volume=1..500/500 --vary pool.gig.acceptance=0.5..1.2/200";
    let err = refused(dir.path(), &format!("sweep a.toml {grid}"));
    assert!(
        err.contains("expected a probability between 0 and 1"),
        "{err}"
    );
    assert!(
        err.contains("of 100000 points 699 were checked together"),
        "{err}"
    );
}

#[test]
fn quiet_is_quiet() {
    let dir = room();
    let d = dir.path();
    success(d, "run a.toml --reps 2 -q -o run");
    success(
        d,
        "sweep a.toml --reps 1 --vary max_contacts=2,3 --measures sl_net -q -o sweep",
    );
    for silent in [
        "report run -q",
        "report run --figures -q",
        "new c.toml -q",
        "man -o man -q",
    ] {
        assert_eq!(success(d, silent), "", "{silent}");
    }
    for told in [
        "sensitivity sweep -q",
        "merge sweep --out merged -q",
        "run a.toml --reps 2 -q -o run",
    ] {
        assert!(!success(d, told).contains("Written"), "{told}");
    }
}
