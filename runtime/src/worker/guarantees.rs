//! What a flow promises from end to end: its sources and sinks taken together.

use crate::base::guarantee::Guarantee;
use std::cell::RefCell;
use std::fmt;

/// What the flow's sources and sinks said of themselves while it was put together.
#[derive(Default)]
pub(crate) struct Guarantees {
    promises: RefCell<Vec<Promise>>,
}

/// What holds for one end of a flow with recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Promise {
    ExactlyOnce(&'static str),
    AtLeastOnce(&'static str),
    /// Of an input: items since the last commit are lost in a crash.
    Unrepeatable(&'static str),
}

impl Promise {
    /// The end's id, and the promise in a few words.
    pub(crate) fn short(&self) -> (&'static str, &'static str) {
        match self {
            Promise::ExactlyOnce(step) => (step, "exactly once"),
            Promise::AtLeastOnce(step) => (step, "at least once"),
            Promise::Unrepeatable(step) => (step, "cannot be read again"),
        }
    }
}

impl fmt::Display for Promise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (step, short) = self.short();
        match self {
            Promise::ExactlyOnce(_) => write!(f, "output `{step}`: {short}"),
            Promise::AtLeastOnce(_) => {
                write!(f, "output `{step}`: {short}; items since the last commit can appear again")
            }
            Promise::Unrepeatable(_) => {
                write!(f, "input `{step}`: {short}; items since the last commit are lost in a crash")
            }
        }
    }
}

impl Guarantees {
    pub(crate) fn source(&self, step: &'static str, replays: bool) {
        if !replays {
            self.promises.borrow_mut().push(Promise::Unrepeatable(step));
        }
    }

    pub(crate) fn sink(&self, step: &'static str, guarantee: Guarantee) {
        self.promises.borrow_mut().push(match guarantee {
            Guarantee::ExactlyOnce => Promise::ExactlyOnce(step),
            Guarantee::AtLeastOnce => Promise::AtLeastOnce(step),
        });
    }

    /// What holds for each output, and for each input that cannot be read again; outputs come first.
    pub(crate) fn promises(&self) -> Vec<Promise> {
        let mut promises = self.promises.borrow().clone();
        promises.sort_by_key(|promise| matches!(promise, Promise::Unrepeatable(_)));
        promises
    }
}

/// The same, a line each, in a flow with recovery or without.
pub(crate) fn lines(promises: &[Promise], recovery: bool) -> Vec<String> {
    match recovery {
        true => promises.iter().map(Promise::to_string).collect(),
        false => vec!["nothing is stored for the next execution: no recovery (-r)".to_owned()],
    }
}
