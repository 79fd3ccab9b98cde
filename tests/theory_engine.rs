use crate::models::*;
use handover::experiment::{Job, Plan, run};
use handover::time::DAY;
use std::sync::atomic::AtomicBool;

#[test]
fn erlang_a_105() {
    let m = erlang_a(105.0, 1.0, Some(1.0), 100, 7 * DAY);
    let t = std::time::Instant::now();
    let out = run(&[Job { model: &m, plan: Plan { seed: 3, replications: 8, confidence: 0.95 } }], &(), &AtomicBool::new(false)).unwrap();
    let el = t.elapsed();
    let out = &out[0];
    eprintln!("{} contacts {} events {:.1} ns/contact (2 threads)", out.contacts, out.events, el.as_nanos() as f64 / out.contacts as f64);
    for (i, r) in out.rows.iter().enumerate() {
        if r.slice == handover::measure::Slice::All { let e = out.estimate(i); eprintln!("{:24} {:?} {:?}", r.measure, e.mean, e.interval.map(|i| i.half_width)); }
    }
    let e = out.total("abandonment_rate").unwrap();
    assert!((e.mean.unwrap() - 0.066982).abs() < 4.0 * e.interval.unwrap().standard_error());
}
