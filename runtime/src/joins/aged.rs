//! State that is forgotten some time after its key was last heard of.

use crate::base::clock::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// State, when it was last touched, and when somebody looks whether it is too old.
///
/// The timer is not moved each time: that would be one more timer a value. When it is due, it is set anew if the state
/// was touched meanwhile.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Aged<S> {
    pub(crate) state: S,
    touched: Timestamp,
    look_at: Option<Timestamp>,
}

impl<S: Default> Default for Aged<S> {
    fn default() -> Self {
        Aged { state: S::default(), touched: Timestamp::MIN, look_at: None }
    }
}

impl<S> Aged<S> {
    /// Something has come for it.
    #[inline(always)]
    pub(crate) fn touch(&mut self, ttl: Option<Duration>, now: Timestamp) {
        if let Some(ttl) = ttl {
            self.touched = now;
            self.look_at = self.look_at.or(Some(now.after(ttl)));
        }
    }

    /// When to look at it.
    #[inline(always)]
    pub(crate) fn look_at(&self) -> Option<Timestamp> {
        self.look_at
    }

    /// Whether it is too old, looked at now; where it is not, it says when to look again.
    pub(crate) fn is_old(&mut self, ttl: Option<Duration>, now: Timestamp) -> bool {
        let end = ttl.map(|ttl| self.touched.after(ttl));
        self.look_at = end;
        end.is_some_and(|end| end <= now)
    }
}
