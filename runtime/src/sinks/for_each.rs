//! `for_each(…)`: a sink from a closure.

use crate::base::error::Fault;
use crate::sink::{Sink, SinkCx, Writer};

/// A sink that calls a closure with each item: for small jobs.
///
/// The closure returns nothing or a `Result<(), E>` of any error; a [transient](Fault::transient) [`Fault`] is retried with
/// the same item, which is why the closure takes a reference. It runs on a separate thread for each worker. Items are passed at
/// least once: those of an epoch that was not committed appear again after a restart.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::sinks::for_each;
/// use std::sync::{Arc, Mutex};
///
/// dataflow! {
///     flow numbers(seen: Arc<Mutex<Vec<u64>>>) {
///         input("numbers", iter(1..=3)) -> output("out", for_each(move |n: &u64| seen.lock().unwrap().push(*n)));
///     }
/// }
/// let seen = Arc::default();
/// numbers(Arc::clone(&seen)).run(&Config::default()).unwrap();
/// assert_eq!(*seen.lock().unwrap(), [1, 2, 3]);
/// ```
pub fn for_each<F>(f: F) -> ForEach<F> {
    ForEach(f)
}

/// The sink that [`for_each`] makes.
#[derive(Debug, Clone)]
pub struct ForEach<F>(F);

/// What a closure of [`for_each`] may return.
#[diagnostic::on_unimplemented(
    message = "a closure of `for_each` returns nothing or a `Result<(), E>`, and this one returns `{Self}`",
    note = "end the closure's last expression with a semicolon"
)]
pub trait Outcome {
    /// The result, where it can fail.
    ///
    /// # Errors
    /// The closure's own.
    fn result(self) -> Result<(), Fault>;
}

impl Outcome for () {
    fn result(self) -> Result<(), Fault> {
        Ok(())
    }
}

impl<E: Into<Fault>> Outcome for Result<(), E> {
    fn result(self) -> Result<(), Fault> {
        self.map_err(Into::into)
    }
}

impl<T, R: Outcome, F: Fn(&T) -> R + Clone + Send + 'static> Sink<T> for ForEach<F> {
    type Writer = ForEachWriter<F>;

    fn open(&self, _cx: &SinkCx) -> Result<ForEachWriter<F>, Fault> {
        Ok(ForEachWriter(self.0.clone()))
    }
}

/// Calls a closure with each item.
pub struct ForEachWriter<F>(F);

impl<T, R: Outcome, F: Fn(&T) -> R> Writer<T> for ForEachWriter<F> {
    type Prepared = ();

    fn write_batch(&mut self, items: &mut Vec<T>) -> Result<(), Fault> {
        let mut passed = 0;
        let result = items.iter().try_for_each(|item| {
            (self.0)(item).result()?;
            passed += 1;
            Ok(())
        });
        items.drain(..passed);
        result
    }

    fn prepare(&mut self, _epoch: u64) -> Result<(), Fault> {
        Ok(())
    }

    fn commit(&mut self, _prepared: ()) -> Result<(), Fault> {
        Ok(())
    }
}
