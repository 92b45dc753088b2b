//! The ids by which steps keep state: those within an `apply` begin with its id, and none is used twice.

use crate::base::error::Error;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Ids that begin with that of an `apply`. They live for as long as the program, as those that are written in it do.
static WITHIN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());

/// The ids of one worker's steps.
#[derive(Default)]
pub(crate) struct Ids {
    /// The `apply`s that are being built, each within the one before.
    applies: RefCell<Vec<&'static str>>,
    claimed: RefCell<BTreeSet<&'static str>>,
}

/// While it lives, steps that are built are within an `apply`.
pub(crate) struct Apply<'a>(&'a Ids);

impl Drop for Apply<'_> {
    fn drop(&mut self) {
        self.0.applies.borrow_mut().pop();
    }
}

impl Ids {
    /// Begins to build what is within the `apply` of this id.
    pub(crate) fn apply(&self, id: &'static str) -> Apply<'_> {
        let id = self.of(id);
        self.applies.borrow_mut().push(id);
        Apply(self)
    }

    /// The id of a step that is built now: `outer.inner` within `apply("outer", …)`. What it has returned it returns as it is.
    pub(crate) fn of(&self, id: &'static str) -> &'static str {
        let applies = self.applies.borrow();
        let Some(outer) = applies.last() else { return id };
        let mut within = WITHIN.lock().unwrap_or_else(PoisonError::into_inner);
        if within.get(id).is_some_and(|known| std::ptr::eq(*known, id)) {
            return id;
        }
        let full = format!("{outer}.{id}");
        if let Some(known) = within.get(full.as_str()) {
            return known;
        }
        let full: &'static str = full.leak();
        within.insert(full);
        full
    }

    /// Claims an id for a step that reads, writes or keeps state.
    pub(crate) fn claim(&self, id: &'static str) -> Result<(), Error> {
        if self.claimed.borrow_mut().insert(id) {
            return Ok(());
        }
        Err(Error::Config {
            what: format!(
                "two steps have the id `{id}`, by which what they keep is found again; give each step that is called in a \
                 function of `apply` its own id, and each `apply` too"
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_within_an_apply_begin_with_its_own() {
        let ids = Ids::default();
        assert_eq!(ids.of("count"), "count");
        let outer = ids.apply("outer");
        let count = ids.of("count");
        assert_eq!(count, "outer.count");
        assert_eq!(ids.of(count), "outer.count");
        let inner = ids.apply("inner");
        assert_eq!(ids.of("count"), "outer.inner.count");
        drop(inner);
        assert!(std::ptr::eq(ids.of("count"), count));
        drop(outer);
        assert_eq!(ids.of("count"), "count");
        assert!(ids.claim(count).is_ok());
        assert!(ids.claim("outer.count").is_err());
    }
}
