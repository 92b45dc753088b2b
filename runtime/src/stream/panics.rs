//! Which step's closure panicked: a guard around each call of one, which costs nothing unless it unwinds.

use std::cell::Cell;

thread_local! {
    static PANICKING_STEP: Cell<Option<&'static str>> = const { Cell::new(None) };
}

struct OnUnwind(&'static str);

impl Drop for OnUnwind {
    #[cold]
    fn drop(&mut self) {
        // The innermost step unwinds first: the others only called it.
        if PANICKING_STEP.get().is_none() {
            PANICKING_STEP.set(Some(self.0));
        }
    }
}

/// Runs a closure of the user's in the name of its step.
#[inline(always)]
pub(crate) fn named<R>(step: &'static str, work: impl FnOnce() -> R) -> R {
    let guard = OnUnwind(step);
    let result = work();
    std::mem::forget(guard);
    result
}

/// The step whose closure panicked on this thread, if one did.
pub(crate) fn take_panicking_step() -> Option<&'static str> {
    PANICKING_STEP.take()
}
