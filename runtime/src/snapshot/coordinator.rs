//! Worker 0's part in recovery: finds out which epoch all workers have durable, and orders its commit.

use super::background::{Durable, Job};
use super::participants::IDLE;
use super::{Commit, PartRef};
use std::collections::BTreeMap;

/// What worker 0 knows of all workers' snapshots.
pub(crate) struct Coordinator {
    /// How far each worker is: what it has passed, and what its sinks have committed.
    workers: Vec<(u64, u64)>,
    /// Durable parts that no manifest names.
    parts: Vec<PartRef>,
    committed: u64,
    /// The epoch of the last manifest.
    manifest: u64,
    exactly_once: bool,
    /// The idle time at the end of epochs that are not committed, and before them.
    idle: BTreeMap<u64, i64>,
    /// True while a commit is under way.
    busy: bool,
}

/// What to do next.
pub(crate) enum Order {
    /// Have the background do this.
    Background(Job),
    /// Nothing has changed up to this epoch: it is committed as it is.
    Nothing(u64),
}

impl Coordinator {
    pub(crate) fn new(workers: usize, first: u64) -> Self {
        let before = first - 1;
        Coordinator {
            workers: vec![(before, before); workers],
            parts: Vec::new(),
            committed: before,
            manifest: before,
            exactly_once: false,
            idle: BTreeMap::new(),
            busy: false,
        }
    }

    /// A worker's parts are durable.
    pub(crate) fn durable(&mut self, durable: Durable) {
        self.workers[durable.worker] = (durable.passed, durable.sunk);
        self.parts.extend(durable.parts);
        self.exactly_once |= durable.exactly_once;
        for (epoch, idle) in durable.idle {
            let noted = self.idle.entry(epoch).or_insert(idle);
            *noted = idle.max(*noted);
        }
    }

    /// A commit is done.
    pub(crate) fn committed(&mut self) {
        self.busy = false;
    }

    /// What there is to commit now.
    pub(crate) fn next(&mut self) -> Option<Order> {
        let passed = self.workers.iter().map(|&(passed, _)| passed).min()?;
        if self.busy || passed <= self.committed {
            return None;
        }
        self.committed = passed;
        let (parts, later): (Vec<_>, Vec<_>) = self.parts.drain(..).partition(|part| part.epoch <= passed);
        self.parts = later;
        let Some(last) = parts.iter().map(|part| part.epoch).max() else { return Some(Order::Nothing(passed)) };
        let sunk = self.workers.iter().map(|&(_, sunk)| sunk).min().unwrap_or(0);
        let epoch = if passed == u64::MAX { last } else { passed };
        self.manifest = epoch.max(self.manifest + 1);
        self.busy = true;
        let exactly_once = std::mem::take(&mut self.exactly_once);
        let values = BTreeMap::from([(IDLE.to_owned(), self.idle_up_to(passed).to_le_bytes().to_vec())]);
        let commit = Commit { epoch: self.manifest, parts, sunk, exactly_once, values };
        Some(Order::Background(Job::Commit { up_to: passed, commit }))
    }

    /// The idle time at the end of an epoch. What a worker that is ahead has counted since is none of it: items that are read
    /// again after a restart would meet the time that came after them.
    fn idle_up_to(&mut self, passed: u64) -> i64 {
        let later = if passed == u64::MAX { BTreeMap::new() } else { self.idle.split_off(&(passed + 1)) };
        let idle = std::mem::replace(&mut self.idle, later).into_values().max().unwrap_or(0);
        self.idle.entry(passed).and_modify(|noted| *noted = idle.max(*noted)).or_insert(idle);
        idle
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_has_the_idle_time_of_its_own_epoch() {
        let mut coordinator = Coordinator::new(2, 2);
        let durable = |worker, passed, idle: &[(u64, i64)]| {
            let name = format!("{worker}-{passed}");
            let part = PartRef { name, epoch: 2, worker: worker as u64, bytes: 1, checksum: 0, full: false };
            Durable { worker, passed, sunk: 1, exactly_once: false, idle: idle.to_vec(), parts: vec![part] }
        };
        let committed = |coordinator: &mut Coordinator| match coordinator.next() {
            Some(Order::Background(Job::Commit { commit, .. })) => {
                coordinator.committed();
                i64::from_le_bytes(commit.values[IDLE].as_slice().try_into().expect("eight bytes"))
            }
            _ => panic!("there is something to commit"),
        };
        // Worker 0 is ahead, and has been idle since.
        coordinator.durable(durable(0, 4, &[(2, 10), (3, 700), (4, 800)]));
        coordinator.durable(durable(1, 2, &[(2, 20)]));
        assert_eq!(committed(&mut coordinator), 20);
        coordinator.durable(durable(1, 3, &[(3, 15)]));
        assert_eq!(committed(&mut coordinator), 700);
        coordinator.durable(durable(0, u64::MAX, &[(5, 900)]));
        coordinator.durable(durable(1, u64::MAX, &[]));
        assert_eq!(committed(&mut coordinator), 900);
    }
}
