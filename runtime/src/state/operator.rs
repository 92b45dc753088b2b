//! The operator of a stateful step: the exchange before it, its inputs, and the core behind them.

use super::core::Core;
use super::logic::Logic;
use super::step::{Plain, Step};
use crate::data::{Data, IsKeyed, Key, hash_key};
use crate::stream::{Chain, Cx, Op, Pool, Push, RoutePush, Routed, Stream, named, route_pact};
use crate::time::Time;
use std::rc::Rc;

/// A row on its way to a stateful step: the key's hash travels with it.
pub(crate) type Keyed<K, V> = (u64, K, V);

/// The end of a chain that sends keyed items to the workers that own their keys.
struct KeyedPush<K, V> {
    id: &'static str,
    route: RoutePush<Keyed<K, V>>,
    /// True where every item stays on this worker.
    stays: bool,
}

impl<T: IsKeyed<K, V>, K: Key, V: Data> Push<T> for KeyedPush<K, V> {
    const HOLDS: bool = false;

    type Local = Vec<Keyed<K, V>>;

    #[inline(always)]
    fn open(&mut self) -> Self::Local {
        self.route.open()
    }

    #[inline(always)]
    fn close(&mut self, own: Self::Local) {
        self.route.close(own);
    }

    #[inline(always)]
    fn push(&mut self, own: &mut Self::Local, item: T) {
        let (key, value) = item.into_pair();
        let hash = named(self.id, || hash_key(&key));
        self.route.send_by_key(own, self.stays, hash, (hash, key, value));
    }

    fn flush(&mut self) {
        self.route.flush();
    }

    fn end_epoch(&mut self) {}
}

/// Where the items of a stateful step are to be.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Placement {
    /// On the worker that owns their key.
    ByKey,
    /// Where they are.
    Here,
}

/// Rows on their way to a stateful step, and where their vectors go back to.
pub(crate) struct Rows<'s, K, V> {
    stream: timely::dataflow::Stream<'s, Time, Routed<Keyed<K, V>>>,
    pool: Pool<Keyed<K, V>>,
    /// True where each worker that sends rows reads a source and can tell of its watermark from the start.
    from_source: bool,
}

impl<'s, K: Key, V: Data> Rows<'s, K, V> {
    pub(crate) fn new(
        stream: timely::dataflow::Stream<'s, Time, Routed<Keyed<K, V>>>,
        pool: Pool<Keyed<K, V>>,
    ) -> Self {
        Rows { stream, pool, from_source: false }
    }
}

/// Sends the items of a keyed stream to the workers that own their keys, unless they are there already.
pub(crate) fn send_by_key<'s, T, K, V, B, C>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    placement: Placement,
) -> Rows<'s, K, V>
where
    T: IsKeyed<K, V> + 'static,
    K: Key,
    V: Data,
    B: 'static,
    C: Chain<'s, T>,
{
    let stays = up.placed || placement == Placement::Here || up.cx.worker.peers == 1;
    let (route, stream, pool) = RoutePush::new(&up.cx, &up.op);
    up.build(KeyedPush { id, route, stays });
    Rows { stream, pool, from_source: C::READS }
}

/// Puts a user's logic behind a keyed stream: the exchange where it is needed, and the operator.
pub(crate) fn stateful_operator<'s, T, K, V, B, C, L>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    placement: Placement,
    logic: L,
) -> Stream<'s, (K, L::Out), B, impl Chain<'s, (K, L::Out)> + use<'s, T, K, V, B, C, L>>
where
    T: IsKeyed<K, V> + 'static,
    K: Key,
    V: Data,
    B: 'static,
    C: Chain<'s, T>,
    L: Logic<K, V>,
{
    let cx = up.cx.clone();
    let rows = send_by_key(up, id, placement);
    behind_exchange(cx, id, placement, vec![rows], Plain(logic))
}

/// Puts a step behind rows that are on their way to it, from one stream or several.
pub(crate) fn behind_exchange<'s, K, V, B, S>(
    cx: Cx<'s>,
    id: &'static str,
    placement: Placement,
    inputs: Vec<Rows<'s, K, V>>,
    step: S,
) -> Stream<'s, (K, S::Out), B, impl Chain<'s, (K, S::Out)> + use<'s, K, V, B, S>>
where
    K: Key,
    V: Data,
    B: 'static,
    S: Step<K, V>,
{
    let op = Op::new(id);
    let placed = placement == Placement::ByKey;
    Stream::new(cx, op, Stateful { id, step, inputs }).placed(placed)
}

struct Stateful<'s, K, V, S> {
    id: &'static str,
    step: S,
    inputs: Vec<Rows<'s, K, V>>,
}

impl<'s, K: Key, V: Data, S: Step<K, V>> Chain<'s, (K, S::Out)> for Stateful<'s, K, V, S> {
    const READS: bool = false;

    fn build<P: Push<(K, S::Out)> + 'static>(self, cx: &Cx<'s>, op: Op<'s>, push: P) {
        let mut builder = op.take_builder(cx);
        let all_tell = self.inputs.iter().all(|rows| rows.from_source);
        let connect = |rows: Rows<'s, K, V>| (builder.new_input(rows.stream, route_pact()), rows.pool);
        let mut inputs: Vec<_> = self.inputs.into_iter().map(connect).collect();
        let outputs = builder.shape().outputs();
        let activator = cx.scope.activator_for(builder.operator_info().address);
        let mut core = Core::new(self.id, self.step, Rc::clone(&cx.worker), activator, op.state(), push);
        // Every input has its own senders: the same worker may stand at another time in each.
        core.senders(inputs.len(), all_tell);
        builder.build(move |capabilities| {
            drop(capabilities);
            move |frontiers| {
                if !core.begin() {
                    return;
                }
                for (number, (input, pool)) in inputs.iter_mut().enumerate() {
                    input.for_each(|capability, batch| {
                        let Some(rows) = core.receive(&capability, outputs, number, batch) else { return };
                        pool.give_back(rows);
                    });
                }
                core.follow(frontiers);
            }
        });
    }
}
