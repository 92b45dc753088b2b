//! What is committed is read again: keys, positions, prepared output, values, by any number of workers.

use crate::common::{
    State, commit, group_of, memory, model, newest_state, part, position, state, state_of, take_over, who,
};
use flowstone_runtime::recovery::{Commit, ExecutionId, PartBuilder, RecoveryError, Resume, SourcePosition, Store};
use std::collections::BTreeMap;

#[test]
fn the_newest_state_of_every_key_counts() {
    let (_, store) = memory();
    assert!(store.newest().unwrap().is_none());
    let mut first = take_over(&store, 1);
    assert_eq!((first.manifest().epoch, first.first_epoch()), (1, 2));
    commit(&store, &mut first, 2, &[("a", Some("1")), ("b", Some("1")), ("c", Some("1"))]).unwrap();
    commit(&store, &mut first, 3, &[("b", Some("2")), ("c", None), ("d", Some("1"))]).unwrap();
    commit(&store, &mut first, 4, &[("d", None), ("c", Some("3"))]).unwrap();
    assert_eq!(newest_state(&store), model(&[("a", "1"), ("b", "2"), ("c", "3")]));
}

#[test]
fn of_a_key_that_comes_twice_in_a_part_the_later_call_counts() {
    let (_, store) = memory();
    let mut execution = take_over(&store, 1);
    commit(&store, &mut execution, 2, &[("a", Some("1")), ("b", Some("1")), ("a", Some("2")), ("b", None)]).unwrap();
    assert_eq!(newest_state(&store), model(&[("a", "2")]));
}

#[test]
fn any_number_of_workers_reads_what_any_number_wrote() {
    let (_, store) = memory();
    let mut execution = take_over(&store, 1);
    let keys: Vec<String> = (0..5000).map(|n| format!("key {n}")).collect();
    for epoch in 2..5u64 {
        let state = epoch.to_string();
        // Each epoch leaves out some keys and removes others.
        let changes: Vec<_> = keys
            .iter()
            .enumerate()
            .filter(|(n, _)| n % 7 != epoch as usize)
            .map(|(n, key)| (key.as_str(), (n % 11 != epoch as usize).then_some(state.as_str())))
            .collect();
        let workers = changes.chunks(1700).enumerate();
        let parts = workers.map(|(worker, changes)| part(&store, &execution, epoch, worker as u64, changes).unwrap());
        execution.commit(Commit { epoch, parts: parts.collect(), ..Commit::default() }).unwrap();
    }
    let manifest = store.newest().unwrap().unwrap();
    let one = state(&store, &manifest, 1);
    assert!(one.len() > 4000);
    for (n, key) in keys.iter().enumerate() {
        let last = if n % 7 == 4 { 3 } else { 4 };
        let expected = (n % 11 != last).then(|| last.to_string());
        assert_eq!(one.get(key), expected.as_ref(), "{key}");
    }
    for workers in [2, 3, 7] {
        assert_eq!(state(&store, &manifest, workers), one);
    }
}

#[test]
fn every_worker_gets_positions_and_what_is_prepared() {
    let (_, store) = memory();
    let mut execution = take_over(&store, 1);
    for epoch in 2..5 {
        let parts = (0..2).rev().map(|worker| part(&store, &execution, epoch, worker, &[]).unwrap()).collect();
        execution.commit(Commit { epoch, parts, sunk: epoch - 2, ..Commit::default() }).unwrap();
    }
    let mut last = PartBuilder::new(execution.id(), 5, 0);
    last.ended("events", "partition-0");
    let parts = vec![last.finish().unwrap().write(&store).unwrap()];
    execution.commit(Commit { epoch: 5, parts, sunk: 3, ..Commit::default() }).unwrap();

    let next = take_over(&store, 2);
    for worker in 0..3 {
        let resume = Resume::read(&store, next.manifest(), worker, 3).unwrap();
        assert_eq!(position(&resume, "events", "partition-0"), Some(SourcePosition::Ended));
        let at = SourcePosition::At(4u64.to_le_bytes().to_vec().into());
        assert_eq!(position(&resume, "events", "partition-1"), Some(at));
        assert_eq!(position(&resume, "events", "partition-2"), None);
        let prepared: Vec<_> = resume.prepared("out").iter().map(|it| (it.epoch, it.worker, &it.bytes[..])).collect();
        assert_eq!(prepared, [(4, 0, &b"4/0"[..]), (4, 1, b"4/1")]);
        assert!(resume.prepared("events").is_empty() && resume.positions("out").is_none());
    }
}

#[test]
fn values_are_those_of_the_newest_epoch_that_has_any() {
    let (_, store) = memory();
    let mut execution = take_over(&store, 1);
    for (epoch, workers) in [(2u64, 3u64), (3, 2), (4, 0)] {
        let part = |worker| {
            let mut part = PartBuilder::new(execution.id(), epoch, worker);
            part.value("clock", &[epoch as u8, worker as u8]);
            part.finish().unwrap().write(&store).unwrap()
        };
        let parts = (0..workers).map(part).collect();
        let values = BTreeMap::from([(format!("epoch {}", epoch % 2), vec![epoch as u8])]);
        execution.commit(Commit { epoch, parts, values, ..Commit::default() }).unwrap();
    }
    let manifest = store.newest().unwrap().unwrap();
    assert_eq!(manifest.values, BTreeMap::from([("epoch 0".into(), vec![4]), ("epoch 1".into(), vec![3])]));
    let resume = Resume::read(&store, &manifest, 0, 1).unwrap();
    let values: Vec<_> = resume.values("clock").iter().map(|value| value.bytes.to_vec()).collect();
    assert_eq!(values, [[3, 0], [3, 1]]);
    assert!(resume.values("other").is_empty());
}

#[test]
fn steps_are_kept_until_they_are_dropped() {
    let (_, store) = memory();
    let mut execution = take_over(&store, 1);
    let mut part = PartBuilder::new(execution.id(), 2, 0);
    part.state("count", group_of("a"), b"a", Some(b"1"));
    part.state("old", group_of("a"), b"a", Some(b"2"));
    part.position("old source", "p", b"7");
    let parts = vec![part.finish().unwrap().write(&store).unwrap()];
    execution.commit(Commit { epoch: 2, parts, ..Commit::default() }).unwrap();

    let second = take_over(&store, 2);
    let resume = Resume::read(&store, second.manifest(), 0, 1).unwrap();
    assert_eq!(Vec::from_iter(resume.steps()), ["count", "old"]);

    let drop = vec!["old".to_owned(), "old source".to_owned()];
    let mut third = store.take_over(flowstone_runtime::recovery::TakeOver { drop, ..who(3, 1) }).unwrap();
    let resume = Resume::read(&store, third.manifest(), 0, 1).unwrap();
    assert_eq!(Vec::from_iter(resume.steps()), ["count"]);
    assert!(resume.positions("old source").is_none());
    assert!(state_of(&store, third.manifest(), "old", 1).unwrap().is_empty());

    // A step of that name may come again.
    let epoch = third.first_epoch();
    let mut part = PartBuilder::new(third.id(), epoch, 0);
    part.state("old", group_of("b"), b"b", Some(b"3"));
    let parts = vec![part.finish().unwrap().write(&store).unwrap()];
    third.commit(Commit { epoch, parts, ..Commit::default() }).unwrap();
    let manifest = store.newest().unwrap().unwrap();
    assert_eq!(state_of(&store, &manifest, "old", 2).unwrap(), model(&[("b", "3")]));
}

#[test]
fn a_store_belongs_to_one_flow() {
    let (_, store) = memory();
    take_over(&store, 1);
    let error = store.take_over(flowstone_runtime::recovery::TakeOver { flow: "other".into(), ..who(2, 1) });
    let text = error.unwrap_err().to_string();
    assert_eq!(text, "the recovery store `model` has the state of flow `page_hits`, not of `other`");
}

#[test]
fn a_directory_is_made_and_found_again() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a/b c");
    let store = Store::open(path.to_str().unwrap()).unwrap();
    let mut execution = take_over(&store, 1);
    commit(&store, &mut execution, 2, &[("a", Some("1"))]).unwrap();
    let url = format!("file://{}", path.to_str().unwrap().replace(' ', "%20"));
    assert_eq!(newest_state(&Store::open(&url).unwrap()), model(&[("a", "1")]));
}

#[test]
fn a_memory_store_is_found_again_by_its_name() {
    let url = "memory://found-again";
    take_over(&Store::open(url).unwrap(), 1);
    assert!(Store::open(url).unwrap().newest().unwrap().is_some());
    assert!(Store::open("memory://another").unwrap().newest().unwrap().is_none());
}

#[test]
fn a_memory_store_that_is_forgotten_is_empty() {
    let url = "memory://forgotten";
    let store = Store::open(url).unwrap();
    take_over(&store, 1);
    assert!(Store::forget("forgotten"));
    assert!(store.newest().unwrap().is_some());
    assert!(Store::open(url).unwrap().newest().unwrap().is_none());
}

#[test]
fn what_cannot_be_opened_says_so() {
    for url in ["", "gopher://x", "file://relative", "/proc/nothing/can/be/made/here"] {
        assert!(matches!(Store::open(url), Err(RecoveryError::Open { .. })), "{url}");
    }
    #[cfg(not(feature = "s3"))]
    assert_eq!(
        Store::open("s3://bucket").unwrap_err().to_string(),
        "cannot open the recovery store `s3://bucket`: this program was built without the feature `s3` of flowstone"
    );
}

#[test]
fn what_is_too_large_is_refused() {
    let mut part = PartBuilder::new(ExecutionId { generation: 1, execution: 1 }, 2, 0);
    let large = vec![0; (1 << 30) + 1];
    part.state("count", 0, b"a", Some(&large));
    assert!(matches!(part.finish(), Err(RecoveryError::TooLarge { step, .. }) if step == "count"));
}

#[test]
fn a_store_can_be_used_inside_of_a_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let (_, store) = memory();
        let mut execution = take_over(&store, 1);
        commit(&store, &mut execution, 2, &[("a", Some("1"))]).unwrap();
        assert_eq!(newest_state(&store), model(&[("a", "1")]));
    });
}

#[test]
fn many_megabytes_come_back() {
    let (_, store) = memory();
    let mut execution = take_over(&store, 1);
    let mut expected: State = (0..60_000).map(|n| (format!("key {n}"), "x".repeat(n % 100))).collect();
    expected.insert("large".to_owned(), "y".repeat(3 << 20));
    let changes: Vec<_> = expected.iter().map(|(key, state)| (key.as_str(), Some(state.as_str()))).collect();
    commit(&store, &mut execution, 2, &changes).unwrap();
    assert!(newest_state(&store) == expected);
}
