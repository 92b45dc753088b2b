//! What a window step remembers of the keys that it has forgotten.

use crate::base::clock::Timestamp;
use crate::base::data::{KEY_GROUPS, Key, hash_key, key_group};

/// How far the windows of forgotten keys had come, for each key group: so it does not depend on the number of workers.
pub(crate) struct Forgotten(Vec<Group>);

/// The greatest close, and the least session number that has not been given away.
type Group = (Timestamp, i64);

/// A group by its number.
pub(crate) type Known = (usize, Group);

const NEVER: Group = (Timestamp::MIN, 0);

fn group_of<K: Key>(key: &K) -> usize {
    usize::try_from(key_group(hash_key(key))).unwrap_or(0)
}

impl Forgotten {
    /// Nothing takes no memory.
    pub(crate) fn new() -> Self {
        Forgotten(Vec::new())
    }

    /// What is known of a key of which nothing is known.
    pub(crate) fn of<K: Key>(&self, key: &K) -> Group {
        if self.0.is_empty() { NEVER } else { self.0[group_of(key)] }
    }

    pub(crate) fn add<K: Key>(&mut self, key: &K, closed: Timestamp, next_id: i64) {
        self.raise(group_of(key), (closed, next_id));
    }

    fn raise(&mut self, group: usize, (closed, next_id): Group) {
        if self.0.is_empty() {
            self.0 = vec![NEVER; KEY_GROUPS as usize];
        }
        if let Some(known) = self.0.get_mut(group) {
            *known = (known.0.max(closed), known.1.max(next_id));
        }
    }

    /// What is known, for a snapshot.
    pub(crate) fn save(&self) -> Vec<Known> {
        let known = self.0.iter().enumerate().filter(|(_, group)| **group != NEVER);
        known.map(|(at, group)| (at, *group)).collect()
    }

    pub(crate) fn restore(&mut self, saved: Vec<Known>) {
        saved.into_iter().for_each(|(at, group)| self.raise(at, group));
    }
}
