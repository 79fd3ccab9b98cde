//! The page of a run: whole, self-contained, hostile names kept in their place; and what a browser makes of it.

mod browser;
mod week;

use assert_cmd::Command;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Two months with all that the page can show: an assistant, two pools, people, prices, a timeline.
const RICH: &str = r#"# Question: does the page show <b>everything</b> & more?
# Expect:   yes

name         = "A </title><script>alert('x')</script> \"title\""
description  = "Prices & people"
start        = 2025-02-20
horizon      = "60 days"
interval     = "1 h"
replications = 3
seed         = 7

[demand]
daily_volume = 300        # from the log of "2024" <img src=x onerror=alert(1)>

[[topic]]
name     = "a <i>topic</i> & 'more'"
work     = { exponential = "5 min" }
patience = { exponential = "4 min" }
ai       = { resolve = 0.4, misresolve = 0.1, hand_off = 0.3, ask_human = 0.15, give_up = 0.05, handle_time = { exponential = "1 min" } }
route    = [ { pools = ["in-house"] }, { after = "10 s", pools = ["vendor"] } ]

[ai]
human_access = "always"
price        = { per_conversation = 0.05 }

[returns]
ai_misresolved = { probability = 0.7, delay = { exponential = "12 h" } }

[[pool]]
name   = "in-house"
kind   = "employed"
agents = 1
price  = { per_agent_hour = 30 }     # payroll

[[pool]]
name   = "vendor"
kind   = "outsourced"
agents = 1
price  = { per_agent_hour = 20 }

[[group]]
name      = "people"
headcount = 40
attrition = 0.5
hiring    = "freeze"

[[group]]
name      = "others"
headcount = 10
attrition = 0.2
hiring    = "freeze"

[satisfaction]
human = 0.9
ai    = 0.7

[[timeline]]
at   = 2025-03-10
note = "two agents, \"<u>at last</u>\""
set  = { "pool.vendor.agents" = 2 }
"#;

fn handover(dir: &Path, arguments: &str) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_handover"))
        .current_dir(dir)
        .args(arguments.split_whitespace())
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(text).unwrap(),
    )
}

/// A folder with a run of two scenarios, and differences between them.
fn folder() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.toml"), RICH).unwrap();
    let more =
        "extends = \"a.toml\"\nname = \"More people\"\n[[pool]]\nname = \"in-house\"\nagents = 3\n";
    fs::write(dir.path().join("b.toml"), more).unwrap();
    let (status, text) = handover(dir.path(), "run a.toml b.toml -o out");
    assert_eq!(status, 0, "{text}");
    dir
}

/// Writes a table into a folder of results, and its digest into `run.json`.
pub(crate) fn put(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).unwrap();
    let path = folder.join("run.json");
    let mut run: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let digest = blake3::hash(text.as_bytes()).to_hex().to_string();
    run["files"][name] = serde_json::json!({ "bytes": text.len(), "blake3": digest });
    fs::write(path, run.to_string()).unwrap();
}

/// The page of that folder, with differences whether or not the run compares.
fn page(dir: &Path) -> String {
    let row = |about: &str, difference: &str, p_values: [&str; 2]| {
        let [p, adjusted] = p_values;
        format!("b,a,{about},1,2,{difference},{p},1,,,{adjusted},,paired,3\n")
    };
    let header = "scenario,baseline,measure,slice,unit,baseline_mean,scenario_mean,difference,ci_low,ci_high,p_value,\
        comparisons,adjusted_low,adjusted_high,p_adjusted,variance_ratio,method,replications\n";
    let comparison = [
        header.to_owned(),
        row("sl_net,all,fraction", "0.2,0.15,0.25", ["0.001", "0.002"]),
        row("mean_wait,all,s", "-60,-90,-30", ["0.01", "0.02"]),
        row("cost_total,all,USD", "90000,-1000,181000", ["0.02", "0.04"]),
        row("npv,all,USD", ",,", ["", ""]),
    ]
    .concat();
    put(&dir.join("out"), "comparison.csv", &comparison);
    let (status, text) = handover(dir, "report out");
    assert_eq!(status, 0, "{text}");
    fs::read_to_string(dir.join("out/report.html")).unwrap()
}

/// What stands between two marks, for every occurrence of the first.
fn between<'t>(text: &'t str, open: &str, close: &str) -> Vec<&'t str> {
    let parts = text.split(open).skip(1);
    parts.map(|p| p.split(close).next().unwrap()).collect()
}

/// The page that a run writes is made from what it has in memory, whatever the order of the files; that of `report` from the folder.
#[test]
fn the_page_from_memory_is_the_page_from_the_folder() {
    let dir = folder();
    let third = "extends = \"a.toml\"\nname = \"Other customers\"\nseed = 8\nreplications = 3\n";
    fs::write(dir.path().join("third.toml"), third).unwrap();
    for arguments in [
        "third.toml a.toml b.toml --set pool.in-house.agents=3",
        "b.toml --reps 1",
        "b.toml a.toml --set interval=2h --best sl_net --max-reps 30",
    ] {
        let (status, text) = handover(dir.path(), &format!("run {arguments} -o o"));
        assert_eq!(status, 0, "{text}");
        let path = dir.path().join("o/report.html");
        let from_memory = fs::read_to_string(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(handover(dir.path(), "report o").0, 0);
        assert!(
            fs::read_to_string(&path).unwrap() == from_memory,
            "{arguments}"
        );
    }
}

#[test]
fn the_folder_alone_gives_the_page_of_the_run() {
    let dir = folder();
    let path = dir.path().join("out/report.html");
    let first = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    fs::remove_file(dir.path().join("a.toml")).unwrap();
    let (status, text) = handover(dir.path(), "report out");
    assert_eq!((status, text.as_str()), (0, "Written to out/report.html\n"));
    assert_eq!(fs::read(&path).unwrap(), first);
    // What only later versions write may be missing: an earlier one did not name it in run.json.
    let manifest = dir.path().join("out/run.json");
    let text = fs::read_to_string(&manifest).unwrap();
    let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
    for table in ["week.csv", "assumptions.csv", "monthly.csv"] {
        fs::remove_file(dir.path().join("out").join(table)).unwrap();
        assert!(
            document["files"]
                .as_object_mut()
                .unwrap()
                .remove(table)
                .is_some()
        );
    }
    fs::write(&manifest, document.to_string()).unwrap();
    assert_eq!(handover(dir.path(), "report out").0, 0);
    fs::write(dir.path().join("out/summary.csv"), "nonsense\n1\n").unwrap();
    let (status, text) = handover(dir.path(), "report out");
    assert_eq!(status, 2);
    assert!(
        text.contains("summary.csv is not as it was written"),
        "{text}"
    );
    let (status, text) = handover(dir.path(), "report .");
    assert_eq!(status, 2);
    assert!(text.contains("there is no run.json in it"), "{text}");
}

#[test]
fn a_run_can_do_without() {
    let dir = folder();
    let (status, _) = handover(dir.path(), "run b.toml --no-report --reps 1 -o bare -q");
    assert_eq!(status, 0);
    assert!(dir.path().join("bare/week.csv").exists());
    assert!(!dir.path().join("bare/report.html").exists());
}

#[test]
fn findings_are_sentences() {
    let dir = folder();
    let (_, text) = handover(dir.path(), "report out -v");
    for words in [
        "What a shows:",
        "- The assistant takes part in",
        "The hardest time of the week is",
        "People on the payroll go from 50 to",
        "Mean wait of a by weekday",
    ] {
        assert!(text.contains(words), "{words} is not in\n{text}");
    }
    let page = page(dir.path());
    let differs = "b against a (3 paired replications, 95\u{a0}%): the service level rises by 20 points [15, 25]; \
         the mean wait falls by 60 s [30, 90].";
    let text_of_page = page.replace('\u{a0}', " ");
    assert!(
        text_of_page.contains(&differs.replace('\u{a0}', " ")),
        "what differs"
    );
    // By Holm's p-value it differs, by the interval that is shown it does not.
    assert!(text_of_page.contains("No difference shown: the total cost."));
    assert!(page.contains("\u{a0}%\u{a0}±\u{a0}"), "numbers are broken");
}

#[test]
fn the_baseline_comes_first() {
    let dir = folder();
    let (status, text) = handover(dir.path(), "run b.toml a.toml -o out");
    assert_eq!(status, 0, "{text}");
    let page = fs::read_to_string(dir.path().join("out/report.html")).unwrap();
    assert!(page.contains("<h1>More people — A &lt;/title"));
}

#[test]
fn the_stack_of_costs_is_the_total() {
    let dir = folder();
    let paid = RICH.replace(
        "attrition = 0.5\n",
        "attrition = 0.5\npay = { monthly = 3000, on_costs = 0.4 }\n",
    );
    let paid = paid.replace(
        "kind   = \"employed\"\n",
        "kind   = \"employed\"\ngroup  = \"people\"\n",
    );
    fs::write(dir.path().join("paid.toml"), paid).unwrap();
    let (status, text) = handover(dir.path(), "run paid.toml -o paid");
    assert_eq!(status, 0, "{text}");
    let page = fs::read_to_string(dir.path().join("paid/report.html")).unwrap();
    let table = page.split("<table id=\"costs-1-table\"").nth(1).unwrap();
    let table = table.split("</table>").next().unwrap();
    let stacked: f64 = between(table, "<tr>", "</tr>")[1..]
        .iter()
        .map(|row| {
            between(row, "data-v=\"", "\"")
                .last()
                .unwrap()
                .parse::<f64>()
        })
        .map(Result::unwrap)
        .sum();
    let summary = fs::read_to_string(dir.path().join("paid/summary.csv")).unwrap();
    let total = between(&summary, "\npaid,cost_total,all,USD,", ",")[0];
    let total: f64 = total.parse().unwrap();
    assert!(
        (stacked / total - 1.0).abs() < 1e-4,
        "{stacked}, not {total}"
    );
}

#[test]
fn the_page_is_whole() {
    let dir = folder();
    let page = page(dir.path());
    assert!(page.len() < 1 << 20, "{} bytes", page.len());
    assert!(
        !page.contains("http:") && !page.contains("https:"),
        "something is from outside"
    );
    assert!(!page.contains("src=\"") && !page.contains("url("));
    // Names of the scenario are text, wherever they stand.
    for hostile in [
        "<script>alert",
        "<img src",
        "<b>everything",
        "<i>topic",
        "<u>at last",
    ] {
        assert!(!page.contains(hostile), "{hostile}");
    }
    assert_eq!(page.matches("<script>").count(), 1);
    let mut ids = BTreeSet::new();
    for id in between(&page, " id=\"", "\"") {
        assert!(ids.insert(id), "{id} stands twice");
    }
    for kind in [
        "aria-labelledby=\"",
        "aria-describedby=\"",
        "href=\"#",
        "data-copy=\"",
        "data-save=\"",
    ] {
        for id in between(&page, kind, "\"") {
            assert!(ids.contains(id), "{kind}{id} leads nowhere");
        }
    }
    let figures = between(&page, "<figure", "</figure>");
    assert_eq!(
        figures.len(),
        2 + 2 * 2 + 2 * 2 + 2 + 2 + 1 + 1,
        "journeys, people, heat maps, agents, costs, frontier, forest"
    );
    for figure in figures {
        let title = between(figure, "<h3", "</h3>")[0];
        assert!(title.split_once('>').unwrap().1.len() > 5, "{title}");
        assert!(
            figure.matches("axis-label").count() >= 2,
            "{title} has no labels of its axes"
        );
        assert!(
            figure.contains("role=\"img\"") && figure.contains("data-t="),
            "{title}"
        );
        let caption = between(figure, "<figcaption", "</figcaption>")[0];
        assert!(caption.len() > 60, "{title}: {caption}");
        for number in ["NaN", "inf"] {
            assert!(
                !figure.contains(&format!("\"{number}")),
                "{title}: {number}"
            );
        }
    }
    for table in between(&page, "<table", "</table>") {
        let columns = table.matches("<th scope=\"col\"").count();
        for row in between(table.split("<tbody>").nth(1).unwrap(), "<tr>", "</tr>") {
            assert_eq!(row.matches("<t").count(), columns, "{row}");
        }
    }
    for said in [
        "two agents, &quot;&lt;u&gt;",
        "S_T / (N - B - L_T)",
        "handover run a.toml b.toml",
        "payroll",
        "a.toml:13",
    ] {
        assert!(page.contains(said), "{said}");
    }
    closed(&page);
}

/// A folder of a sweep over a number and a choice, as a sweep leaves it.
fn swept() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    fs::create_dir(&out).unwrap();
    let manifest = r#"{"program": "handover", "version": "0.1.0", "command": "handover sweep <a>.toml", "scenario": "a",
        "name": "A <sweep>", "sources": ["a.toml"], "digest": "0", "method": "grid", "seed": 1, "points": 4, "replications": 2,
        "contacts": 800, "events": 900, "varies": ["pool.desk.agents", "ai.human_access"],
        "measures": [{"measure": "sl_net", "unit": "fraction"}, {"measure": "cost_total", "unit": "USD"}], "files": {}}"#;
    fs::write(out.join("run.json"), manifest).unwrap();
    let points = "point,pool.desk.agents,ai.human_access,replication,sl_net,cost_total\n\
        1,5,always,0,0.5,100\n1,5,always,1,0.52,102\n2,5,never,0,0.4,110\n2,5,never,1,0.42,112\n\
        3,10,always,0,0.9,200\n3,10,always,1,0.92,202\n4,10,never,0,0.8,190\n4,10,never,1,0.82,\n";
    put(&out, "points.csv", points);
    dir
}

#[test]
fn a_sweep_has_a_page() {
    let dir = swept();
    let (status, text) = handover(dir.path(), "report out");
    assert_eq!((status, text.as_str()), (0, "Written to out/report.html\n"));
    let page = fs::read_to_string(dir.path().join("out/report.html")).unwrap();
    closed(&page);
    assert!(!page.contains("<sweep>") && !page.contains("http:") && !page.contains("https:"));
    assert_eq!(
        page.matches("<figure").count(),
        3,
        "the frontier and two tornados"
    );
    // Point 2 is dearer than point 1 and worse; the others are not beaten.
    assert!(page.contains("joins the 3 of 4 that no other one beats"));
    assert!(page.contains("Point 3 (pool.desk.agents = 10, ai.human_access = always): total cost 201, service level 91\u{a0}%."));
    // Agents move the level by 0.4, access by 0.1; of choices the low end is the one with the smaller mean.
    let bars = between(&page, "data-t=\"", "\"");
    for tip in [
        "pool.desk.agents = 5\nmean of service level: 46 %",
        "pool.desk.agents = 10\nmean of service level: 86 %",
        "ai.human_access = never\nmean of service level: 61 %",
        "ai.human_access = always\nmean of service level: 71 %",
        "pool.desk.agents = 10\nmean of total cost: 196",
    ] {
        assert!(bars.contains(&tip), "{tip} is not among {bars:#?}");
    }
    put(&dir.path().join("out"), "points.csv", "point,a\n1,2\n");
    let (status, text) = handover(dir.path(), "report out");
    assert_eq!(status, 2);
    assert!(text.contains("row 1: it has 2 fields, not 6"), "{text}");
}

/// Every element that opens is closed, in order.
fn closed(page: &str) {
    let bare =
        page.split("<style>").next().unwrap().to_owned() + page.split("</style>").nth(1).unwrap();
    let bare = bare.split("<script>").next().unwrap();
    let mut open: Vec<&str> = Vec::new();
    for tag in between(bare, "<", ">") {
        let name = tag.split_whitespace().next().unwrap();
        match (tag.strip_prefix('/'), name) {
            (Some(closing), _) => assert_eq!(open.pop(), Some(closing), "at {tag}"),
            (None, "!DOCTYPE" | "meta") => {}
            _ if tag.ends_with('/') => {}
            (None, name) => open.push(name),
        }
    }
    assert_eq!(open, ["html", "body"]);
}

#[test]
fn colours_can_be_told_from_their_ground() {
    let css = include_str!("../src/report/html/style.css");
    let number = |hex: &str| u32::from_str_radix(hex, 16).unwrap();
    let luminance = |hex: &str| {
        let n = number(hex);
        let channel = |shift: u32| {
            let c = f64::from(n >> shift & 255) / 255.0;
            if c <= 0.040_45 {
                c / 12.92
            } else {
                libm::pow((c + 0.055) / 1.055, 2.4)
            }
        };
        0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0)
    };
    let contrast = |a: &str, b: &str| {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    };
    // The themes: light, dark by the system, dark by choice.
    let themes: Vec<&str> = between(css, "color-scheme:", "}")
        .into_iter()
        .filter(|t| t.contains("--c0"))
        .collect();
    assert_eq!(themes.len(), 3);
    for theme in themes {
        let colour = |name: &str| {
            between(theme, &format!("--{name}:#"), ";")[0]
                .trim_end_matches('}')
                .to_owned()
        };
        for ground in ["bg", "card"] {
            for text in ["ink", "soft", "link"] {
                let c = contrast(&colour(text), &colour(ground));
                assert!(c >= 4.5, "{text} on {ground}: {c}");
            }
            for i in 0..8 {
                let c = contrast(&colour(&format!("c{i}")), &colour(ground));
                assert!(c >= 3.0, "c{i} on {ground}: {c}");
            }
        }
        let c = contrast(&colour("card"), &colour("soft"));
        assert!(c >= 4.5, "a number on its badge: {c}");
    }
}

/// On a terminal of 80 columns nothing is wider, whatever the scenario and its intervals.
#[test]
fn lines_fit_a_narrow_terminal() {
    use handover::report::{Layout, check_text, findings_text};
    use handover::scenario::{Disk, load};
    let layout = Layout {
        width: 80,
        color: false,
    };
    let fits = |what: &str, text: &str| {
        let wide = text.lines().find(|l| l.chars().count() > 80);
        assert_eq!(wide, None, "{what}");
    };
    let scenarios = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")).unwrap();
    let mut seen = 0;
    for path in scenarios.map(|e| e.unwrap().path()) {
        if path.extension().is_some_and(|e| e == "toml") {
            let s = load(&path, &[], &Disk).unwrap();
            let text = check_text("a.toml", &s, 16, layout);
            fits(&path.display().to_string(), &text);
            seen += 1;
        }
    }
    assert!(seen >= 20);
    let dir = tempfile::tempdir().unwrap();
    for interval in ["15 min", "2 h"] {
        let text = format!(
            "horizon = '2 weeks'\ninterval = '{interval}'\nreplications = 1\ndemand = {{ rate = '30 / h' }}\n\
             topic = [ {{ name = 'a topic with a long name', work = '9 min', patience = '9 min' }} ]\n\
             pool = [ {{ name = 'desk', kind = 'employed', agents = 4 }} ]\n"
        );
        let file = "a-scenario-with-a-name-that-is-rather-long.toml";
        fs::write(dir.path().join(file), text).unwrap();
        let (status, text) = handover(dir.path(), &format!("run {file} -o out -q"));
        assert_eq!(status, 0, "{text}");
        let run = handover::results::read(&dir.path().join("out")).unwrap();
        let text = findings_text(&run, layout);
        fits(interval, &text);
        assert!(
            text.contains("Mean wait of") && text.contains("\n  Wed  "),
            "{text}"
        );
    }
}
