//! Where values are put together before they are sent: parts go to the worker that owns the key as their interval ends,
//! or the epoch does.

use super::backend::resumed_at;
use crate::base::clock::Timestamp;
use crate::base::data::{Data, IsKeyed, Key, hash_key, owner};
use crate::base::time::EpochEnd;
use crate::state::HashedRow;
use crate::stream::{OpState, Push, RoutePush, named};
use crate::windows::aggregate::WindowLogic;
use crate::windows::assign::{Takes, Window, Windower};
use crate::windows::clocks::WatermarkTracker;
use crate::windows::clocks::{PartialBatch, PartialRow, Row, WindowRow};
use crate::windows::preaggregate::WindowSlot;
use crate::windows::preaggregate::{ForStep, Partials};
use crate::worker::WorkerCx;
use std::marker::PhantomData;
use std::rc::Rc;

/// The end of the chain that reads a source, where it puts values together.
pub(crate) struct PreaggregatePush<K: Key, V, R, C, W, L: WindowLogic<V>> {
    id: &'static str,
    windower: Rc<W>,
    logic: Rc<L>,
    partials: Partials<K, L::State>,
    /// What closes by this watermark had closed in the execution before.
    resumed_at: Timestamp,
    route: RoutePush<HashedRow<K, R>>,
    /// Parts on their way, by worker.
    leaving: Vec<Vec<PartialRow<K, L::State>>>,
    /// How many parts go as one row.
    together: usize,
    state: Rc<OpState>,
    types: PhantomData<fn(V, C)>,
}

/// How many values a part must be of: each is put into a table here, and goes through an exchange.
const WORTH_WHILE: usize = 4;
/// The most parts that go as one row.
const TOGETHER: usize = 1024;

impl<K, V, R, C, W, L> PreaggregatePush<K, V, R, C, W, L>
where
    K: Key,
    V: Data,
    R: WindowRow<K, C::Stamp, V, L::State>,
    C: WatermarkTracker,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    pub(crate) fn new(
        id: &'static str,
        windower: Rc<W>,
        logic: Rc<L>,
        route: RoutePush<HashedRow<K, R>>,
        state: Rc<OpState>,
        worker: &WorkerCx,
    ) -> Self {
        let (leaving, resumed_at) = ((0..worker.peers).map(|_| Vec::new()).collect(), resumed_at(id, worker));
        let partials = Partials::new(WORTH_WHILE);
        let together = worker.perturbed.as_ref().map_or(TOGETHER, |perturbed| perturbed.capacity());
        PreaggregatePush {
            id,
            windower,
            logic,
            partials,
            resumed_at,
            route,
            leaving,
            together,
            state,
            types: PhantomData,
        }
    }

    /// Sends between two batches what ends by `watermark`.
    fn send_all(&mut self, watermark: Timestamp) {
        if watermark >= self.partials.next() {
            let mut own = self.route.open();
            self.send(&mut own, watermark);
            self.route.close(own);
        }
    }

    /// Sends the parts of what ends by `watermark`.
    #[inline(never)]
    fn send(&mut self, own: &mut Vec<HashedRow<K, R>>, watermark: Timestamp) {
        let PreaggregatePush { partials, route, leaving, together, .. } = self;
        partials.give_due(watermark, |interval, slots| {
            for WindowSlot { key, state, .. } in slots {
                let hash = hash_key(&key);
                let target = owner(hash, leaving.len());
                leaving[target].push((hash, key, state));
                if leaving[target].len() == *together {
                    send_row(route, own, target, interval, &mut leaving[target]);
                }
            }
            for (target, partials) in leaving.iter_mut().enumerate() {
                send_row(route, own, target, interval, partials);
            }
        });
    }
}

/// The rows of a batch for this worker, and how many values have been put together.
pub(crate) struct Sending<R> {
    own: Vec<R>,
    together: usize,
}

/// Sends parts as one row, which has the hash and the key of the first.
fn send_row<K, T, V, S, R>(
    route: &mut RoutePush<HashedRow<K, R>>,
    own: &mut Vec<HashedRow<K, R>>,
    target: usize,
    interval: Window,
    partials: &mut Vec<PartialRow<K, S>>,
) where
    K: Key,
    R: WindowRow<K, T, V, S>,
{
    let Some((hash, key)) = partials.first().map(|(hash, key, _)| (*hash, key.clone())) else { return };
    if let Some(row) = R::partials(PartialBatch { interval, partials: std::mem::take(partials) }) {
        route.send(own, target, (hash, key, row));
    }
}

impl<T, K, V, R, C, W, L> Push<T> for PreaggregatePush<K, V, R, C, W, L>
where
    T: IsKeyed<K, R>,
    K: Key,
    V: Data,
    R: WindowRow<K, C::Stamp, V, L::State>,
    C: WatermarkTracker,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    const HOLDS: bool = true;

    type Local = Sending<HashedRow<K, R>>;

    #[inline(always)]
    fn open(&mut self) -> Self::Local {
        Sending { own: self.route.open(), together: 0 }
    }

    #[inline(always)]
    fn push(&mut self, local: &mut Self::Local, item: T) {
        let (key, row) = item.into_pair();
        let Row::Value(stamp, value) = row.open() else { return };
        let (at, watermark) = C::times(&stamp);
        if watermark >= self.partials.next() {
            // Before anything goes that tells of this watermark.
            self.partials.count(std::mem::take(&mut local.together));
            self.send(&mut local.own, watermark);
        }
        let hash = named(self.id, || hash_key(&key));
        let of = ForStep { id: self.id, windower: &*self.windower, logic: &*self.logic };
        match self.partials.put(&of, hash, key, at, value, watermark.max(self.resumed_at)) {
            Ok(()) => local.together += 1,
            Err((key, value)) => {
                self.route.send_by_key(&mut local.own, false, hash, (hash, key, R::value(stamp, value)));
            }
        }
    }

    #[inline(always)]
    fn close(&mut self, local: Self::Local) {
        self.partials.count(local.together);
        self.route.close(local.own);
    }

    fn flush(&mut self) {
        self.send_all(self.state.watermark.get());
        self.route.flush();
    }

    fn end_epoch(&mut self, _end: EpochEnd) {
        // A snapshot has what the owners of the keys have.
        self.send_all(Timestamp::MAX);
    }
}
