//! A window step before it runs, and which of the two ways it goes.

use super::keeper::Keeper;
use super::keyed::{Options, WindowOut, WindowStep};
use super::logic::WindowLogic;
use super::panes::Panes;
use super::windower::{Kind, Overlap, Takes, Windower};
use crate::clock::{Moment, Timestamp};
use crate::data::{Data, Key};
use crate::error::Fault;
use crate::state::{Calls, Keep, Kept, Keyed};
use crate::stream::{Down, Push};
use crate::time::EpochEnd;
use crate::worker::{TimerId, WorkerCx};
use std::rc::Rc;
use std::time::Duration;

/// A window step that is still to be given its state.
pub(super) struct Windows<C, W, L> {
    pub(super) keeper: C,
    pub(super) windower: W,
    pub(super) logic: L,
    pub(super) options: Options,
}

/// The windows of one worker: by pane where one watermark counts for all keys and nothing has to be kept for a key but its
/// windows, else by key.
pub(crate) enum KeptWindows<K, V, C, W, L>
where
    K: Key,
    V: Data,
    C: Keeper,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    ByPane(Panes<K, V, C, W, L>),
    ByKey(Calls<K, (C::Stamp, V), WindowStep<V, C, W, L>>),
}

impl<K, V, C, W, L> Keep<K, (C::Stamp, V)> for Windows<C, W, L>
where
    K: Key,
    V: Data,
    C: Keeper,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    type Kept = KeptWindows<K, V, C, W, L>;

    fn keep(self, id: &'static str, worker: &Rc<WorkerCx>) -> Self::Kept {
        let Windows { keeper, windower, logic, options } = self;
        if Self::Kept::BY_PANE {
            KeptWindows::ByPane(Panes::new(id, keeper, windower, logic, options, worker))
        } else {
            KeptWindows::ByKey(Calls::new(id, WindowStep::new(keeper, windower, logic, options), worker))
        }
    }
}

impl<K, V, C, W, L> KeptWindows<K, V, C, W, L>
where
    K: Key,
    V: Data,
    C: Keeper,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    const BY_PANE: bool = !C::OF_KEYS && !L::ORDER_MATTERS && !matches!(<W::Overlap as Overlap>::KIND, Kind::Merging);
}

/// Calls the one that there is: the constant leaves the other out of what is compiled.
macro_rules! either {
    ($self:ident, $kept:ident => $call:expr) => {
        match $self {
            Self::ByPane($kept) if Self::BY_PANE => $call,
            Self::ByKey($kept) if !Self::BY_PANE => $call,
            _ => unreachable!("windows are kept in the way that their types say"),
        }
    };
}

impl<K, V, C, W, L> Kept<K, (C::Stamp, V)> for KeptWindows<K, V, C, W, L>
where
    K: Key,
    V: Data,
    C: Keeper,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    type Out = WindowOut<L::Out, V>;
    const HEARS: bool = C::HEARS;

    fn senders(&mut self, from_start: Vec<bool>) {
        either!(self, kept => kept.senders(from_start));
    }

    fn resume(&mut self) -> Result<(), Fault> {
        either!(self, kept => kept.resume())
    }

    fn len(&self) -> usize {
        either!(self, kept => kept.len())
    }

    fn begin(&mut self, now: Moment) -> bool {
        either!(self, kept => kept.begin(now))
    }

    fn catch_up<P: Push<(K, Self::Out)>>(&mut self, next: &mut Down<'_, (K, Self::Out), P>) {
        either!(self, kept => kept.catch_up(next));
    }

    #[inline(always)]
    fn take<P: Push<(K, Self::Out)>>(
        &mut self,
        from: usize,
        row: Keyed<K, (C::Stamp, V)>,
        next: &mut Down<'_, (K, Self::Out), P>,
    ) {
        either!(self, kept => kept.take(from, row, next));
    }

    fn hear<P: Push<(K, Self::Out)>>(
        &mut self,
        from: usize,
        watermark: Timestamp,
        next: &mut Down<'_, (K, Self::Out), P>,
    ) {
        either!(self, kept => kept.hear(from, watermark, next));
    }

    fn end_epoch<P: Push<(K, Self::Out)>>(&mut self, next: &mut Down<'_, (K, Self::Out), P>) {
        either!(self, kept => kept.end_epoch(next));
    }

    fn end<P: Push<(K, Self::Out)>>(&mut self, next: &mut Down<'_, (K, Self::Out), P>) {
        either!(self, kept => kept.end(next));
    }

    fn record(&mut self, end: EpochEnd) {
        either!(self, kept => kept.record(end));
    }

    fn write_some(&mut self, time: Duration) -> bool {
        either!(self, kept => kept.write_some(time))
    }

    fn wake_at(&self) -> Option<Timestamp> {
        either!(self, kept => kept.wake_at())
    }

    fn set_timer(&mut self, worker: &Rc<WorkerCx>, due: TimerId) {
        either!(self, kept => kept.set_timer(worker, due));
    }
}
