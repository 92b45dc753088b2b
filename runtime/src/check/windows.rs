//! What window steps ask of their clocks and windows, each question with a message of its own. See [`check`](crate::check).

use super::pairs::ValueOf;
use crate::base::clock::Timestamp;
use crate::base::witness::{Fails, ForAll, Holds, If, Never, Witness};
use crate::stream::Stream;
use crate::windows::{
    ByKey, GivesTime, IsTime, StepClock, SystemTimeClock, Takes, Watermark, WindowClock, WindowInto, WindowLogic,
    Windower,
};
use std::marker::PhantomData;

/// The type of a keyed stream's values, for the closures of its clock.
pub struct Values<V>(PhantomData<fn(V)>);

impl<V> Clone for Values<V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<V> Copy for Values<V> {}

/// The type of `stream`'s values.
///
/// Of a stream that is not known it knows nothing: that it has pairs would be enough for later steps to say which.
#[inline(always)]
pub fn values_of<T: ValueOf<V>, V, B, C>(_stream: &Stream<'_, T, B, C>) -> Values<V> {
    Values(PhantomData)
}

/// A closure over such values: rustc learns its parameter's type here.
#[inline(always)]
pub fn over<V, T, F: Fn(&V) -> T>(_values: Values<V>, f: F) -> F {
    f
}

/// A closure that gives the time of such values.
#[inline(always)]
pub fn timed<V, T: GivesTime<W>, W: Witness, F: Fn(&V) -> T>(_values: Values<V>, f: F) -> If<W, F> {
    W::pass(f)
}

/// The moment that `at` says: the Unix epoch where it says none.
#[inline]
pub fn moment<T: IsMoment<W>, W: Witness>(at: T) -> Timestamp {
    at.time().unwrap_or_default()
}

/// What an argument asks of a moment.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a point in time",
    label = "needs a point in time",
    note = "write `Timestamp(0)`, with microseconds since 1970; a `SystemTime` and, with the features `chrono` and `jiff`, their times do as well"
)]
pub trait IsMoment<W: Witness>: IsTime {}

#[diagnostic::do_not_recommend]
impl<T: IsTime> IsMoment<Holds> for T {}

#[diagnostic::do_not_recommend]
impl<T: IsTime + Never> IsMoment<Fails> for T {}

/// What a window step asks of its `clock`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a clock for values `{V}`",
    label = "needs a clock for values `{V}`",
    note = "write `clock = event_time(|item| …, wait = 10s)`, `clock = watermark(|item| …, wait = 10s)` or `clock = system_time()`"
)]
pub trait IsClock<V, W: Witness>: Sized {
    /// The clock as operators have it.
    type Clock: StepClock<V>;

    /// Makes it.
    fn into_clock(self) -> Self::Clock;
}

#[diagnostic::do_not_recommend]
impl<V: 'static, C: WindowClock<V>> IsClock<V, Holds> for C {
    type Clock = ByKey<V, C>;

    fn into_clock(self) -> ByKey<V, C> {
        ByKey::new(self)
    }
}

#[diagnostic::do_not_recommend]
impl<V: 'static, C: WindowClock<V> + Never> IsClock<V, Fails> for C {
    type Clock = ByKey<V, C>;

    fn into_clock(self) -> ByKey<V, C> {
        ByKey::new(self)
    }
}

#[diagnostic::do_not_recommend]
impl<V: 'static, A: Fn(&V) -> T + 'static, T: IsTime + 'static> IsClock<V, ForAll> for Watermark<V, A, T> {
    type Clock = Self;

    fn into_clock(self) -> Self {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<V: 'static> IsClock<V, ForAll> for SystemTimeClock {
    type Clock = Self;

    fn into_clock(self) -> Self {
        self
    }
}

/// What a window step asks of its `windows`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the windows of values `{V}`",
    label = "needs windows for values `{V}`",
    note = "write `windows = tumbling(1min)` or `windows = session(gap = 30s)`; for `windows = sliding(1h, offset = 5min)` write `#[derive(Clone)]` on the type of the values"
)]
pub trait AreWindows<V, W: Witness>: Windower<Overlap: Takes<V>> {}

#[diagnostic::do_not_recommend]
impl<V, W: Windower<Overlap: Takes<V>>> AreWindows<V, Holds> for W {}

#[diagnostic::do_not_recommend]
impl<V, W: Windower<Overlap: Takes<V>> + Never> AreWindows<V, Fails> for W {}

/// What `window` asks of its argument: a [`WindowLogic`] for values `V`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a window logic for values `{V}`",
    label = "needs `impl WindowLogic<{V}>`",
    note = "write `impl WindowLogic<{V}> for {Self}`, or use `fold_window` with closures"
)]
pub trait IsWindowLogic<V, U, W: Witness>: WindowLogic<V, Out = U> {}

#[diagnostic::do_not_recommend]
impl<V, L: WindowLogic<V>> IsWindowLogic<V, L::Out, Holds> for L {}

#[diagnostic::do_not_recommend]
impl<V, L: WindowLogic<V> + Never> IsWindowLogic<V, L::Out, Fails> for L {}

/// What `collect_window` asks of its `into`.
#[diagnostic::on_unimplemented(
    message = "values `{V}` cannot be collected like this",
    label = "not from values `{V}`",
    note = "`into = vec` takes any value, `into = set` values that are `Ord`, `into = map` pairs `(key, value)` whose key is `Ord`"
)]
pub trait IsWindowInto<V, U, W: Witness>: WindowInto<V, Out = U> {}

#[diagnostic::do_not_recommend]
impl<V, N: WindowInto<V>> IsWindowInto<V, N::Out, Holds> for N {}

#[diagnostic::do_not_recommend]
impl<V, N: WindowInto<V> + Never> IsWindowInto<V, N::Out, Fails> for N {}
