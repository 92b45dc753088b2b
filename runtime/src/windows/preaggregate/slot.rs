//! What a window of a key holds, in the table of the window.

use crate::base::data::{Data, Key, hash_key};
use crate::state::{Mark, Slotted};
use serde::{Deserialize, Serialize};

/// What a window of a key holds.
pub(crate) struct PaneSlot<K, S> {
    pub(crate) key: K,
    pub(crate) mark: Mark,
    pub(crate) state: S,
}

impl<K, S> PaneSlot<K, S> {
    /// One that no snapshot has.
    #[inline(always)]
    pub(crate) fn new(key: K, state: S) -> Self {
        PaneSlot { key, state, mark: Mark::default() }
    }
}

/// Which pane of which key, as a snapshot has it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct PaneKey<K> {
    pub(crate) window: i64,
    pub(crate) key: K,
}

impl<K: Key, S: Data> Slotted for PaneSlot<K, S> {
    type Key = K;
    type State = S;
    /// The id of the window.
    type Of = i64;
    type Stored = PaneKey<K>;

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
    fn mark(&self) -> Mark {
        self.mark
    }

    #[inline(always)]
    fn mark_mut(&mut self) -> &mut Mark {
        &mut self.mark
    }

    fn stored(&self, window: i64) -> PaneKey<K> {
        PaneKey { window, key: self.key.clone() }
    }

    fn to_write(&self, window: i64) -> impl Serialize + '_ {
        PaneKey { window, key: &self.key }
    }
}
