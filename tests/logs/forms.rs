//! Forms in which logs come.

use super::{at, attempt, log};
use handover::log::{Assistant, Contact, Gap, Kind, Outcome, Reason, Role, Warning};
use std::io::Write as _;

const THREE: &str = "\
arrival,answer,end,outcome,queue,agent,customer
2003-03-03T09:00:00,2003-03-03T09:00:20,2003-03-03T09:03:20,answered,sales,anna,c1
2003-03-03T09:01:00,,2003-03-03T09:02:30,abandoned,service,,c2
2003-03-03T09:02:00,2003-03-03T09:02:00,2003-03-03T09:04:00.500,Answered,sales,ben,c1
";

/// What [`THREE`] says, in whatever form.
fn is_three(text: &[u8], columns: &str) {
    let found = attempt(text, columns).unwrap_or_else(|e| panic!("{e}"));
    let [a, b, c] = found.contacts.as_slice() else {
        panic!("{:?}", found.reading.unused)
    };
    assert_eq!(a.arrival, at("2003-03-03T09:00:00"));
    assert_eq!(
        (a.wait_ms, a.handle_ms, a.outcome),
        (Some(20_000), Some(180_000), Outcome::Answered)
    );
    assert_eq!(
        (b.wait_ms, b.handle_ms, b.outcome),
        (Some(90_000), None, Outcome::Abandoned)
    );
    assert_eq!(
        (c.wait_ms, c.handle_ms, c.outcome),
        (Some(0), Some(120_500), Outcome::Answered)
    );
    assert_eq!([a.topic, b.topic, c.topic], [0, 1, 0]);
    assert_eq!([a.agent, b.agent, c.agent], [Some(0), None, Some(1)]);
    assert_eq!(
        [a.customer, b.customer, c.customer],
        [Some(0), Some(1), Some(0)]
    );
    assert_eq!(found.reading.topics, ["sales", "service"]);
    assert_eq!((found.reading.agents, found.reading.customers), (2, 2));
    assert_eq!(found.reading.kind, Kind::Contacts);
}

#[test]
fn separators_compression_and_marks() {
    is_three(THREE.as_bytes(), "");
    for separator in [";", "\t", "|"] {
        is_three(THREE.replace(',', separator).as_bytes(), "");
    }
    is_three(
        format!("\u{feff}{}", THREE.replace('\n', "\r\n")).as_bytes(),
        "",
    );
    is_three(THREE.replace('\n', "\r").as_bytes(), "");
    is_three(THREE.replace('\n', "\n\n").as_bytes(), "");
    is_three(THREE.replace("sales", "\"sales\"").as_bytes(), "");
    is_three(THREE.trim_end().as_bytes(), "");
    is_three(THREE.replace('\n', ",\n").as_bytes(), "");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(THREE.as_bytes()).unwrap();
    is_three(&gzip.finish().unwrap(), "");
    let utf16: Vec<u8> = THREE
        .replace(',', "\t")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    is_three(&[&[0xff, 0xfe][..], &utf16].concat(), "");
}

#[test]
fn a_spreadsheet_s_export() {
    let text = "sep=;\r\nCalls of March 2003;;;;;;\r\n;;;;;;\r\n".to_owned()
        + &THREE.replace(',', ";").replace('\n', "\r\n");
    is_three(text.as_bytes(), "");
    let title = "Report of calls\nCentre:,North\n\n".to_owned() + THREE;
    is_three(title.as_bytes(), "");
    // Decimal commas, days of a spreadsheet, and hours by a point.
    let found = log(
        "Start;Wait;Handle time\n37683,375;12,5;1.234,5\n03.03.2003 9.30.00;0;60\n13.03.2003 9.30.00;0;60\n",
        "",
    );
    let [a, b, _] = found.contacts.as_slice() else {
        panic!()
    };
    assert_eq!(
        (a.arrival, b.arrival),
        (at("2003-03-03T09:00:00"), at("2003-03-03T09:30:00"))
    );
    assert_eq!((a.wait_ms, a.handle_ms), (Some(12_500), Some(1_234_500)));
}

#[test]
fn dates_of_several_countries() {
    let dated = |format: &str| {
        let mut text = THREE.to_owned();
        for line in THREE.lines().skip(1) {
            for field in line.split(',').filter(|f| f.contains('T')) {
                let civil: jiff::civil::DateTime = field.parse().unwrap();
                let mut shown = civil.strftime(format).to_string();
                if field.contains('.') && !format.contains("%s") {
                    shown.push_str(".500");
                }
                text = text.replace(field, &shown);
            }
        }
        // A date that shows the order, of an abandoned contact on another day.
        let civil: jiff::civil::DateTime = "2003-03-31T09:00:00".parse().unwrap();
        text + &format!("{},,,ignore,,,\n", civil.strftime(format))
    };
    for format in [
        "%d.%m.%Y %H:%M:%S",
        "%d/%m/%Y %H:%M:%S",
        "%m/%d/%Y %H:%M:%S",
        "%Y/%m/%d %H:%M:%S",
        "%d-%m-%y %H:%M:%S",
        "%d %b %Y %H:%M:%S",
    ] {
        is_three(dated(format).as_bytes(), "");
    }
    let american = THREE
        .replace("2003-03-03T09:04:00.500", "3/3/2003 9:04:00.500 AM")
        .replace("2003-03-03T09:", "3/3/2003 9:")
        .replace(":00,", ":00 AM,")
        .replace(":20,", ":20 AM,")
        .replace(":30,", ":30 AM,");
    is_three(american.as_bytes(), "dates = \"month/day/year\"");
    is_three(american.as_bytes(), "dates = \"day/month/year\"");
    let error = attempt(american.as_bytes(), "").err().unwrap();
    assert_eq!(
        error.to_string(),
        "log.csv: expected a date that shows which is day and which month, found only ones such as \"3/3/2003 9:00:00 AM\" in column \"arrival\""
    );
    assert!(
        error
            .advice()
            .unwrap()
            .contains("dates = \"day/month/year\"")
    );
}

#[test]
fn unix_times_zones_and_two_columns() {
    let unix =
        "start_time,wait,handle\n1046682000,20,180\n1046682000000,20,180\n1046682000.0,20,180\n";
    let utc = log(unix, "");
    assert!(
        utc.contacts
            .iter()
            .all(|c| c.arrival == at("2003-03-03T09:00:00"))
    );
    assert_eq!(utc.reading.warnings.first(), Some(&Warning::Utc));
    let berlin = log(unix, "zone = \"Europe/Berlin\"");
    assert!(
        berlin
            .contacts
            .iter()
            .all(|c| c.arrival == at("2003-03-03T10:00:00"))
    );
    assert_eq!(berlin.reading.zone.as_deref(), Some("Europe/Berlin"));
    let offsets = "arrival,answer,end\n2003-03-03T09:00:00Z,2003-03-03T10:00:20+01:00,2003-03-03T04:03:20-0500\n";
    let found = log(offsets, "zone = \"America/New_York\"");
    let [c] = found.contacts.as_slice() else {
        panic!()
    };
    assert_eq!(
        (c.arrival, c.end),
        (at("2003-03-03T04:00:00"), Some(at("2003-03-03T04:03:20")))
    );
    assert_eq!((c.wait_ms, c.handle_ms), (Some(20_000), Some(180_000)));
    // The night in which clocks are set back: the wait is what passed.
    let back =
        "arrival,answer,end\n2003-10-26T00:59:50Z,2003-10-26T01:00:10Z,2003-10-26T01:02:00Z\n";
    assert_eq!(
        log(back, "zone = \"Europe/Berlin\"").contacts[0].wait_ms,
        Some(20_000)
    );
    let two = "Date,Time,Answer time,End time\n03/03/2003,23:59:50,00:00:10,12:01:00 AM\n31/03/2003,10:00,10:01,10:05\n";
    let found = log(two, "");
    assert_eq!(found.contacts[0].arrival, at("2003-03-03T23:59:50"));
    assert_eq!(found.contacts[0].end, Some(at("2003-03-04T00:01:00")));
    assert_eq!(found.contacts[1].wait_ms, Some(60_000));
}

#[test]
fn durations_have_units() {
    let text = "start,wait (ms),talk,wrap min\n2003-03-03 09:00,2500,0:03:00,0.5\n2003-03-03 09:00,,02:30,1\n";
    let found = log(
        text,
        "[columns]\narrival = \"start\"\nwait = \"wait (ms)\"\ntalk = \"talk\"\nwrap = \"wrap min\"\n",
    );
    let [a, b] = found.contacts.as_slice() else {
        panic!()
    };
    assert_eq!((a.wait_ms, a.handle_ms), (Some(2500), Some(210_000)));
    assert_eq!((b.wait_ms, b.handle_ms), (None, Some(210_000)));
    let minutes = log(
        "start,wait,handle\n2003-03-03 09:00,2,3\n",
        "durations = \"minutes\"\n",
    );
    assert_eq!(minutes.contacts[0].wait_ms, Some(120_000));
}

#[test]
fn a_mapping_says_what_is_where() {
    let text = "\
a,b,c,d,e,f,g
2003-03-03 09:00,,20,OK,PS,in,bot
,2003-03-03 09:01,30,GONE,TT,in,person
2003-03-03 09:02,,0,OK,PS,out,
2003-03-03 09:03,,0,TRY,PS,in,
2003-03-03 09:04,,0,DONE,XX,in,odd
";
    let columns = "\
[columns]
arrival = [\"a\", \"b\"]
wait = \"c\"
outcome = \"d\"
topic = \"e\"
assistant = \"g\"
[outcomes]
OK = \"answered\"
GONE = \"abandoned\"
TRY = \"ignore\"
DONE = \"resolved-by-assistant\"
[topics]
PS = \"banking\"
TT = \"callbacks\"
[assistant]
bot = \"resolved\"
person = \"handed-over\"
[[rule]]
column = \"f\"
is = [\"out\"]
outcome = \"agent-work\"
";
    let found = log(text, columns);
    let outcomes: Vec<Outcome> = found.contacts.iter().map(|c| c.outcome).collect();
    assert_eq!(
        outcomes,
        [
            Outcome::Answered,
            Outcome::Abandoned,
            Outcome::AgentWork,
            Outcome::ResolvedByAssistant
        ]
    );
    assert_eq!(found.contacts[1].arrival, at("2003-03-03T09:01:00"));
    let assistant: Vec<_> = found.contacts.iter().map(|c| c.assistant).collect();
    assert_eq!(
        assistant,
        [
            Some(Assistant::Resolved),
            Some(Assistant::HandedOver),
            None,
            None
        ]
    );
    assert_eq!(found.reading.topics, ["banking", "callbacks", "XX"]);
    assert_eq!(found.reading.unused_for(Reason::Ignored), 1);
    assert_eq!(found.reading.gaps.len(), 1);
    assert_eq!(
        found.reading.columns[0],
        ("arrival", vec!["a".to_owned(), "b".to_owned()])
    );
    assert_eq!(found.reading.idle_columns, [""; 0]);
}

#[test]
fn a_layout_is_changed_by_a_mapping() {
    let text = "start,wait,handle,line of business\n2003-03-03 09:00,2,3,x\n";
    let found = log(
        text,
        "layout = \"contacts\"\n[columns]\ntopic = \"Line of business\"\n",
    );
    assert_eq!(found.reading.topics, ["x"]);
    assert_eq!(found.reading.layout, Some("contacts"));
    assert_eq!(Role::WaitAnswered.key(), "wait_answered");
    assert!(
        Role::ALL
            .iter()
            .enumerate()
            .all(|(i, (role, key))| *role as usize == i && role.key() == *key)
    );
}

#[test]
fn arrivals_alone_are_a_log() {
    let found = log(
        "t\n2003-03-03 09:00\n2003-03-03 09:01\n",
        "columns = { arrival = \"t\" }",
    );
    assert!(found.contacts.iter().all(|c| c.outcome == Outcome::Unknown));
    assert_eq!(found.contacts.len(), 2);
}

#[test]
fn exports_of_switches() {
    let text = "\
Queue,Interval,Calls Offered,Calls Handled,Abandoned,AHT,ASA,Staffed
Sales,2003-03-03 09:00 - 09:30,\"1,020\",990,30,0:03:20,12.5,40
Sales,2003-03-03 09:30 - 10:00,10,10,0,200,,4.5
Total,,1030,1000,30,,,
";
    let found = log(text, "");
    let [a, b] = found.counts.as_slice() else {
        panic!("{:?}", found.reading.unused)
    };
    assert_eq!(
        (a.start, a.offered, a.answered, a.abandoned),
        (at("2003-03-03T09:00:00"), 1020.0, Some(990.0), Some(30.0))
    );
    assert_eq!(
        (a.handle_s, a.wait_answered_s, a.agents),
        (Some(198_000.0), Some(12_375.0), Some(40.0))
    );
    assert_eq!(
        (b.handle_s, b.wait_answered_s, b.agents),
        (Some(2000.0), None, Some(4.5))
    );
    assert_eq!(found.reading.interval_ms, Some(1_800_000));
    assert_eq!(
        (found.reading.kind, found.reading.layout),
        (Kind::Intervals, Some("intervals"))
    );
    assert_eq!(found.reading.unused_for(Reason::NoTime), 1);
    let days = log("Date;Calls\n03.03.2003;100\n14.03.2003;1.100\n", "");
    assert_eq!(days.reading.interval_ms, Some(86_400_000));
    let apart = log(
        "date,time,offered,total_handle_time\n2003-03-03,07:00-07:05,7,70\n2003-03-03,07:05-07:10,8,80\n2003-03-03,23:55-24:00,0,0\n",
        "",
    );
    assert_eq!(
        (apart.counts[2].start, apart.reading.interval_ms),
        (at("2003-03-03T23:55:00"), Some(300_000))
    );
    assert_eq!(apart.counts[1].handle_s, Some(80.0));
}

#[test]
fn exports_of_helpdesks() {
    let text = "\
Ticket ID,Created at,Updated at,First reply time in minutes,Solved at,Assignee,Requester,Group,Priority,Via
1,2003-03-03 09:00,2003-03-04 09:00,90,2003-03-04 09:00,anna,r1,billing,High,Email
2,2003-03-03 09:05,2003-03-03 09:05,,,,r2,billing,Normal,Web
1,2003-03-03 09:00,2003-03-03 12:00,90,,anna,r1,billing,Low,Email
3,2003-03-03 10:00,2003-08-04 09:00,144000,2003-08-04 09:00,ben,r1,login,Odd,Email
";
    let found = log(text, "");
    assert_eq!(found.reading.layout, Some("tickets"));
    let [a, b] = found.contacts.as_slice() else {
        panic!("{:?}", found.reading.unused)
    };
    assert_eq!(
        (a.wait_ms, a.handle_ms, a.outcome, a.priority),
        (Some(5_400_000), None, Outcome::Answered, Some(2))
    );
    assert_eq!(
        (b.wait_ms, b.priority, b.agent),
        (Some(8_640_000_000), None, Some(1))
    );
    assert_eq!(found.reading.unused_for(Reason::Duplicate), 1);
    assert_eq!(found.reading.unused_for(Reason::NoOutcome), 1);
    assert_eq!(found.reading.channels, ["Email"]);
}

#[test]
fn the_last_update_of_a_contact_counts() {
    let text = "\
id,arrival,wait,handle,updated
a,2003-03-03 09:00,1,10,2003-03-03T10:00
b,2003-03-03 09:00,2,10,2003-03-03T10:00
a,2003-03-03 09:00,3,10,2003-03-03T12:00
a,2003-03-03 09:00,4,10,2003-03-03T11:00
b,2003-03-03 09:00,5,10,2003-03-03T10:00
,2003-03-03 09:00,6,10,
,2003-03-03 09:00,7,10,
";
    let waits = |text: &str| -> Vec<u64> {
        let found = log(text, "");
        found
            .contacts
            .iter()
            .map(|c| c.wait_ms.unwrap() / 1000)
            .collect()
    };
    assert_eq!(waits(text), [3, 5, 6, 7]);
    let versions = text
        .replace("T10:00", "")
        .replace("T1", "")
        .replace("2003-03-032:00", "12")
        .replace("2003-03-031:00", "9");
    assert_eq!(
        waits(&versions.replace(",2003-03-03\n", ",7\n")),
        [3, 5, 6, 7]
    );
    let bare = text.replace(",updated", "");
    let without = bare.lines().map(|l| match l.matches(',').count() {
        4 => l.rsplit_once(',').unwrap().0.to_owned() + "\n",
        _ => l.to_owned() + "\n",
    });
    let found = log(&without.collect::<String>(), "");
    assert_eq!(
        found
            .contacts
            .iter()
            .map(|c| c.wait_ms.unwrap())
            .collect::<Vec<_>>(),
        [4000, 5000, 6000, 7000]
    );
    assert!(
        found
            .reading
            .warnings
            .contains(&Warning::NoUpdate { lines: 3 })
    );
}

#[test]
fn without_a_column_of_outcomes_the_others_tell() {
    let outcomes = |text: &str| -> Vec<Outcome> {
        let found = log(text, "");
        found.contacts.iter().map(|c| c.outcome).collect()
    };
    use Outcome::*;
    let text = "arrival,wait,handle,agent,bot\n2003-03-03 09:00,5,60,,\n2003-03-03 09:00,5,,,\n2003-03-03 09:00,,,,contained\n\
        2003-03-03 09:00,5,,anna,escalated\n2003-03-03 09:00,5,,bot,resolved\n";
    assert_eq!(
        outcomes(text),
        [
            Answered,
            Abandoned,
            ResolvedByAssistant,
            Answered,
            ResolvedByAssistant
        ]
    );
    // Nobody can say whether these were answered.
    assert_eq!(outcomes("arrival,wait\n2003-03-03 09:00,5\n"), [Unknown]);
}

#[test]
fn the_log_of_a_simulation() {
    let text = "\
contact,customer,attempt,leg,topic,market,priority,arrival,assistant,assistant_from,assistant_to,queue_entry,answer,end,work_end,pool,agent,\
outcome,resolved,callback,satisfied,comes_back,wait,wrap_up,handle
1,1,1,1,cards,,1,2025-06-02T08:00:00.125,hand_off,2025-06-02T08:00:00.125,2025-06-02T08:01:00.125,2025-06-02T08:01:00.125,\
2025-06-02T08:01:30.125,2025-06-02T08:05:00.125,2025-06-02T08:06:00.125,desk,3,transferred,,no,,,30,60,270
1,1,1,2,cards,,1,2025-06-02T08:05:00.125,,,,2025-06-02T08:05:00.125,2025-06-02T08:05:00.125,2025-06-02T08:09:00.125,\
2025-06-02T08:09:00.125,second,3,answered,yes,no,yes,,0,0,240
2,2,1,1,loans,,1,2025-06-02T08:00:10,resolve,2025-06-02T08:00:10,2025-06-02T08:01:00,,,2025-06-02T08:01:00,,,,ai_resolved,yes,no,yes,,,,
3,3,1,1,loans,,1,2025-06-02T08:00:20,missed,,,2025-06-02T08:00:20,,2025-06-02T08:02:00,,,,abandoned,,no,no,2025-06-02T09:00:00,100,,
4,4,1,1,loans,,1,2025-06-02T23:00:20,,,,2025-06-02T23:00:20,,2025-06-02T23:02:00,,,,unserved,,no,,,100,,
";
    let found = log(text, "");
    assert_eq!(found.reading.layout, Some("handover"));
    use Outcome::*;
    let outcomes: Vec<_> = found.contacts.iter().map(|c| c.outcome).collect();
    assert_eq!(
        outcomes,
        [Answered, AgentWork, ResolvedByAssistant, Abandoned]
    );
    let [a, b, _, d] = found.contacts.as_slice() else {
        panic!()
    };
    assert_eq!(
        (a.arrival, a.wait_ms, a.handle_ms),
        (at("2025-06-02T08:00:00.125"), Some(30_000), Some(270_000))
    );
    assert_eq!(
        (a.assistant, d.wait_ms),
        (Some(Assistant::HandedOver), Some(100_000))
    );
    // Agents are numbered anew in each pool.
    assert_eq!([a.agent, b.agent, d.agent], [Some(0), Some(1), None]);
    assert_eq!(
        (
            found.reading.gaps.as_slice(),
            found.reading.unused_for(Reason::Ignored)
        ),
        (&[][..], 1)
    );
}

#[test]
fn exports_of_other_systems() {
    let text = "\
ContactId,Channel,InitiationTimestamp,ConnectedToAgentTimestamp,DisconnectTimestamp,Queue,Agent,CustomerEndpointAddress,AfterContactWorkDuration
a1,VOICE,2024-01-08T09:00:01Z,2024-01-08T09:01:01Z,2024-01-08T09:05:01Z,BasicQueue,jane,+15551234567,30
a2,VOICE,2024-01-08T09:00:11Z,,2024-01-08T09:00:41Z,BasicQueue,,+15551234568,
";
    let found = log(text, "zone = \"America/New_York\"");
    let [a, b] = found.contacts.as_slice() else {
        panic!()
    };
    assert_eq!(
        (a.wait_ms, a.handle_ms, a.outcome),
        (Some(60_000), Some(270_000), Outcome::Answered)
    );
    assert_eq!(
        (b.wait_ms, b.handle_ms, b.outcome),
        (Some(30_000), None, Outcome::Abandoned)
    );
    assert_eq!(found.reading.channels, ["VOICE"]);
    // The column of channels has another word on each line.
    let mut text = String::from("calldate,channel,duration,billsec,disposition,uniqueid\n");
    for i in 0..1200 {
        let word = ["ANSWERED", "NO ANSWER", "BUSY"][i % 3];
        text.push_str(&format!(
            "2024-01-08 09:{:02}:00,SIP/{i},65,50,{word},{i}.1\n",
            i / 20
        ));
    }
    let found = log(&text, "");
    let count = |outcome| {
        found
            .contacts
            .iter()
            .filter(|c| c.outcome == outcome)
            .count()
    };
    assert_eq!(
        [Outcome::Answered, Outcome::Abandoned, Outcome::NotOffered].map(count),
        [400; 3]
    );
    let column = "channel".to_owned();
    assert!(
        found
            .reading
            .warnings
            .contains(&Warning::ManyWords { column })
    );
    assert_eq!(found.reading.channels, ["(none)"]);
    let counts = "Interval Start;Interval End;Media Type;Queue Name;Offer;Answer;Abandon;Avg Handle;ASA\n\
        08/01/2024 09:00;08/01/2024 09:30;voice;Sales;12;10;2;00:04:10;00:00:21\n13/01/2024 09:30;13/01/2024 10:00;voice;Sales;9;9;0;00:03:10;00:00:11\n";
    let found = log(counts, "");
    assert_eq!(
        (found.counts[0].offered, found.counts[0].handle_s),
        (12.0, Some(2500.0))
    );
}

#[test]
fn waits_begin_when_the_assistant_hands_over() {
    let text = "\
chat id,started at,handed over at,agent joined at,ended at,agent,user email
1,2003-03-03 09:00,2003-03-03 09:02,2003-03-03 09:02:30,2003-03-03 09:10,ann,a
2,2003-03-03 09:00,2003-03-03 09:01,,2003-03-03 09:03,,b
3,2003-03-03 09:00,,,2003-03-03 09:04,,c
4,2003-03-03 09:00,,2003-03-03 09:00:20,2003-03-03 09:05,ann,d
5,2003-03-03 09:00,2003-03-03 08:59,,2003-03-03 09:05,,e
6,2003-03-03 09:00,2003-03-03 09:02,2003-03-03 09:01,2003-03-03 09:05,ann,f
7,2003-03-03 09:00,2003-03-03 09:02,,2003-03-03 09:01,,g
";
    let found = log(text, "");
    let [a, b, c, d] = found.contacts.as_slice() else {
        panic!("{:?}", found.reading.unused)
    };
    let of = |c: &Contact| {
        (
            c.outcome,
            c.assistant,
            c.assistant_ms,
            c.wait_ms,
            c.handle_ms,
        )
    };
    let handed = Some(Assistant::HandedOver);
    assert_eq!(
        of(a),
        (
            Outcome::Answered,
            handed,
            Some(120_000),
            Some(30_000),
            Some(450_000)
        )
    );
    assert_eq!(
        (a.asked(), a.end),
        (at("2003-03-03T09:02:00"), Some(at("2003-03-03T09:10:00")))
    );
    assert_eq!(
        of(b),
        (
            Outcome::Abandoned,
            handed,
            Some(60_000),
            Some(120_000),
            None
        )
    );
    assert_eq!(
        of(c),
        (Outcome::ResolvedByAssistant, None, None, None, None)
    );
    assert_eq!(c.end, Some(at("2003-03-03T09:04:00")));
    assert_eq!(
        of(d),
        (Outcome::Answered, None, None, Some(20_000), Some(280_000))
    );
    assert_eq!(found.reading.unused_for(Reason::HandOver), 3);
    assert_eq!(found.reading.gaps, [(Gap::Contained, 1)]);
    // What the assistant did in words: with it, or not with it at all.
    let words = "\
start,bot,handed_over,answer,end,wait
2003-03-03 09:00,none,,,2003-03-03 09:04,
2003-03-03 09:00,resolved,,,2003-03-03 09:04,
2003-03-03 09:00,escalated,2003-03-03 09:01,2003-03-03 09:03,2003-03-03 09:04,15
";
    let found = log(words, "");
    let outcomes: Vec<_> = found
        .contacts
        .iter()
        .map(|c| (c.outcome, c.wait_ms))
        .collect();
    assert_eq!(
        outcomes,
        [
            (Outcome::Abandoned, Some(240_000)),
            (Outcome::ResolvedByAssistant, None),
            (Outcome::Answered, Some(15_000)),
        ]
    );
    assert_eq!(found.reading.gaps, []);
}
