//! Contacts for people that come while nobody of their route is there: how many, and when.

use super::quantity::per_cent;
use super::words::listed;
use crate::results::WEEKDAYS;

/// Shares below this are not told.
const FEW: f64 = 0.001;

/// By weekday (0 = Monday) and local hour: contacts for people, and those of them that come while no pool of their route has anybody.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClosedHours {
    /// All, and those who find nobody.
    pub by_hour: [[(f64, f64); 24]; 7],
    /// Returns of the same topics, with the assistant or not: all, and those that come while no pool of their route has anybody.
    pub returns: (f64, f64),
}

impl ClosedHours {
    /// Adds contacts for people, and the returns of their topic, that come at a local hour of a weekday.
    pub(super) fn add(
        &mut self,
        (weekday, hour): (usize, usize),
        contacts: f64,
        returns: f64,
        finds_nobody: bool,
    ) {
        let at = &mut self.by_hour[weekday][hour];
        for (sums, more) in [(at, contacts), (&mut self.returns, returns)] {
            sums.0 += more;
            sums.1 += if finds_nobody { more } else { 0.0 };
        }
    }

    /// Their share of the contacts for people.
    pub fn share(&self) -> f64 {
        let sum = |f: fn(&(f64, f64)) -> f64| self.by_hour.iter().flatten().map(f).sum::<f64>();
        ratio((sum(|h| h.0), sum(|h| h.1)))
    }

    /// The share of the returns.
    pub fn share_of_returns(&self) -> f64 {
        ratio(self.returns)
    }

    /// All of it in a sentence; `None` where hardly anybody comes then.
    pub(super) fn sentence(&self) -> Option<String> {
        let share = self.share();
        let when = listed(" (", self.when().into_iter(), ")");
        let [of_people, of_returns] =
            [share, self.share_of_returns()].map(|x| (x >= FEW).then(|| per_cent(x)));
        let returns = listed(", and ", of_returns.into_iter(), " of all returns");
        of_people.map(|people| {
            format!(
                "{people} of the contacts for people{returns} come while no pool of their route has anybody{when}: they wait until somebody \
                 comes, or leave."
            )
        })
    }

    /// `between 18:00 and 08:00, on Sat and Sun`: the hours in which most who come find nobody; `None` where they have no such form.
    fn when(&self) -> Option<String> {
        let finds_nobody = |h: &(f64, f64)| h.1 > 0.5 * h.0;
        let is_closed_at = |h: &(f64, f64)| h.0 == 0.0 || finds_nobody(h);
        let is_closed = |d: &usize| self.by_hour[*d].iter().all(is_closed_at);
        let comes = |d: &usize| self.by_hour[*d].iter().any(|h| h.0 > 0.0);
        let days: Vec<usize> = (0..7).filter(comes).collect();
        let (closed, open): (Vec<usize>, Vec<usize>) = days.into_iter().partition(is_closed);
        let at = |hour: usize| {
            let all = open.iter().map(|&d| self.by_hour[d][hour]);
            finds_nobody(&all.fold((0.0, 0.0), |sum, h| (sum.0 + h.0, sum.1 + h.1)))
        };
        let begins = |h: &usize| at(*h) && !at((*h + 23) % 24);
        let begin: Vec<usize> = (0..24).filter(begins).collect();
        let mut parts = Vec::new();
        match begin[..] {
            [begin] => {
                let length = (1..24).take_while(|n| at((begin + n) % 24)).count() + 1;
                let end = (begin + length) % 24;
                parts.push(format!("between {begin:02}:00 and {end:02}:00"));
            }
            [] => {}
            _ => return None,
        }
        if !closed.is_empty() && !open.is_empty() {
            let names: Vec<&str> = closed.iter().map(|&d| WEEKDAYS[d]).collect();
            let last = names.len() - 1;
            parts.push(match last {
                0 => format!("on {}", names[0]),
                _ => format!("on {} and {}", names[..last].join(", "), names[last]),
            });
        }
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

fn ratio((all, of_these): (f64, f64)) -> f64 {
    if all > 0.0 { of_these / all } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One contact an hour; nobody is there at the hours for which `closed` holds.
    fn week(closed: impl Fn(usize, usize) -> bool) -> ClosedHours {
        let mut week = ClosedHours::default();
        for (day, hour) in (0..7 * 24).map(|h| (h / 24, h % 24)) {
            week.add((day, hour), 1.0, 0.5, closed(day, hour));
        }
        week
    }

    #[test]
    fn hours_in_which_nobody_is_there_are_named() {
        let night = |h: usize| !(8..18).contains(&h);
        let of = |w: ClosedHours| (w.share(), w.when().unwrap_or_default());
        let (share, when) = of(week(|_, h| night(h)));
        assert!((share - 14.0 / 24.0).abs() < 1e-12);
        assert!((week(|_, h| night(h)).share_of_returns() - 14.0 / 24.0).abs() < 1e-12);
        assert_eq!(when, "between 18:00 and 08:00");
        let (share, when) = of(week(|d, h| night(h) || d > 4));
        assert!((share - (5.0 * 14.0 + 48.0) / 168.0).abs() < 1e-12);
        assert_eq!(when, "between 18:00 and 08:00, on Sat and Sun");
        assert_eq!(of(week(|d, _| d == 6)).1, "on Sun");
        assert_eq!(of(week(|_, h| h == 12 || h == 20)).1, "");
        assert_eq!(of(week(|_, _| true)), (1.0, String::new()));
        assert_eq!(week(|_, _| false).sentence(), None);
        assert_eq!(ClosedHours::default().share(), 0.0);
        let noon = week(|_, h| h == 12).sentence().unwrap();
        assert!(
            noon.starts_with("4.17 % of the contacts")
                && noon.contains("(between 12:00 and 13:00)"),
            "{noon}"
        );
    }
}
