//! What items, keys and values must be, and how a key is hashed and placed.

use foldhash::fast::FixedState;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::hash::{BuildHasher, Hash};

/// A key: it can be hashed, compared, copied, stored and sent. Any such type is a key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key",
    label = "a key is `Hash + Eq + Clone + Serialize + Deserialize + Send`",
    note = "write `#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]` on its type, or make a key of text or whole numbers"
)]
pub trait Key: Hash + Eq + Clone + Serialize + DeserializeOwned + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<K: Hash + Eq + Clone + Serialize + DeserializeOwned + Send + 'static> Key for K {}

/// A value that can be stored and sent to another worker. Any type with serde's traits is one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to another worker or stored",
    label = "needs `Serialize + Deserialize + Send`",
    note = "write `#[derive(Serialize, Deserialize)]` on its type"
)]
pub trait Data: Serialize + DeserializeOwned + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + Send + 'static> Data for T {}

/// An item with a key: a pair. What keyed steps ask of a stream's items.
pub trait IsKeyed<K, V> {
    /// The key and the value.
    fn into_pair(self) -> (K, V);
}

impl<K, V> IsKeyed<K, V> for (K, V) {
    #[inline(always)]
    fn into_pair(self) -> (K, V) {
        self
    }
}

/// An item of a keyed stream: a pair whose key can be hashed, stored and sent.
#[diagnostic::on_unimplemented(
    message = "this step needs a keyed stream, and this one carries `{Self}`",
    label = "needs items `(key, value)`",
    note = "put `-> key_on(\"id\", |item| …)` before it"
)]
pub trait Keyed: IsKeyed<Self::Key, Self::Value> + 'static {
    /// By which items are brought together.
    type Key: Key;
    /// What a step has to do with.
    type Value: 'static;
}

#[diagnostic::do_not_recommend]
impl<K: Key, V: 'static> Keyed for (K, V) {
    type Key = K;
    type Value = V;
}

/// An item of a keyed stream whose values can be stored and sent.
pub trait KeyedData: Keyed<Value: Data> {}

impl<T: Keyed<Value: Data>> KeyedData for T {}

/// An item of a keyed stream whose values have an order too.
pub trait KeyedOrd: KeyedData<Value: Ord> {}

impl<T: KeyedData<Value: Ord>> KeyedOrd for T {}

/// The number of key groups: the unit in which keys are shared out over workers. It never changes, so that state stored
/// by one number of workers can be read by another.
pub const KEY_GROUPS: u64 = 1024;

/// The hash by which a key is placed and found. It is the same in every process and every execution.
#[inline(always)]
pub fn hash_key<K: Hash>(key: &K) -> u64 {
    FixedState::with_seed(0x666c_6f77_7374_6f6e).hash_one(key)
}

/// The key group of a hash.
///
/// It takes bits from the middle: a hash table finds its bucket by the low ones and its tag by the high ones, and these
/// must stay as good on each worker as they were before keys were shared out.
#[inline(always)]
#[must_use]
pub fn key_group(hash: u64) -> u64 {
    (hash >> 40) % KEY_GROUPS
}

/// The worker that owns a hash's key group: consecutive groups to each.
#[inline(always)]
#[must_use]
pub fn owner(hash: u64, workers: usize) -> usize {
    (key_group(hash) * workers as u64 / KEY_GROUPS) as usize
}

/// The key groups that a worker owns.
#[must_use]
pub(crate) fn key_groups_of(worker: usize, workers: usize) -> std::ops::Range<u16> {
    let first = |worker: usize| (worker as u64 * KEY_GROUPS).div_ceil(workers as u64) as u16;
    first(worker)..first(worker + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_owns_the_groups_whose_owner_it_is() {
        for workers in [1, 2, 3, 7, 1000, 2000] {
            for worker in 0..workers {
                let groups = key_groups_of(worker, workers);
                let hashes = (0..KEY_GROUPS).map(|group| group << 40);
                let owned: Vec<_> = hashes.filter(|hash| owner(*hash, workers) == worker).map(key_group).collect();
                assert_eq!(owned, groups.map(u64::from).collect::<Vec<_>>(), "{worker} of {workers}");
            }
        }
    }

    #[test]
    fn every_worker_owns_about_as_many_keys() {
        for workers in [1, 2, 3, 4, 7] {
            let mut owned = vec![0usize; workers];
            for key in 0..10_000u32 {
                owned[owner(hash_key(&key), workers)] += 1;
            }
            let fair = 10_000 / workers;
            assert!(owned.iter().all(|&n| n > fair * 8 / 10 && n < fair * 12 / 10), "{workers}: {owned:?}");
        }
    }

    #[test]
    fn a_hash_is_the_same_in_every_execution() {
        assert_eq!(hash_key(&"page"), 6_459_236_111_037_698_437);
    }
}
