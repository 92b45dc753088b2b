//! `by_key(…)`: a sink that receives each key's items on one worker.

use crate::base::data::{Data, Key, hash_key};
use crate::base::error::Fault;
use crate::base::time::EpochEnd;
use crate::sink::{Batching, Guarantee, Retry, Sink, SinkCx};
use crate::stream::{Chain, Edges, Op, Push, Received, RoutePush, Stream};

/// A sink for a keyed stream that receives each key's items on the worker that owns the key: for example one file per key,
/// instead of one per key and worker.
///
/// Items are sent there unless a keyed step has just done so.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::sinks::by_key;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow words(out: TestSink<(usize, String)>) {
///         input("words", per_worker(|_, _| ["to", "be", "not"].map(String::from)))
///             -> key_on("length", |word| word.len())
///             -> output("out", by_key(out));
///     }
/// }
/// let out = TestSink::new();
/// words(out.clone()).run(&Config::default().workers(2)).unwrap();
/// assert_eq!(out.len(), 6);
/// ```
pub fn by_key<S>(sink: S) -> ByKey<S> {
    ByKey(sink)
}

/// The sink that [`by_key`] makes.
#[derive(Debug, Clone)]
pub struct ByKey<S>(S);

impl<K: Key, V: Data, S: Sink<(K, V)>> Sink<(K, V)> for ByKey<S> {
    type Writer = S::Writer;
    const GUARANTEE: Guarantee = S::GUARANTEE;
    const ON_WORKER: bool = S::ON_WORKER;

    fn batching(&self) -> Option<Batching> {
        self.0.batching()
    }

    fn retry(&self) -> Retry {
        self.0.retry()
    }

    fn open(&self, cx: &SinkCx) -> Result<Self::Writer, Fault> {
        self.0.open(cx)
    }

    fn place<'s, B: 'static, C: Chain<'s, (K, V)>>(
        &self,
        up: Stream<'s, (K, V), B, C>,
    ) -> Stream<'s, (K, V), B, Edges<'s, (K, V)>> {
        let cx = up.cx();
        if up.placed || cx.workers() == 1 {
            return up.into_edges();
        }
        let (route, stream, pool) = RoutePush::new(&cx, &up.op);
        up.build(ToOwners { route });
        let op = Op::new("by_key");
        Stream::new(cx, op, Received { stream, pool }).into_edges()
    }
}

struct ToOwners<K, V> {
    route: RoutePush<(K, V)>,
}

impl<K: Key, V: Data> Push<(K, V)> for ToOwners<K, V> {
    const HOLDS: bool = false;

    type Local = Vec<(K, V)>;

    fn open(&mut self) -> Self::Local {
        self.route.open()
    }

    #[inline(always)]
    fn push(&mut self, own: &mut Self::Local, item: (K, V)) {
        self.route.send_by_key(own, false, hash_key(&item.0), item);
    }

    fn close(&mut self, own: Self::Local) {
        self.route.close(own);
    }

    fn flush(&mut self) {
        self.route.flush();
    }

    fn end_epoch(&mut self, _end: EpochEnd) {}
}
