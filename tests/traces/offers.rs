//! Members of a register, to whom contacts are offered.

use super::{at, fixed, small, trace};
use crate::models::{pool, step, topic};
use crate::sample::simulate;
use handover::engine::{Contact, Laws, Observer};
use handover::model::*;
use handover::time::{DAY, HOUR, SECOND};

/// Members who are online from a moment after 0 until `session` seconds later.
fn gig(members: u32, session: f64, acceptance: f64, response: Option<f64>) -> GigSupply {
    let member = Segment {
        acceptance,
        ..Segment::all(1e6, fixed(session))
    };
    GigSupply {
        response: response.map(fixed),
        ..GigSupply::new(LogOn::Members(members), vec![member])
    }
}

/// One case at each of `seconds`, one pool of members to whom contacts are offered.
fn offers(seconds: &[f64], supply: GigSupply) -> Model {
    let mut m = small(seconds, 60.0, 0.0);
    m.pools[0].kind = PoolKind::Gig;
    m.pools[0].supply = Supply::Gig(Box::new(supply));
    m
}

#[test]
fn an_offer_takes_its_time() {
    let m = offers(&[10.0, 10.0], gig(2, 7000.0, 1.0, Some(7.0)));
    assert_eq!(
        trace(&m, &["answered"]),
        [
            "17 c@10 answered by p after 7",
            "17 c@10 answered by p after 7"
        ]
    );
    // A contact that abandons frees the member on offer, who gets the next contact at once.
    let mut m = offers(&[10.0, 12.0], gig(1, 7000.0, 1.0, Some(7.0)));
    m.topics[0].patience = Some(fixed(6.0));
    m.demand.arrivals.push(at(&[12.0]));
    let mut d = topic("d");
    d.work = Some(fixed(60.0));
    m.topics.push(d);
    m.demand.arrivals[0] = at(&[10.0]);
    m.queues.push(Queue {
        topic: 1,
        class: 5,
        route: vec![step(&[0])],
    });
    let p = &mut m.pools[0];
    (p.skills, p.work_factor, p.ranking) = (vec![true; 2], vec![1.0; 2], vec![0; 2]);
    p.outcomes = vec![p.outcomes[0]; 2];
    assert_eq!(
        trace(&m, &["answered", "abandoned after"]),
        [
            "16 c@10 abandoned after 6",
            "23 d@12 answered by p after 11"
        ]
    );
}

/// Who may have two contacts at once is offered the second as soon as the first is accepted.
#[test]
fn a_second_contact_at_once() {
    let mut m = offers(&[10.0, 10.0], gig(1, 7000.0, 1.0, Some(7.0)));
    m.pools[0].concurrency = 2;
    m.pools[0].speed = vec![1.0, 0.5];
    assert_eq!(
        trace(&m, &["answered"]),
        [
            "17 c@10 answered by p after 7",
            "24 c@10 answered by p after 14"
        ]
    );
}

#[test]
fn refusals_and_cool_down() {
    // Nobody accepts: an offer every 7 + 60 s, withdrawn when patience ends.
    let mut supply = gig(1, 7000.0, 0.0, Some(7.0));
    supply.cool_down = Some(fixed(60.0));
    let mut m = offers(&[10.0], supply.clone());
    m.topics[0].patience = Some(fixed(205.0));
    let told = offers_told(&m);
    assert_eq!(
        told,
        [
            "offer",
            "refused",
            "offer",
            "refused",
            "offer",
            "refused",
            "offer",
            "withdrawn"
        ]
    );
    // An answer that comes after the time-out is a refusal at the time-out.
    supply.segments[0].acceptance = 1.0;
    supply.offer_timeout = Some(5 * SECOND);
    supply.response = Some(fixed(5.000_001));
    let mut late = offers(&[10.0], supply.clone());
    late.topics[0].patience = Some(fixed(100.0));
    assert_eq!(offers_told(&late), ["offer", "refused", "offer", "refused"]);
    supply.response = Some(fixed(5.0));
    assert_eq!(
        offers_told(&offers(&[10.0], supply.clone())),
        ["offer", "accepted"]
    );
    // Three at a time: the first to accept has it, in order of response the others are freed.
    supply = gig(3, 7000.0, 1.0, Some(7.0));
    supply.broadcast = 2;
    assert_eq!(
        offers_told(&offers(&[10.0], supply)),
        ["offer", "offer", "accepted", "withdrawn"]
    );
}

/// Offers and their ends in the order told.
fn offers_told(m: &Model) -> Vec<&'static str> {
    struct Told(Vec<&'static str>);
    impl Observer for Told {
        fn offer(&mut self, _: usize, _: &Contact, _: u64) {
            self.0.push("offer");
        }
        fn offer_ended(&mut self, _: usize, _: &Contact, _: u64, accepted: bool) {
            self.0.push(if accepted { "accepted" } else { "refused" });
        }
        fn offer_withdrawn(&mut self, _: usize, _: &Contact) {
            self.0.push("withdrawn");
        }
    }
    let mut told = Told(Vec::new());
    simulate(&Laws::new(m).unwrap(), 1, 0, &mut told);
    told.0
}

#[test]
fn offers_used_up_open_the_next_step() {
    let mut supply = gig(1, 7000.0, 0.0, Some(7.0));
    supply.cool_down = Some(fixed(60.0));
    supply.max_offers = Some(2);
    let mut m = offers(&[10.0], supply);
    m.pools.push(pool("q", 1.0, 1));
    m.queues[0].route.push(RouteStep {
        after: HOUR,
        pools: vec![StepPool {
            pool: 1,
            reserve: 0,
        }],
    });
    // Offered at 10 s and 77 s, refused 7 s later each; the second step opens at 84 s, long before its hour.
    assert_eq!(trace(&m, &["answered"]), ["84 c@10 answered by q after 74"]);
}

#[test]
fn a_refusal_leads_to_a_step_that_has_opened_meanwhile() {
    let mut supply = gig(1, 7000.0, 0.0, Some(30.0));
    supply.cool_down = Some(fixed(1000.0));
    let mut m = offers(&[10.0], supply);
    m.pools.push(pool("q", 1.0, 1));
    m.queues[0].route.push(RouteStep {
        after: 20 * SECOND,
        pools: vec![StepPool {
            pool: 1,
            reserve: 0,
        }],
    });
    assert_eq!(trace(&m, &["answered"]), ["40 c@10 answered by q after 30"]);
}

#[test]
fn each_offer_has_luck_of_its_own() {
    // A hundred customers, each with the only member to himself for half an hour and an offer every 11 s.
    let seconds: Vec<f64> = (0..100).map(|i| 100.0 + 2000.0 * f64::from(i)).collect();
    let mut supply = gig(1, 1e6, 0.5, Some(1.0));
    supply.cool_down = Some(fixed(10.0));
    supply.max_offers = Some(1);
    let mut m = offers(&seconds, supply);
    m.horizon = 3 * DAY;
    m.topics[0].patience = Some(fixed(1800.0));
    // All of them would have to refuse 160 times in a row.
    assert_eq!(trace(&m, &["abandoned after"]), Vec::<String>::new());
}

#[test]
fn an_offer_ends_with_the_session() {
    let mut m = offers(&[10.0], gig(1, 12.0, 1.0, Some(7.0)));
    m.topics[0].patience = Some(fixed(3.0));
    // The session is over about 12 s after 0, while the offer is out and patience has not ended.
    assert_eq!(offers_told(&m)[..2], ["offer", "refused"]);
    m.topics[0].patience = Some(fixed(1.0));
    assert_eq!(offers_told(&m)[..2], ["offer", "withdrawn"]);
}
