//! `batched(…)`: a sink whose writer receives batches of a chosen size.

use crate::base::error::Fault;
use crate::sink::{Batching, Guarantee, Retry, Sink, SinkCx};
use crate::stream::{Chain, Edges, Stream};

/// A sink whose writer receives items in batches as set by `batching`, overriding the sink's own setting.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::sink::Batching;
/// use flowstone::sinks::{batched, for_each};
///
/// dataflow! {
///     flow numbers() {
///         input("numbers", iter(0..1000u64)) -> output("out", batched(for_each(|n: &u64| assert!(*n < 1000)), Batching::of_rows(100)));
///     }
/// }
/// numbers().run(&Config::default()).unwrap();
/// ```
pub fn batched<S>(sink: S, batching: Batching) -> Batched<S> {
    Batched { sink, batching }
}

/// The sink that [`batched`] makes.
#[derive(Debug, Clone)]
pub struct Batched<S> {
    sink: S,
    batching: Batching,
}

impl<T, S: Sink<T>> Sink<T> for Batched<S> {
    type Writer = S::Writer;
    const GUARANTEE: Guarantee = S::GUARANTEE;
    const ON_WORKER: bool = S::ON_WORKER;

    fn batching(&self) -> Option<Batching> {
        Some(self.batching)
    }

    fn retry(&self) -> Retry {
        self.sink.retry()
    }

    fn open(&self, cx: &SinkCx) -> Result<Self::Writer, Fault> {
        self.sink.open(cx)
    }

    fn place<'s, B: 'static, C: Chain<'s, T>>(&self, up: Stream<'s, T, B, C>) -> Stream<'s, T, B, Edges<'s, T>>
    where
        T: 'static,
    {
        self.sink.place(up)
    }
}
