//! What is expected to come: returns at their delays, transfers, the assistant, the timeline.

use super::{DESK, USUAL, agents, formula, of};

/// Cases of the first hour only; whose problem is not solved comes back five hours later.
#[test]
fn returns_come_at_their_delays() {
    let found = of(
        "horizon = '1 day'\ninterval = '1 h'\nmax_contacts = 3\n[demand]\nrate = { every = '1 h', per = 'h', values = [60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] }\n\
         [[topic]]\nname = 'calls'\nwork = { exponential = '5 min' }\nhuman = { resolve = 0.5 }\n\
         [returns]\nhuman_unresolved = { probability = 0.5, delay = '5 h', clock = 'wall' }\n\
         [[pool]]\nname = 'desk'\nkind = 'employed'\nagents = 1",
    );
    let mut want = vec![0; 24];
    for (hour, per_hour) in [(0, 60.0), (5, 15.0), (10, 3.75)] {
        want[hour] = formula(per_hour, 5.0, None, USUAL);
    }
    assert_eq!(agents(&found, 0), want);
}

#[test]
fn transfers_come_to_the_second_pool() {
    let found = of("horizon = '1 day'\n[demand]\nrate = '100 / h'\n\
         [[topic]]\nname = 'calls'\nwork = { exponential = '6 min' }\nroute = ['first']\n\
         human = { resolve = 0.5, transfer = 0.3, transfer_to = ['second'] }\n\
         [[pool]]\nname = 'first'\nkind = 'employed'\nagents = 1\n\
         [[pool]]\nname = 'second'\nkind = 'employed'\nagents = 1\nwork_factor = 0.5\nhuman = { default = { resolve = 1, transfer = 0 } }");
    let want = [
        (0, formula(100.0, 6.0, None, USUAL)),
        (1, formula(30.0, 3.0, None, USUAL)),
    ];
    for (pool, n) in want {
        assert!(agents(&found, pool).iter().all(|x| *x == n), "{pool} {n}");
    }
}

/// 40% go straight to people; of the others 30% are handed over, at 1.5 times the work, and 20% ask and are led through once more.
#[test]
fn the_assistant_takes_its_share() {
    let found = of(
        "horizon = '1 day'\n[demand]\nrate = '100 / h'\n[ai]\nhuman_access = { after = 1 }\nhandover_factor = 1.5\n\
         [[topic]]\nname = 'calls'\nwork = { exponential = '6 min' }\nentry = { human = 0.4 }\n\
         ai = { resolve = 0.4, misresolve = 0.05, hand_off = 0.3, ask_human = 0.2, give_up = 0.05, handle_time = '1 min' }\n\
         [[pool]]\nname = 'desk'\nkind = 'employed'\nagents = 1",
    );
    let escalated = 60.0 * (0.3 * 1.2 + 0.2 * 0.2);
    let calls = 40.0 + escalated;
    let minutes = 6.0 * (40.0 + 1.5 * escalated) / calls;
    let want = formula(calls, minutes, None, USUAL);
    assert!(agents(&found, 0).iter().all(|x| *x == want));
}

#[test]
fn the_timeline_holds_in_its_time() {
    let found = of(
        "start = 2025-06-02\nhorizon = '3 days'\n[demand]\nrate = '100 / h'\n\
         [[topic]]\nname = 'calls'\nwork = { exponential = '6 min' }\n\
         [[pool]]\nname = 'desk'\nkind = 'employed'\nagents = 1\n\
         [[timeline]]\nat = 2025-06-03\nset = { \"demand.rate\" = '200 / h' }\n\
         [[timeline]]\nat = 2025-06-04\nset = { \"pool.desk.max_occupancy\" = 0.5 }",
    );
    let all = agents(&found, 0);
    let want = [
        formula(100.0, 6.0, None, USUAL),
        formula(200.0, 6.0, None, USUAL),
        40,
    ];
    for (day, n) in want.iter().enumerate() {
        assert!(
            all[48 * day..48 * (day + 1)].iter().all(|x| x == n),
            "{day}: {all:?}"
        );
    }
}

/// Abandonment of 5 erlangs at the required agents is a few percent: those who leave and come back are that many more calls.
#[test]
fn those_who_would_abandon_come_back() {
    let calls = |returns: &str| {
        agents(
            &of(&format!(
                "horizon = '1 week'\ndemand = {{ rate = '6000 / h' }}\n{returns}\n\
                 topic = [ {{ name = 'calls', work = {{ exponential = '6 min' }}, patience = {{ exponential = '1 min' }}, target = '50% in 20 s' }} ]\n{DESK}"
            )),
            0,
        )[300]
    };
    let never = calls("");
    assert_eq!(never, formula(6000.0, 6.0, Some(1.0), (0.5, 20.0)));
    let always = calls("returns = { abandoned = { probability = 1, delay = '1 h' } }");
    // About 20% leave, so that each call is 1.25 calls.
    let (low, high) = (f64::from(never) * 1.1, f64::from(never) * 1.4);
    assert!((low..high).contains(&f64::from(always)), "{never} {always}");
}

/// Of the calls of a night those are left whose patience lasts until the morning.
#[test]
fn who_comes_while_closed_waits_as_long_as_patience_lasts() {
    let found = of(
        "start = 2025-06-02\nhorizon = '1 week'\ndemand = { rate = '60 / h' }\n\
         topic = [ { name = 'calls', work = { exponential = '6 min' }, patience = { exponential = '30 min' }, target = '80% in 20 s' } ]\n\
         pool = [ { name = 'desk', kind = 'employed', agents = 1, hours = 'mon-sun 08:00-20:00' } ]",
    );
    let all = agents(&found, 0);
    let usual = formula(60.0, 6.0, Some(30.0), USUAL);
    assert_eq!(all[20], usual);
    // 30 calls are still there, 6 erlangs of the first half-hour.
    assert!(all[16] > usual + 3 && all[16] < usual + 9, "{}", all[16]);
    assert!(all[15] == 0 && all[17] == usual);
}

/// By default customers come back when customers come: nobody at night, though a person is there.
#[test]
fn returns_run_on_the_clock_of_the_customers() {
    let nights = |clock: &str| {
        let found = of(&format!(
            "start = 2025-06-02\nhorizon = '2 weeks'\ninterval = '1 h'\n[demand]\nrate = {{ every = '12 h', per = 'h', values = [0, 60] }}\n\
             [[topic]]\nname = 'calls'\nwork = {{ exponential = '5 min' }}\nhuman = {{ resolve = 0.2 }}\n\
             [returns]\nhuman_unresolved = {{ probability = 0.9, delay = {{ exponential = '6 h' }}{clock} }}\n\
             [[pool]]\nname = 'desk'\nkind = 'employed'\nagents = 1"
        ));
        let all = agents(&found, 0);
        (24..48).map(|h| all[h]).take(12).sum::<u32>()
    };
    assert_eq!(nights(""), 0);
    assert!(nights(", clock = 'wall'") > 12);
}
