//! The timers of one worker: operators are activated when the flow's clock passes a moment.

use crate::clock::Timestamp;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use timely::scheduling::Activator;

/// The timers of one worker. An operator has one timer, the earliest moment it waits for.
#[derive(Default)]
pub(crate) struct Timers {
    operators: RefCell<Vec<(Activator, Option<Timestamp>)>>,
    due: RefCell<BTreeSet<(Timestamp, usize)>>,
    wakeups: Cell<u64>,
}

/// An operator's place among the timers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimerId(usize);

impl Timers {
    pub(crate) fn add(&self, activator: Activator) -> TimerId {
        let mut operators = self.operators.borrow_mut();
        operators.push((activator, None));
        TimerId(operators.len() - 1)
    }

    /// Sets the moment at which the operator is activated, in place of the one before; `None` for no moment.
    pub(crate) fn set(&self, TimerId(id): TimerId, at: Option<Timestamp>) {
        let mut operators = self.operators.borrow_mut();
        let slot = &mut operators[id].1;
        if *slot != at {
            let mut due = self.due.borrow_mut();
            if let Some(before) = *slot {
                due.remove(&(before, id));
            }
            if let Some(at) = at {
                due.insert((at, id));
            }
            *slot = at;
        }
    }

    /// Activates every operator whose moment has come.
    pub(crate) fn fire(&self, now: Timestamp) {
        let mut due = self.due.borrow_mut();
        while let Some(&(at, id)) = due.first() {
            if at > now {
                break;
            }
            due.remove(&(at, id));
            let slot = &mut self.operators.borrow_mut()[id];
            slot.1 = None;
            slot.0.activate();
            self.wakeups.set(self.wakeups.get() + 1);
        }
    }

    /// The next moment at which an operator is due.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.due.borrow().first().map(|&(at, _)| at)
    }
}
