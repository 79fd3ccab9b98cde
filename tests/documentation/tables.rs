//! Tables of figures in the documents against the committed results.

use super::{document, root, words};
use std::collections::BTreeMap;
use std::fs;

/// What the figures of a cell must be, in the unit of the document.
type Values = Vec<f64>;

/// The rows of a table of `document` that begins with the row `head`, as cells.
fn table(name: &str, head: &str) -> Vec<Vec<String>> {
    let text = document(name);
    let rows = text.lines().skip_while(|l| !l.starts_with(head)).skip(2);
    let rows = rows.take_while(|l| l.starts_with('|'));
    let cells = |row: &str| {
        let row = row.trim().trim_start_matches('|').trim_end_matches('|');
        row.split('|').map(|c| c.trim().to_owned()).collect()
    };
    let rows: Vec<Vec<String>> = rows.map(cells).collect();
    assert!(!rows.is_empty(), "{name} has no table {head}");
    rows
}

/// The numbers of a cell with their decimals, as `(4300, 0)` of `4,300`.
fn numbers(cell: &str) -> Vec<(f64, i32)> {
    let is_part = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    let words = cell.split(|c: char| !is_part(c));
    let words = words.map(|w| w.trim_end_matches(['.', ',']).replace(',', ""));
    let words = words.filter(|w| w.contains(|c: char| c.is_ascii_digit()));
    words
        .map(|w| {
            let decimals = w.split_once('.').map_or(0, |(_, d)| d.len() as i32);
            (w.parse().unwrap(), decimals)
        })
        .collect()
}

/// The cell shows `values`, each rounded to the decimals of the cell.
#[track_caller]
fn shows(cell: &str, values: &Values, what: &str) {
    let shown = numbers(cell);
    assert!(
        !shown.is_empty() && shown.len() <= values.len(),
        "{what}: {cell}"
    );
    for ((number, decimals), value) in shown.iter().zip(values) {
        let half = 0.5 * 10f64.powi(-decimals);
        assert!(
            (number - value).abs() <= half * 1.000_001,
            "{what}: {cell} and {value}"
        );
    }
}

/// Mean and ends of the confidence interval by scenario and measure, of the slice `all`.
fn summary(file: &str) -> BTreeMap<(String, String), [f64; 3]> {
    let text = fs::read_to_string(root().join("results").join(file)).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows = reader.records().map(Result::unwrap);
    rows.filter(|r| &r[2] == "all")
        .map(|r| {
            let value = |i: usize| r[i].parse().unwrap_or(f64::NAN);
            let key = (r[0].to_owned(), r[1].to_owned());
            (key, [4, 5, 6].map(value))
        })
        .collect()
}

/// The values of a cell `1.2 ± 0.3` or `1.2 [0.9, 1.6]`, in units of `unit`.
fn values(of: [f64; 3], cell: &str, unit: f64) -> Values {
    let [mean, low, high] = of.map(|v| v / unit);
    if cell.contains('[') {
        vec![mean, low, high]
    } else {
        vec![mean, (high - low) / 2.0]
    }
}

#[test]
fn the_reference_months() {
    let measures = [
        ("contacts, million", "contacts", 1e6),
        ("contacts per case", "contacts_per_case", 1.0),
        ("share of repeats among contacts", "repeat_rate", 1.0),
        ("share of the assistant", "ai_share", 1.0),
        ("time with the assistant, s", "ai_handle_time", 1.0),
        ("session with a person, min", "session_time", 60.0),
        ("agent time of a contact, min", "handle_time", 60.0),
        (
            "durable resolution by the assistant",
            "durable_resolution",
            1.0,
        ),
        ("full-time agents displaced", "fte_displaced", 1.0),
        ("full-time agents required", "fte_required", 1.0),
        ("answered within 40 s, %", "sl_net", 0.01),
        ("abandoned, %", "abandonment_rate", 0.01),
        ("cost of the month, million dollars", "cost_total", 1e6),
        (
            "cost of a handled hour, dollars",
            "cost_per_handled_hour",
            1.0,
        ),
    ];
    let results = summary("reference-months/summary.csv");
    let months = [
        "klarna-2023-all-human",
        "klarna-2024-ai-first",
        "klarna-2025-hybrid",
    ];
    let rows = table("docs/klarna.md", "| | 2023, all human |");
    assert_eq!(rows.len(), measures.len());
    for (row, (label, measure, unit)) in rows.iter().zip(measures) {
        assert_eq!(row[0], label);
        for (cell, month) in row[1..4].iter().zip(months) {
            let found = results[&(month.to_owned(), measure.to_owned())];
            if cell.is_empty() {
                assert!(
                    found[0].is_nan() || found[0] == 0.0,
                    "{label} of {month} is left out"
                );
            } else {
                shows(cell, &values(found, cell, unit), label);
            }
        }
    }
}

/// Figures in the text of the reference case that follow from its tables.
#[test]
fn sentences_follow_from_the_tables() {
    let months = summary("reference-months/summary.csv");
    let of = |scenario: &str, measure: &str| {
        months[&(format!("klarna-{scenario}"), measure.to_owned())][0]
    };
    let [before, first, hybrid] = ["2023-all-human", "2024-ai-first", "2025-hybrid"];
    let longer =
        |month: &str| 100.0 * (of(month, "session_time") / of(before, "session_time") - 1.0);
    let by_day = (of(before, "cost_total") / 30.0 - of(first, "cost_total") / 29.0) * 365.0 / 1e6;
    let cost = |month: &str| of(month, "cost_total") / of(month, "contacts");
    let text = words(&document("docs/klarna.md"));
    for sentence in [
        format!(
            "takes {:.0}% longer than in 2023, and in 2025 {:.0}%",
            longer(first),
            longer(hybrid)
        ),
        format!("${by_day:.0} million a year come out"),
        format!(
            "${:.2} less on each of 41.4 million",
            cost(before) - cost(first)
        ),
        format!("{:.0} are required.", of(first, "fte_required")).replacen('2', "2,", 1),
    ] {
        assert!(
            text.contains(&sentence),
            "docs/klarna.md does not say: {sentence}"
        );
    }
}

#[test]
fn the_trade_off() {
    let text = fs::read_to_string(root().join("results/trade-off/table.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let names = reader.headers().unwrap().clone();
    let committed: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let rows = table("docs/klarna.md", "| assistant in | a person |");
    assert_eq!(rows.len(), committed.len());
    let columns = [
        ("satisfaction", 0.01),
        ("durable_resolution", 1.0),
        ("repeat_rate", 1.0),
        ("time_to_human", 60.0),
        ("fte_required", 1.0),
        ("cost_per_durable_resolution", 1.0),
        ("value_at_risk", 1e6),
    ];
    for (row, found) in rows.iter().zip(&committed) {
        assert_eq!(row[0].replace(' ', "-"), &found[0]);
        for (cell, (measure, unit)) in row[2..].iter().zip(columns) {
            let column = names.iter().position(|n| n == measure).unwrap();
            let value: f64 = found[column].parse().unwrap();
            shows(cell, &vec![value / unit], measure);
        }
    }
}

/// Each policy with a plan of its own, and the differences from the first with their intervals.
#[test]
fn the_trade_off_at_equal_service() {
    let text = fs::read_to_string(root().join("results/trade-off/staffed.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let records = reader.records().map(Result::unwrap);
    let found: BTreeMap<(String, String), Vec<f64>> = records
        .map(|r| {
            let numbers = r.iter().skip(2).map(|x| x.parse().unwrap_or(f64::NAN));
            ((r[0].to_owned(), r[1].to_owned()), numbers.collect())
        })
        .collect();
    let of = |scenario: &str, measure: &str| &found[&(scenario.to_owned(), measure.to_owned())];
    let rows = table("docs/klarna.md", "| a person | full-time agents paid |");
    let policies = ["always-human", "human-after-two", "no-human"];
    assert_eq!(rows.len(), policies.len());
    let columns = [
        ("fte_worked", 1.0),
        ("cost_total", 1e6),
        ("satisfaction", 0.01),
        ("sl_net", 0.01),
        ("time_to_human", 60.0),
        ("cost_per_durable_resolution", 1.0),
        ("value_at_risk", 1e6),
    ];
    for (row, policy) in rows.iter().zip(policies) {
        for (cell, (measure, unit)) in row[1..].iter().zip(columns) {
            shows(cell, &vec![of(policy, measure)[0] / unit], measure);
        }
    }
    let text = document("docs/klarna.md").replace('\n', " ");
    for (policy, words) in [("human-after-two", "after two"), ("no-human", "never")] {
        let [cost, low, high] = [3, 4, 5].map(|i| -of(policy, "cost_total")[i] / 1e6);
        let agents = -of(policy, "fte_worked")[3];
        let points = 100.0 * of(policy, "satisfaction")[3];
        let said = format!(
            "{words}: {agents:.0} full-time agents and ${cost:.2} million [{high:.2}, {low:.2}] less, {points:+.1} points of satisfaction"
        );
        assert!(text.contains(&said), "docs/klarna.md does not say: {said}");
    }
}

#[test]
fn the_story() {
    let text = fs::read_to_string(root().join("results/tables/story.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let months: BTreeMap<(String, String, String), f64> = reader
        .records()
        .map(Result::unwrap)
        .map(|r| {
            let key = (r[1].to_owned(), r[2].to_owned(), r[3].to_owned());
            (key, r[5].parse().unwrap_or(f64::NAN))
        })
        .collect();
    let of = |month: &str, measure: &str, slice: &str| {
        months[&(month.to_owned(), measure.to_owned(), slice.to_owned())]
    };
    let employees = |month: &str| {
        let groups = ["own customer service", "other employees"];
        let people = groups.map(|g| of(month, "headcount_end", &format!("group={g}")));
        people.iter().sum::<f64>()
    };
    let agents = |year: u32, first: u32| {
        let months = (first..=12).map(|m| format!("{year}-{m:02}"));
        let at_work = months.map(|m| of(&m, "productive", "group=outsourced agents"));
        at_work.sum::<f64>() / f64::from(13 - first)
    };
    let all = |month: &str, measure: &str| of(month, measure, "all");
    let displaced = all("2025-11", "fte_displaced");
    let per_contact = displaced / all("2025-11", "contacts");
    let expected: [(&str, Values); 15] = [
        ("employees, December 2023", vec![employees("2023-12")]),
        ("employees, December 2024", vec![employees("2024-12")]),
        ("employees, May 2025", vec![employees("2025-05")]),
        ("employees, December 2025", vec![employees("2025-12")]),
        ("outsourced agents, mean of 2023", vec![agents(2023, 1)]),
        (
            "outsourced agents, mean of March to December 2024",
            vec![agents(2024, 3)],
        ),
        ("outsourced agents, mean of 2025", vec![agents(2025, 1)]),
        (
            "displaced, February 2024",
            vec![all("2024-02", "fte_displaced")],
        ),
        (
            "displaced, November 2025",
            vec![displaced, per_contact * 3.5e6, 3.5],
        ),
        (
            "contacts, million, February 2024",
            vec![all("2024-02", "contacts") / 1e6],
        ),
        (
            "satisfied, %, June 2023",
            vec![all("2023-06", "satisfaction") * 100.0],
        ),
        (
            "satisfied, %, March 2024",
            vec![all("2024-03", "satisfaction") * 100.0],
        ),
        (
            "satisfied, %, June 2025",
            vec![all("2025-06", "satisfaction") * 100.0],
        ),
        (
            "cost of answering, million dollars, March 2023",
            vec![all("2023-03", "cost_total") / 1e6],
        ),
        (
            "cost of answering, million dollars, March 2025",
            vec![all("2025-03", "cost_total") / 1e6],
        ),
    ];
    let rows = table("docs/klarna.md", "| | simulated | published |");
    assert_eq!(rows.len(), expected.len());
    for (row, (label, values)) in rows.iter().zip(&expected) {
        assert_eq!(&row[0], label);
        shows(&row[1], values, label);
    }
}

#[test]
fn three_ways_to_answer() {
    let results = summary("tables/tier1.csv");
    let rows = table("docs/questions.md", "| | employed | outsourced | gig |");
    let measures = [
        ("cost, million dollars", "cost_total", 1e6),
        ("occupancy, %", "occupancy", 0.01),
        (
            "cost of a handled hour, dollars",
            "cost_per_handled_hour",
            1.0,
        ),
        ("answered within 40 s, %", "sl_net", 0.01),
        ("abandoned, %", "abandonment_rate", 0.01),
    ];
    assert_eq!(rows.len(), measures.len());
    let scenarios = ["tier1-inhouse", "tier1-outsourced", "tier1-gig"];
    for (row, (label, measure, unit)) in rows.iter().zip(measures) {
        assert_eq!(row[0], label);
        for (cell, scenario) in row[1..].iter().zip(scenarios) {
            let found = results[&(scenario.to_owned(), measure.to_owned())];
            shows(cell, &values(found, cell, unit), label);
        }
    }
}
