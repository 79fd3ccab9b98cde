//! Where contacts go: from inquiry to assistant to person to outcome, widths in contacts.

use super::canvas::{Canvas, at, fill};
use super::figure::Figure;
use super::markup::{Cell, Rows};
use super::page::{Block, each_scenario};
use crate::report::quantity::{Kind, count, per_cent};
use crate::results::{Played, Run};

const TOP: f64 = 52.0;
const TALL: f64 = 300.0;
const GAP: f64 = 12.0;
const BAR: f64 = 16.0;
/// Least distance of the ends from one another, so that their names do not overlap.
const LINE: f64 = 18.0;

/// How a contact ends: the measure, the name on the figure, and the colour.
type End = (&'static str, &'static str, usize);

const WITH_AI: [End; 4] = [
    ("ended_ai_resolved", "solved by the assistant", 2),
    ("ended_ai_misresolved", "closed, not solved", 1),
    ("ended_gave_up", "gave up", 4),
    ("ended_trapped", "no way to a person", 5),
];
const WITH_PEOPLE: [End; 4] = [
    ("ended_human_resolved", "solved by a person", 0),
    ("ended_human_unresolved", "answered, not solved", 1),
    ("ended_abandoned", "left the queue", 4),
    ("ended_turned_away", "turned away", 5),
];

/// A stream of contacts between two places.
struct Stream {
    from: usize,
    to: usize,
    contacts: f64,
}

/// A place that streams run through.
struct Place {
    name: &'static str,
    column: usize,
    colour: usize,
    contacts: f64,
}

pub(super) fn part(run: &Run) -> Vec<Block> {
    each_scenario(run, "journeys", "Journeys of contacts", figure)
}

/// The places and the streams between them; `None` without contacts.
fn streams(s: &Played) -> Option<(Vec<Place>, Vec<Stream>)> {
    let contacts = s.total("contacts").filter(|n| *n > 0.0)?;
    let with_ai = contacts * s.total("ai_share")?;
    let place = |name, column, colour, contacts| Place {
        name,
        column,
        colour,
        contacts,
    };
    let ends = |list: [End; 4]| -> Vec<Place> {
        let known = |id| s.total(id).filter(|n| *n > 0.0);
        let end = |(id, name, colour)| Some(place(name, 3, colour, known(id)?));
        list.into_iter().filter_map(end).collect()
    };
    let by_ai = ends(WITH_AI);
    let contained: f64 = by_ai.iter().map(|e| e.contacts).sum();
    let handed = (with_ai - contained).max(0.0);
    let direct = (contacts - with_ai).max(0.0);
    let assistant = place("assistant", 1, 3, with_ai);
    let people = place("people", 2, 0, handed + direct);
    let mut places = vec![place("contacts", 0, 6, contacts)];
    let mut streams = Vec::new();
    // Contacts are handed over by the assistant, which is the place after the first if there is one.
    for (through, sources, ends) in [
        (assistant, vec![(0, with_ai)], by_ai),
        (people, vec![(1, handed), (0, direct)], ends(WITH_PEOPLE)),
    ] {
        if through.contacts > 0.0 {
            let at = places.len();
            let sources = sources.into_iter().map(|(from, n)| (from, at, n));
            let to_ends = (at + 1..)
                .zip(&ends)
                .map(|(to, end)| (at, to, end.contacts));
            streams.extend(sources.chain(to_ends));
            places.extend([through].into_iter().chain(ends));
        }
    }
    streams.retain(|(_, _, contacts)| *contacts > 0.0);
    let stream = |(from, to, contacts)| Stream { from, to, contacts };
    Some((places, streams.into_iter().map(stream).collect()))
}

fn figure(s: &Played, id: String, title: String) -> Option<Figure> {
    let (places, streams) = streams(s)?;
    let whole = places[0].contacts;
    let scale = TALL / whole;
    let people = places.iter().position(|p| p.column == 2);
    let of_people = streams.iter().find(|s| Some(s.from) == people);
    let of_people = of_people.map(|s| s.to);
    // Ends stand below one another, the others where their contacts leave room.
    let mut tops = vec![TOP; places.len()];
    let mut y = TOP;
    for (i, p) in places.iter().enumerate().filter(|(_, p)| p.column == 3) {
        if of_people == Some(i) && y > TOP {
            // Room for the name above the people.
            y += LINE;
        }
        tops[i] = y;
        y += (p.contacts * scale + GAP).max(LINE);
    }
    if let Some((people, first)) = people.zip(of_people) {
        tops[people] = tops[first];
    }
    let mut canvas = Canvas::new(y.max(TOP + TALL + GAP) + 14.0);
    let lefts = [8.0, 180.0, 340.0, 505.0];
    let headings = ["come in", "meet the assistant", "want a person", "end"];
    for (column, (x, heading)) in lefts.into_iter().zip(headings).enumerate() {
        if places.iter().any(|p| p.column == column) {
            canvas.text((x, 20.0), "axis-label", heading);
        }
    }
    let share = |n: f64| per_cent(n / whole);
    let tip = |what: &str, n: f64| {
        let contacts = count(n.round() as u64);
        format!("{what}: {contacts} contacts, {} of all", share(n))
    };
    let (mut out_at, mut in_at) = (tops.clone(), tops.clone());
    for stream in &streams {
        let (from, to) = (&places[stream.from], &places[stream.to]);
        let (x0, x1) = (lefts[from.column] + BAR, lefts[to.column]);
        let (y0, y1) = (out_at[stream.from], in_at[stream.to]);
        let width = stream.contacts * scale;
        out_at[stream.from] += width;
        in_at[stream.to] += width;
        let middle = (x0 + x1) / 2.0;
        let data = format!(
            "M{x0} {a}C{middle} {a} {middle} {b} {x1} {b}V{c}C{middle} {c} {middle} {e} {x0} {e}Z",
            a = at(y0),
            b = at(y1),
            c = at(y1 + width.max(0.7)),
            e = at(y0 + width.max(0.7)),
        );
        let between = format!("{} → {}", from.name, to.name);
        let class = fill(to.colour) + " link";
        canvas.path(data, &class, &tip(&between, stream.contacts));
    }
    for (p, y) in places.iter().zip(&tops) {
        let x = lefts[p.column];
        let height = (p.contacts * scale).max(1.0);
        canvas.rect(
            (x, *y),
            (BAR, height),
            &fill(p.colour),
            &tip(p.name, p.contacts),
        );
        let name = match p.column {
            3 => (x + BAR + 7.0, y + (height / 2.0).max(3.0) + 4.5),
            _ => (x, y - 8.0),
        };
        canvas.text(name, "name", format!("{} · {}", p.name, share(p.contacts)));
    }
    let rows = Rows::of(&streams)
        .column("from", |x| Cell::text(places[x.from].name))
        .column("to", |x| Cell::text(places[x.to].name))
        .column("contacts", |x| Cell::value(x.contacts, Kind::Plain))
        .column("share of all", |x| {
            Cell::value(x.contacts / whole, Kind::Fraction)
        });
    let mut caption = format!(
        "Widths are contacts, {} in all (mean over the replications).",
        count(whole.round() as u64)
    );
    if let Some(again) = s.total("repeat_rate").filter(|x| *x > 0.0) {
        let again = per_cent(again);
        caption +=
            &format!(" {again} of the contacts are followed by another one of the same customer.");
    }
    Some(Figure::new(id, &title, caption, canvas).table(title, rows))
}
