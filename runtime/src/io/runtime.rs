//! Blocking calls of an object store: a small runtime of our own, and another try where a fault can pass.

use object_store::Error as ObjectError;
use std::future::Future;
use std::io;
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};

/// Pauses before the second, third and fourth try.
pub(crate) const PAUSES: &[Duration] =
    &[Duration::from_millis(50), Duration::from_millis(250), Duration::from_millis(1000)];
/// For tests, which never sleep.
pub(crate) const AT_ONCE: &[Duration] = &[Duration::ZERO; 3];

pub(crate) struct Io {
    /// There until it is dropped.
    runtime: Option<Runtime>,
}

impl Io {
    pub(crate) fn new() -> io::Result<Io> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Io { runtime: Some(runtime) })
    }

    /// Runs `future` to its end on this thread; on one of its own where this one is inside of another runtime.
    pub(crate) fn run<F>(&self, future: F) -> F::Output
    where
        F: Future + Send,
        F::Output: Send,
    {
        let Some(runtime) = &self.runtime else { unreachable!("the runtime goes with the last use of it") };
        if Handle::try_current().is_err() {
            return runtime.block_on(future);
        }
        std::thread::scope(|scope| match scope.spawn(|| runtime.block_on(future)).join() {
            Ok(output) => output,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    }

    /// Runs what `operation` makes, again after each of `pauses` while it fails for a reason that can pass.
    pub(crate) fn attempt<F, T>(&self, pauses: &[Duration], operation: impl Fn() -> F) -> Result<T, ObjectError>
    where
        F: Future<Output = Result<T, ObjectError>> + Send,
        T: Send,
    {
        let mut pauses = pauses.iter();
        loop {
            match (self.run(operation()), pauses.next()) {
                (Err(error), Some(pause)) if can_pass(&error) => std::thread::sleep(*pause),
                (result, _) => return result,
            }
        }
    }
}

impl Drop for Io {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Waiting for its threads is not allowed inside of another runtime, and there is nothing to wait for.
            runtime.shutdown_background();
        }
    }
}

/// Anything but an answer that will be the same the next time.
fn can_pass(error: &ObjectError) -> bool {
    matches!(error, ObjectError::Generic { .. } | ObjectError::JoinError { .. })
}
