//! The windows of one key that are open, or closed and still to be corrected.

use crate::base::clock::Timestamp;
use crate::windows::assign::Window;
use serde::{Deserialize, Serialize};
use thin_vec::ThinVec;

/// A window and what it holds. What is nearly always the same is not written down: a snapshot has millions of them.
#[derive(Serialize, Deserialize)]
pub(crate) struct Open<S> {
    pub(crate) id: i64,
    pub(crate) open: Timestamp,
    pub(crate) close: Timestamp,
    /// The ids of the sessions that it has taken in; seldom any.
    #[serde(default, skip_serializing_if = "ThinVec::is_empty")]
    pub(crate) merged: ThinVec<i64>,
    /// True once it has closed: it is kept for values that are late.
    #[serde(default, skip_serializing_if = "is_false", rename = "told")]
    pub(crate) fired: bool,
    /// True where it has closed before, and then become part of a session that is open.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) corrects: bool,
    /// True where a value has come since it was put out.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) changed: bool,
    pub(crate) state: S,
}

fn is_false(it: &bool) -> bool {
    !it
}

/// The id of a session of which nothing has come out.
pub(crate) const UNNUMBERED: i64 = i64::MIN;

/// The id, which is the next one if there is none yet.
#[inline(always)]
pub(crate) fn numbered(id: &mut i64, next_id: &mut i64) -> i64 {
    if *id == UNNUMBERED {
        *id = *next_id;
        *next_id += 1;
    }
    *id
}

impl<S> Open<S> {
    /// Takes in the id of a session that has become one with this, which opened before it.
    pub(crate) fn take_id(&mut self, other: i64) {
        match (self.id, other) {
            (_, UNNUMBERED) => {}
            // What has come out goes on under its id.
            (UNNUMBERED, other) => self.id = other,
            (_, other) => self.merged.push(other),
        }
    }

    pub(crate) fn new(window: Window, state: S) -> Self {
        let Window { id, open, close } = window;
        Open { id, open, close, merged: ThinVec::new(), fired: false, corrects: false, changed: false, state }
    }
}

/// Windows of one key. The one that opened last, into which nearly every value goes, lies in the key's own slot of the
/// table; the others are found behind a pointer.
#[derive(Serialize, Deserialize)]
pub(crate) struct OpenWindows<S> {
    pub(crate) newest: Option<Open<S>>,
    #[serde(default = "ThinVec::new", skip_serializing_if = "ThinVec::is_empty")]
    pub(crate) others: ThinVec<Open<S>>,
}

impl<S> OpenWindows<S> {
    pub(crate) fn new() -> Self {
        OpenWindows { newest: None, others: ThinVec::new() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.newest.is_none() && self.others.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Open<S>> {
        self.newest.iter().chain(&self.others)
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Open<S>> {
        self.newest.iter_mut().chain(&mut self.others)
    }

    pub(crate) fn add(&mut self, window: Open<S>) {
        match &mut self.newest {
            Some(newest) if newest.open > window.open => self.others.push(window),
            Some(newest) => self.others.push(std::mem::replace(newest, window)),
            None => self.newest = Some(window),
        }
    }

    /// Moves the windows for which `of` says so to `into`.
    pub(crate) fn take(&mut self, into: &mut Vec<Open<S>>, mut of: impl FnMut(&Open<S>) -> bool) {
        if let Some(newest) = self.newest.take_if(|window| of(window)) {
            into.push(newest);
        }
        if !self.others.is_empty() {
            into.extend(self.others.extract_if(.., |window| of(window)));
            if self.newest.is_none() {
                let last = (0..self.others.len()).max_by_key(|at| self.others[*at].open);
                self.newest = last.map(|at| self.others.swap_remove(at));
            }
        }
    }
}
