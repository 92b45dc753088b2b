//! What the core of a stateful step holds: all that is kept by key on one worker, and what is to happen to it.

use crate::base::clock::{Moment, Timestamp};
use crate::base::error::Fault;
use crate::base::time::EpochEnd;
use crate::stream::{Down, Push};
use crate::worker::{TimerId, WorkerCx};
use std::rc::Rc;
use std::time::Duration;

/// A row on its way to a stateful step: the key's hash travels with it.
pub(crate) type HashedRow<K, V> = (u64, K, V);

/// The state of a step on one worker: [`Calls`](super::calls::Calls) has a slot for each key. It is told of rows and of the
/// ends of epochs in the order in which they come, and never of two things at once.
pub(crate) trait StateBackend<K, V>: 'static {
    /// What comes out for a key.
    type Out: 'static;
    /// True where rows carry watermarks, which `hear` is told of too.
    const HEARS: bool;

    /// Who sends rows, called before the first row and after `resume`: of each worker, input by input, whether its watermark
    /// counts from the start.
    fn senders(&mut self, from_start: Vec<bool>);

    /// Takes over what the execution before has left.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn resume(&mut self) -> Result<(), Fault>;

    /// How many slots there are.
    fn len(&self) -> usize;

    /// Begins a round; true where something is due.
    fn begin(&mut self, now: Moment) -> bool;

    /// Does what is due.
    fn catch_up<P: Push<(K, Self::Out)>>(&mut self, next: &mut Down<'_, (K, Self::Out), P>);

    /// Takes a row of worker `from`.
    fn take<P: Push<(K, Self::Out)>>(
        &mut self,
        from: usize,
        row: HashedRow<K, V>,
        next: &mut Down<'_, (K, Self::Out), P>,
    );

    /// Hears of a sender's watermark, behind its rows.
    fn hear<P: Push<(K, Self::Out)>>(
        &mut self,
        _from: usize,
        _watermark: Timestamp,
        _next: &mut Down<'_, (K, Self::Out), P>,
    ) {
    }

    /// All rows of an epoch have been taken.
    fn end_epoch<P: Push<(K, Self::Out)>>(&mut self, _next: &mut Down<'_, (K, Self::Out), P>) {}

    /// The input has ended.
    fn end<P: Push<(K, Self::Out)>>(&mut self, next: &mut Down<'_, (K, Self::Out), P>);

    /// Sets aside what a snapshot is owed of an epoch that has ended, or all of it behind the `last`.
    fn record(&mut self, end: EpochEnd);

    /// Writes what snapshots are owed for as long as `time`; true where some is left.
    fn write_some(&mut self, time: Duration) -> bool;

    /// When, by the flow's clock, the step itself wants a round.
    fn wake_at(&self) -> Option<Timestamp>;

    /// Sets the timer of the key that is due next.
    fn set_timer(&mut self, _worker: &Rc<WorkerCx>, _due: TimerId) {}
}
