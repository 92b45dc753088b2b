//! Window steps as operators: values are stamped where they are made, windows are kept where the key lives, and what is late
//! leaves by a port of its own.

use super::backend::Windows;
use crate::base::data::{Data, Key, Keyed, KeyedData};
use crate::base::error::Error;
use crate::state::{Placement, Sent, after_exchange, send_by_key, step_operator};
use crate::stream::{Chain, Cx, Down, Edges, Op, Port, Push, Stage, Stream, named};
use crate::windows::aggregate::WindowLogic;
use crate::windows::assign::Windowed;
use crate::windows::assign::{Takes, Windower};
use crate::windows::by_key::{InTime, Options};
use crate::windows::clocks::WindowRow;
use crate::windows::clocks::{Stamper, StamperCx, StepClock, WatermarkTracker};
use crate::worker::StepCounts;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Puts a window logic behind a keyed stream; the second stream has what is late.
pub(crate) fn window_operator<'s, T, B, C, A, W, L>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    clock: A,
    windows: W,
    options: Options,
    logic: L,
) -> (
    Stream<'s, (T::Key, Windowed<L::Out>), B, impl Chain<'s, (T::Key, Windowed<L::Out>)> + use<'s, T, B, C, A, W, L>>,
    Stream<'s, (T::Key, T::Value), B, Late<'s, (T::Key, T::Value)>>,
)
where
    T: KeyedData,
    B: 'static,
    C: Chain<'s, T>,
    A: StepClock<T::Value>,
    W: Windower<Overlap: Takes<T::Value>>,
    L: WindowLogic<T::Value>,
{
    let cx = up.cx.clone();
    let id = cx.worker.ids.of(id);
    let place = StamperCx { op: up.op.state(), worker: Rc::clone(&cx.worker) };
    let (stamper, tracker) = (clock.stamper(place), clock.tracker());
    let step = step(&cx, id, tracker, windows, options, logic);
    let placed = up.placed;
    let stamped = up.stage(Stamping::<_, RowOf<T, A, L>, L::State>::new(id, stamper)).placed(placed);
    with_late(id, step_operator(stamped, id, Placement::ByKey, step))
}

/// Stamps the values of a keyed stream and sends them to the workers that own their keys.
pub(crate) fn stamped<'s, T, B, C, P>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    stamper: P,
) -> Sent<'s, T::Key, (P::Stamp, T::Value)>
where
    T: KeyedData,
    B: 'static,
    C: Chain<'s, T>,
    P: Stamper<T::Value>,
{
    let placed = up.placed;
    send_by_key(up.stage(Stamping::<_, _, ()>::new(id, stamper)).placed(placed), id, Placement::ByKey)
}

/// Puts a window logic behind rows that have been stamped, from one stream or several.
pub(crate) fn windows_behind<'s, K, V, B, P, W, L>(
    cx: Cx<'s>,
    id: &'static str,
    inputs: Vec<Sent<'s, K, (P::Stamp, V)>>,
    tracker: P,
    windows: W,
    options: Options,
    logic: L,
) -> (
    Stream<'s, (K, Windowed<L::Out>), B, impl Chain<'s, (K, Windowed<L::Out>)> + use<'s, K, V, B, P, W, L>>,
    Stream<'s, (K, V), B, Late<'s, (K, V)>>,
)
where
    K: Key,
    V: Data,
    B: 'static,
    P: WatermarkTracker,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    let id = cx.worker.ids.of(id);
    let step = step(&cx, id, tracker, windows, options, logic);
    with_late(id, after_exchange::<K, (P::Stamp, V), B, Windows<V, P, W, L>>(cx, id, Placement::ByKey, inputs, step))
}

fn step<V, P, W: Windower, L>(
    cx: &Cx<'_>,
    id: &'static str,
    tracker: P,
    windower: W,
    options: Options,
    logic: L,
) -> Windows<V, P, W, L> {
    if let Err(what) = windower.check() {
        cx.worker.fail(Error::Config { what: format!("step `{id}`: {what}") });
    }
    Windows { tracker, windower: Rc::new(windower), logic: Rc::new(logic), options, value: PhantomData }
}

/// Parts what a step gives from what is late.
pub(crate) fn with_late<'s, K, V, O, B, C>(
    id: &'static str,
    out: Stream<'s, (K, InTime<O, V>), B, C>,
) -> (Stream<'s, (K, O), B, impl Chain<'s, (K, O)> + use<'s, K, V, O, B, C>>, Stream<'s, (K, V), B, Late<'s, (K, V)>>)
where
    K: 'static,
    V: 'static,
    O: 'static,
    B: 'static,
    C: Chain<'s, (K, InTime<O, V>)>,
{
    let (late, stream) = out.port();
    let counts = out.cx.worker.shared.counts.of(id);
    let stream = stream.chained(|edges| Late { edges, counts: Arc::clone(&counts) });
    (out.stage(SplitLate { late, counts }).placed(true), stream)
}

/// What is late. Whoever reads it says so.
pub struct Late<'s, T> {
    edges: Edges<'s, T>,
    counts: Arc<StepCounts>,
}

impl<'s, T: 'static> Chain<'s, T> for Late<'s, T> {
    const READS: bool = false;

    fn build<P: Push<T> + 'static>(self, cx: &Cx<'s>, op: Op<'s>, push: P) {
        self.counts.late_is_read.store(true, Ordering::Relaxed);
        self.edges.build(cx, op, push);
    }

    fn into_edges(self, cx: &Cx<'s>, op: Op<'s>) -> Edges<'s, T> {
        self.counts.late_is_read.store(true, Ordering::Relaxed);
        self.edges.into_edges(cx, op)
    }
}

/// What travels to a window step for a key.
type RowOf<T, A, L> = <<A as StepClock<<T as Keyed>::Value>>::Tracker as WatermarkTracker>::Row<
    <T as Keyed>::Key,
    <T as Keyed>::Value,
    <L as WindowLogic<<T as Keyed>::Value>>::State,
>;

struct Stamping<P, R, S> {
    id: &'static str,
    stamper: P,
    row: PhantomData<fn(S) -> R>,
}

impl<P, R, S> Stamping<P, R, S> {
    fn new(id: &'static str, stamper: P) -> Self {
        Stamping { id, stamper, row: PhantomData }
    }
}

impl<T, P, R, S> Stage<T> for Stamping<P, R, S>
where
    T: KeyedData,
    P: Stamper<T::Value>,
    R: WindowRow<T::Key, P::Stamp, T::Value, S>,
{
    type Out = (T::Key, R);

    fn open(&mut self) {
        self.stamper.begin();
    }

    #[inline(always)]
    fn run<N: Push<Self::Out>>(&mut self, item: T, next: &mut Down<'_, Self::Out, N>) {
        let (key, value) = item.into_pair();
        let stamp = named(self.id, || self.stamper.stamp(&value));
        next.push((key, R::value(stamp, value)));
    }

    fn flush<N: Push<Self::Out>>(&mut self, _next: &mut Down<'_, Self::Out, N>) {
        self.stamper.flush();
    }
}

/// Sends what is late its own way.
struct SplitLate<K, V> {
    late: Port<(K, V)>,
    counts: Arc<StepCounts>,
}

impl<K: 'static, V: 'static, O> Stage<(K, InTime<O, V>)> for SplitLate<K, V> {
    type Out = (K, O);

    #[inline(always)]
    fn run<N: Push<Self::Out>>(&mut self, (key, out): (K, InTime<O, V>), next: &mut Down<'_, Self::Out, N>) {
        match out {
            InTime::Value(value) => next.push((key, value)),
            InTime::Late(value) => {
                self.counts.add_late();
                self.late.push((key, value));
            }
        }
    }

    fn flush<N: Push<Self::Out>>(&mut self, _next: &mut Down<'_, Self::Out, N>) {
        self.late.flush();
    }
}
