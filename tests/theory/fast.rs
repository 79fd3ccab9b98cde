//! One case of each family at modest length, in the ordinary test command.

use super::Family;
use super::families::rules::in_short;
use super::verify::{Level, verify};

fn fast(family: &Family, id: &str, contacts: f64, days: f64) {
    let case = family.cases().find(|c| c.id == id).unwrap();
    let report = verify(&case, &family.plan(&case), Level::Fast { contacts, days });
    println!("{}", report.text);
    assert!(report.failures.is_empty(), "{}", report.failures.join("\n"));
}

/// The rules that take a moment.
#[test]
fn rules() {
    let short = super::rules.cases().filter(|c| c.get("short") == true);
    let failures = short.flat_map(|case| {
        let plan = in_short(super::rules.plan(&case));
        let level = Level::Fast {
            contacts: 0.0,
            days: 0.0,
        };
        let report = verify(&case, &plan, level);
        println!("{}", report.text);
        report.failures
    });
    let failures: Vec<String> = failures.collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

macro_rules! fast {
    ($($family:ident $id:literal $contacts:literal $days:literal;)*) => {$(
        #[test]
        fn $family() {
            fast(&super::$family, $id, $contacts, $days);
        }
    )*};
}

fast! {
    ai_network "AI-2" 1e6 0.0;
    chat "CH-2" 1e6 0.0;
    erlang_a "EA-1" 1e6 0.0;
    erlang_b "EB-2" 1e6 0.0;
    erlang_c "EC-9" 4e6 0.0;
    gig_supply "GS-2" 3e6 1000.0;
    infinite_server "IS-6" 0.0 1000.0;
    loss_insensitive "LI-1" 1e6 1000.0;
    mg1_mgn "MG1-1" 2e6 0.0;
    mmn_g "MG-9" 2.5e6 0.0;
    mmnk "FK-3" 1e6 0.0;
    offers "OF-2" 1e6 0.0;
    priority "PR-7" 1e6 0.0;
    published "PB-3" 0.0 1000.0;
    repeat_contacts "RC-5" 1e6 0.0;
    skill_routing "SR-1" 1e6 0.0;
    time_varying "TV-4" 0.0 1000.0;
}
