//! What recovery costs: throughput with and without it, the longest pause, the time to resume, bytes a key.

#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

#[allow(dead_code, reason = "it is no race")]
mod common;

use common::{data_dir, rounds, scaled};
use flowstone::prelude::*;
use flowstone::testing::TestSink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Which of `keys` keys event number `n` is of.
#[inline(always)]
fn key_of(n: u64, keys: u64) -> u64 {
    n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31).wrapping_mul(0xbf58_476d_1ce4_e5b9) % keys
}

/// The longest time between two looks, in nanoseconds, once it has been set going.
#[derive(Debug, Clone)]
struct Pauses {
    longest: Arc<AtomicU64>,
    start: Instant,
    last: Arc<AtomicU64>,
}

impl Pauses {
    fn new() -> Pauses {
        Pauses { longest: Arc::default(), start: Instant::now(), last: Arc::default() }
    }

    /// Called with every event; looks at the time at some.
    #[inline(always)]
    fn look(&self, n: u64, warm: u64) {
        if n.is_multiple_of(64) && n >= warm {
            let now = self.start.elapsed().as_nanos() as u64;
            let last = self.last.swap(now, Ordering::Relaxed);
            if n > warm + 64 {
                self.longest.fetch_max(now - last, Ordering::Relaxed);
            }
        }
    }

    fn longest(&self) -> Duration {
        Duration::from_nanos(self.longest.load(Ordering::Relaxed))
    }
}

dataflow! {
    /// Keeps a count and a sum of each key.
    flow sums(events: u64, keys: u64, pauses: Pauses, out: TestSink<u64>) {
        input("events", iter(0..events))
            -> inspect("pauses", |n| pauses.look(*n, 2 * keys))
            -> map("key", |n| (key_of(n, keys), n))
            -> stateful_map("sum", |state: &mut Option<(u64, u64)>, n| {
                let (count, sum) = state.unwrap_or((0, 0));
                *state = Some((count + 1, sum.wrapping_add(n)));
                count
            })
            -> filter_map("some", |(key, count)| (count == u64::MAX).then_some(key))
            -> output("out", out);
    }
}

fn store(name: &str) -> PathBuf {
    let path = data_dir().join("recovery").join(name);
    let _ = std::fs::remove_dir_all(&path);
    path
}

fn size(path: &Path) -> u64 {
    std::fs::read_dir(path).map_or(0, |entries| {
        let entries = entries.flatten();
        entries
            .map(|entry| match entry.metadata() {
                Ok(about) if about.is_dir() => size(&entry.path()),
                Ok(about) => about.len(),
                Err(_) => 0,
            })
            .sum()
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Throughput, and the longest pause once every key is there.
fn throughput() {
    let (events, keys) = (scaled(60_000_000), scaled(1_000_000));
    println!("\nsums of {keys} keys, {events} events, {} interleaved rounds", rounds());
    let settings = [("no recovery", None), ("every 10 s", Some(10)), ("every 1 s", Some(1))];
    let mut times = settings.map(|_| Vec::new());
    let mut pauses = settings.map(|_| Vec::new());
    for _ in 0..rounds() {
        for (at, (_, interval)) in settings.iter().enumerate() {
            let looks = Pauses::new();
            let store = store("throughput");
            let mut config = Config::default();
            if let Some(seconds) = interval {
                config = config.recovery(store.to_str().unwrap()).snapshot_interval(Duration::from_secs(*seconds));
            }
            let start = Instant::now();
            sums(events, keys, looks.clone(), TestSink::new()).run(&config).unwrap();
            times[at].push(start.elapsed().as_secs_f64());
            pauses[at].push(looks.longest().as_secs_f64() * 1e3);
        }
    }
    let without = median(times[0].clone());
    for (at, (name, _)) in settings.iter().enumerate() {
        let (time, pause) = (median(times[at].clone()), median(pauses[at].clone()));
        println!(
            "  {name:<14} {time:>7.2} s {:>7.1} ns/event, {:>5.2} of the throughput, longest pause {pause:>6.1} ms",
            time * 1e9 / events as f64,
            without / time
        );
    }
}

/// How long it takes to go on from so many keys, and how large they are in the store.
fn resume(keys: u64) {
    let store = store("resume");
    let config = Config::default().recovery(store.to_str().unwrap()).snapshot_interval(Duration::from_secs(2));
    sums(keys * 2, keys, Pauses::new(), TestSink::new()).run(&config).unwrap();
    let bytes = size(&store);
    let start = Instant::now();
    sums(keys * 2, keys, Pauses::new(), TestSink::new()).run(&config).unwrap();
    let took = start.elapsed();
    println!("  {keys:>9} keys: {took:>8.2?} to resume, {:.1} bytes a key in the store", bytes as f64 / keys as f64);
}

fn main() {
    throughput();
    println!("\nresuming");
    for keys in [scaled(1_000_000), scaled(10_000_000)] {
        resume(keys);
    }
    let _ = std::fs::remove_dir_all(data_dir().join("recovery"));
}
