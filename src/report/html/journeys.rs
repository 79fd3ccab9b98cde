//! Where contacts go: from inquiry to assistant to person to outcome, widths in contacts.

use super::markup::{Cell, Figure, Table, ident};
use super::svg::{Canvas, at};
use super::titled;
use crate::report::quantity::{Kind, count, value};
use crate::results::{Played, Run};

const TOP: f64 = 52.0;
const TALL: f64 = 300.0;
const GAP: f64 = 12.0;
const BAR: f64 = 16.0;

/// A way of ending, as the files call it, in words, and the colour of what it means.
const WITH_AI: [(&str, &str, usize); 4] = [
    ("ended_ai_resolved", "solved by the assistant", 2),
    ("ended_ai_misresolved", "closed, not solved", 1),
    ("ended_gave_up", "gave up", 4),
    ("ended_trapped", "no way to a person", 5),
];
const WITH_PEOPLE: [(&str, &str, usize); 4] = [
    ("ended_human_resolved", "solved by a person", 0),
    ("ended_human_unresolved", "answered, not solved", 1),
    ("ended_abandoned", "left the queue", 4),
    ("ended_turned_away", "turned away", 5),
];

/// A stream of contacts.
struct Stream {
    from: usize,
    to: usize,
    contacts: f64,
}

/// A place that streams run through.
struct Place {
    name: String,
    column: usize,
    colour: usize,
    contacts: f64,
}

pub(super) fn part(run: &Run) -> String {
    let figure = |(i, s)| figure(run, s, i).map(Figure::html);
    run.scenarios
        .iter()
        .enumerate()
        .filter_map(figure)
        .collect()
}

fn streams(s: &Played) -> Option<(Vec<Place>, Vec<Stream>)> {
    let contacts = s.total("contacts").filter(|n| *n > 0.0)?;
    let with_ai = contacts * s.total("ai_share")?;
    let ends = |list: &[(&str, &str, usize)]| -> Vec<(String, usize, f64)> {
        let one = |(id, name, colour): &(&str, &str, usize)| {
            let n = s.total(id).filter(|n| *n > 0.0)?;
            Some(((*name).to_owned(), *colour, n))
        };
        list.iter().filter_map(one).collect()
    };
    let (by_ai, by_people) = (ends(&WITH_AI), ends(&WITH_PEOPLE));
    let contained: f64 = by_ai.iter().map(|e| e.2).sum();
    let handed = (with_ai - contained).max(0.0);
    let direct = (contacts - with_ai).max(0.0);
    let place = |name: &str, column, colour, contacts| Place {
        name: name.to_owned(),
        column,
        colour,
        contacts,
    };
    let mut places = vec![place("contacts", 0, 6, contacts)];
    let mut streams = Vec::new();
    let mut join = |from, to, contacts| {
        if contacts > 0.0 {
            streams.push(Stream { from, to, contacts });
        }
    };
    let assistant = places.len();
    if with_ai > 0.0 {
        places.push(place("assistant", 1, 3, with_ai));
        join(0, assistant, with_ai);
        for (name, colour, n) in by_ai {
            places.push(place(&name, 3, colour, n));
            join(assistant, places.len() - 1, n);
        }
    }
    if handed + direct > 0.0 {
        let people = places.len();
        places.push(place("people", 2, 0, handed + direct));
        join(assistant, people, handed);
        join(0, people, direct);
        for (name, colour, n) in by_people {
            places.push(place(&name, 3, colour, n));
            join(people, places.len() - 1, n);
        }
    }
    Some((places, streams))
}

fn figure(run: &Run, s: &Played, index: usize) -> Option<Figure> {
    let (places, streams) = streams(s)?;
    let whole = places[0].contacts;
    let ends = places.iter().filter(|p| p.column == 3).count() as f64;
    let scale = TALL / whole;
    let mut canvas = Canvas::new(TOP + TALL + GAP * (ends - 1.0).max(0.0) + 26.0);
    let lefts = [8.0, 180.0, 340.0, 505.0];
    let headings = ["come in", "meet the assistant", "want a person", "end"];
    for (column, (x, heading)) in lefts.iter().zip(headings).enumerate() {
        if places.iter().any(|p| p.column == column) {
            canvas.text(*x, 20.0, "axis-label", heading);
        }
    }
    // Ends stand below one another, the others where their contacts leave room.
    let mut tops = vec![TOP; places.len()];
    let mut y = TOP;
    for (i, p) in places.iter().enumerate().filter(|(_, p)| p.column == 3) {
        tops[i] = y;
        y += (p.contacts * scale).max(1.0) + GAP;
    }
    if let Some(people) = places.iter().position(|p| p.column == 2) {
        let first = streams.iter().find(|s| s.from == people);
        tops[people] = first.map_or(TOP, |s| tops[s.to]);
    }
    let (mut out_at, mut in_at) = (tops.clone(), tops.clone());
    let share = |n: f64| value(n / whole, Kind::Fraction);
    for stream in &streams {
        let width = stream.contacts * scale;
        let x0 = lefts[places[stream.from].column] + BAR;
        let x1 = lefts[places[stream.to].column];
        let (y0, y1) = (out_at[stream.from], in_at[stream.to]);
        out_at[stream.from] += width;
        in_at[stream.to] += width;
        let middle = (x0 + x1) / 2.0;
        let d = format!(
            "M{x0} {a}C{middle} {a} {middle} {b} {x1} {b}V{c}C{middle} {c} {middle} {e} {x0} {e}Z",
            a = at(y0),
            b = at(y1),
            c = at(y1 + width.max(0.7)),
            e = at(y0 + width.max(0.7)),
        );
        let (from, to) = (&places[stream.from], &places[stream.to]);
        let tip = format!(
            "{} → {}: {} contacts, {} of all",
            from.name,
            to.name,
            count(stream.contacts.round() as u64),
            share(stream.contacts)
        );
        canvas.path(&d, &format!("f{} link", to.colour), &tip);
    }
    for (p, y) in places.iter().zip(&tops) {
        let x = lefts[p.column];
        let height = (p.contacts * scale).max(1.0);
        let tip = format!(
            "{}: {} contacts, {} of all",
            p.name,
            count(p.contacts.round() as u64),
            share(p.contacts)
        );
        canvas.rect(x, *y, BAR, height, &format!("f{}", p.colour), &tip);
        match p.column {
            3 => {
                let text = format!("{} · {}", p.name, share(p.contacts));
                canvas.text(
                    x + BAR + 7.0,
                    y + (height / 2.0).max(3.0) + 4.5,
                    "name",
                    &text,
                );
            }
            _ => canvas.text(
                x,
                y - 8.0,
                "name",
                &format!("{} · {}", p.name, share(p.contacts)),
            ),
        }
    }
    let rows = streams.iter().map(|stream| {
        vec![
            Cell::text(&places[stream.from].name),
            Cell::text(&places[stream.to].name),
            Cell::number(value(stream.contacts, Kind::Plain), stream.contacts),
            Cell::number(share(stream.contacts), stream.contacts / whole),
        ]
    });
    let id = ident("journeys", index + 1);
    let title = titled(run, s, "Journeys of contacts");
    let again = s
        .total("repeat_rate")
        .filter(|x| *x > 0.0)
        .map_or(String::new(), |x| {
            format!(
                " {} of the contacts are followed by another one of the same customer.",
                value(x, Kind::Fraction)
            )
        });
    Some(Figure {
        table: Some(Table {
            id: format!("{id}-table"),
            caption: title.clone(),
            header: ["from", "to", "contacts", "share of all"]
                .map(String::from)
                .to_vec(),
            rows: rows.collect(),
        }),
        id,
        title,
        caption: format!(
            "Widths are contacts, {} in all (mean over the replications).{again}",
            count(whole.round() as u64)
        ),
        canvas,
        legend: Vec::new(),
    })
}
