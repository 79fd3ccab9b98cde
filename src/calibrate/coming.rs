//! Customers who come again, as a scenario has them: probabilities, and files of delays.

use super::fit::Fit;
use super::named::{Named, between, plain, values};
use super::shares::Repeats;
use super::visits::Ended;

/// The delays of those who come again, for topics of this suffix.
pub(super) fn delays<'a>(
    returns: &'a [(Ended, Repeats)],
    suffix: &'a str,
) -> impl Iterator<Item = Named> + 'a {
    let each = returns.iter().filter(|(_, back)| back.matters());
    each.map(move |(ended, back)| (delay_file(*ended, suffix), values(&back.delays)))
}

fn delay_file(ended: Ended, suffix: &str) -> String {
    format!("delay-{}{suffix}.csv", ended.key().replace('_', "-"))
}

/// The entries of `returns`. Where a topic differs from the others in that hardly anybody comes again, that is written too.
pub(super) fn returns(
    fit: &Fit,
    of: &[(Ended, Repeats)],
    suffix: &str,
    others: &[(Ended, Repeats)],
) -> Vec<String> {
    // Who left the assistant in silence is among those whom it is said to have helped.
    let keys = of.iter().flat_map(|(ended, back)| {
        let silent = fit.silent.filter(|_| *ended == Ended::ByAssistant);
        let more = silent.map(|_| ("gave_up", ended, back));
        [Some((ended.key(), ended, back)), more]
            .into_iter()
            .flatten()
    });
    let each = keys.filter_map(|(key, ended, back)| {
        let there = others.iter().any(|(e, back)| e == ended && back.matters());
        match back.matters() {
            true => Some(format!(
                "{key} = {{ probability = {}, delay = {{ empirical = {{ csv = \"{}\", column = \"seconds\", unit = \"s\" }} }} }}",
                plain(back.probability.value, 4),
                delay_file(*ended, suffix)
            )),
            false => there.then(|| format!("{key} = {{ probability = 0 }}")),
        }
    });
    each.collect()
}

/// What was seen of those who come again.
pub(super) fn returns_words(of: &[(Ended, Repeats)]) -> String {
    let each = of.iter().map(|(ended, back)| {
        format!(
            "{}: {} of {} contacts were followed within a week, {} % would be by chance; {}",
            ended.key(),
            back.followed,
            back.contacts,
            plain(100.0 * back.by_chance, 1),
            between(&back.probability, 4)
        )
    });
    each.collect::<Vec<_>>().join("; ")
}
