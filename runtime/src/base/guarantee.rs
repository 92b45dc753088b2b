//! What sinks guarantee, and what orders the executions of a flow.

/// How often an item is put out when executions are stopped, at any moment, and started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guarantee {
    /// Once or more often: what came since the last commit is put out again.
    AtLeastOnce,
    /// Once.
    ExactlyOnce,
}

/// What orders the executions of a flow with recovery, so that whatever a sink writes to can tell a newer one from an older
/// one: a fencing token.
///
/// The store makes sure that one execution at a time commits, but an older execution that was held up wakes up in the middle
/// of what it was doing to files or services outside the store. A sink guards those itself:
/// - What it leaves aside is named by `store` and `generation`, and it removes only what has its own store and a lower
///   generation.
/// - It writes the fence beside its output before it changes anything there, and looks before each change whether a higher
///   generation of the same store has done so: then it fails with a fault that is [`fenced`](crate::error::Fault::fenced).
///   A service that can compare the number itself is better still.
/// - Between that look and the change it can be held up too. So the change is one that comes to the same when it is done late:
///   it renames a file that only this execution has, or writes the same bytes to the same place. It never truncates or
///   replaces what a newer execution may have added to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fence {
    /// The id of the recovery store: generations of different stores cannot be compared.
    pub store: u64,
    /// The number of the execution's take-over of the store. A later take-over has a higher one.
    pub generation: u64,
    /// The epoch that the take-over counts as: what earlier executions have committed is of earlier epochs, and what this one
    /// commits is of later ones. Output of this epoch or a later one, by an earlier execution of the same store, shows that the
    /// store was put back to an older state.
    pub epoch: u64,
}
