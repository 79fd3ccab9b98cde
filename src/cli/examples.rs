//! The examples at the end of the help of each command.

pub(super) const EXAMPLES: &str = "\
Examples:
  handover new my.toml                         write a scenario to start from
  handover check my.toml                       find mistakes; show load and agents required
  handover run my.toml                         simulate it; results go to results/my/
  handover run a.toml b.toml --reps 30         compare scenarios; both have the same customers
  handover breakeven a.toml b.toml --input pool.gig.price.per_online_hour --between 20 80
  handover sweep my.toml --vary pool.gig.members=100..300/5 --vary max_contacts=1,2";

pub(super) const RUN_EXAMPLES: &str = "\
Examples:
  handover run scenarios/erlang-a.toml
  handover run today.toml plan.toml -o results/plan
  handover run today.toml --set pool.gig.members=200 --set 'topic.merchant dispute.share=0.2'
  handover run today.toml --reps 50 --seed 7 -j 4
  handover run today.toml --precision 2% --on mean_wait --on cost_total --max-reps 500
  handover run today.toml --precision 5s --on mean_wait
  handover run today.toml plan.toml --precision 1% --differences --on mean_wait
  handover run a.toml b.toml c.toml --best cost_total --delta 1%
  handover run a.toml b.toml c.toml --best cost_total --budget 300
  handover run today.toml --log contacts.csv --log-share 10%
  handover run today.toml --json | jq '.scenarios[0].measures.sl_net.mean'

After the first second every finished replication is kept until the files are written. After Ctrl-C, a
kill or a power cut the same command resumes where it stopped, and the files are the same.

Exit status: 0 done, 1 the run failed, 2 bad input, 130 interrupted (what was finished is written).";

pub(super) const CHECK_EXAMPLES: &str = "\
Examples:
  handover check today.toml
  handover check scenarios/*.toml
  handover check today.toml --set pool.gig.members=200

Exit status: 0 no problems found, 2 there are problems.";

pub(super) const BREAKEVEN_EXAMPLES: &str = "\
Examples:
  handover breakeven outsourced.toml gig.toml --input pool.gig.price.per_online_hour --between 20 80
  handover breakeven today.toml plan.toml --input pool.desk.agents --between 10 60 --measure abandonment_rate

The first scenario stays as it is; the input is set in the second. Both have the same customers,
replication by replication. An input that must be a whole number is rounded.

Exit status: 0 found, 1 no such value between the bounds, 2 bad input, 130 interrupted.";

pub(super) const STAFF_EXAMPLES: &str = "\
Examples:
  handover staff my.toml                                  every target on each day, in expectation
  handover staff my.toml --per interval
  handover staff my.toml --probability 90%                on nine of ten days
  handover staff my.toml --limit 'abandonment_rate <= 5%' --limit 'mean_wait@topic=fraud <= 30 s'
  handover staff always-human.toml no-human.toml          each at its own cheapest plan, then compared
  handover staff my.toml --mix                            which pools there should be at all, and how large

What is chosen are the agents of each interval for pools with `agents`, how many people work each shift
for those with `shifts`, or shifts on offer in [staff], and one number for registers, for pools of a group
and for contracts: members, headcount, agents ordered. [[staff.pools]] has bounds, and by = size there
scales a plan as a whole; by = month decides on the people whom a group asks for, or the agents that are
ordered, at the begin of each month: as late as can be. The formula's requirement is the start; then plans are simulated, all with the same
customers, until nobody can be spared. The plan is confirmed on fresh replications, which also say where
the tightest promises bind, what one agent fewer and one more do there, and what a point less would save. In the results
are NAME-staffing.csv, a scenario NAME.toml with the plan in it, and the results of simulating it; of shifts
also NAME-shifts.csv and a roster, NAME-roster.csv and NAME-roster.ics; by month NAME-classes.csv.
With --mix every pool may be left out that others can stand in for: NAME-mix.csv has what each mix costs, and
there is a scenario of each. The cheapest is chosen on fresh replications, as by run --best cost_total.
A limit holds in each stretch of --per where its measure is known of that, else over the whole time.
What a search has simulated is kept until its files are written: after Ctrl-C, a kill or a power cut the same
command resumes where it stopped, and the files are the same.

Exit status: 0 done, 1 no plan meets the targets and limits, 2 bad input, 130 interrupted.";

pub(super) const SWEEP_EXAMPLES: &str = "\
Examples:
  handover sweep a.toml --vary pool.desk.agents=10..20/11 --vary 'ai.capacity=20,50'
  handover sweep a.toml --vary 'topic.refunds.patience=30 s..5 min/4' --reps 20
  handover sweep a.toml --vary pool.day.agents,pool.night.agents=10,20      both have the same value
  handover sweep a.toml --vary pool.desk.agents=10..60 --vary pool.gig.acceptance=40..90% \\
    --method sobol --points 256
  handover sweep a.toml --design points.csv --measures sl_net,cost_total,occupancy@pool=desk
  handover sweep a.toml --vary pool.desk.agents=10..60/51 --shard 3/8 -o out
  handover merge out                                       when all eight shards are done
  handover sweep a.toml --vary pool.desk.agents=10..60 --vary pool.gig.acceptance=40..90% \\
    --method saltelli --points 256                         1024 points, for Sobol' indices
  handover sweep a.toml --staffed --per day --vary 'topic.calls.patience=1 min,5 min'
                                                           each point with its own cheapest plan
  handover sweep a.toml --vary pool.desk.agents=18,22 --vary pool.gig.acceptance=60..80% --method tornado

KEY is any key that --set accepts. LOW..HIGH/N means N values at equal distances; a,b,c means these
values; LOW..HIGH without N is for all methods except grid. Where a key accepts only whole numbers,
values are rounded. A table [sweep] in the file can replace these options. All points have the same
customers.

The results are design.csv, points.csv (a line for each replication of each point), run.json and
report.html; with --parquet also points.parquet. `handover sensitivity` shows which keys influence a
measure. Every finished replication is kept in a journal: the same command resumes where it stopped,
and the files are the same.

Exit status: 0 done, 1 the sweep failed, 2 bad input, 130 interrupted (the same command resumes).";

pub(super) const MERGE_EXAMPLES: &str = "\
Examples:
  handover merge results/a-sweep
  handover merge node1/shard-* node2/shard-* --out results/a-sweep

The files are the same, byte for byte, as those of a sweep without shards. Missing or overlapping
shards, and shards of different scenarios, designs or versions, are refused.

Exit status: 0 done, 1 nothing could be written, 2 the shards do not make up a sweep.";

pub(super) const REPORT_EXAMPLES: &str = "\
Examples:
  handover report results/my                   writes results/my/report.html
  handover report results/my -v                and prints the findings
  handover report results/my --figures         each figure as a file: results/my/figures/journeys-1.svg and so on

Exit status: 0 done, 1 the report cannot be written, 2 the folder contains no run or sweep.";

pub(super) const SENSITIVITY_EXAMPLES: &str = "\
Examples:
  handover sensitivity results/a-sweep                        all measures of the sweep
  handover sensitivity results/a-sweep --on mean_wait,cost_total
  handover sensitivity results/a-sweep --on occupancy@pool=desk-occupancy@pool=gig
  handover sensitivity results/a-sweep --json | jq '.measures[0].effects'

A-B is the difference of two measures; A<B, shown with it, tells which input decides which is smaller.
For a sweep with --method saltelli: Sobol' indices; with --method tornado: the effect of each input
alone; for other designs of numbers: standardised regression coefficients. Writes sensitivity.csv and
frontier.csv; measures named with --on are also shown on the page.

Exit status: 0 done, 1 nothing could be written, 2 the folder contains no such sweep or measure.";

pub(super) const NEW_EXAMPLES: &str = "\
Examples:
  handover new                                 writes scenario.toml
  handover new plans/autumn.toml
  handover new -                               writes to standard output";

pub(super) const SCHEMA_EXAMPLES: &str = "\
Examples:
  handover schema > scenario.schema.json

An editor with the language server Taplo (\"Even Better TOML\") uses it in every file that begins with
  #:schema ./scenario.schema.json";

pub(super) const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  handover completions bash > ~/.local/share/bash-completion/completions/handover
  handover completions zsh  > ~/.zfunc/_handover          (a folder of $fpath)
  handover completions fish > ~/.config/fish/completions/handover.fish";

pub(super) const MAN_EXAMPLES: &str = "\
Examples:
  handover man | man -l -
  handover man -o ~/.local/share/man/man1      pages of all commands";

pub(super) const CALIBRATE_EXAMPLES: &str = "\
Examples:
  handover calibrate calls.csv -o my-centre
  handover calibrate calls.csv --columns columns.toml --until 2025-06-01
  handover calibrate counts.csv.gz --interval 60 --exclude 2025-05-01

A file of columns says what is in which column of the log:

  [columns]
  arrival = \"created\"
  answer  = \"first reply\"
  end     = \"solved\"
  topic   = \"group\"

Identifiers of customers and agents become numbers at once, and are written nowhere.

Exit status: 0 done, 1 failed, 2 bad input, 130 interrupted.";

pub(super) const BACKTEST_EXAMPLES: &str = "\
Examples:
  handover backtest my-centre/scenario.toml calls.csv
  handover backtest my.toml calls.csv --from 2025-06-01

Exit status: 0 done, 1 failed, 2 bad input, 130 interrupted.";
