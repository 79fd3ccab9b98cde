//! Contracts and prices by hand, with the arithmetic; then the same through the whole path.

mod desk;

use handover::engine::People;
use handover::finance::{Span, Work, ai_charge, payroll, pool_charge};
use handover::measure::Customers;
use handover::model::{AiPrice, Credit, Floor, Pay, PoolPrice, Volume};

const WHOLE: Span = Span {
    share: 1.0,
    first: false,
    last: false,
};
const HALF: Span = Span {
    share: 0.5,
    ..WHOLE
};

/// 1,000 paid hours of which 700 on duty; 20,000 minutes of handle time; 4,000 contacts, 3,000 of them resolved; service level 75%.
const WORK: Work = Work {
    online_hours: 700.0,
    paid_hours: 1000.0,
    overtime_hours: 0.0,
    handled_minutes: 20_000.0,
    contacts: 4000.0,
    resolved: 3000.0,
    extra_pay: 0.0,
    joined: 0.0,
    service_level: Some(0.75),
};

fn is(found: f64, expected: f64, what: &str) {
    assert!(
        (found - expected).abs() < 1e-9 * expected.abs().max(1.0),
        "{what}: {found}, expected {expected}"
    );
}

fn price() -> PoolPrice {
    PoolPrice::default()
}

#[test]
fn contracts_of_pools() {
    let hourly = PoolPrice {
        per_agent_hour: Some(28.0),
        ..price()
    };
    let contact = PoolPrice {
        per_contact: 6.0,
        ..price()
    };
    let floor = |forecast, share| PoolPrice {
        floor: Some(Floor { forecast, share }),
        ..contact
    };
    let volume = Volume {
        base: 5000.0,
        charge: 30_000.0,
        additional: 7.0,
        reduced: 4.0,
    };
    let credit = |below| PoolPrice {
        credit: Some(Credit { below, share: 0.05 }),
        ..hourly
    };
    let examples = [
        ("nothing is charged", price(), WORK, WHOLE, 0.0),
        // 1,000 paid hours x 28
        ("paid hours", hourly, WORK, WHOLE, 28_000.0),
        // 700 hours on duty x 40
        (
            "hours on duty",
            PoolPrice {
                per_online_hour: 40.0,
                ..price()
            },
            WORK,
            WHOLE,
            28_000.0,
        ),
        // 20,000 minutes x 0.785: 47.1 an hour
        (
            "handled minutes",
            PoolPrice {
                per_handled_minute: 0.785,
                ..price()
            },
            WORK,
            WHOLE,
            15_700.0,
        ),
        // 4,000 contacts x 6
        ("contacts", contact, WORK, WHOLE, 24_000.0),
        // 3,000 resolved x 8
        (
            "resolved contacts",
            PoolPrice {
                per_resolved_contact: 8.0,
                ..price()
            },
            WORK,
            WHOLE,
            24_000.0,
        ),
        // 90% of 5,000 are 4,500, above the 4,000 answered: 4,500 x 6
        (
            "a floor that binds",
            floor(5000.0, 0.9),
            WORK,
            WHOLE,
            27_000.0,
        ),
        // 90% of 4,000 are 3,600: the 4,000 answered count
        (
            "a floor that does not",
            floor(4000.0, 0.9),
            WORK,
            WHOLE,
            24_000.0,
        ),
        // half a month: 0.9 x 5,000 x 0.5 = 2,250 < 4,000
        (
            "a floor for half a month",
            floor(5000.0, 0.9),
            WORK,
            HALF,
            24_000.0,
        ),
        // 30,000 less 1,000 below the base x 4
        (
            "below the base volume",
            PoolPrice {
                volume: Some(volume),
                ..price()
            },
            WORK,
            WHOLE,
            26_000.0,
        ),
        // 30,000 plus 1,000 above the base x 7
        (
            "above the base volume",
            PoolPrice {
                volume: Some(volume),
                ..price()
            },
            Work {
                contacts: 6000.0,
                ..WORK
            },
            WHOLE,
            37_000.0,
        ),
        // 15,000 for half a month, 2,500 contacts of base, 1,500 above x 7
        (
            "a volume for half a month",
            PoolPrice {
                volume: Some(volume),
                ..price()
            },
            WORK,
            HALF,
            25_500.0,
        ),
        // reductions do not pay out: 100 - 5,000 x 4 would be negative
        (
            "a volume that nobody used",
            PoolPrice {
                volume: Some(Volume {
                    charge: 100.0,
                    ..volume
                }),
                ..price()
            },
            Work {
                contacts: 0.0,
                ..WORK
            },
            WHOLE,
            0.0,
        ),
        // 28,000 + 1,500
        (
            "a monthly fee",
            PoolPrice {
                per_month: 1500.0,
                ..hourly
            },
            WORK,
            WHOLE,
            29_500.0,
        ),
        // 28,000 + 750
        (
            "a monthly fee for half a month",
            PoolPrice {
                per_month: 1500.0,
                ..hourly
            },
            WORK,
            HALF,
            28_750.0,
        ),
        // 28,000 < 40,000
        (
            "a minimum that binds",
            PoolPrice {
                monthly_minimum: 40_000.0,
                ..hourly
            },
            WORK,
            WHOLE,
            40_000.0,
        ),
        // 28,000 > 20,000
        (
            "a minimum for half a month",
            PoolPrice {
                monthly_minimum: 40_000.0,
                ..hourly
            },
            WORK,
            HALF,
            28_000.0,
        ),
        // 75% < 80%: 28,000 less 5%
        ("a credit that is due", credit(0.8), WORK, WHOLE, 26_600.0),
        // 75% is not below 75%
        ("a credit that is not", credit(0.75), WORK, WHOLE, 28_000.0),
        (
            "a credit without contacts",
            credit(0.8),
            Work {
                service_level: None,
                ..WORK
            },
            WHOLE,
            28_000.0,
        ),
        // 24,000 x 1.2
        (
            "a platform's fee",
            PoolPrice {
                platform_fee: 0.2,
                ..contact
            },
            WORK,
            WHOLE,
            28_800.0,
        ),
        // 28,000 + 9,000 in the first month
        (
            "set-up",
            PoolPrice {
                set_up: 9000.0,
                exit: 4000.0,
                ..hourly
            },
            WORK,
            Span {
                first: true,
                ..WHOLE
            },
            37_000.0,
        ),
        // 28,000 + 4,000 in the last month
        (
            "exit",
            PoolPrice {
                set_up: 9000.0,
                exit: 4000.0,
                ..hourly
            },
            WORK,
            Span {
                last: true,
                ..WHOLE
            },
            32_000.0,
        ),
        // (1,000 x 10 + 700 x 5 + 20,000 x 0.1 + 4,000 x 1 + 3,000 x 2 + 500) x 0.95 x 1.1
        (
            "everything at once",
            PoolPrice {
                per_agent_hour: Some(10.0),
                per_online_hour: 5.0,
                per_handled_minute: 0.1,
                per_contact: 1.0,
                per_resolved_contact: 2.0,
                per_month: 500.0,
                credit: Some(Credit {
                    below: 0.8,
                    share: 0.05,
                }),
                platform_fee: 0.1,
                ..price()
            },
            WORK,
            WHOLE,
            26_000.0 * 0.95 * 1.1,
        ),
    ];
    for (what, price, work, span, expected) in examples {
        is(pool_charge(&price, &work, span), expected, what);
    }
}

#[test]
fn contracts_of_the_assistant() {
    // 100,000 conversations; 60,000 ended with the assistant, 2,000 of them trapped; 50,000 of the others stayed away.
    let sums = Customers {
        ai_contacts: 100_000,
        ai_contained: 60_000,
        ai_trapped: 2000,
        ai_kept: 50_000,
        ..Customers::default()
    };
    let none = AiPrice::default();
    let first = Span {
        first: true,
        ..WHOLE
    };
    let examples = [
        // 100,000 x 0.05
        (
            "conversations",
            AiPrice {
                per_conversation: 0.05,
                ..none
            },
            WHOLE,
            5000.0,
        ),
        // 80,000 beyond those included x 0.05
        (
            "an allowance",
            AiPrice {
                per_conversation: 0.05,
                included: 20_000.0,
                ..none
            },
            WHOLE,
            4000.0,
        ),
        // 90,000 beyond half of it
        (
            "half an allowance",
            AiPrice {
                per_conversation: 0.05,
                included: 20_000.0,
                ..none
            },
            HALF,
            4500.0,
        ),
        (
            "a large allowance",
            AiPrice {
                per_conversation: 0.05,
                included: 2e5,
                ..none
            },
            WHOLE,
            0.0,
        ),
        // 58,000 as the vendor counts x 0.99
        (
            "resolutions",
            AiPrice {
                per_resolution: 0.99,
                ..none
            },
            WHOLE,
            57_420.0,
        ),
        // 50,000 whose customer stayed away x 0.99
        (
            "resolutions with a refund",
            AiPrice {
                per_resolution: 0.99,
                refund: true,
                ..none
            },
            WHOLE,
            49_500.0,
        ),
        (
            "a month",
            AiPrice {
                per_month: 8000.0,
                ..none
            },
            WHOLE,
            8000.0,
        ),
        (
            "half a month",
            AiPrice {
                per_month: 8000.0,
                ..none
            },
            HALF,
            4000.0,
        ),
        // 3,000 once and 5,000
        (
            "set-up",
            AiPrice {
                set_up: 3000.0,
                per_conversation: 0.05,
                ..none
            },
            first,
            8000.0,
        ),
    ];
    for (what, price, span, expected) in examples {
        is(ai_charge(&price, &sums, span), expected, what);
    }
}

#[test]
fn payrolls() {
    // 100 at the begin, 90 at the end: 95 on average; 4 started, 2 were laid off.
    let people = People {
        headcount: 100,
        headcount_end: 90,
        hires: 4,
        laid_off: 2,
        ..People::default()
    };
    let pay = Pay {
        monthly: 3000.0,
        ..Pay::default()
    };
    let examples = [
        // 95 x 3,000
        ("pay", pay, 1.0, 285_000.0),
        ("pay for half a month", pay, 0.5, 142_500.0),
        // 285,000 x 1.48
        (
            "on-costs",
            Pay {
                on_costs: 0.48,
                ..pay
            },
            1.0,
            421_800.0,
        ),
        // 285,000 + 95 x 250
        (
            "seats and licences",
            Pay {
                per_head: 250.0,
                ..pay
            },
            1.0,
            308_750.0,
        ),
        // 95 / 12 = 7.9: 8 supervisors x 4,000, and seats for 103
        (
            "supervisors",
            Pay {
                span: 12.0,
                supervisor: 4000.0,
                per_head: 100.0,
                ..pay
            },
            1.0,
            327_300.0,
        ),
        // 4 x 5,000
        (
            "hiring",
            Pay {
                per_hire: 5000.0,
                ..pay
            },
            1.0,
            305_000.0,
        ),
        // 2 x 3 x 3,000
        (
            "severance",
            Pay {
                severance_months: 3.0,
                ..pay
            },
            1.0,
            303_000.0,
        ),
    ];
    for (what, pay, share, expected) in examples {
        is(payroll(&pay, &people, share), expected, what);
    }
}
