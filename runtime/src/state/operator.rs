//! The operator of a stateful step: the exchange before it, its inputs, and the core behind them.

use super::backend::{HashedRow, StateBackend};
use super::calls::Calls;
use super::core::Core;
use super::fused::Fused;
use super::keyed_step::{KeyedStep, Plain};
use super::logic::Logic;
use super::standalone::Standalone;
use crate::base::data::{Data, IsKeyed, Key, hash_key};
use crate::base::time::{EpochEnd, Time};
use crate::stream::{Chain, Cx, Op, OpState, Pool, Push, RoutePact, RoutePush, Routed, Stream, named};
use crate::worker::WorkerCx;
use std::marker::PhantomData;
use std::rc::Rc;

/// The end of a chain that sends keyed items to the workers that own their keys.
struct KeyedPush<K, V> {
    id: &'static str,
    route: RoutePush<HashedRow<K, V>>,
    /// True where every item stays on this worker.
    stays: bool,
}

impl<T: IsKeyed<K, V>, K: Key, V: Data> Push<T> for KeyedPush<K, V> {
    const HOLDS: bool = false;

    type Local = Vec<HashedRow<K, V>>;

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

    fn end_epoch(&mut self, _end: EpochEnd) {}
}

/// Where the items of a stateful step are to be.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Placement {
    /// On the worker that owns their key.
    ByKey,
    /// Where they are.
    Local,
}

/// What a stateful step reads.
enum Rows<'s, K, V, C> {
    /// Rows that are on their way to it.
    Sent(Sent<'s, K, V>),
    /// Items of a source that are where they belong: the step runs in the operator that reads them.
    Local(C),
}

/// Rows on their way to a stateful step, and where their vectors go back to.
pub(crate) struct Sent<'s, K, V> {
    pub(crate) stream: timely::dataflow::Stream<'s, Time, Routed<HashedRow<K, V>>>,
    pub(crate) pool: Pool<HashedRow<K, V>>,
    /// The operator that sends them.
    pub(crate) sent_by: Rc<OpState>,
}

/// Sends the items of a keyed stream to the workers that own their keys.
pub(crate) fn send_by_key<'s, T, K, V, B, C>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    placement: Placement,
) -> Sent<'s, K, V>
where
    T: IsKeyed<K, V> + 'static,
    K: Key,
    V: Data,
    B: 'static,
    C: Chain<'s, T>,
{
    let stays = stays(&up, placement);
    let (route, stream, pool) = RoutePush::new(&up.cx, &up.op);
    let state = up.op.state();
    up.build(KeyedPush { id, route, stays });
    Sent { stream, pool, sent_by: state }
}

pub(crate) fn stays<T, B, C>(up: &Stream<'_, T, B, C>, placement: Placement) -> bool {
    up.placed || placement == Placement::Local || up.cx.worker.peers == 1
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
    step_operator(up, id, placement, PerKey(Plain(logic)))
}

/// A step that is still to be given what it keeps its state in.
pub(crate) trait BackendFactory<K: Key, V: Data>: 'static {
    type Backend: StateBackend<K, V>;

    /// Sends its rows to the workers that own their keys.
    fn send<'s, T, B, C>(&self, up: Stream<'s, T, B, C>, id: &'static str, placement: Placement) -> Sent<'s, K, V>
    where
        T: IsKeyed<K, V> + 'static,
        B: 'static,
        C: Chain<'s, T>,
    {
        send_by_key(up, id, placement)
    }

    fn backend(self, id: &'static str, worker: &Rc<WorkerCx>) -> Self::Backend;
}

/// A [`KeyedStep`] that is called with each row, and has a slot for each key.
pub(crate) struct PerKey<S>(pub(crate) S);

impl<K: Key, V: Data, S: KeyedStep<K, V>> BackendFactory<K, V> for PerKey<S> {
    type Backend = Calls<K, V, S>;

    fn backend(self, id: &'static str, worker: &Rc<WorkerCx>) -> Calls<K, V, S> {
        Calls::new(id, self.0, worker)
    }
}

/// What a step puts out.
pub(crate) type OutOf<K, V, S> = <<S as BackendFactory<K, V>>::Backend as StateBackend<K, V>>::Out;

/// Puts a step behind a keyed stream: the exchange where it is needed, and the operator where it needs one of its own.
pub(crate) fn step_operator<'s, T, K, V, B, C, S>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    placement: Placement,
    step: S,
) -> Stream<'s, (K, OutOf<K, V, S>), B, impl Chain<'s, (K, OutOf<K, V, S>)> + use<'s, T, K, V, B, C, S>>
where
    T: IsKeyed<K, V> + 'static,
    K: Key,
    V: Data,
    B: 'static,
    C: Chain<'s, T>,
    S: BackendFactory<K, V>,
{
    let cx = up.cx.clone();
    let id = cx.worker.ids.of(id);
    let (op, rows) = if C::READS && stays(&up, placement) {
        (up.op, Rows::Local(up.chain))
    } else {
        (Op::new(id), Rows::Sent(step.send(up, id, placement)))
    };
    let placed = placement == Placement::ByKey;
    Stream::new(cx, op, OneInput { id, step, rows, item: PhantomData }).placed(placed)
}

/// Puts a step behind rows that are on their way to it, from one stream or several.
pub(crate) fn after_exchange<'s, K, V, B, S>(
    cx: Cx<'s>,
    id: &'static str,
    placement: Placement,
    inputs: Vec<Sent<'s, K, V>>,
    step: S,
) -> Stream<'s, (K, OutOf<K, V, S>), B, impl Chain<'s, (K, OutOf<K, V, S>)> + use<'s, K, V, B, S>>
where
    K: Key,
    V: Data,
    B: 'static,
    S: BackendFactory<K, V>,
{
    let id = cx.worker.ids.of(id);
    let op = Op::new(id);
    let placed = placement == Placement::ByKey;
    Stream::new(cx, op, Inputs { id, step, inputs }).placed(placed)
}

/// A step that reads one stream.
struct OneInput<'s, T, K, V, C, S> {
    id: &'static str,
    step: S,
    rows: Rows<'s, K, V, C>,
    item: PhantomData<T>,
}

impl<'s, T, K, V, C, S> Chain<'s, (K, OutOf<K, V, S>)> for OneInput<'s, T, K, V, C, S>
where
    T: IsKeyed<K, V> + 'static,
    K: Key,
    V: Data,
    C: Chain<'s, T>,
    S: BackendFactory<K, V>,
{
    const READS: bool = false;

    fn build<P: Push<(K, OutOf<K, V, S>)> + 'static>(self, cx: &Cx<'s>, op: Op<'s>, push: P) {
        let OneInput { id, step, rows, .. } = self;
        match rows {
            Rows::Sent(sent) => Inputs { id, step, inputs: vec![sent] }.build(cx, op, push),
            Rows::Local(chain) => {
                if C::READS {
                    let core = Core::new(
                        id,
                        step.backend(id, &cx.worker),
                        &cx.worker,
                        op.activator(cx),
                        push,
                        vec![op.state()],
                    );
                    let state = op.state();
                    chain.build(cx, op, Fused { id, core, state });
                }
            }
        }
    }
}

/// A step that reads rows from one stream or several.
pub(super) struct Inputs<'s, K, V, S> {
    pub(super) id: &'static str,
    pub(super) step: S,
    pub(super) inputs: Vec<Sent<'s, K, V>>,
}

impl<'s, K: Key, V: Data, S: BackendFactory<K, V>> Chain<'s, (K, OutOf<K, V, S>)> for Inputs<'s, K, V, S> {
    const READS: bool = false;

    fn build<P: Push<(K, OutOf<K, V, S>)> + 'static>(self, cx: &Cx<'s>, op: Op<'s>, push: P) {
        let mut builder = op.take_builder(cx);
        let senders = self.inputs.iter().map(|sent| Rc::clone(&sent.sent_by)).collect();
        let connect = |sent: Sent<'s, K, V>| (builder.new_input(sent.stream, RoutePact::new(cx)), sent.pool);
        let mut inputs: Vec<_> = self.inputs.into_iter().map(connect).collect();
        let outputs = builder.shape().outputs();
        let activator = cx.scope.activator_for(builder.operator_info().address);
        // Every input has its own senders: the same worker may stand at another time in each.
        let backend = self.step.backend(self.id, &cx.worker);
        let core = Core::new(self.id, backend, &cx.worker, activator, push, senders);
        let state = op.state();
        builder.build(move |capabilities| {
            let mut standalone = Standalone::new(core, state, capabilities);
            move |frontiers| {
                if !standalone.begin() {
                    return;
                }
                for (number, (input, pool)) in inputs.iter_mut().enumerate() {
                    input.for_each(|capability, batch| {
                        if let Some(rows) = standalone.receive(&capability, outputs, number, batch) {
                            pool.give_back(rows);
                        }
                    });
                }
                standalone.follow(frontiers);
            }
        });
    }
}
