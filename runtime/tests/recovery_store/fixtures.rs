//! Stores that earlier versions have written are read for ever.
//!
//! `tests/fixtures/recovery_vN` is a store as format version N writes it. To add one after the version was raised:
//! `FLOWSTONE_WRITE_FIXTURE=1 cargo test -p flowstone-runtime --test recovery_store fixtures`. One that is there is never
//! written again: that would prove nothing.

use crate::common::{State, group_of, model, position, state_of, take_over};
use flowstone_runtime::recovery::{Commit, FORMAT_VERSION, PartBuilder, Resume, SourcePosition, Store};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// Writes the store: something of everything the format has.
fn write(store: &Store) {
    let mut execution = take_over(store, 0x0123_4567_89ab_cdef);
    for epoch in 2..5u64 {
        let mut parts = Vec::new();
        for worker in 0..2u64 {
            let mut part = PartBuilder::new(execution.id(), epoch, worker);
            for n in (worker..800).step_by(2 * (epoch - 1) as usize) {
                let key = format!("key {n}");
                let state = (n % 10 != epoch).then(|| format!("{n} in epoch {epoch}"));
                part.state("count", group_of(&key), key.as_bytes(), state.as_deref().map(str::as_bytes));
            }
            part.state("last", group_of("a"), b"a", Some(&[epoch as u8]));
            part.position("events", &format!("partition-{worker}"), &[epoch as u8; 300]);
            if epoch == 3 {
                part.ended("files", &format!("file-{worker}"));
            }
            part.prepared("out", format!("epoch {epoch}, worker {worker}").as_bytes());
            part.value("clock", &[epoch as u8, worker as u8]);
            parts.push(part.finish().unwrap().write(store).unwrap());
        }
        let values = BTreeMap::from([("flow clock".to_owned(), vec![epoch as u8])]);
        execution.commit(Commit { epoch, parts, sunk: epoch - 1, exactly_once: true, values }).unwrap();
        if epoch == 3 {
            let compaction = execution.full_compaction().unwrap();
            execution.compacted(compaction.run()).unwrap();
        }
        execution.clean().unwrap();
    }
}

/// What `write` leaves behind.
fn expected() -> State {
    let mut state = State::new();
    for epoch in 2..5u64 {
        for worker in 0..2u64 {
            for n in (worker..800).step_by(2 * (epoch - 1) as usize) {
                match n % 10 == epoch {
                    true => state.remove(&format!("key {n}")),
                    false => state.insert(format!("key {n}"), format!("{n} in epoch {epoch}")),
                };
            }
        }
    }
    state
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

fn check(store: &Store) {
    let manifest = store.newest().unwrap().unwrap();
    assert_eq!((manifest.sequence, manifest.epoch, manifest.sunk, manifest.workers), (4, 4, 3, 2));
    assert_eq!((manifest.execution, manifest.exactly_once), (0x0123_4567_89ab_cdef, true));
    assert_eq!(manifest.values, BTreeMap::from([("flow clock".to_owned(), vec![4])]));
    assert_eq!(manifest.steps.len(), 1);
    assert!(manifest.parts[0].full && manifest.parts.len() == 3);
    assert_eq!(state_of(store, &manifest, "count", 3).unwrap(), expected());
    assert_eq!(state_of(store, &manifest, "last", 1).unwrap(), model(&[("a", "\u{4}")]));
    let resume = Resume::read(store, &manifest, 0, 1).unwrap();
    let at = Some(SourcePosition::At(vec![4; 300].into()));
    assert_eq!(position(&resume, "events", "partition-1"), at);
    assert_eq!(position(&resume, "files", "file-0"), Some(SourcePosition::Ended));
    let prepared: Vec<_> = resume.prepared("out").iter().map(|it| it.bytes.to_vec()).collect();
    assert_eq!(prepared, [b"epoch 4, worker 0", b"epoch 4, worker 1"]);
    let values: Vec<_> = resume.values("clock").iter().map(|value| value.bytes.to_vec()).collect();
    assert_eq!(values, [[4, 0], [4, 1]]);
}

#[test]
fn every_version_of_the_format_is_read() {
    let newest = folder().join(format!("recovery_v{FORMAT_VERSION}"));
    if std::env::var_os("FLOWSTONE_WRITE_FIXTURE").is_some() && !newest.exists() {
        write(&Store::open(newest.to_str().unwrap()).unwrap());
    }
    assert!(newest.exists(), "the version was raised: write its fixture, as the head of this file says");
    for version in 1..=FORMAT_VERSION {
        let home = tempfile::tempdir().unwrap();
        copy(&folder().join(format!("recovery_v{version}")), home.path());
        let store = Store::open(home.path().to_str().unwrap()).unwrap();
        check(&store);
        // It goes on from there, and what it writes is of today's version.
        let mut execution = take_over(&store, 2);
        assert!(execution.went_back().is_none());
        let compaction = execution.full_compaction().unwrap();
        execution.compacted(compaction.run()).unwrap();
        execution.commit(Commit { epoch: execution.first_epoch(), sunk: 3, ..Commit::default() }).unwrap();
        execution.clean().unwrap();
        assert_eq!(crate::common::newest_state(&store), expected());
    }
}
