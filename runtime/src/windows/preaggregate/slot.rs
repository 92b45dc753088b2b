//! What a window of a key holds, in the table of the window.

use crate::base::data::{Data, Key, hash_key};
use crate::state::{DirtyFlag, Slotted};
use serde::{Deserialize, Serialize};

/// What a window of a key holds.
pub(crate) struct WindowSlot<K, S> {
    pub(crate) key: K,
    pub(crate) flag: DirtyFlag,
    pub(crate) state: S,
}

impl<K, S> WindowSlot<K, S> {
    /// One that no snapshot has.
    #[inline(always)]
    pub(crate) fn new(key: K, state: S) -> Self {
        WindowSlot { key, state, flag: DirtyFlag::default() }
    }
}

/// Which pane of which key, as a snapshot has it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename = "PaneKey")]
pub(crate) struct WindowKey<K> {
    pub(crate) window: i64,
    pub(crate) key: K,
}

impl<K: Key, S: Data> Slotted for WindowSlot<K, S> {
    type Key = K;
    type State = S;
    /// The id of the window.
    type Of = i64;
    type Stored = WindowKey<K>;

    fn hash(&self) -> u64 {
        hash_key(&self.key)
    }

    #[inline(always)]
    fn key(&self) -> &K {
        &self.key
    }

    fn state(&self) -> &S {
        &self.state
    }

    #[inline(always)]
    fn flag(&self) -> DirtyFlag {
        self.flag
    }

    #[inline(always)]
    fn flag_mut(&mut self) -> &mut DirtyFlag {
        &mut self.flag
    }

    fn stored(&self, window: i64) -> WindowKey<K> {
        WindowKey { window, key: self.key.clone() }
    }

    fn to_write(&self, window: i64) -> impl Serialize + '_ {
        WindowKey { window, key: &self.key }
    }
}
