//! Workload (r): what recovery costs a million keys of state and of windows: throughput with and without it, the longest
//! pause, bytes a changed key, the time to resume.

#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

#[allow(dead_code, reason = "it is no race")]
mod common;

use common::{data_dir, median, rounds, scaled};
use flowstone::prelude::*;
use flowstone::testing::TestSink;
use flowstone::windows::Windowed;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Which of `keys` keys event number `n` is of: each has come once before any comes twice.
#[inline(always)]
fn key_of(n: u64, keys: u64) -> u64 {
    if n < keys {
        return n;
    }
    n.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31).wrapping_mul(0xbf58_476d_1ce4_e5b9) % keys
}

/// Looks at the time while a flow runs, once each key has come twice: how long it takes between two looks at most, and from
/// the first to the last. What an execution does before its first event and after its last is not in it.
#[derive(Debug, Clone)]
struct Looks {
    start: Instant,
    first: Arc<AtomicU64>,
    last: Arc<AtomicU64>,
    longest: Arc<AtomicU64>,
}

impl Looks {
    fn new() -> Looks {
        Looks { start: Instant::now(), first: Arc::default(), last: Arc::default(), longest: Arc::default() }
    }

    /// Called with every event; looks at the time at some.
    #[inline(always)]
    fn look(&self, n: u64, keys: u64) {
        if n.is_multiple_of(64) && n >= warm(keys) {
            let now = self.start.elapsed().as_nanos() as u64;
            let last = self.last.swap(now, Ordering::Relaxed);
            if last == 0 {
                self.first.store(now, Ordering::Relaxed);
            } else {
                self.longest.fetch_max(now - last, Ordering::Relaxed);
            }
        }
    }

    fn longest(&self) -> Duration {
        Duration::from_nanos(self.longest.load(Ordering::Relaxed))
    }

    fn whole(&self) -> Duration {
        Duration::from_nanos(self.last.load(Ordering::Relaxed) - self.first.load(Ordering::Relaxed))
    }
}

/// The event with which looking begins.
fn warm(keys: u64) -> u64 {
    2 * keys
}

/// What a window comes to: how many, their sum, the greatest.
type Sums = (u64, u64, u64);

dataflow! {
    /// Keeps a count and a sum of each key.
    flow sums(events: u64, keys: u64, looks: Looks, out: TestSink<u64>) {
        input("events", iter(0..events))
            -> inspect("looks", |n| looks.look(*n, keys))
            -> map("key", |n| (key_of(n, keys), n))
            -> stateful_map("sum", |state: &mut Option<(u64, u64)>, n| {
                let (count, sum) = state.unwrap_or((0, 0));
                *state = Some((count + 1, sum.wrapping_add(n)));
                count
            })
            -> filter_map("some", |(key, count)| (count == u64::MAX).then_some(key))
            -> output("out", out);
    }

    /// A window of each key, open all the time, with a watermark a key.
    flow event_time_windows(events: u64, keys: u64, looks: Looks, out: TestSink<(u64, Windowed<Sums>)>) {
        input("events", iter(0..events))
            -> inspect("looks", |n| looks.look(*n, keys))
            -> map("key", |n| (key_of(n, keys), n))
            -> aggregate_window("sums",
                   clock = event_time(|n| *n as i64, wait = 500ms),
                   windows = tumbling(1h),
                   of = (count(), sum(|n| *n), max(|n| *n)))
            -> filter("some", |(key, _)| *key == 0)
            -> output("out", out);
    }

    /// The same with one watermark for all.
    flow watermark_windows(events: u64, keys: u64, looks: Looks, out: TestSink<(u64, Windowed<Sums>)>) {
        input("events", iter(0..events))
            -> inspect("looks", |n| looks.look(*n, keys))
            -> map("key", |n| (key_of(n, keys), n))
            -> aggregate_window("sums",
                   clock = watermark(|n| *n as i64, wait = 500ms),
                   windows = tumbling(1h),
                   of = (count(), sum(|n| *n), max(|n| *n)))
            -> filter("some", |(key, _)| *key == 0)
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

/// The size of the largest part that is in a store at any time while `run` runs: parts that all keys are in are the largest.
fn largest_part(store: &Path, run: impl FnOnce()) -> u64 {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut largest = 0;
            while !over.load(Ordering::Relaxed) {
                let parts = std::fs::read_dir(store.join("parts")).into_iter().flatten().flatten();
                // Those that a worker has written, not those that were merged.
                let parts = parts.filter(|part| part.file_name().to_string_lossy().contains("-w"));
                largest = parts.flat_map(|part| part.metadata()).map(|about| about.len()).fold(largest, u64::max);
                std::thread::sleep(Duration::from_millis(50));
            }
            largest
        });
        run();
        over.store(true, Ordering::Relaxed);
        watch.join().unwrap()
    })
}

/// Throughput, the longest pause once every key is there, and the bytes of a changed key.
fn throughput(name: &str, events: u64, keys: u64, flow: impl Fn(Looks) -> Flow) {
    // For a profiler: `FLOWSTONE_BENCH_ONLY="sums/every 1 s"` runs that one alone.
    let only = std::env::var("FLOWSTONE_BENCH_ONLY").ok();
    let runs = |setting: &str| only.as_ref().is_none_or(|only| format!("{name}/{setting}").starts_with(only.as_str()));
    let settings = [("no recovery", None), ("every 10 s", Some(10)), ("every 1 s", Some(1))];
    let mut taken = settings.map(|_| [Vec::new(), Vec::new(), Vec::new()]);
    for _ in 0..rounds() {
        for ((setting, interval), [times, pauses, bytes]) in settings.iter().zip(&mut taken) {
            if !runs(setting) {
                continue;
            }
            let (looks, store) = (Looks::new(), store("throughput"));
            let mut config = Config::default();
            if let Some(seconds) = interval {
                config = config.recovery(store.to_str().unwrap()).snapshot_interval(Duration::from_secs(*seconds));
            }
            let largest = largest_part(&store, || {
                flow(looks.clone()).run(&config).unwrap();
            });
            times.push(looks.whole().as_secs_f64());
            pauses.push(looks.longest().as_secs_f64() * 1e3);
            bytes.push(largest as f64 / keys as f64);
        }
    }
    if taken.iter().all(|[times, ..]| times.is_empty()) {
        return;
    }
    println!("\n{name} of {keys} keys, {events} events, {} interleaved rounds", rounds());
    let without = taken[0][0].first().map(|_| median(&taken[0][0]));
    for ((setting, _), [times, pauses, bytes]) in
        settings.iter().zip(&taken).filter(|(_, [times, ..])| !times.is_empty())
    {
        let time = median(times);
        println!(
            "  {setting:<14} {time:>7.2} s {:>7.1} ns/event, {:>5.2} of the throughput, longest pause {:>6.1} ms, {:>5.1} bytes a changed key",
            time * 1e9 / (events - warm(keys)) as f64,
            without.map_or(f64::NAN, |without| without / time),
            median(pauses),
            median(bytes)
        );
    }
}

/// How long it takes to go on from so many keys, and how large they are in the store.
fn resume(keys: u64) {
    let store = store("resume");
    let config = Config::default().recovery(store.to_str().unwrap()).snapshot_interval(Duration::from_secs(2));
    sums(keys * 2, keys, Looks::new(), TestSink::new()).run(&config).unwrap();
    let bytes = size(&store);
    let start = Instant::now();
    sums(keys * 2, keys, Looks::new(), TestSink::new()).run(&config).unwrap();
    let took = start.elapsed();
    println!("  {keys:>9} keys: {took:>8.2?} to resume, {:.1} bytes a key in the store", bytes as f64 / keys as f64);
}

fn main() {
    let keys = scaled(1_000_000);
    // Each takes about half a minute, so that epochs of ten seconds end.
    let events = scaled(400_000_000);
    throughput("sums", events, keys, |looks| sums(events, keys, looks, TestSink::new()));
    let events = scaled(150_000_000);
    throughput("event-time windows", events, keys, |looks| event_time_windows(events, keys, looks, TestSink::new()));
    throughput("watermark windows", events, keys, |looks| watermark_windows(events, keys, looks, TestSink::new()));
    if std::env::var("FLOWSTONE_BENCH_ONLY").is_ok_and(|only| only != "resuming") {
        return;
    }
    println!("\nresuming");
    for keys in [scaled(1_000_000), scaled(10_000_000)] {
        resume(keys);
    }
    let _ = std::fs::remove_dir_all(data_dir().join("recovery"));
}
