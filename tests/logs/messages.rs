//! What a planner reads whose log or columns.toml is wrong, in full.

use super::{attempt, log};
use handover::log::Role;

fn message(text: &str, columns: &str) -> String {
    let error = attempt(text.as_bytes(), columns).err().unwrap();
    match error.advice() {
        Some(help) => format!("{error}\n  help: {help}"),
        None => error.to_string(),
    }
}

#[test]
fn everything_wrong_with_columns_is_told_at_once() {
    let columns = r#"
zone = "Europe/Atlantis"
dates = "dmy"
seperator = ";"

[columns]
arrival = 7
answer = ["picked up", ""]
offered = "calls"
agnt = "agent"

[outcomes]
OK = "answerd"

[[rule]]
column = "direction"
outcome = "ignore"
"#;
    let found = message("a,b\n", columns);
    println!("{found}");
    assert_eq!(found.trim_end(), include_str!("columns.txt").trim_end());
}

#[test]
fn columns_that_are_not_there_are_told_at_once() {
    let columns = "[columns]\narrival = \"call_strat\"\nanswer = [\"pickup\", \"end\"]\n\n[[rule]]\ncolumn = \"direction\"\nis = [\"out\"]\noutcome = \"ignore\"\n";
    let found = message("Call Start,end,agent\n2003-03-03 09:00,,\n", columns);
    println!("{found}");
    assert_eq!(found.trim_end(), include_str!("absent.txt").trim_end());
}

#[test]
fn columns_that_are_not_known_give_a_file_to_begin_with() {
    let found = message("Wann;Wer;Was\n03.03.2003;x;y\n", "");
    assert_eq!(
        found,
        r#"log.csv: expected columns that are known, found "Wann", "Wer", "Was"
  help: say what is in which column, in a file columns.toml such as

[columns]
arrival = "..."   # when the contact reached the queue; of counts by interval: interval and offered
answer = "..."    # when a person answered it, or: wait
end = "..."       # when it ended, or: handle
# also: outcome, topic, channel, agent, priority, customer, contact, updated, assistant, handed_over

# zone = "Europe/Berlin"
"#
    );
}

#[test]
fn what_is_no_log_is_refused() {
    for (bytes, expected) in [
        (
            &b""[..],
            "log.csv: expected a header and lines below it, found an empty file",
        ),
        (
            b"\n\n  \n",
            "log.csv: expected a header and lines below it, found an empty file",
        ),
        (
            b"PK\x03\x04abc",
            "log.csv: expected CSV, perhaps compressed by gzip, or Parquet, found a workbook or another zip archive",
        ),
        (
            b"2003-03-03 09:00,c1,12\n2003-03-03 09:01,c2,13\n",
            "log.csv: expected columns that are known, found a first line that seems to be no header",
        ),
    ] {
        let error = attempt(bytes, "").err().unwrap();
        assert_eq!(error.to_string(), expected);
    }
    let cut = attempt(b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b", "")
        .err()
        .unwrap()
        .to_string();
    assert!(
        cut.starts_with("log.csv: it cannot be read beyond line 0: "),
        "{cut}"
    );
    let mut many = String::from("arrival,wait,handle,topic\n");
    for i in 0..1001 {
        many.push_str(&format!("2003-03-03 09:00,1,1,t{i}\n"));
    }
    assert_eq!(
        message(
            &many,
            "layout = \"contacts\"\ncolumns = { topic = \"topic\" }"
        ),
        "log.csv: expected at most 1000 different words in column \"topic\", found more\n  \
         help: name another column for it, or none: this one seems to hold identifiers or free text"
    );
}

#[test]
fn the_page_of_logs_names_every_key_and_layout() {
    let page = include_str!("../../docs/logs.md");
    let layouts = include_str!("../../src/log/layouts.rs").lines();
    let layouts = layouts.filter_map(|l| l.trim().strip_prefix("id: \"")?.strip_suffix("\","));
    let layouts: Vec<&str> = layouts.collect();
    assert!(layouts.len() >= 8, "{layouts:?}");
    for word in Role::ALL.iter().map(|r| r.1).chain(layouts) {
        assert!(page.contains(&format!("`{word}`")), "{word}");
    }
    let columns = page
        .split("```")
        .find_map(|b| b.strip_prefix("toml\n"))
        .unwrap();
    let text = "Queue start;IVR end;Agent start;Agent end;Result;Skill;Agent;Caller;Direction\n\
        31.01.2003 09:00;;31.01.2003 09:01;31.01.2003 09:05;OK;PS;a;c;in\n;31.01.2003 09:00;;;IVR only;PS;;c;in\n";
    let found = log(text, columns);
    assert_eq!(
        (found.contacts.len(), found.reading.topics.as_slice()),
        (2, &["banking".to_owned()][..])
    );
}
