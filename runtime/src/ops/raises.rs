//! `raises`: the end of a chain that must stay empty.

use crate::base::error::Error;
use crate::base::time::EpochEnd;
use crate::stream::{Chain, Push, Stream};
use crate::worker::WorkerCx;
use std::fmt::Debug;
use std::rc::Rc;

/// Ends a chain that must stay empty: the first item stops the flow with an error that shows it.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow strict(out: TestSink<u64>) {
///         parsed = input("texts", iter(["1", "x"])) -> try_map("parse", |text| text.parse::<u64>());
///         parsed.err -> raises("no_bad_text");
///         parsed -> output("out", out);
///     }
/// }
/// let error = strict(TestSink::new()).run(&Config::default()).unwrap_err();
/// assert!(error.to_string().starts_with("step `no_bad_text` got an item on worker 0: (\"x\", "));
/// ```
pub fn raises<'s, T, B, C>(up: Stream<'s, T, B, C>, id: &'static str)
where
    T: Debug + 'static,
    B: 'static,
    C: Chain<'s, T>,
{
    up.op.end(&up.cx);
    let worker = Rc::clone(&up.cx.worker);
    up.build(Raises { id, worker });
}

struct Raises {
    id: &'static str,
    worker: Rc<WorkerCx>,
}

impl<T: Debug> Push<T> for Raises {
    const HOLDS: bool = false;

    type Local = ();

    fn open(&mut self) {}

    fn push(&mut self, (): &mut (), item: T) {
        let (step, worker) = (self.id.to_owned(), self.worker.index);
        self.worker.fail(Error::Raised { step, worker, item: format!("{item:?}") });
    }

    fn close(&mut self, (): ()) {}

    fn flush(&mut self) {}

    fn end_epoch(&mut self, _end: EpochEnd) {}
}
