//! How many members come, and how long they stay.

use super::{close, is, outcome_at};
use crate::sample::outcome;

/// The rate is multiplied by (3 / 2)^2: odds of 0.2 x 2.25 x 2.
#[test]
fn better_pay_brings_more_members() {
    let outcome = outcome(
        r#"
        horizon = "12 days"
        warmup = "2 days"
        replications = 60
        demand = { rate = "0 / h" }
        topic = [ { name = "calls", work = "5 min" } ]
        [[pool]]
        name = "gig"
        kind = "gig"
        members = 100
        logon_rate = "0.2 / h"
        session = { exponential = "2 h" }
        availability = [1, 0.5]
        price = { per_contact = 3 }
        pay_response = { elasticity = 2, reference_pay = 2 }
        "#,
    );
    // By day and by night the same odds would be 0.9 and 0.45; the mean share obeys d = -(r + 1/2) s + r over 12 hours each.
    let (high, low) = (0.45, 0.225);
    let (a, b) = (high / (high + 0.5), low / (low + 0.5));
    let (u, v) = (
        (-12.0f64 * (high + 0.5)).exp(),
        (-12.0f64 * (low + 0.5)).exp(),
    );
    // Shares at the begin of the high and of the low half, by the fixed point.
    let begin_high = (b * (1.0 - v) + v * a * (1.0 - u)) / (1.0 - u * v);
    let begin_low = a + (begin_high - a) * u;
    let mean_high = a + (begin_high - a) * (1.0 - u) / (12.0 * (high + 0.5));
    let mean_low = b + (begin_low - b) * (1.0 - v) / (12.0 * (low + 0.5));
    close(
        &outcome,
        "members_online",
        100.0 * (mean_high + mean_low) / 2.0,
    );
}

/// An open register answers to what everybody earned: a week at the rate as given, then one at (40 / 10)^0.5 times of it.
#[test]
fn a_week_of_good_earnings_brings_more_strangers() {
    let outcome = outcome(&earners(
        2,
        "logons = \"6 / h\"",
        "price = { per_online_hour = 40 }\npay_response = { feedback = 0.5, reference_earnings = 10 }",
    ));
    close(&outcome, "log_ons", 6.0 * 168.0 * (1.0 + 2.0));
}

fn earners(weeks: u32, who: &str, pay: &str) -> String {
    format!(
        r#"
        horizon = "{weeks} weeks"
        replications = 100
        topic = [ {{ name = "calls", work = "1 s" }} ]
        demand = {{ rate = "0 / h" }}
        [[pool]]
        name = "gig"
        kind = "gig"
        {who}
        session = "1 min"
        {pay}
        "#
    )
}

/// Pay by the hour doubles the rate of those who were online in a week, from its end on. A member is offline for nearly all the time:
/// of the mean of m log-ons in a week at the rate as given exp(-m) have none, and know nothing of the pay.
#[test]
fn who_has_earned_comes_more_often() {
    let outcome = outcome(&earners(
        3,
        "members = 300\nlogon_rate = \"0.005 / h\"",
        "price = { per_online_hour = 20 }\npay_response = { feedback = 1, reference_earnings = 10 }",
    ));
    let m = 0.005 * 168.0f64;
    let weeks = [1.0, 2.0 - (-m).exp(), 2.0 - (-2.0 * m).exp()];
    close(&outcome, "log_ons", 300.0 * m * weeks.iter().sum::<f64>());
}

/// One contact in the first week: who had it comes at ten times the rate, to the power of 2; the others who came at a tenth of it; those
/// who did not as before.
#[test]
fn each_member_answers_to_what_the_member_earned() {
    let text = earners(
        2,
        "members = 300\nlogon_rate = \"0.005 / h\"",
        "price = { per_contact = 1000 }\npay_response = { feedback = 2, reference_earnings = 10 }",
    );
    let outcome = outcome_at(
        &[86_400.0],
        &text.replace("demand = { rate = \"0 / h\" }", ""),
    );
    let m = 0.005 * 168.0f64;
    let idle = 300.0 * (-m).exp();
    let poor = 300.0 - idle - 1.0;
    // A session of a minute between two times offline of two hours.
    let rich = 100.0 * m / (1.0 + 100.0 * 0.005 / 60.0);
    close(
        &outcome,
        "log_ons",
        300.0 * m + idle * m + poor * 0.01 * m + rich,
    );
}

/// Surge opens for six hours: the survival of an offline member has three phases.
#[test]
fn surge_brings_more_members_while_it_lasts() {
    let at = 6.0 * 3600.0;
    let outcome = outcome_at(
        &[at, at, at],
        r#"
        horizon = "1 day"
        replications = 40
        topic = [ { name = "calls", work = "5 min", patience = "6 h", route = [ { after = "10 days", pools = ["gig"] } ] } ]
        [[pool]]
        name = "gig"
        kind = "gig"
        members = 1000
        logon_rate = "0.02 / h"
        session = "1000 days"
        price = { per_contact = 2, surge = { above = 2, factor = 3, every = "1 h" } }
        pay_response = { elasticity = 1, reference_pay = 2 }
        "#,
    );
    // Three wait from 6 to 12 o'clock; the looks at 7 and 13 o'clock are the first to see it. 7 h, 6 h x 3, 11 h.
    close(
        &outcome,
        "log_ons",
        1000.0 * (1.0 - (-0.02f64 * 36.0).exp()),
    );
}

/// Nobody calls: a member stays for the session or as long as tolerance lasts.
#[test]
fn who_waits_too_long_leaves() {
    let outcome = outcome(
        r#"
        horizon = "11 days"
        warmup = "1 day"
        replications = 60
        demand = { rate = "0 / h" }
        topic = [ { name = "calls", work = "5 min" } ]
        pool = [ { name = "gig", kind = "gig", logons = "20 / h", session = "3 h", tolerance = { exponential = "1 h" } } ]
        "#,
    );
    // Little's law: 20 an hour, each for E min(3, X) = 1 - exp(-3) hours.
    close(&outcome, "members_online", 20.0 * (1.0 - (-3.0f64).exp()));
}

/// A wait begins anew after each contact, and an offer ends it.
#[test]
fn tolerance_by_hand() {
    let gig = |more: &str| {
        format!(
            r#"
            horizon = "2 h"
            replications = 2
            topic = [ {{ name = "calls", work = "4 min", patience = "1 min" }} ]
            [[pool]]
            name = "gig"
            kind = "gig"
            members = 1
            logon_rate = "1000 / s"
            availability = {{ every = "1 min", values = [1, {}] }}
            session = "100 h"
            tolerance = "10 min"
            {more}
            "#,
            vec!["0"; 200].join(", ")
        )
    };
    // In hand from 5 to 9 minutes; answered once more a second before ten minutes more; gone at 32:59, a second too early.
    let seconds = [300.0, 1139.0, 1980.0];
    let outcome = outcome_at(&seconds, &gig(""));
    is(&outcome, "members_online", 1979.0 / 7200.0);
    is(&outcome, "answered", 2.0);
    // With 30 s to respond a contact at 18:50 is on offer when ten minutes are over, and is answered all the same.
    let outcome = outcome_at(&[300.0, 1160.0], &gig("response = \"30 s\""));
    is(&outcome, "answered", 2.0);
    is(
        &outcome,
        "members_online",
        (1160.0 + 30.0 + 240.0 + 600.0) / 7200.0,
    );
}
