//! A small world on top of the store: executions that commit, and what a resume sees.

use flowstone_runtime::data::{hash_key, key_group};
use flowstone_runtime::recovery::{
    Commit, Execution, Manifest, PartBuilder, PartRef, RecoveryError, Resume, SourcePosition, StepInfo, Store, TakeOver,
};
use object_store::memory::InMemory;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) const FLOW: &str = "page_hits";

pub(crate) type State = BTreeMap<String, String>;

/// A store in memory that nobody else has.
pub(crate) fn memory() -> (Arc<InMemory>, Store) {
    let objects = Arc::new(InMemory::new());
    (objects.clone(), Store::impatient("model", objects).unwrap())
}

pub(crate) fn who(execution: u64, workers: usize) -> TakeOver {
    let step = StepInfo { id: "count".into(), word: "count_window".into(), fingerprint: "u64".into() };
    TakeOver { flow: FLOW.into(), execution, workers, steps: vec![step], drop: Vec::new() }
}

pub(crate) fn take_over(store: &Store, execution: u64) -> Execution {
    store.take_over(who(execution, 2)).unwrap()
}

pub(crate) fn group_of(key: &str) -> u16 {
    key_group(hash_key(&key)) as u16
}

/// The part of one worker with `changes` to the state of step `count`: `None` removes.
pub(crate) fn part(
    store: &Store,
    execution: &Execution,
    epoch: u64,
    worker: u64,
    changes: &[(&str, Option<&str>)],
) -> Result<PartRef, RecoveryError> {
    let mut part = PartBuilder::new(execution.id(), epoch, worker);
    for (key, state) in changes {
        part.state("count", group_of(key), key.as_bytes(), state.map(str::as_bytes));
    }
    part.position("events", &format!("partition-{worker}"), &epoch.to_le_bytes());
    part.prepared("out", format!("{epoch}/{worker}").as_bytes());
    part.finish()?.write(store)
}

/// Commits an epoch of one worker.
pub(crate) fn commit(
    store: &Store,
    execution: &mut Execution,
    epoch: u64,
    changes: &[(&str, Option<&str>)],
) -> Result<(), RecoveryError> {
    let parts = vec![part(store, execution, epoch, 0, changes)?];
    execution.commit(Commit { epoch, parts, sunk: epoch - 1, ..Commit::default() })
}

/// The state of step `count` that `workers` workers read together.
pub(crate) fn state(store: &Store, manifest: &Manifest, workers: usize) -> State {
    state_of(store, manifest, "count", workers).unwrap()
}

pub(crate) fn state_of(store: &Store, manifest: &Manifest, step: &str, workers: usize) -> Result<State, RecoveryError> {
    let mut found = State::new();
    for worker in 0..workers {
        Resume::read(store, manifest, worker, workers)?.entries(step, |key, state| {
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            assert_eq!(found.insert(text(key), text(state)), None, "a key comes once");
            Ok::<_, RecoveryError>(())
        })?;
    }
    Ok(found)
}

/// The committed state.
pub(crate) fn newest_state(store: &Store) -> State {
    state(store, &store.newest().unwrap().unwrap(), 1)
}

pub(crate) fn position(resume: &Resume, step: &str, partition: &str) -> Option<SourcePosition> {
    resume.positions(step).and_then(|positions| positions.get(partition)).cloned()
}

pub(crate) fn model(pairs: &[(&str, &str)]) -> State {
    pairs.iter().map(|(key, state)| (key.to_string(), state.to_string())).collect()
}
