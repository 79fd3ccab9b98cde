//! Limits of a model: what the declared keys of a scenario allow, and what the engine has room for.

/// Most contacts that an agent holds at once.
pub const MOST_CONCURRENCY: u8 = 16;
/// Most agents of a pool, and agents and members of all pools together who are logged on at once: more have no slot in the list of events.
pub const MOST_AGENTS: u32 = 100_000;
/// Most members of a register.
pub const MOST_MEMBERS: u32 = 1_000_000;
/// Most people of a group.
pub const MOST_PEOPLE: u32 = 10_000_000;
/// Most topics, or with markets contact types.
pub const MOST_TOPICS: usize = 10_000;
/// Most markets.
pub const MOST_MARKETS: usize = 200;
/// Most pools.
pub const MOST_POOLS: usize = 1000;
/// Most groups.
pub const MOST_GROUPS: usize = 200;
/// Most queues: of topics, and of transfers.
pub const MOST_QUEUES: usize = 20_000;
/// Most steps of all routes together that open with time: more have no slot in the list of events.
pub const MOST_LATER_STEPS: usize = 31_000;
/// Most segments of a register.
pub const MOST_SEGMENTS: usize = 64;
/// Most contacts of a case.
pub const MOST_CONTACTS: u16 = 1000;
/// Most further attempts of the assistant through which a customer who asks for a person is led.
pub const MOST_ATTEMPTS: u8 = 20;
/// Most pairs of a topic and a pool, in all months and between all changes: what is counted of each.
pub const MOST_PAIRS: usize = 4_000_000;
/// Most months of lead, of training and of notice.
pub const MOST_MONTHS: u32 = 60;
/// Largest coefficient of a case's difficulty.
pub const MOST_DIFFICULTY: f64 = 10.0;
/// Largest coefficient in the logit of satisfaction.
pub const MOST_COEFFICIENT: f64 = 100.0;
/// Least factor on work and the like: its reciprocal is a factor as well.
pub const LEAST_FACTOR: f64 = 0.001;
/// Largest factor on work, resolution and the like.
pub const MOST_FACTOR: f64 = 100.0;
/// Largest share of an order that a vendor staffs.
pub const MOST_DELIVERY: f64 = 10.0;
/// Largest amount of money.
pub const MOST_MONEY: f64 = 1e12;
/// Most new cases a day.
pub const MOST_DAILY_CASES: f64 = 1e8;
/// Most new cases in one step of demand, all topics together; they are drawn and sorted at once.
pub const MOST_STEP_CASES: f64 = 4e6;
