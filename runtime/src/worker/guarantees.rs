//! What a flow promises from end to end: its sources and sinks taken together.

use crate::sink::Guarantee;
use std::cell::RefCell;

/// What the flow's sources and sinks said of themselves while it was put together.
#[derive(Default)]
pub(crate) struct Guarantees {
    sources: RefCell<Vec<(&'static str, bool)>>,
    sinks: RefCell<Vec<(&'static str, Guarantee)>>,
}

impl Guarantees {
    pub(crate) fn source(&self, step: &'static str, replays: bool) {
        self.sources.borrow_mut().push((step, replays));
    }

    pub(crate) fn sink(&self, step: &'static str, guarantee: Guarantee) {
        self.sinks.borrow_mut().push((step, guarantee));
    }

    /// What holds for each output, a line each, in a flow with recovery or without.
    pub(crate) fn lines(&self, recovery: bool) -> Vec<String> {
        if !recovery {
            return vec!["nothing is kept for a next execution: no recovery (-r)".to_owned()];
        }
        let sinks = self.sinks.borrow();
        let of_sinks = sinks.iter().map(|(step, guarantee)| match guarantee {
            Guarantee::ExactlyOnce => format!("output `{step}`: exactly once"),
            Guarantee::AtLeastOnce => {
                format!("output `{step}`: at least once; what came since the last commit can come again")
            }
        });
        let sources = self.sources.borrow();
        let lost = sources.iter().filter(|(_, replays)| !replays).map(|(step, _)| {
            format!("input `{step}`: cannot be read again; what came since the last commit is lost with a crash")
        });
        of_sinks.chain(lost).collect()
    }
}
