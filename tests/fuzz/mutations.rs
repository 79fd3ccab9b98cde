//! Small changes of texts, drawn from a seed.

/// Values that stand at the edge of something.
pub(crate) const EXTREMES: [&str; 56] = [
    "0",
    "-0.0",
    "1",
    "-1",
    "2",
    "16",
    "17",
    "64",
    "99",
    "1e-300",
    "5e-324",
    "1e-9",
    "0.0000001",
    "0.5",
    "0.999999999",
    "1.0000001",
    "1e3",
    "1e5",
    "100000",
    "1e9",
    "1e18",
    "1e300",
    "1.7976931348623157e308",
    "nan",
    "-nan",
    "inf",
    "-inf",
    "9223372036854775807",
    "-9223372036854775808",
    "99999999999999999999",
    "\"\"",
    "\"none\"",
    "\"ai\"",
    "\"default\"",
    "\"0 s\"",
    "\"1 ms\"",
    "\"0.000001 s\"",
    "\"1e9 s\"",
    "\"208 weeks\"",
    "\"4 years\"",
    "\"99999999 weeks\"",
    "\"100%\"",
    "\"62 %\"",
    "\"1e5 / s\"",
    "\"0 / h\"",
    "\"\\u0000\"",
    "true",
    "[]",
    "{}",
    "[[]]",
    "[0]",
    "2025-01-06",
    "2200-12-31",
    "2025-03-30T02:30:00",
    "10:00:00",
    "{ exponential = \"1 ms\" }",
];

/// A small generator of its own: the same mutations on every machine and with every version of the crates.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        // SplitMix64 (Steele, Lea & Flood 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// Small numbers more often than large ones.
    pub(crate) fn length(&mut self, bits: usize) -> usize {
        let bits = self.below(bits);
        self.below(1 << bits)
    }

    pub(crate) fn pick<'x>(&mut self, of: &[&'x str]) -> &'x str {
        of[self.below(of.len())]
    }
}

/// Where a value begins and ends: what follows an equals sign, up to the next comma, bracket or comment.
fn values(text: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for (i, _) in text.match_indices(['=', '[', ',']) {
        let from = i + 1 + (text[i + 1..].len() - text[i + 1..].trim_start_matches(' ').len());
        let quoted = text[from..].starts_with('"');
        let end = if quoted {
            text[from + 1..].find('"').map(|n| n + 2)
        } else {
            text[from..].find([',', ']', '}', '#', '\n'])
        };
        if let Some(n) = end.filter(|&n| n > 0) {
            out.push((from, from + text[from..from + n].trim_end().len()));
        }
    }
    out
}

fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|&i| text.is_char_boundary(i))
        .unwrap_or(0)
}

/// One change of a text; `extremes` are what values may become.
pub(crate) fn mutate(text: &mut String, dice: &mut Dice, extremes: &[&str]) {
    let at = dice.below(text.len() + 1);
    let at = boundary(text, at);
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (a, b) = (dice.below(lines.len()), dice.below(lines.len()));
    match dice.below(12) {
        0 => {
            let odd = [
                "\"", "[", "]", "{", "}", "=", ",", "#", "\n", "\r", ".", "-", "9", "é",
                "\u{feff}", "\0", "'''", " ",
            ];
            text.insert_str(at, dice.pick(&odd));
        }
        1 => {
            let end = boundary(text, at + 1 + dice.length(8)).max(at);
            text.replace_range(at..end, "");
        }
        2 => text.truncate(at),
        3 if !lines.is_empty() => {
            lines.insert(a, lines[b]);
            *text = lines.concat();
        }
        4 if !lines.is_empty() => {
            lines.remove(a);
            *text = lines.concat();
        }
        5 if !lines.is_empty() => {
            lines.swap(a, b);
            *text = lines.concat();
        }
        6 if at < text.len() => {
            // A flipped bit, where the result is text still.
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1 << dice.below(7);
            if let Ok(flipped) = String::from_utf8(bytes) {
                *text = flipped;
            }
        }
        kind => {
            let places = values(text);
            if places.is_empty() {
                return;
            }
            let (from, to) = places[dice.below(places.len())];
            let (other, end) = places[dice.below(places.len())];
            let new = match kind {
                7 | 8 if from <= to => text[other..end.max(other)].to_owned(),
                // A number near the one that stands there keeps the scenario sound more often than not.
                9 | 10 if text[from..to].parse::<f64>().is_ok() => {
                    let x: f64 = text[from..to].parse().unwrap();
                    let by = [0.0, 0.5, 0.9, 1.1, 2.0, 3.0, 10.0][dice.below(7)];
                    if text[from..to].contains('.') {
                        format!("{:?}", x * by)
                    } else {
                        format!("{}", (x * by).round())
                    }
                }
                _ => dice.pick(extremes).to_owned(),
            };
            text.replace_range(from..to.max(from), &new);
        }
    }
}
