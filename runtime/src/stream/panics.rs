//! Which step's closure panicked, and for which key: a guard around each call of one, which costs nothing unless it unwinds.

use serde::Serialize;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static PANICKING_STEP: Cell<Option<&'static str>> = const { Cell::new(None) };
    static PANICKING_KEY: RefCell<Option<String>> = const { RefCell::new(None) };
    static WATCHED: Cell<bool> = const { Cell::new(false) };
    static LOCATION: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What is known of a panic that was caught.
pub(crate) struct Caught {
    /// The step whose closure panicked and the key as JSON, where it was called for one; `None` where the runtime panicked.
    pub(crate) step: Option<(&'static str, Option<String>)>,
    pub(crate) message: String,
    pub(crate) location: Option<String>,
}

impl Caught {
    /// Takes what this thread knows of its panic.
    pub(crate) fn of(panic: &(dyn Any + Send)) -> Caught {
        let step = PANICKING_STEP.take().map(|step| (step, PANICKING_KEY.take()));
        Caught { step, message: message_of(panic), location: LOCATION.take() }
    }
}

/// What a panic says.
pub(crate) fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "(a panic without a message)".into())
}

/// Runs what catches its panics itself, such as a worker: the process's hook notes where they are and prints nothing.
pub(crate) fn watch<R>(work: impl FnOnce() -> R) -> R {
    let before = WATCHED.replace(true);
    let result = work();
    WATCHED.set(before);
    result
}

/// For the process's hook: notes where this thread panics; false where nobody [watches](watch) it.
pub(crate) fn note_location(location: impl FnOnce() -> Option<String>) -> bool {
    if WATCHED.get() {
        // The last one counts: those before it were caught by whoever called what panicked.
        LOCATION.set(location());
    }
    WATCHED.get()
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

/// While there is one of them, what panics does so in the name of a step, for a key. It stands in the loops over rows, into
/// which the compiler takes what comes between its beginning and its end; a closure of that size it would call.
pub(crate) struct Naming<'a, K: Serialize>(&'static str, &'a K);

impl<'a, K: Serialize> Naming<'a, K> {
    #[inline(always)]
    pub(crate) fn begin(step: &'static str, key: &'a K) -> Self {
        Naming(step, key)
    }

    /// Nothing has panicked.
    #[inline(always)]
    pub(crate) fn end(self) {
        std::mem::forget(self);
    }
}

impl<K: Serialize> Drop for Naming<'_, K> {
    #[cold]
    fn drop(&mut self) {
        if PANICKING_STEP.get().is_none() {
            PANICKING_STEP.set(Some(self.0));
            // A second panic, of the key's own `Serialize`, would end the program.
            let text = catch_unwind(AssertUnwindSafe(|| serde_json::to_string(self.1)));
            PANICKING_KEY.set(text.ok().and_then(Result::ok));
        }
    }
}

/// Runs a closure of the user's in the name of its step, for a key.
#[inline(always)]
pub(crate) fn named_for<K: Serialize, R>(step: &'static str, key: &K, work: impl FnOnce() -> R) -> R {
    let naming = Naming::begin(step, key);
    let result = work();
    naming.end();
    result
}
