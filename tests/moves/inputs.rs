//! The scenario, and the inputs that are changed in it.

/// A desk of employees, a vendor behind it, an assistant before both, four weeks from a Monday on.
pub(crate) const BASE: &str = r#"
name = "what moves what"
start = 2025-03-03
horizon = "28 days"
interval = "30 min"
currency = "EUR"
seed = 1
replications = 16
confidence = 0.95
fcr_window = "7 days"

[demand]
daily_volume = 1200
profile = [1, 1, 1, 1, 1, 1, 2, 5, 8, 10, 11, 11, 10, 10, 10, 9, 9, 8, 7, 6, 5, 4, 3, 2]
weekday = { sat = 0.6, sun = 0.4 }

[[topic]]
name = "billing"
share = 0.6
ai = { resolve = 0.55, misresolve = 0.08, hand_off = 0.2, ask_human = 0.12, give_up = 0.05, handle_time = { exponential = "2 min" } }
difficulty = { ai = 0.8, work = 0.3 }
work = { lognormal = { mean = "8 min", cv = 0.9 } }
human = { resolve = 0.8 }
patience = { exponential = "5 min" }
target = "80% in 40 s"
route = [ { pools = ["desk"] }, { pools = ["vendor"], after = "20 s" } ]

[[topic]]
name = "refunds"
share = 0.4
ai = { resolve = 0.4, misresolve = 0.1, hand_off = 0.3, ask_human = 0.15, give_up = 0.05, handle_time = { exponential = "3 min" } }
work = { lognormal = { mean = "9 min", cv = 0.8 } }
after_contact = "1 min"
human = { resolve = 0.7 }
patience = { exponential = "6 min" }
target = "80% in 40 s"
route = [ { pools = ["desk"] }, { pools = ["vendor"], after = "20 s" } ]

[[topic]]
name = "fraud"
daily_volume = 60
sensitive = true
work = { exponential = "10 min" }
patience = { exponential = "10 min" }
target = "80% in 40 s"
priority = 1
route = [ { pools = ["desk"] } ]

[returns]
ai_misresolved = { probability = 0.6, delay = { exponential = "36 h" } }
gave_up = { probability = 0.4, delay = { exponential = "2 h" } }
human_unresolved = { probability = 0.4, delay = { exponential = "24 h" } }
abandoned = { probability = 0.5, delay = { exponential = "10 min" } }

[satisfaction]
human = "88%"
ai = "60%"
wait = 0.5
customer_value = 30

[ai]
price = { per_conversation = 0.2, per_resolution = 0.9, refund = true, per_month = 500 }

[[pool]]
name = "desk"
kind = "employed"
group = "staff"
concurrency = 2
speed = [1, 0.8]
max_occupancy = 0.85
agents = [2, 3, 7, 7, 6, 4]
shrinkage = 0.30
absence = 0.02
price = { per_month = 300 }

[[pool]]
name = "vendor"
kind = "outsourced"
skills = ["billing", "refunds"]
concurrency = 2
speed = [1, 0.8]
agents = [1, 1, 2, 2, 2, 1]
delivery = { uniform = { low = 0.8, high = 1.0 } }
price = { per_contact = 4, per_month = 900 }

[[group]]
name = "staff"
headcount = 60
attrition = { yearly = "20%", when = "any day" }
pay = { monthly = 2800, on_costs = 0.2, per_head = 100 }

[fte]
hours_per_week = 40
shrinkage = 0.30

[finance]
discount = 0.08
"#;

/// Texts with what stands in their place.
type Change = &'static [(&'static str, &'static str)];

/// Nothing is drawn for pools and groups.
pub(crate) const CALM: Change = &[
    ("absence = 0.02\n", ""),
    ("delivery = { uniform = { low = 0.8, high = 1.0 } }\n", ""),
    ("attrition = { yearly = \"20%\", when = \"any day\" }\n", ""),
];

/// The inputs with their changes, each run by itself. Of those without one the same scenario is run in another way.
pub(crate) const INPUTS: &[(&str, &[Change])] = &[
    ("order of the files", &[]),
    ("threads", &[]),
    (
        "replications",
        &[&[("replications = 16", "replications = 18")]],
    ),
    (
        "confidence",
        &[&[("confidence = 0.95", "confidence = 0.9")]],
    ),
    (
        "name of the scenario",
        &[&[(
            "name = \"what moves what\"",
            "name = \"A\"\ndescription = \"another\"",
        )]],
    ),
    ("discount", &[&[("discount = 0.08", "discount = 0.2")]]),
    (
        "customer value",
        &[&[("customer_value = 30", "customer_value = 90")]],
    ),
    (
        "prices",
        &[&[
            ("per_conversation = 0.2", "per_conversation = 0.4"),
            ("per_resolution = 0.9", "per_resolution = 1.8"),
            ("per_month = 500", "per_month = 1000"),
            ("per_month = 300", "per_month = 600"),
            (
                "per_contact = 4, per_month = 900",
                "per_contact = 8, per_month = 1800",
            ),
            ("monthly = 2800", "monthly = 5600"),
            ("per_head = 100", "per_head = 200"),
        ]],
    ),
    (
        "fcr window",
        &[&[("fcr_window = \"7 days\"", "fcr_window = \"1 day\"")]],
    ),
    (
        "satisfaction",
        &[&[("ai = \"60%\"\nwait = 0.5", "ai = \"70%\"\nwait = 0.8")]],
    ),
    (
        "reporting interval",
        &[
            &[("interval = \"30 min\"", "interval = \"15 min\"")],
            &[("interval = \"30 min\"", "interval = \"1 h\"")],
        ],
    ),
    ("share of the target", &[&[("80% in 40 s", "95% in 40 s")]]),
    ("time of the target", &[&[("80% in 40 s", "80% in 90 s")]]),
    (
        "planned use of slots",
        &[&[("max_occupancy = 0.85", "max_occupancy = 0.4")]],
    ),
    (
        "hours of a full-time agent",
        &[&[("hours_per_week = 40", "hours_per_week = 36")]],
    ),
    (
        "target occupancy",
        &[&[(
            "hours_per_week = 40",
            "hours_per_week = 40\noccupancy = 0.75",
        )]],
    ),
    ("seed", &[&[("seed = 1\n", "seed = 2\n")]]),
    (
        "names of topics",
        &[&[("\"billing\"", "\"invoices\""), ("\"refunds\"", "\"a\"")]],
    ),
    (
        "names of pools",
        &[&[("\"desk\"", "\"z\""), ("\"vendor\"", "\"a\"")]],
    ),
    ("name of the group", &[&[("\"staff\"", "\"employees\"")]]),
    (
        "start month",
        &[
            &[("start = 2025-03-03", "start = 2025-02-03")],
            &[("start = 2025-03-03", "start = 2025-04-07")],
        ],
    ),
    (
        "plan of agents",
        &[
            &[
                ("[2, 3, 7, 7, 6, 4]", "[3, 4, 8, 8, 7, 5]"),
                ("[1, 1, 2, 2, 2, 1]", "[1, 1, 3, 3, 2, 1]"),
            ],
            &[
                ("[2, 3, 7, 7, 6, 4]", "[2, 2, 6, 6, 5, 3]"),
                ("[1, 1, 2, 2, 2, 1]", "[1, 1, 2, 2, 1, 1]"),
            ],
        ],
    ),
    (
        "shrinkage of a pool",
        &[
            &[("shrinkage = 0.30\nabsence", "shrinkage = 0.405\nabsence")],
            &[("shrinkage = 0.30\nabsence", "shrinkage = 0.5\nabsence")],
        ],
    ),
    (
        "absence and delivery",
        &[&[
            ("absence = 0.02", "absence = 0.1"),
            ("low = 0.8, high = 1.0", "low = 0.5, high = 0.7"),
        ]],
    ),
    ("attrition", &[&[("yearly = \"20%\"", "yearly = \"90%\"")]]),
    (
        "demand",
        &[&[
            ("daily_volume = 1200", "daily_volume = 1320"),
            ("daily_volume = 60", "daily_volume = 66"),
        ]],
    ),
    (
        "patience",
        &[&[(
            "patience = { exponential = \"5 min\" }",
            "patience = { exponential = \"2 min\" }",
        )]],
    ),
    ("work", &[&[("mean = \"8 min\"", "mean = \"9 min\"")]]),
    (
        "speed of chats",
        &[&[("speed = [1, 0.8]", "speed = [1, 0.7]")]],
    ),
    (
        "clock of returns",
        &[&[("[returns]\n", "[returns]\nclock = \"wall\"\n")]],
    ),
    (
        "entry",
        &[&[(
            "name = \"refunds\"",
            "name = \"refunds\"\nentry = { human = 0.2 }",
        )]],
    ),
    (
        "resolution by the assistant",
        &[&[(
            "resolve = 0.55, misresolve = 0.08, hand_off = 0.2",
            "resolve = 0.6, misresolve = 0.08, hand_off = 0.15",
        )]],
    ),
];

/// A text with a change; what is to be changed must stand there.
pub(crate) fn changed(text: &str, change: Change) -> String {
    let mut text = text.to_owned();
    for (from, to) in change {
        assert!(text.contains(from), "{from} is not in the scenario");
        text = text.replace(from, to);
    }
    text
}
