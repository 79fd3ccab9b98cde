//! scratch
mod baseline;
#[path = "../tests/models.rs"]
#[allow(dead_code)]
mod models;
use cpu_time::ThreadTime;
use handover::engine::{Laws, simulate};
use handover::measure::Collector;
use handover::time::DAY;

fn main() {
    let arg = std::env::args().nth(1).unwrap_or_default();
    let m = models::erlang_a(105.0, 1.0, Some(1.0), 100, 7 * DAY);
    let laws = Laws::new(&m).unwrap();
    let days = |n: u64| { let m2 = models::erlang_a(105.0, 1.0, Some(1.0), 100, n * DAY); m2 };
    if arg == "one" {
        let m2 = days(std::env::args().nth(2).unwrap().parse().unwrap());
        let laws = Laws::new(&m2).unwrap();
        let mut c = Collector::new(&m2);
        let a = simulate(&laws, 1, 0, &mut c, &|| false);
        println!("{} {}", a.contacts(), c.finish().topics[0].abandoned);
        return;
    }
    for _ in 0..5 {
        let t = ThreadTime::now();
        let b = baseline::run(105.0, 1.0, 1.0, 100, 1_058_400, 7);
        let tb = t.elapsed().as_nanos() as f64 / b.offered as f64;
        let t = ThreadTime::now();
        let mut c = Collector::new(&m);
        let a = simulate(&laws, 1, 0, &mut c, &|| false);
        let te = t.elapsed().as_nanos() as f64 / a.contacts() as f64;
        let t = ThreadTime::now();
        let a2 = simulate(&laws, 1, 0, &mut (), &|| false);
        let tn = t.elapsed().as_nanos() as f64 / a2.contacts() as f64;
        println!("baseline {tb:.1} engine {te:.1} (no observer {tn:.1}) ratio {:.2}", tb / te);
    }
}
