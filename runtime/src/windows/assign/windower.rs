//! What a window step asks of its windows: the trait behind `windows = …`.

use crate::base::clock::Timestamp;
use serde::{Deserialize, Serialize};

/// An interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Its number, unique among the windows of a key. Windows that merge are numbered by the step, as they begin.
    pub id: i64,
    /// The first moment that is in it.
    pub open: Timestamp,
    /// The first moment that is not. Windows that merge include it: two of them that touch are one.
    pub close: Timestamp,
}

/// Says which windows a time is in.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
/// use flowstone::windows::{Apart, Window, Windowed};
///
/// /// One window before a day that changed everything, and one after it.
/// struct BeforeAndAfter(Timestamp);
///
/// impl Windower for BeforeAndAfter {
///     type Overlap = Apart;
///
///     fn windows_of(&self, at: Timestamp, into: &mut impl FnMut(Window)) {
///         into(match at < self.0 {
///             true => Window { id: 0, open: Timestamp::MIN, close: self.0 },
///             false => Window { id: 1, open: self.0, close: Timestamp::MAX },
///         });
///     }
/// }
///
/// dataflow! {
///     flow counts(out: TestSink<(bool, Windowed<u64>)>) {
///         input("times", iter([3, 12, 5, 40]))
///             -> key_on("key", |_| true)
///             -> count_window("count",
///                    clock = event_time(|at: &i64| *at, wait = 10us),
///                    windows = BeforeAndAfter(Timestamp(10)))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// counts(out.clone()).run(&Config::default()).unwrap();
/// let counts: Vec<u64> = out.take().into_iter().map(|(_, window)| window.value).collect();
/// assert_eq!(counts, [2, 2]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a windower",
    label = "needs windows here",
    note = "write `windows = tumbling(length)`, `windows = sliding(length, offset = …)` or `windows = session(gap = …)`"
)]
pub trait Windower: 'static {
    /// What becomes of windows that overlap: [`Apart`] where none do, [`Overlapping`] or [`Merging`].
    type Overlap: Overlap;

    /// Calls `into` for each window that `at` is in: one where windows are [`Apart`], and one where they are [`Merging`], of
    /// `at` alone. The one that closes first comes first.
    fn windows_of(&self, at: Timestamp, into: &mut impl FnMut(Window));

    /// The first moment that is in the windows that `at` is in and in no others, and the first one behind those: values of
    /// that interval go where the one before went, without a look for their windows. As long as they are [`Apart`], that is
    /// any interval of the window.
    fn same_windows(&self, at: Timestamp) -> (Timestamp, Timestamp) {
        (at, Timestamp(at.0.saturating_add(1)))
    }

    /// What is wrong with these windows, in lower case: the flow does not start.
    ///
    /// # Errors
    /// Where no time could be put into them.
    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// What becomes of windows that overlap.
pub trait Overlap: sealed::Sealed + 'static {
    #[doc(hidden)]
    const KIND: Kind;
}

#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Apart,
    Overlapping,
    Merging,
}

/// Every time is in one window at most.
#[derive(Debug, Clone, Copy)]
pub struct Apart;

/// A time may be in several windows: each gets a clone of the value.
#[derive(Debug, Clone, Copy)]
pub struct Overlapping;

/// Windows of a key that overlap or touch become one.
#[derive(Debug, Clone, Copy)]
pub struct Merging;

mod sealed {
    pub trait Sealed {}

    impl Sealed for crate::windows::Apart {}
    impl Sealed for crate::windows::Overlapping {}
    impl Sealed for crate::windows::Merging {}
}

impl Overlap for Apart {
    const KIND: Kind = Kind::Apart;
}

impl Overlap for Overlapping {
    const KIND: Kind = Kind::Overlapping;
}

impl Overlap for Merging {
    const KIND: Kind = Kind::Merging;
}

/// Windows that can take in values `V`.
#[diagnostic::on_unimplemented(
    message = "overlapping windows clone each value, but `{V}` cannot be cloned",
    label = "each value is in several of these windows",
    note = "write `#[derive(Clone)]` on the type of the values, or use `tumbling(length)`"
)]
pub trait Takes<V>: Overlap {
    /// The value once more, for one more window; `None` where there is never another one.
    #[doc(hidden)]
    fn again(value: &V) -> Option<V>;
}

impl<V> Takes<V> for Apart {
    #[inline(always)]
    fn again(_value: &V) -> Option<V> {
        None
    }
}

impl<V: Clone> Takes<V> for Overlapping {
    #[inline(always)]
    fn again(value: &V) -> Option<V> {
        Some(value.clone())
    }
}

impl<V> Takes<V> for Merging {
    #[inline(always)]
    fn again(_value: &V) -> Option<V> {
        None
    }
}
