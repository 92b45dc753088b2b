//! Rounds for hours; CONTRIBUTING.md has the command.
//!
//! Each seed makes data for every flow, and each flow runs a few rounds of every mix on it. Prints rounds, disturbances and
//! violations of each mix and size, and each violation with the cell that repeats it and the folder that shows it.

use crate::cell::{Cell, FLOWS, MIXES, Mix, SIZES, Size};
use crate::random::Random;
use crate::round::{Expected, Passed, Violation};
use crate::{number, seed};
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How often it prints how far it is.
const EVERY: Duration = Duration::from_secs(60);

/// Rounds of each mix with the same data, each at a size of its own.
const ROUNDS: u64 = 3;

/// Rounds, violations and disturbances.
#[derive(Default, Clone, Copy)]
struct Count {
    rounds: u64,
    violations: u64,
    disturbances: u64,
}

struct Tally {
    start: Instant,
    printed: Instant,
    of: BTreeMap<(usize, usize), Count>,
    flows: BTreeMap<&'static str, Count>,
}

impl Tally {
    fn new() -> Tally {
        let now = Instant::now();
        Tally { start: now, printed: now, of: BTreeMap::new(), flows: BTreeMap::new() }
    }

    fn add(&mut self, cell: &Cell, result: Result<Passed, Violation>) {
        let mix = MIXES.iter().position(|mix| *mix == cell.mix).unwrap();
        let size = SIZES.iter().position(|size| *size == cell.size).unwrap();
        for count in [self.of.entry((mix, size)).or_default(), self.flows.entry(cell.flow).or_default()] {
            count.rounds += 1;
            match &result {
                Ok(passed) => count.disturbances += passed.disturbances,
                Err(_) => count.violations += 1,
            }
        }
        if let Err(violation) = result {
            println!("VIOLATION {violation}");
        }
        if self.printed.elapsed() > EVERY {
            self.print();
        }
    }

    /// Prints rounds and violations of each mix and size, and of each flow.
    fn print(&mut self) {
        self.printed = Instant::now();
        println!("after {} min: rounds (disturbances met), violations", self.start.elapsed().as_secs() / 60);
        let cell = |count: &Count| match count.violations {
            0 => format!("{} ({})", count.rounds, count.disturbances),
            violations => format!("{} ({}), {violations} !", count.rounds, count.disturbances),
        };
        let heads: String = SIZES.iter().map(|size| format!("{:>18}", size.to_string())).collect();
        println!("{:>12}{heads}{:>18}", "", "all");
        for (place, mix) in MIXES.iter().enumerate() {
            let mut all = Count::default();
            let mut line = format!("{:>12}", mix.to_string());
            for size in 0..SIZES.len() {
                let count = self.of.get(&(place, size)).copied().unwrap_or_default();
                all.rounds += count.rounds;
                all.violations += count.violations;
                all.disturbances += count.disturbances;
                line.push_str(&format!("{:>18}", cell(&count)));
            }
            println!("{line}{:>18}", cell(&all));
        }
        let flows: Vec<String> = self.flows.iter().map(|(flow, count)| format!("{flow} {}", cell(count))).collect();
        println!("  {}\n", flows.join("; "));
    }

    fn violations(&self) -> u64 {
        self.flows.values().map(|count| count.violations).sum()
    }
}

/// One seed's data through one flow: each mix at some sizes.
fn rounds(flow: &'static str, data: u64, tally: &Mutex<Tally>) {
    let expected = match Expected::of(flow, data) {
        Ok(expected) => expected,
        Err(violation) => {
            let cell = Cell { mix: Mix::Plain, flow, size: Size(1, 1), data, seed: 0 };
            tally.lock().unwrap().add(&cell, Err(violation));
            return;
        }
    };
    let place = FLOWS.iter().position(|known| *known == flow).unwrap_or(0);
    let mut random = Random::of(&[data, place as u64]);
    for number in 0..ROUNDS {
        for mix in MIXES {
            let cell = Cell { mix, flow, size: *random.choose(&SIZES), data, seed: number };
            let result = expected.round(&cell);
            tally.lock().unwrap().add(&cell, result);
        }
    }
}

#[test]
fn soak() {
    let Some(minutes) = number("FLOWSTONE_SOAK_MINUTES") else { return };
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    let only = std::env::var("FLOWSTONE_FLOW").ok();
    let flows: Vec<_> =
        FLOWS.into_iter().filter(|flow| only.as_ref().is_none_or(|only| flow.starts_with(only))).collect();
    let (next, tally) = (AtomicU64::new(0), Mutex::new(Tally::new()));
    let threads = number("FLOWSTONE_SOAK_THREADS").unwrap_or(2);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while Instant::now() < end {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let flow = flows[number as usize % flows.len()];
                    rounds(flow, seed() + number / flows.len() as u64, &tally);
                }
            });
        }
    });
    let mut tally = tally.into_inner().unwrap();
    tally.print();
    assert_eq!(tally.violations(), 0, "violations; see above");
}
