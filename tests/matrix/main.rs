//! The matrix: every stateful step by every clock, on 1, 2 and 4 workers and on 2 and 3 processes, undisturbed, killed and
//! stopped, comes to the same output.
//!
//! A round is a *cell*: `MIX/FLOW/PROCESSESxWORKERS/DATA/SEED`. CI runs a bounded number of them; `soak` runs them for hours.
//! See CONTRIBUTING.md.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that fails is to say where")]

mod cell;
mod data;
mod oracle;
mod oracle_windows;
#[path = "../common/program.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod program;
#[path = "../recovery/random.rs"]
mod random;
mod round;
mod rows;
mod run;
mod soak;

use cell::{Cell, FLOWS, MIXES, Mix, SIZES};
use random::Random;
use round::{Expected, Violation};

impl Random {
    /// Numbers of their own for each row of seeds.
    fn of(seeds: &[u64]) -> Random {
        let fold = |seed: u64, next: &u64| Random::new(seed ^ next).below(u64::MAX);
        Random::new(seeds.iter().fold(0, fold))
    }

    /// One of them.
    fn choose<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len() as u64) as usize]
    }
}

/// A number from the environment.
fn number(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|error| panic!("{name}={text}: {error}")))
}

fn seed() -> u64 {
    number("FLOWSTONE_SEED").unwrap_or(1)
}

fn report(violations: &[Violation]) {
    let report: Vec<String> = violations.iter().map(Violation::to_string).collect();
    assert!(report.is_empty(), "{} violations\n\n{}\n", report.len(), report.join("\n\n"));
}

/// How many violations are enough to fail: what hangs takes its time.
const ENOUGH: usize = 4;

/// Every flow at every size, with recovery and without in turn.
#[test]
fn every_flow_comes_to_the_same_at_every_size() {
    let mut violations = Vec::new();
    for (flow, data) in FLOWS.into_iter().zip(seed()..) {
        let expected = match Expected::of(flow, data) {
            Ok(expected) => expected,
            Err(violation) => {
                violations.push(violation);
                continue;
            }
        };
        for (number, size) in (data..).zip(SIZES) {
            if violations.len() >= ENOUGH {
                break;
            }
            let mix = MIXES[number as usize % 2];
            let cell = Cell { mix, flow, size, data, seed: number };
            violations.extend(expected.round(&cell).err());
        }
    }
    report(&violations);
}

/// Every flow disturbed in every way.
#[test]
fn disturbed_flows_come_to_the_same() {
    let (mut violations, mut disturbances) = (Vec::new(), 0);
    for (flow, data) in FLOWS.into_iter().zip(seed() + 100..) {
        let expected = match Expected::of(flow, data) {
            Ok(expected) => expected,
            Err(violation) => {
                violations.push(violation);
                continue;
            }
        };
        for mix in [Mix::Killed, Mix::Stopped] {
            if violations.len() >= ENOUGH {
                break;
            }
            let size = *Random::of(&[data, mix as u64]).choose(&SIZES);
            let cell = Cell { mix, flow, size, data, seed: data };
            match expected.round(&cell) {
                Ok(passed) => disturbances += passed.disturbances,
                Err(violation) => violations.push(violation),
            }
        }
    }
    report(&violations);
    assert!(disturbances >= FLOWS.len() as u64, "only {disturbances} disturbances");
}

/// The cell in `FLOWSTONE_CELL`, `FLOWSTONE_TIMES` times.
#[test]
fn cell() {
    let Ok(cell) = std::env::var("FLOWSTONE_CELL") else { return };
    let cell: Cell = cell.parse().unwrap_or_else(|error| panic!("{error}"));
    let expected = Expected::of(cell.flow, cell.data).unwrap_or_else(|violation| panic!("{violation}"));
    let times = number("FLOWSTONE_TIMES").unwrap_or(10);
    let violations: Vec<_> = (0..times).filter_map(|_| expected.round(&cell).err()).collect();
    println!("{cell}: {times} rounds, {} violations", violations.len());
    report(&violations);
}
