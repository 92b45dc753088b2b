//! The timers of one worker: operators are activated when the flow's clock, or its idle time, passes a moment.

use crate::base::clock::{Moment, Timestamp};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use timely::scheduling::Activator;

/// The timers of one worker. An operator has one timer for each that it added, the earliest moment it waits for.
#[derive(Default)]
pub(crate) struct Timers {
    operators: RefCell<Vec<(Activator, Option<Set>)>>,
    system: RefCell<BTreeSet<(Timestamp, usize)>>,
    idle: RefCell<BTreeSet<(Timestamp, usize)>>,
    wakeups: Cell<u64>,
}

/// A moment that is set, by the flow's clock or by its idle time.
#[derive(Clone, Copy, PartialEq)]
enum Set {
    System(Timestamp),
    Idle(Timestamp),
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
    pub(crate) fn set(&self, id: TimerId, at: Option<Timestamp>) {
        self.replace(id, at.map(Set::System));
    }

    /// The same, by the flow's idle time.
    pub(crate) fn set_idle(&self, id: TimerId, at: Option<Timestamp>) {
        self.replace(id, at.map(Set::Idle));
    }

    fn replace(&self, TimerId(id): TimerId, set: Option<Set>) {
        let mut operators = self.operators.borrow_mut();
        let slot = &mut operators[id].1;
        if *slot == set {
            return;
        }
        match std::mem::replace(slot, set) {
            Some(Set::System(at)) => drop(self.system.borrow_mut().remove(&(at, id))),
            Some(Set::Idle(at)) => drop(self.idle.borrow_mut().remove(&(at, id))),
            None => {}
        }
        match set {
            Some(Set::System(at)) => drop(self.system.borrow_mut().insert((at, id))),
            Some(Set::Idle(at)) => drop(self.idle.borrow_mut().insert((at, id))),
            None => {}
        }
    }

    /// The next moment by the flow's idle time.
    pub(crate) fn next_idle(&self) -> Option<Timestamp> {
        self.idle.borrow().first().map(|&(at, _)| at)
    }

    /// Activates every operator whose moment has come.
    pub(crate) fn fire(&self, now: Moment) {
        self.fire_from(&self.system, now.system);
        self.fire_from(&self.idle, now.idle);
    }

    fn fire_from(&self, due: &RefCell<BTreeSet<(Timestamp, usize)>>, now: Timestamp) {
        let mut due = due.borrow_mut();
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

    /// How often an operator has been activated.
    pub(crate) fn wakeups(&self) -> u64 {
        self.wakeups.get()
    }

    /// The next moment by the flow's clock.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.system.borrow().first().map(|&(at, _)| at)
    }
}
