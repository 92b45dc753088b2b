//! What is merged stays the same, and a store stays within a few times the state it has.

use crate::common::{State, commit, group_of, memory, model, newest_state, part, position, state, take_over};
use flowstone_runtime::recovery::{Commit, Execution, PartBuilder, Resume, SourcePosition, Store};
use object_store::ObjectStore;
use object_store::memory::InMemory;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Merges what there is and commits an epoch on top of it.
fn compact(store: &Store, execution: &mut Execution, epoch: u64) {
    let compaction = execution.full_compaction().unwrap();
    execution.compacted(compaction.run()).unwrap();
    commit(store, execution, epoch, &[]).unwrap();
    execution.clean().unwrap();
}

fn objects(store: &InMemory) -> (usize, u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let folders = ["manifests", "parts"]
        .map(|folder| runtime.block_on(store.list_with_delimiter(Some(&folder.into()))).unwrap().objects);
    let all = folders.iter().flatten();
    (all.clone().count(), all.map(|object| object.size).sum())
}

#[test]
fn merged_parts_say_what_the_parts_said() {
    let (_, store) = memory();
    let mut execution = take_over(&store, 1);
    let mut first = PartBuilder::new(execution.id(), 2, 0);
    for (step, key) in [("b", "x"), ("a", "x"), ("b", "y"), ("a", "gone")] {
        first.state(step, group_of(key), key.as_bytes(), Some(step.as_bytes()));
    }
    first.ended("events", "read");
    first.value("clock", b"2");
    let parts = vec![first.finish().unwrap().write(&store).unwrap()];
    execution.commit(Commit { epoch: 2, parts, ..Commit::default() }).unwrap();
    let mut second = PartBuilder::new(execution.id(), 3, 1);
    second.state("a", group_of("gone"), b"gone", None);
    second.prepared("out", b"three");
    let parts = vec![second.finish().unwrap().write(&store).unwrap(), part(&store, &execution, 3, 0, &[]).unwrap()];
    execution.commit(Commit { epoch: 3, parts, sunk: 2, ..Commit::default() }).unwrap();

    let seen = |manifest: &_| {
        let resume = Resume::read(&store, manifest, 0, 1).unwrap();
        let states = ["a", "b"].map(|step| crate::common::state_of(&store, manifest, step, 3).unwrap());
        let positions = ["read", "partition-0"].map(|partition| position(&resume, "events", partition));
        let lists = (resume.prepared("out").to_vec(), resume.values("clock").to_vec());
        (states, positions, lists)
    };
    let before = seen(&store.newest().unwrap().unwrap());
    assert_eq!(before.0, [model(&[("x", "a")]), model(&[("x", "b"), ("y", "b")])]);
    assert_eq!(before.1[0], Some(SourcePosition::Ended));
    assert_eq!(before.2.0.len(), 2);

    let compaction = execution.full_compaction().unwrap();
    assert!(execution.full_compaction().is_none(), "one at a time");
    execution.compacted(compaction.run()).unwrap();
    execution.commit(Commit { epoch: 4, sunk: 2, ..Commit::default() }).unwrap();
    let manifest = store.newest().unwrap().unwrap();
    assert!(manifest.parts.len() == 1 && manifest.parts[0].full);
    assert_eq!(seen(&manifest), before);
    // And once more, with what sinks have committed left out.
    execution
        .commit(Commit {
            epoch: 5,
            sunk: 4,
            parts: vec![part(&store, &execution, 5, 0, &[]).unwrap()],
            ..Commit::default()
        })
        .unwrap();
    compact(&store, &mut execution, 6);
    let after = seen(&store.newest().unwrap().unwrap());
    assert_eq!((&after.0, after.2.0.iter().map(|it| it.epoch).collect::<Vec<_>>()), (&before.0, vec![6]));
}

#[test]
fn commits_go_on_while_parts_are_merged() {
    let (_, store) = memory();
    let mut execution = take_over(&store, 1);
    commit(&store, &mut execution, 2, &[("a", Some("1")), ("b", Some("1")), ("c", Some("1"))]).unwrap();
    commit(&store, &mut execution, 3, &[("a", Some("2"))]).unwrap();
    let compaction = execution.full_compaction().unwrap();
    commit(&store, &mut execution, 4, &[("a", Some("3")), ("b", None)]).unwrap();
    execution.clean().unwrap();
    let compacted = compaction.run();
    // Its result is not referred to yet, and must not be taken for an orphan.
    let mut all = take_over(&store, 2);
    all.clean().unwrap();
    assert!(execution.compacted(compacted).is_ok());
    let epoch = all.first_epoch();
    commit(&store, &mut all, epoch, &[]).unwrap();
    assert_eq!(newest_state(&store), model(&[("a", "3"), ("c", "1")]));

    let compaction = all.full_compaction().unwrap();
    commit(&store, &mut all, epoch + 1, &[("d", Some("4"))]).unwrap();
    all.compacted(compaction.run()).unwrap();
    all.clean().unwrap();
    commit(&store, &mut all, epoch + 2, &[("e", Some("5"))]).unwrap();
    all.clean().unwrap();
    assert_eq!(newest_state(&store), model(&[("a", "3"), ("c", "1"), ("d", "4"), ("e", "5")]));
}

/// A generator of numbers that look random.
fn next(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

#[test]
fn a_store_stays_within_a_few_times_its_state() {
    let (inner, store) = memory();
    let mut execution = take_over(&store, 1);
    let mut expected: BTreeMap<u64, u64> = BTreeMap::new();
    let mut seed = 0x5eed;
    let (mut largest, mut merged, mut written) = (0, 0, 0);
    for epoch in 2..400 {
        // Many small epochs, some large ones, a restart now and then.
        let changes = if epoch % 40 == 5 { 4000 } else { 20 };
        let mut part = PartBuilder::new(execution.id(), epoch, 0);
        for _ in 0..changes {
            let (key, state) = (next(&mut seed) % 10_000, next(&mut seed));
            let name = key.to_string();
            if state % 16 == 0 {
                expected.remove(&key);
                part.state("count", group_of(&name), name.as_bytes(), None);
            } else {
                expected.insert(key, state);
                // Eight words of no pattern, as text: about 140 bytes.
                let mut words = state;
                let text: String = (0..8).map(|_| format!("{:x}", next(&mut words))).collect();
                part.state("count", group_of(&name), name.as_bytes(), Some(format!("{state} {text}").as_bytes()));
            }
        }
        let part = part.finish().unwrap();
        written += part.bytes();
        let parts = vec![part.write(&store).unwrap()];
        execution.commit(Commit { epoch, parts, sunk: epoch - 1, ..Commit::default() }).unwrap();
        if let Some(compaction) = execution.compaction() {
            execution.compacted(compaction.run()).unwrap();
            merged += 1;
        }
        execution.clean().unwrap();
        let (count, bytes) = objects(&inner);
        let state = expected.len() as u64 * 150;
        // Two full states, the increments of one, and while one is merged the new one; nothing counts below 4 MiB.
        assert!(bytes < 5 * (state + (4 << 20)), "epoch {epoch}: {bytes} bytes for {state} of state");
        assert!(count < 100, "epoch {epoch}: {count} objects");
        largest = largest.max(bytes);
    }
    assert!(merged > 10 && written > 2 * largest / 3, "{merged} compactions, {written} written, {largest} at most");
    let found = newest_state(&store);
    assert_eq!(found.len(), expected.len());
    for (key, state) in expected {
        assert!(found[&key.to_string()].starts_with(&format!("{state} ")));
    }
}

/// What happens in one epoch.
#[derive(Debug, Clone)]
enum Step {
    Commit(Vec<(u8, Option<u8>)>),
    Compact,
    TakeOver,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let changes = prop::collection::vec((0..20u8, prop::option::of(any::<u8>())), 0..10);
    let step = prop_oneof![6 => changes.prop_map(Step::Commit), 2 => Just(Step::Compact), 1 => Just(Step::TakeOver)];
    prop::collection::vec(step, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_state_is_that_of_all_commits(steps in steps()) {
        let (_, store) = memory();
        let mut execution = take_over(&store, 1);
        let mut expected = State::new();
        let mut epoch = execution.first_epoch();
        for (number, step) in steps.into_iter().enumerate() {
            match step {
                Step::Commit(changes) => {
                    let changes: Vec<_> =
                        changes.iter().map(|(key, state)| (key.to_string(), state.map(|state| state.to_string()))).collect();
                    for (key, state) in &changes {
                        match state {
                            Some(state) => drop(expected.insert(key.clone(), state.clone())),
                            None => drop(expected.remove(key)),
                        }
                    }
                    let changes: Vec<_> = changes.iter().map(|(key, state)| (key.as_str(), state.as_deref())).collect();
                    commit(&store, &mut execution, epoch, &changes).unwrap();
                    epoch += 1;
                }
                Step::Compact => {
                    if let Some(compaction) = execution.full_compaction() {
                        execution.compacted(compaction.run()).unwrap();
                    }
                }
                Step::TakeOver => {
                    execution = take_over(&store, number as u64 + 2);
                    epoch = execution.first_epoch();
                }
            }
            execution.clean().unwrap();
        }
        let manifest = store.newest().unwrap().unwrap();
        for workers in [1, 3] {
            prop_assert_eq!(&state(&store, &manifest, workers), &expected);
        }
    }
}

#[test]
fn files_that_a_killed_process_was_writing_are_cleared_away() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(home.path().to_str().unwrap()).unwrap();
    let mut first = take_over(&store, 1);
    commit(&store, &mut first, 2, &[("a", Some("1"))]).unwrap();
    let orphan = part(&store, &first, 3, 0, &[]).unwrap().name;
    let part = home.path().join(format!("{orphan}#1"));
    let manifest = home.path().join("manifests/00000000000000000001#2");
    for file in [&part, &manifest] {
        std::fs::write(file, "half").unwrap();
    }
    let mut second = take_over(&store, 2);
    let new = home.path().join("parts/000000000099-000000000004-w000000#1");
    std::fs::write(&new, "being written").unwrap();
    second.clean().unwrap();
    assert!(!part.exists() && !manifest.exists() && !home.path().join(orphan).exists());
    assert!(new.exists());
    assert_eq!(newest_state(&store), model(&[("a", "1")]));
}
