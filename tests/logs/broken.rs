//! What can be wrong with a log, and what is told of it.

use super::{at, attempt, log};
use handover::log::{Gap, Input, Mapping, Reason, Request, Source, Warning, read};
use jiff::civil::{Weekday, date};
use proptest::prelude::*;
use std::io;

const HEADER: &str = "id,arrival,answer,end,wait,handle,outcome,agent,customer\n";

/// The reason for which a line is not used.
fn reason(line: &str) -> (Reason, String) {
    let good = "x,2003-03-03 09:00,,,1,1,answered,,\n";
    let found = log(&format!("{HEADER}{good}{line}\n"), "");
    assert_eq!(found.contacts.len(), 1, "{line}");
    let unused = &found.reading.unused[0];
    assert_eq!((unused.lines, unused.first[0].line), (1, 3), "{line}");
    let listed = format!("3,{},", unused.reason.sentence());
    assert!(found.not_used.contains(&listed), "{}", found.not_used);
    (unused.reason, unused.first[0].value.clone())
}

#[test]
fn each_line_that_is_not_used_has_its_reason() {
    for (line, expected, value) in [
        (
            "1,2003-03-03 09:00,,,1,1,answered,a",
            Reason::Fields,
            "8 of 9",
        ),
        (
            "1,2003-03-03 09:00,,,1,1,answered,a,c,more",
            Reason::Fields,
            "10 of 9",
        ),
        ("1,,,,1,1,answered,a,c", Reason::NoTime, ""),
        (
            "1,2003-02-29 09:00,,,1,1,answered,a,c",
            Reason::UnreadableTime,
            "2003-02-29 09:00",
        ),
        (
            "1,2003-03-03 09:00,soon,,1,1,answered,a,c",
            Reason::UnreadableTime,
            "xxxx",
        ),
        (
            "1,2003-03-03 09:00,,2003-03-03 29:00,1,1,answered,a,c",
            Reason::UnreadableTime,
            "2003-03-03 29:00",
        ),
        (
            "1,2003-03-03 09:00,,,1:99,1,answered,a,c",
            Reason::UnreadableDuration,
            "1:99",
        ),
        (
            "1,2003-03-03 09:00,,,-1,1,answered,a,c",
            Reason::NegativeDuration,
            "-1",
        ),
        (
            "1,2003-03-03 09:00,,,1,-0:05,answered,a,c",
            Reason::NegativeDuration,
            "-0:05",
        ),
        (
            "1,2003-03-03 09:00,2003-03-03 08:59,,,1,answered,a,c",
            Reason::AnswerBeforeArrival,
            "2003-03-03 08:59",
        ),
        (
            "1,2003-03-03 09:00,,2003-03-03 08:59,,,abandoned,,c",
            Reason::EndBeforeArrival,
            "2003-03-03 08:59",
        ),
        (
            "1,2003-03-03 09:00,2003-03-03 09:05,2003-03-03 09:04,,,answered,a,c",
            Reason::EndBeforeAnswer,
            "2003-03-03 09:04",
        ),
        (
            "1,2003-03-03 09:00,,,1,1,who knows,a,c",
            Reason::UnknownOutcome,
            "who knows",
        ),
        (
            "1,2003-03-03 09:00,,,1,1,c,a,c",
            Reason::UnknownOutcome,
            "(an identifier)",
        ),
        ("1,2003-03-03 09:00,,,,,,,c", Reason::NoOutcome, ""),
        ("1,2003-03-03 09:00,,,1,1,test,a,c", Reason::Ignored, ""),
        (
            "x,2003-03-03 09:00,,,1,1,abandoned,,c\n",
            Reason::Duplicate,
            "",
        ),
    ] {
        let (found, shown) = match expected {
            // Of two lines the later one counts.
            Reason::Duplicate => {
                let found = log(
                    &format!("{HEADER}{}{line}", "x,2003-03-03 09:00,,,1,1,answered,,\n"),
                    "",
                );
                assert_eq!(found.reading.unused[0].first[0].line, 2);
                (found.reading.unused[0].reason, String::new())
            }
            _ => reason(line),
        };
        assert_eq!((found, shown.as_str()), (expected, value), "{line}");
    }
}

#[test]
fn counts_that_cannot_be() {
    let text = "date,time,offered,answered,abandoned\n2003-03-03,07:00,5,4,3\n2003-03-03,07:30,-1,,\n2003-03-03,08:00,many,,\n\
        2003-03-03,08:30,,,\n2003-03-03,07:00,5,4,1\n";
    let found = log(text, "");
    assert_eq!(found.counts.len(), 2);
    assert_eq!(found.reading.unused_for(Reason::NegativeCount), 1);
    assert_eq!(found.reading.unused_for(Reason::UnreadableCount), 2);
    for warning in [
        Warning::MoreThanOffered { lines: 1 },
        Warning::RepeatedIntervals { lines: 1 },
    ] {
        assert!(
            found.reading.warnings.contains(&warning),
            "{:?}",
            found.reading.warnings
        );
    }
}

#[test]
fn identifiers_are_shown_nowhere() {
    let text = format!(
        "{HEADER}SECRET1,SECRET2,,,1,1,answered,SECRET3,SECRET2\nSECRET4,2003-03-03 09:00,SECRET5,,1,1,answered,SECRET5,SECRET6\n\
         SECRET7,2003-03-03 09:00,,,SECRET8,1,answered,SECRET9,SECRET8\nSECRET7,2003-03-03 09:00,,,1,1,SECRET8,SECRET9,SECRET8\n\
         x,2003-03-03 09:00,,,1,1,answered,SECRET9,SECRET8\n"
    );
    let found = log(&text, "");
    assert_eq!(found.contacts.len(), 1);
    let shown = format!("{:?}{}", found.reading, found.not_used);
    assert!(!shown.contains("SECRET"), "{shown}");
}

#[test]
fn other_encodings_are_read_and_told() {
    let text = b"arrival,wait,handle,topic\n2003-03-03 09:00,1,1,K\xfcndigung\n2003-03-03 09:01,1,1,K\xc3\xbcndigung\n2003-03-03 09:02,1,1,\x80\n";
    let found = attempt(text, "").unwrap();
    assert_eq!(found.reading.topics, ["Kündigung", "€"]);
    assert_eq!(found.contacts[1].topic, 0);
    assert_eq!(found.reading.warnings[0], Warning::Encoding { lines: 2 });
}

#[test]
fn the_order_of_lines_has_no_effect() {
    let found = log(
        "arrival,wait,handle\n2003-03-04 09:00,1,1\n2003-03-03 09:00,1,1\n2003-03-05 09:00,1,1\n",
        "",
    );
    assert_eq!(found.contacts.len(), 3);
    assert!(
        found
            .reading
            .warnings
            .contains(&Warning::Backwards { lines: 1, of: 3 })
    );
    assert_eq!(
        found.reading.days,
        Some((date(2003, 3, 3), date(2003, 3, 5)))
    );
}

#[test]
fn missing_answers_are_used_and_counted() {
    let text = "arrival,answer,end,outcome,agent\n2003-03-03 09:00,,,answered,\n2003-03-03 09:00,2003-03-03 09:01,2003-03-03 09:02,answered,a\n\
        2003-03-03 09:00,0000-00-00 00:00:00,NULL,answered,a\n";
    let found = log(text, "");
    assert_eq!(found.contacts.len(), 3);
    assert_eq!(found.reading.gaps, [(Gap::Answer, 2), (Gap::Agent, 1)]);
    let share = Warning::MissingAgents {
        share: 1.0 - 2.0 / 3.0,
    };
    assert!(found.reading.warnings.contains(&share));
}

fn days(of: impl Fn(jiff::civil::Date) -> Option<String>) -> Vec<Warning> {
    let mut text = String::from("arrival,wait,handle\n");
    let mut day = date(2003, 1, 1);
    while day < date(2004, 1, 1) {
        if let Some(clock) = of(day) {
            text.push_str(&format!("{day}T{clock},1,{}\n", day.day()));
        }
        day = day.tomorrow().unwrap();
    }
    log(&text, "").reading.warnings
}

#[test]
fn days_that_are_missing_are_told() {
    let mondays = days(|d| (d.weekday() == Weekday::Monday).then(|| "09:00".to_owned()));
    assert_eq!(
        mondays,
        [Warning::OneWeekday {
            weekday: Weekday::Monday,
            days: 52
        }]
    );
    let working = |d: jiff::civil::Date| d.weekday().to_monday_zero_offset() < 5;
    assert_eq!(days(|d| working(d).then(|| "09:00".to_owned())), []);
    let june = days(|d| (working(d) && d.month() != 6).then(|| "09:00".to_owned()));
    let stretches = vec![(date(2003, 6, 2), date(2003, 6, 30))];
    assert_eq!(
        june,
        [Warning::MissingDays {
            days: 21,
            stretches
        }]
    );
}

#[test]
fn two_zones_are_told() {
    let one = days(|d| {
        Some(
            if (4..=10).contains(&d.month()) {
                "09:00+02:00"
            } else {
                "09:00+01:00"
            }
            .to_owned(),
        )
    });
    assert_eq!(one, []);
    let two = days(|d| {
        Some(
            if d.day() % 2 == 0 {
                "09:00+01:00"
            } else {
                "09:00-05:00"
            }
            .to_owned(),
        )
    });
    assert_eq!(
        two,
        [Warning::TwoZones {
            offsets: vec![-300, 60]
        }]
    );
    let words = two[0].to_string();
    assert!(words.contains("(-05:00, +01:00)"), "{words}");
}

#[test]
fn made_up_handle_times_and_many_faults_are_told() {
    let mut text = String::from("arrival,wait,handle\n");
    for i in 0..50 {
        text.push_str(&format!("2003-03-03 09:{i:02},1,300\n"));
    }
    text.push_str("2003-03-03 09:99,1,300\n");
    let found = log(&text, "");
    let share = 1.0 / 51.0;
    assert_eq!(
        found.reading.warnings,
        [
            Warning::Unused { share },
            Warning::EqualHandleTimes { ms: 300_000 }
        ]
    );
    assert_eq!(
        found.reading.warnings[0].to_string(),
        "2.0% of the lines are not used because something is wrong with them"
    );
}

#[test]
fn mixed_orders_of_dates_are_told() {
    let found = log(
        "arrival,wait,handle\n31/01/2003 9:00,1,1\n30/01/2003 9:00,1,1\n01/29/2003 9:00,1,1\n",
        "",
    );
    assert_eq!(found.reading.unused_for(Reason::UnreadableTime), 1);
    assert!(
        found
            .reading
            .warnings
            .contains(&Warning::MixedDates { values: 1 })
    );
}

#[test]
fn a_window_leaves_out_the_rest() {
    let text =
        b"arrival,wait,handle\n2003-03-03 09:00,1,1\n2003-03-04 00:00,1,1\n2003-03-05 00:00,1,1\n";
    let open = || Ok(Box::new(io::Cursor::new(&text[..])) as Box<dyn Input>);
    let source = Source {
        name: "x",
        open: &open,
    };
    let request = Request {
        from: Some(at("2003-03-04T00:00:00")),
        until: Some(at("2003-03-05T00:00:00")),
        not_used: None,
    };
    let mut used = 0;
    let reading = read(&source, &Mapping::default(), request, &mut |_| used += 1).unwrap();
    assert_eq!((used, reading.unused_for(Reason::Outside)), (1, 2));
    assert_eq!(reading.days, Some((date(2003, 3, 4), date(2003, 3, 4))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = attempt(&bytes, "");
        let _ = attempt(&[&b"\x1f\x8b\x08\0\0\0\0\0"[..], &bytes].concat(), "");
        let _ = attempt(&[HEADER.as_bytes(), &bytes].concat(), "zone = \"Europe/Berlin\"");
    }

    #[test]
    fn random_fields_never_panic(
        rows in prop::collection::vec(prop::collection::vec("[0-9]{0,4}[-/:.T ]?[0-9]{0,2}[-/: ]?[0-9]{0,14}(Z|PM|\\+25:00|\"|ä)?", 9), 0..8),
        interval in any::<bool>(),
    ) {
        let header = if interval { "date,time,offered,answered,abandoned,aht,asa,agents,queue\n" } else { HEADER };
        let rows: String = rows.iter().map(|r| r.join(",") + "\n").collect();
        for columns in ["dates = \"month/day/year\"", "dates = \"day/month/year\"\nzone = \"America/New_York\""] {
            let found = attempt(format!("{header}{rows}").as_bytes(), columns);
            prop_assert!(found.is_ok());
        }
    }
}

/// What is no log at all, by whatever name it goes.
#[test]
fn other_formats_are_named() {
    let gzip = |bytes: &[u8]| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        io::Write::write_all(&mut gzip, bytes).unwrap();
        gzip.finish().unwrap()
    };
    let utf16: Vec<u8> = HEADER.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut workbook = rust_xlsxwriter::Workbook::new();
    workbook.add_worksheet();
    let workbook = workbook.save_to_buffer().unwrap();
    for (bytes, found) in [
        (workbook.clone(), "a workbook or another zip archive"),
        (gzip(&workbook), "a workbook or another zip archive"),
        (
            gzip(b"PAR1 and more"),
            "a Parquet file compressed by gzip: decompress it first",
        ),
        (
            gzip(&gzip(HEADER.as_bytes())),
            "a file compressed by gzip twice",
        ),
        (
            b"\x28\xb5\x2f\xfd\x04".to_vec(),
            "a file compressed by Zstandard",
        ),
        (b"\n<!DOCTYPE html><table>".to_vec(), "HTML or XML"),
        (
            b"\xef\xbb\xbf<?xml version=\"1.0\"?>".to_vec(),
            "HTML or XML",
        ),
        (b"[\n  {\"arrival\": 1}]".to_vec(), "JSON"),
        (b"{\"arrival\": \"2003-03-03\"}\n".to_vec(), "JSON"),
        (utf16, "bytes that are no text, or UTF-16 without its mark"),
        (
            vec![0; 1000],
            "bytes that are no text, or UTF-16 without its mark",
        ),
    ] {
        let error = attempt(&bytes, "").err().unwrap();
        let expected =
            format!("log.csv: expected CSV, perhaps compressed by gzip, or Parquet, found {found}");
        assert_eq!(error.to_string(), expected);
        assert_eq!(error.advice().as_deref(), Some("export the log as CSV"));
    }
}

/// Exports one after the other in one file, each with its header and its mark.
#[test]
fn several_exports_in_one_file_are_one_log() {
    let one = "\u{feff}id,arrival,wait,handle\na,2003-03-03 09:00,1,1\n";
    let two = "\u{feff}id,arrival,wait,handle\nb,2003-03-04 09:00,1,1\n\u{feff}c,2003-03-05 09:00,1,1\nd,2003-03-05 09:00\0,1,1\n";
    let found = log(&format!("{one}{two}"), "");
    assert_eq!(found.contacts.len(), 3);
    assert_eq!(found.reading.unused_for(Reason::Header), 1);
    assert_eq!(found.reading.unused_for(Reason::UnreadableTime), 1);
    assert_eq!(found.reading.unused.len(), 2);
}

#[test]
fn thousands_of_columns_are_read() {
    let names: Vec<String> = (0..5000)
        .map(|i| format!("column number {i} of an export"))
        .collect();
    let header = format!("arrival,wait,handle,{}\n", names.join(","));
    let row = format!("2003-03-03 09:00,1,1{}\n", ",x".repeat(5000));
    let found = log(&format!("{header}{}", row.repeat(20)), "");
    assert_eq!(found.contacts.len(), 20);
    assert_eq!(found.reading.idle_columns.len(), 5000);
    let error = attempt(header.replacen("arrival", "kam", 1).as_bytes(), "")
        .err()
        .unwrap();
    let error = error.to_string();
    assert!(
        error.len() < 3000 && error.ends_with(" and 4963 others"),
        "{error}"
    );
}
