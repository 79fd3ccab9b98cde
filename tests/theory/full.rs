//! All cases at full length.

use super::Family;
use super::verify::{Level, verify};

fn full(family: &Family) {
    let (mut failures, mut worst, mut checks) = (Vec::new(), 0.0_f64, 0);
    for case in family.cases() {
        let report = verify(&case, &family.plan(&case), Level::Full);
        println!("{}", report.text);
        failures.extend(report.failures);
        worst = worst.max(report.worst);
        checks += report.checks;
    }
    println!(
        "family: worst z {worst:.2} of {checks} numbers, {} failures",
        failures.len()
    );
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

macro_rules! full {
    ($($family:ident)*) => {$(
        #[test]
        #[ignore = "long: run with --release -- --ignored theory"]
        fn $family() {
            full(&super::$family);
        }
    )*};
}

full! {
    ai_network
    chat
    erlang_a
    erlang_b
    erlang_c
    gig_supply
    infinite_server
    loss_insensitive
    mg1_mgn
    mmn_g
    mmnk
    offers
    priority
    published
    repeat_contacts
    rules
    skill_routing
    time_varying
}
