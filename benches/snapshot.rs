//! Workload (s): a snapshot of a million keys with a small struct each, from the state's own bytes to a file and back.

#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

#[allow(dead_code, reason = "each benchmark has this module to itself, and takes what it needs")]
mod common;

use common::{cpu_seconds, data_dir, median, rounds, scaled};
use flowstone::data::{hash_key, key_group};
use flowstone::recovery::{Commit, PartBuilder, RecoveryError, Resume, Store, TakeOver};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::Instant;

#[derive(Serialize, Deserialize)]
struct Visits {
    count: u64,
    seconds: f64,
    last: i64,
    page: String,
}

/// Wall and CPU seconds of each phase, over all rounds, in the order of the phases.
#[derive(Default)]
struct Phases(BTreeMap<(usize, &'static str), Vec<(f64, f64)>>);

impl Phases {
    fn time<T>(&mut self, number: usize, name: &'static str, work: impl FnOnce() -> T) -> T {
        let (start, cpu) = (Instant::now(), cpu_seconds());
        let result = black_box(work());
        self.0.entry((number, name)).or_default().push((start.elapsed().as_secs_f64(), cpu_seconds() - cpu));
        result
    }
}

/// The state of a step as the dataflow hands it over: key group, key and state as MessagePack with names.
fn state(keys: u64) -> Vec<(u16, Vec<u8>, Vec<u8>)> {
    let mut random = 88_172_645_463_325_252u64;
    let entry = |n: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let visits = Visits {
            count: n % 1000,
            seconds: (random % 100_000) as f64 * 0.25,
            last: 1_700_000_000_000_000 + (random % 1_000_000_000) as i64,
            page: format!("/page/{}", random % 5000),
        };
        let group = key_group(hash_key(&random)) as u16;
        (group, rmp_serde::to_vec_named(&random).unwrap(), rmp_serde::to_vec_named(&visits).unwrap())
    };
    (0..keys).map(entry).collect()
}

fn main() {
    let keys = scaled(1_000_000);
    let state = state(keys);
    let raw: usize = state.iter().map(|(_, key, state)| key.len() + state.len()).sum();
    let mut phases = Phases::default();
    let mut stored = 0;
    for _ in 0..rounds() {
        let dir = data_dir().join("snapshot");
        let _ = std::fs::remove_dir_all(&dir);
        let store = Store::open(dir.to_str().unwrap()).unwrap();
        let who = |execution| TakeOver { flow: "bench".into(), execution, workers: 1, ..TakeOver::default() };
        let mut execution = store.take_over(who(1)).unwrap();

        let mut part = PartBuilder::new(execution.id(), 2, 0);
        phases.time(0, "gather (on the worker's thread)", || {
            for (group, key, state) in &state {
                part.state("visits", *group, key, Some(state));
            }
        });
        let part = phases.time(1, "encode and compress", || part.finish().unwrap());
        stored = part.bytes();
        let part = phases.time(2, "write to the disk", || part.write(&store).unwrap());
        let commit = Commit { epoch: 2, parts: vec![part], ..Commit::default() };
        phases.time(3, "commit", || execution.commit(commit).unwrap());

        let mut execution = phases.time(4, "take over (checks every byte)", || store.take_over(who(2)).unwrap());
        let read = |manifest: &_| {
            let (mut count, mut sum) = (0, 0);
            let resume = Resume::read(&store, manifest, 0, 1).unwrap();
            let visit = |key: &[u8], state: &[u8]| {
                count += 1;
                sum += key.len() + state.len();
                Ok::<_, RecoveryError>(())
            };
            resume.entries("visits", visit).unwrap();
            assert_eq!((count, sum), (keys, raw));
        };
        phases.time(5, "read", || read(execution.manifest()));
        let second = PartBuilder::new(execution.id(), 4, 0).finish().unwrap().write(&store).unwrap();
        execution.commit(Commit { epoch: 4, parts: vec![second], ..Commit::default() }).unwrap();
        let compaction = execution.full_compaction().unwrap();
        phases.time(6, "merge and write again", || execution.compacted(compaction.run()).unwrap());
        execution.commit(Commit { epoch: 5, ..Commit::default() }).unwrap();
        phases.time(7, "read what was merged", || read(&store.newest().unwrap().unwrap()));
    }
    println!("\n(s) snapshot of {keys} keys, medians of {} rounds", rounds());
    println!("  {:.1} bytes a key and its state, {:.1} stored", raw as f64 / keys as f64, stored as f64 / keys as f64);
    println!("  {:<34} {:>9} {:>9} {:>9} {:>9}", "", "wall s", "cpu s", "ns/key", "cpu ns");
    for ((_, name), times) in phases.0 {
        let (wall, cpu): (Vec<f64>, Vec<f64>) = times.into_iter().unzip();
        let (wall, cpu) = (median(&wall), median(&cpu));
        let per_key = 1e9 / keys as f64;
        println!("  {name:<34} {wall:>9.3} {cpu:>9.3} {:>9.1} {:>9.1}", wall * per_key, cpu * per_key);
    }
}
