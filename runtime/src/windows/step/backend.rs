//! A window step before it runs, and which of the two ways it goes.

use crate::base::clock::{Moment, Timestamp};
use crate::base::data::{Data, IsKeyed, Key};
use crate::base::error::Fault;
use crate::base::time::EpochEnd;
use crate::state::{BackendFactory, Calls, HashedRow, Placement, Sent, StateBackend, send_by_key, stays};
use crate::stream::{Chain, Down, Push, RoutePush, Stream};
use crate::windows::aggregate::WindowLogic;
use crate::windows::assign::{Kind, Overlap, Takes, Windower};
use crate::windows::by_key::{Options, WindowOut, WindowStep};
use crate::windows::clocks::WatermarkTracker;
use crate::windows::clocks::{Row, WindowRow};
use crate::windows::shared_clock::PreaggregatePush;
use crate::windows::shared_clock::WindowTables;
use crate::worker::{TimerId, WorkerCx};
use std::marker::PhantomData;
use std::rc::Rc;
use std::time::Duration;

/// A window step that is still to be given its state.
pub(crate) struct Windows<V, C, W, L> {
    pub(crate) tracker: C,
    /// Both of these are wherever values are put together too.
    pub(crate) windower: Rc<W>,
    pub(crate) logic: Rc<L>,
    pub(crate) options: Options,
    pub(crate) value: PhantomData<fn(V)>,
}

/// The windows of one worker: by pane where one watermark counts for all keys and nothing has to be kept for a key but its
/// windows, else by key.
pub(crate) enum WindowBackend<K, V, C, W, L>
where
    K: Key,
    V: Data,
    C: WatermarkTracker,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    ByWindow(WindowTables<K, V, C, W, L>),
    ByKey(Calls<K, (C::Stamp, V), WindowStep<V, C, W, L>>),
}

impl<K, V, R, C, W, L> BackendFactory<K, R> for Windows<V, C, W, L>
where
    K: Key,
    V: Data,
    R: WindowRow<K, C::Stamp, V, L::State>,
    C: WatermarkTracker,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    type Backend = WindowBackend<K, V, C, W, L>;

    fn send<'s, T, B, D>(&self, up: Stream<'s, T, B, D>, id: &'static str, placement: Placement) -> Sent<'s, K, R>
    where
        T: IsKeyed<K, R> + 'static,
        B: 'static,
        D: Chain<'s, T>,
    {
        // A part of a slice goes into several windows.
        let whole = <W::Overlap as Overlap>::KIND == Kind::Apart || L::COPIES;
        let combines = L::COMBINES && whole && self.tracker.combines() && self.options.early.is_none();
        // Where a source is read there is a watermark as long as it is, and an epoch has an end.
        if WindowBackend::<K, V, C, W, L>::by_window(&self.options) && D::READS && combines && !stays(&up, placement) {
            let (route, stream, pool) = RoutePush::new(&up.cx, &up.op);
            let state = up.op.state();
            let (windower, logic) = (Rc::clone(&self.windower), Rc::clone(&self.logic));
            let worker = Rc::clone(&up.cx.worker);
            up.build(PreaggregatePush::<K, V, R, C, W, L>::new(id, windower, logic, route, Rc::clone(&state), &worker));
            return Sent { stream, pool, sent_by: state };
        }
        send_by_key(up, id, placement)
    }

    fn backend(self, id: &'static str, worker: &Rc<WorkerCx>) -> Self::Backend {
        let Windows { tracker, windower, logic, options, .. } = self;
        if WindowBackend::<K, V, C, W, L>::by_window(&options) {
            WindowBackend::ByWindow(WindowTables::new(id, tracker, windower, logic, options, worker))
        } else {
            WindowBackend::ByKey(Calls::new(id, WindowStep::new(tracker, windower, logic, options), worker))
        }
    }
}

impl<K, V, C, W, L> WindowBackend<K, V, C, W, L>
where
    K: Key,
    V: Data,
    C: WatermarkTracker,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    /// Whether windows can be kept by pane.
    const BY_WINDOW: bool = !C::OF_KEYS && !matches!(<W::Overlap as Overlap>::KIND, Kind::Merging);
    /// Whether they can be kept by key: by which they must be where values have to wait for their turn.
    const KEYS: bool = !Self::BY_WINDOW || L::ORDER_MATTERS;

    fn by_window(options: &Options) -> bool {
        Self::BY_WINDOW && !(L::ORDER_MATTERS && options.ordered)
    }
}

/// Calls the one that there is: the constants leave out of what is compiled what cannot be.
macro_rules! either {
    ($self:ident, $method:ident($($argument:expr),*)) => {
        match $self {
            Self::ByWindow(slots) if Self::BY_WINDOW => StateBackend::<K, R>::$method(slots, $($argument),*),
            Self::ByKey(calls) if Self::KEYS => calls.$method($($argument),*),
            _ => unreachable!("{WAYS}"),
        }
    };
}

const WAYS: &str = "windows are kept in the way that their types say";

impl<K, V, R, C, W, L> StateBackend<K, R> for WindowBackend<K, V, C, W, L>
where
    K: Key,
    V: Data,
    R: WindowRow<K, C::Stamp, V, L::State>,
    C: WatermarkTracker,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    type Out = WindowOut<L::Out, V>;
    const HEARS: bool = C::HEARS;

    fn senders(&mut self, from_start: Vec<bool>) {
        either!(self, senders(from_start));
    }

    fn resume(&mut self) -> Result<(), Fault> {
        either!(self, resume())
    }

    fn len(&self) -> usize {
        either!(self, len())
    }

    fn begin(&mut self, now: Moment) -> bool {
        either!(self, begin(now))
    }

    fn catch_up<P: Push<(K, Self::Out)>>(&mut self, next: &mut Down<'_, (K, Self::Out), P>) {
        either!(self, catch_up(next));
    }

    #[inline(always)]
    fn take<P: Push<(K, Self::Out)>>(
        &mut self,
        from: usize,
        (hash, key, row): HashedRow<K, R>,
        next: &mut Down<'_, (K, Self::Out), P>,
    ) {
        match self {
            Self::ByWindow(slots) if Self::BY_WINDOW => slots.take(from, (hash, key, row), next),
            Self::ByKey(calls) if Self::KEYS => {
                if let Row::Value(stamp, value) = row.open() {
                    calls.take(from, (hash, key, (stamp, value)), next);
                }
            }
            _ => unreachable!("{WAYS}"),
        }
    }

    fn hear<P: Push<(K, Self::Out)>>(
        &mut self,
        from: usize,
        watermark: Timestamp,
        next: &mut Down<'_, (K, Self::Out), P>,
    ) {
        either!(self, hear(from, watermark, next));
    }

    fn end_epoch<P: Push<(K, Self::Out)>>(&mut self, next: &mut Down<'_, (K, Self::Out), P>) {
        either!(self, end_epoch(next));
    }

    fn end<P: Push<(K, Self::Out)>>(&mut self, next: &mut Down<'_, (K, Self::Out), P>) {
        either!(self, end(next));
    }

    fn record(&mut self, end: EpochEnd) {
        either!(self, record(end));
    }

    fn write_some(&mut self, time: Duration) -> bool {
        either!(self, write_some(time))
    }

    fn wake_at(&self) -> Option<Timestamp> {
        either!(self, wake_at())
    }

    fn set_timer(&mut self, worker: &Rc<WorkerCx>, due: TimerId) {
        either!(self, set_timer(worker, due));
    }
}
