//! Which comment of a file belongs to which value.
//!
//! In this order: the comment behind the value; the comment lines above it or above the run of keys in which it stands (a run ends at
//! a blank line, a comment line or a header); a paragraph `key: text` above a block of the same kind, here or further up; what stands
//! above the block (`[[topic]]`, `[ai]`), behind its header or behind its `name`. The comment with which a file opens belongs to
//! the whole, and to no value.

/// The lines of a text.
pub(crate) struct Comments {
    lines: Vec<Line>,
    /// Where each begins.
    starts: Vec<usize>,
    /// How many of them the comment has with which the text opens.
    opening: usize,
    /// The headers with a comment above them.
    headed: Vec<usize>,
}

enum Line {
    Blank,
    /// What stands behind the `#`.
    Comment(String),
    /// `[kind]` or `[[kind]]`, with the comment behind it.
    Header(String, Option<String>),
    /// Keys and values; of a `name` the comment behind it.
    Other(Option<String>),
}

impl Comments {
    pub(crate) fn of(text: &str) -> Self {
        let lines: Vec<Line> = text.lines().map(line).collect();
        let comment = |l: &&Line| matches!(l, Line::Comment(_));
        let begins = std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1));
        let mut comments = Self {
            opening: lines.iter().take_while(comment).count(),
            starts: begins.collect(),
            lines,
            headed: Vec::new(),
        };
        let is_headed = |&i: &usize| {
            matches!(comments.lines[i], Line::Header(..)) && comments.group(i).is_some()
        };
        comments.headed = (0..comments.lines.len()).filter(is_headed).collect();
        comments
    }

    /// The comment for the value of `key`, which is written at byte `at`, apart from one behind it; `inner` are the keys within a
    /// value in braces. Empty when there is none.
    pub(crate) fn of_value(&self, key: &str, inner: &[&str], at: usize) -> String {
        let before = (0..self.line(at)).rev();
        let is_run = |&i: &usize| !matches!(self.lines[i], Line::Blank | Line::Header(..));
        let mut run = before.clone().take_while(is_run);
        let above = run.find(|&i| self.is_comment(i));
        if let Some(last) = above.filter(|&i| i >= self.opening) {
            return self.text(last);
        }
        let mut headers = before.filter(|&i| matches!(self.lines[i], Line::Header(..)));
        let Some(header) = headers.next() else {
            return String::new();
        };
        match self.titled(key, inner, header) {
            titled if titled.is_empty() => self.of_block(header),
            titled => titled,
        }
    }

    /// The comment lines above the header that stands at byte `at`, on one line.
    pub(crate) fn of_header(&self, at: usize) -> String {
        let group = self.group(self.line(at));
        group.map_or_else(String::new, |last| self.text(last))
    }

    fn line(&self, at: usize) -> usize {
        let line = self.starts.partition_point(|&s| s <= at) - 1;
        line.min(self.lines.len().saturating_sub(1))
    }

    fn is_comment(&self, line: usize) -> bool {
        matches!(self.lines[line], Line::Comment(_))
    }

    /// Last line of the comment above a header, with or without blank lines between.
    fn group(&self, header: usize) -> Option<usize> {
        let mut above = (0..header).rev();
        let last = above.find(|&i| !matches!(self.lines[i], Line::Blank))?;
        (last >= self.opening && self.is_comment(last)).then_some(last)
    }

    /// The comment lines that end with line `last`.
    fn comment(&self, last: usize) -> Vec<&str> {
        let mut others = (self.opening..=last).rev().filter(|&i| !self.is_comment(i));
        let begin = others.next().map_or(self.opening, |i| i + 1);
        let lines = self.lines[begin..=last].iter();
        let lines = lines.filter_map(|line| match line {
            Line::Comment(text) => Some(text.as_str()),
            _ => None,
        });
        lines.collect()
    }

    fn text(&self, last: usize) -> String {
        joined(self.comment(last).into_iter().map(str::trim))
    }

    /// What is said of a block as a whole: above its header, as far as that is about no key; behind the header or its `name`; above
    /// an earlier block, titled by the kind.
    fn of_block(&self, header: usize) -> String {
        let above = self.group(header).map(|last| self.comment(last));
        let above = paragraphs(above.unwrap_or_default(), title);
        let untitled = above.iter().filter(|p| p.keys.is_empty());
        let untitled = untitled.map(|p| p.text.as_str());
        let Line::Header(kind, behind) = &self.lines[header] else {
            return joined(untitled);
        };
        let is_body = |line: &&Line| !matches!(line, Line::Header(..));
        let mut body = self.lines[header + 1..].iter().take_while(is_body);
        let name = body.find_map(|line| match line {
            Line::Other(name) => name.as_deref(),
            _ => None,
        });
        match joined(untitled.chain(behind.as_deref()).chain(name)) {
            text if text.is_empty() => self.titled(kind, &[], header),
            text => text,
        }
    }

    /// The nearest paragraphs, above this block or an earlier one of its kind, that are titled by the key; else of a value in braces
    /// those titled by the keys within it, with `the rest` for the others.
    fn titled(&self, key: &str, inner: &[&str], header: usize) -> String {
        let Line::Header(kind, _) = &self.lines[header] else {
            return String::new();
        };
        let alike = |i: &usize| matches!(&self.lines[*i], Line::Header(k, _) if k == kind);
        let before = self.headed.partition_point(|&i| i <= header);
        let blocks = self.headed[..before].iter().copied().rev().filter(alike);
        for last in blocks.filter_map(|block| self.group(block)) {
            let all = paragraphs(self.comment(last), title);
            let has = |p: &Paragraph, key: &str| {
                let mut keys = p.keys.iter();
                keys.any(|k| k == key || k.strip_suffix('s') == Some(key))
            };
            let own = all.iter().filter(|p| has(p, key));
            let mut found: Vec<&str> = own.map(|p| p.text.as_str()).collect();
            let within = |p: &&Paragraph| inner.iter().any(|key| has(p, key));
            if found.is_empty() && all.iter().any(|p| within(&p)) {
                let rest = |p: &&Paragraph| within(p) || has(p, "the_rest");
                found.extend(all.iter().filter(rest).map(|p| p.text.as_str()));
            }
            if !found.is_empty() {
                return joined(found.into_iter());
            }
        }
        String::new()
    }
}

/// What is not empty, on one line.
fn joined<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    let texts: Vec<&str> = texts.filter(|t| !t.is_empty()).collect();
    texts.join(" ")
}

/// A part of a comment: `key: text` or `key, other key: text`.
pub(crate) struct Paragraph {
    /// The keys in its title; empty where it has none.
    keys: Vec<String>,
    /// With its title.
    pub(crate) text: String,
}

/// A paragraph begins after an empty line, and with a title, whose keys `title` gives.
pub(crate) fn paragraphs<'t>(
    lines: impl IntoIterator<Item = &'t str>,
    title: impl Fn(&str) -> Vec<String>,
) -> Vec<Paragraph> {
    let mut all: Vec<Paragraph> = Vec::new();
    let mut begins = true;
    for line in lines {
        let keys = title(line);
        match all.last_mut() {
            _ if line.trim().is_empty() => {}
            Some(last) if !begins && keys.is_empty() => last.text += &format!(" {}", line.trim()),
            _ => all.push(Paragraph {
                keys,
                text: line.trim().to_owned(),
            }),
        }
        begins = line.trim().is_empty();
    }
    all
}

/// The keys that the title of a line names, words and a colon, not indented: `Handle time: ...` names `handle_time`.
fn title(line: &str) -> Vec<String> {
    let Some((title, _)) = line.strip_prefix(' ').unwrap_or(line).split_once(": ") else {
        return Vec::new();
    };
    let is_word = |w: &str| !w.is_empty() && w.chars().all(|c| c.is_alphanumeric() || c == '_');
    let names = title.split(", ").flat_map(|t| t.split(" and "));
    let names: Vec<Vec<&str>> = names.map(|n| n.split(' ').collect()).collect();
    let sound = |n: &Vec<&str>| n.len() <= 3 && n.iter().all(|w| is_word(w));
    match names.iter().all(sound) {
        true => names.iter().map(|n| n.join("_").to_lowercase()).collect(),
        false => Vec::new(),
    }
}

fn line(text: &str) -> Line {
    let bare = text.trim();
    if bare.is_empty() {
        return Line::Blank;
    }
    if let Some(comment) = bare.strip_prefix('#') {
        return Line::Comment(comment.to_owned());
    }
    let inside = bare.trim_start_matches('[');
    let depth = bare.len() - inside.len();
    let is_key = inside.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let header = inside.split_once(']');
    if let Some((kind, rest)) = header.filter(|_| (1..=2).contains(&depth) && is_key) {
        return Line::Header(kind.trim().to_owned(), behind(rest, 0));
    }
    let name = bare.strip_prefix("name").map(str::trim_start);
    let named = name.is_some_and(|rest| rest.starts_with('='));
    Line::Other(behind(bare, 0).filter(|_| named))
}

/// The comment on the line on which a value ends.
pub(crate) fn behind(text: &str, end: usize) -> Option<String> {
    let rest = text.get(end..)?.lines().next()?;
    let mut quote = None;
    for (i, c) in rest.char_indices() {
        match (quote, c) {
            (None, '#') => return Some(rest[i + 1..].trim().to_owned()),
            (None, '"' | '\'') => quote = Some(c),
            (Some(q), c) if q == c => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The comment for the value that is written `needle`.
    fn of(text: &str, needle: &str, inner: &[&str]) -> String {
        let at = text.find(needle).unwrap();
        let key = needle.split_whitespace().next().unwrap();
        Comments::of(text).of_value(key, inner, at)
    }

    #[test]
    fn runs_of_keys_share_a_comment() {
        let text = "# Question: what?\n\nseed = 1\n\n# counted\nstart = 2\nzone = 3\n\nhorizon = 4\n\n\
            [demand]\nrate = 5\n# the plan\ncv = 6\nday = [ 7,\n  8 ]\nweek = 9\n\nmonth = 10\n";
        let found = [
            "seed", "start", "zone", "horizon", "rate", "cv", "day", "week", "month",
        ];
        assert_eq!(
            found.map(|key| of(text, key, &[])),
            [
                "", "counted", "counted", "", "", "the plan", "the plan", "the plan", ""
            ]
        );
    }

    #[test]
    fn blocks_have_comments() {
        let text = "[ai]     # a guess\nprice = 1\n\n# of the vendor\n\n[[pool]]\nname = 'a' # a pilot\nmembers = 2\n\n\
            [[pool]]\nname = 'b'\nagents = 3\n[[pool]]\nname = 'c' # 'the # rest'\nstaff = 4\n";
        let found = ["price", "members", "agents", "staff"];
        assert_eq!(
            found.map(|key| of(text, key, &[])),
            ["a guess", "of the vendor a pilot", "", "'the # rest'"]
        );
        // The comment with which a file opens is about the whole.
        assert_eq!(of("# all of it\n[ai]\nprice = 1\n", "price", &[]), "");
    }

    #[test]
    fn paragraphs_are_titled_by_keys() {
        let text = "[demand]\nrate = 1\n\n# Topics: as counted in March\n# entry, share: assumption,\n#    tuned: to two thirds\n#\n# resolve: computed\n\
            # The rest: of the paper\n# Handle time: published\n\n[[topic]]\nname = 'a'\nentry = 2\nshare = 3\nai = 4\nwork = 5\n\n\
            [[topic]]\nname = 'b' # own\nentry = 6\nai = { resolve = 7 }\nplain = 8\n\n# entry: another\n[[topic]]\nname = 'c'\n\
            entry = 9\nshare = 10\nwork = 11\n[[pool]]\nshare = 12\n";
        let entry = "entry, share: assumption, tuned: to two thirds";
        let ai = "resolve: computed The rest: of the paper Handle time: published";
        let topics = "Topics: as counted in March";
        for (needle, inner, expected) in [
            ("entry = 2", &[][..], entry),
            ("share = 3", &[], entry),
            ("ai = 4", &["resolve", "give_up", "handle_time"], ai),
            ("ai = 4", &["give_up"], topics),
            ("work = 5", &[], topics),
            ("entry = 6", &[], entry),
            (
                "ai = {",
                &["resolve"],
                "resolve: computed The rest: of the paper",
            ),
            ("plain = 8", &[], "own"),
            ("entry = 9", &[], "entry: another"),
            ("share = 10", &[], entry),
            ("work = 11", &[], topics),
            ("share = 12", &[], ""),
            ("rate = 1", &[], ""),
        ] {
            assert_eq!(of(text, needle, inner), expected, "{needle} {inner:?}");
        }
    }

    #[test]
    fn any_text_has_comments_or_none() {
        for text in [
            "",
            "#",
            "[",
            "[[",
            "[a]",
            "a = 1",
            "\n\n",
            "# x: \n[a]\nb = 1\r\n",
            "é = 1 # ü",
        ] {
            let comments = Comments::of(text);
            for at in 0..text.len() + 2 {
                comments.of_value("b", &["a"], at);
                comments.of_header(at);
            }
        }
    }
}
