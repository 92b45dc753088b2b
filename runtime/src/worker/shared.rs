//! What the workers of one process share: whether to stop, why, and how to wake each other.

use super::counts::Counts;
use super::idle::Idle;
use crate::base::error::Error;
use crate::base::progress::Progress;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the workers of one process share.
#[derive(Default)]
pub(crate) struct Shared {
    stop: AtomicBool,
    signalled: AtomicBool,
    abort: AtomicBool,
    error: Mutex<Option<Error>>,
    wakers: Mutex<Vec<Box<dyn Fn() + Send>>>,
    on_abort: Mutex<Vec<Box<dyn FnOnce() + Send>>>,
    done: AtomicU64,
    total: AtomicU64,
    pub(crate) idle: Idle,
    pub(crate) counts: Counts,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// Asks every source to end as if its input had: what is under way is finished and committed.
    pub(crate) fn stop(&self) {
        self.idle.freeze();
        self.stop.store(true, Ordering::SeqCst);
        self.wake();
    }

    /// [`stop`](Shared::stop), for a signal; false where one came before.
    pub(crate) fn stop_by_signal(&self) -> bool {
        let first = !self.signalled.swap(true, Ordering::SeqCst);
        self.stop();
        first
    }

    pub(crate) fn stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Stops everything at once with `error`, unless something else has done so before.
    pub(crate) fn fail(&self, error: Error) {
        let mut first = locked(&self.error);
        if !self.abort.swap(true, Ordering::SeqCst) {
            *first = Some(error);
        }
        drop(first);
        for hook in locked(&self.on_abort).drain(..) {
            hook();
        }
        self.wake();
    }

    pub(crate) fn aborting(&self) -> bool {
        self.abort.load(Ordering::Relaxed)
    }

    pub(crate) fn take_error(&self) -> Option<Error> {
        locked(&self.error).take()
    }

    /// Has `hook` run when the flow is aborted.
    pub(crate) fn on_abort(&self, hook: impl FnOnce() + Send + 'static) {
        locked(&self.on_abort).push(Box::new(hook));
    }

    /// Has `wake` called when workers are to look at what has changed.
    pub(crate) fn on_wake(&self, wake: impl Fn() + Send + 'static) {
        locked(&self.wakers).push(Box::new(wake));
    }

    pub(crate) fn wake(&self) {
        for wake in locked(&self.wakers).iter() {
            wake();
        }
    }

    /// Adds to how far all workers of the process have come.
    pub(crate) fn add_progress(&self, before: Progress, now: Progress) {
        self.done.fetch_add(now.done.saturating_sub(before.done), Ordering::Relaxed);
        self.total.fetch_add(now.total.saturating_sub(before.total), Ordering::Relaxed);
    }

    #[cfg(feature = "progress")]
    pub(crate) fn progress(&self) -> Progress {
        Progress { done: self.done.load(Ordering::Relaxed), total: self.total.load(Ordering::Relaxed) }
    }
}
