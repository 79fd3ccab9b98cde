//! The table of what moves what.

/// Of each headline measure, what happens to it when an input changes alone:
///
///     =   nothing, in no replication, slice, day or week
///     ~   nothing but rounding errors (1e-9)
///     2%  it moves by less than 2%
///     ±   it moves by no more than chance: four standard errors of the paired difference, these at most a third of it
///     ?   it may move
///     !   it moves, by more than chance
///
/// What is drawn for a topic, a pool or a group hangs on its name: with another name other customers come, others are absent and
/// others leave, alike on average.
pub(crate) const TABLE: &str = "
every measure
    =   order of the files, threads, replications, confidence, name of the scenario

contacts
    =   discount, customer value, prices, fcr window, satisfaction, reporting interval, share of the target, time of the target
    =   planned use of slots, hours of a full-time agent, target occupancy
    ±   seed, names of topics, names of pools, name of the group, start month
    ?   absence and delivery, attrition, work, speed of chats, entry, clock of returns
    !   plan of agents, shrinkage of a pool, demand, patience, resolution by the assistant

cases
    =   discount, customer value, prices, fcr window, satisfaction, reporting interval, share of the target, time of the target
    =   planned use of slots, hours of a full-time agent, target occupancy
    =   names of pools, name of the group, start month
    =   plan of agents, shrinkage of a pool, absence and delivery, attrition, patience, work, speed of chats
    =   resolution by the assistant, entry, clock of returns
    ±   seed, names of topics
    !   demand

ai_share
    =   discount, customer value, prices, fcr window, satisfaction, reporting interval, share of the target, time of the target
    =   planned use of slots, hours of a full-time agent, target occupancy
    ±   seed, names of topics, names of pools, name of the group, start month
    ?   plan of agents, shrinkage of a pool, absence and delivery, attrition, demand, patience, work, speed of chats
    ?   resolution by the assistant, clock of returns
    !   entry

durable_resolution
    =   discount, customer value, prices, fcr window, satisfaction, reporting interval, share of the target, time of the target
    =   planned use of slots, hours of a full-time agent, target occupancy
    ±   seed, names of topics, names of pools, name of the group, start month
    ?   plan of agents, shrinkage of a pool, absence and delivery, attrition, demand, patience, work, speed of chats, entry, clock of returns
    !   resolution by the assistant

sl_net
    =   discount, customer value, prices, fcr window, satisfaction, reporting interval, share of the target
    =   planned use of slots, hours of a full-time agent, target occupancy
    ±   seed, names of topics, names of pools, name of the group, start month
    ?   attrition, clock of returns
    !   plan of agents, shrinkage of a pool, absence and delivery, demand, patience, work, speed of chats, time of the target
    !   resolution by the assistant, entry

mean_wait, abandonment_rate
    =   discount, customer value, prices, fcr window, satisfaction, reporting interval, share of the target, time of the target
    =   planned use of slots, hours of a full-time agent, target occupancy
    ±   seed, names of topics, names of pools, name of the group, start month
    ?   attrition, resolution by the assistant, clock of returns
    !   plan of agents, shrinkage of a pool, absence and delivery, demand, patience, work, speed of chats, entry

time_to_human
    =   discount, customer value, prices, fcr window, satisfaction, reporting interval, share of the target, time of the target
    =   planned use of slots, hours of a full-time agent, target occupancy
    ±   seed, names of topics, names of pools, name of the group, start month
    ?   plan of agents, shrinkage of a pool, absence and delivery, attrition, demand, patience, work, speed of chats
    ?   resolution by the assistant, clock of returns
    !   entry

resolution_rate
    =   discount, customer value, prices, fcr window, satisfaction, reporting interval, share of the target, time of the target
    =   planned use of slots, hours of a full-time agent, target occupancy
    ±   seed, names of topics, names of pools, name of the group, start month
    ?   attrition, absence and delivery, demand, work, speed of chats, shrinkage of a pool, entry, clock of returns
    !   plan of agents, patience, resolution by the assistant

satisfaction
    =   discount, customer value, prices, fcr window, reporting interval, share of the target, time of the target
    =   planned use of slots, hours of a full-time agent, target occupancy
    ±   seed, names of topics, names of pools, name of the group, start month
    ?   attrition, absence and delivery, demand, work, speed of chats, patience, resolution by the assistant, clock of returns
    !   satisfaction, plan of agents, shrinkage of a pool, entry

agents_on_duty
    =   discount, customer value, prices, fcr window, satisfaction, reporting interval, share of the target, time of the target
    =   planned use of slots, hours of a full-time agent, target occupancy
    ±   seed, names of topics, names of pools, name of the group
    ?   start month, demand, patience, work, speed of chats
    ?   resolution by the assistant, entry, clock of returns
    !   plan of agents, shrinkage of a pool, absence and delivery, attrition

occupancy
    =   discount, customer value, prices, fcr window, satisfaction, reporting interval, share of the target, time of the target
    =   planned use of slots, hours of a full-time agent, target occupancy
    ±   seed, names of topics, names of pools, name of the group, start month
    ?   attrition, patience, clock of returns
    !   plan of agents, shrinkage of a pool, absence and delivery, demand, work, speed of chats, resolution by the assistant, entry

fte_required
    =   discount, customer value, prices, fcr window, satisfaction
    =   seed, names of topics, names of pools, name of the group, start month
    =   plan of agents, shrinkage of a pool, absence and delivery, attrition
    ?   reporting interval, target occupancy, patience
    !   share of the target, time of the target, planned use of slots, hours of a full-time agent
    !   demand, work, speed of chats
    !   resolution by the assistant, entry, clock of returns

agents_required
    =   discount, customer value, prices, fcr window, satisfaction, hours of a full-time agent
    =   seed, names of topics, names of pools, name of the group, start month
    =   plan of agents, shrinkage of a pool, absence and delivery, attrition
    ?   reporting interval, target occupancy, patience
    !   share of the target, time of the target, planned use of slots
    !   demand, work, speed of chats
    !   resolution by the assistant, entry, clock of returns

fte_worked
    =   discount, customer value, prices, fcr window, satisfaction, reporting interval, share of the target, time of the target
    =   planned use of slots
    ±   seed, names of topics, names of pools, name of the group, start month
    ?   attrition, absence and delivery, clock of returns
    !   plan of agents, shrinkage of a pool, demand, patience, work, speed of chats, resolution by the assistant
    !   hours of a full-time agent, target occupancy, entry

fte_displaced
    =   discount, customer value, prices, fcr window, satisfaction, reporting interval, share of the target, time of the target
    =   target occupancy
    ±   seed, names of topics, names of pools, name of the group, start month
    2%  plan of agents, shrinkage of a pool, absence and delivery, attrition
    ?   patience, clock of returns
    !   demand, work, speed of chats, resolution by the assistant, planned use of slots, hours of a full-time agent, entry

fte_displaced_first
    =   discount, customer value, prices, fcr window, satisfaction, reporting interval, share of the target, time of the target
    =   target occupancy
    =   names of pools, name of the group, plan of agents, shrinkage of a pool, absence and delivery, attrition, patience, clock of returns
    ~   start month
    ±   seed, names of topics
    !   demand, work, speed of chats, resolution by the assistant, planned use of slots, hours of a full-time agent, entry

headcount_end
    =   discount, customer value, prices, fcr window, satisfaction, reporting interval, share of the target, time of the target
    =   planned use of slots, hours of a full-time agent, target occupancy
    =   names of topics, names of pools
    =   plan of agents, shrinkage of a pool, absence and delivery, demand, patience, work, speed of chats
    =   resolution by the assistant, entry, clock of returns
    ±   seed, name of the group
    ?   start month
    !   attrition

cost_total
    =   discount, customer value, satisfaction, reporting interval, share of the target, time of the target
    =   planned use of slots, hours of a full-time agent, target occupancy
    ±   seed, names of topics, names of pools, name of the group
    ?   start month, absence and delivery, patience, entry, clock of returns
    !   prices, fcr window, plan of agents, shrinkage of a pool, attrition
    !   demand, work, speed of chats, resolution by the assistant

cost_per_durable_resolution
    =   discount, customer value, satisfaction, reporting interval, share of the target, time of the target
    =   planned use of slots, hours of a full-time agent, target occupancy
    ±   seed, names of topics, names of pools, name of the group
    ?   start month, patience, attrition, work, speed of chats, absence and delivery, plan of agents, shrinkage of a pool, entry, clock of returns
    !   prices, fcr window, demand, resolution by the assistant

npv
    =   customer value, satisfaction, reporting interval, share of the target, time of the target
    =   planned use of slots, hours of a full-time agent, target occupancy
    ±   seed, names of topics, names of pools, name of the group
    ?   start month, absence and delivery, patience, entry, clock of returns
    !   discount, prices, fcr window, plan of agents, shrinkage of a pool, attrition
    !   demand, work, speed of chats, resolution by the assistant
";
