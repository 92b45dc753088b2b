//! What the macro asks of the arguments of window steps, where these stand: the steps' own bounds would be shown as well.
//!
//! The questions are those of [`check_windows`](crate::check), in the same words, asked of a
//! [`Typed`](super::Typed), which is nothing of the user's.

use super::windows::Values;
use crate::base::witness::{Fails, ForAll, Holds, If, Never, Witness};
use crate::windows::{IsTime, SystemTimeClock, Takes, Watermark, WindowClock, WindowInto, WindowLogic, Windower};

/// Asks for a clock for values `V`.
#[diagnostic::on_unimplemented(
    message = "`{C}` is not a clock for values `{V}`",
    label = "needs a clock for values `{V}`",
    note = "write `clock = event_time(|item| …, wait = 10s)`, `clock = watermark(|item| …, wait = 10s)` or `clock = system_time()`"
)]
pub trait TakesClock<V, C, W: Witness>: Sized {
    /// The clock itself, as far as it is known.
    #[inline(always)]
    fn clock(clock: C, _values: Values<V>, _asked: Self) -> If<W, C> {
        W::pass(clock)
    }
}

#[diagnostic::do_not_recommend]
impl<S, V, C: WindowClock<V>> TakesClock<V, C, Holds> for S {}

#[diagnostic::do_not_recommend]
impl<S, V, C: WindowClock<V> + Never> TakesClock<V, C, Fails> for S {}

#[diagnostic::do_not_recommend]
impl<S, V, A: Fn(&V) -> T + 'static, T: IsTime + 'static> TakesClock<V, Watermark<V, A, T>, ForAll> for S {}

#[diagnostic::do_not_recommend]
impl<S, V> TakesClock<V, SystemTimeClock, ForAll> for S {}

/// Asks for windows of values `V`.
#[diagnostic::on_unimplemented(
    message = "`{X}` cannot be the windows of values `{V}`",
    label = "needs windows for values `{V}`",
    note = "write `windows = tumbling(1min)` or `windows = session(gap = 30s)`; for `windows = sliding(1h, offset = 5min)` write `#[derive(Clone)]` on the type of the values"
)]
pub trait TakesWindows<V, X, W: Witness>: Sized {
    /// The windows themselves, as far as they are known.
    #[inline(always)]
    fn windows(windows: X, _values: Values<V>, _asked: Self) -> If<W, X> {
        W::pass(windows)
    }
}

#[diagnostic::do_not_recommend]
impl<S, V, X: Windower<Overlap: Takes<V>>> TakesWindows<V, X, Holds> for S {}

#[diagnostic::do_not_recommend]
impl<S, V, X: Windower<Overlap: Takes<V>> + Never> TakesWindows<V, X, Fails> for S {}

/// Asks for a logic for values `V`.
#[diagnostic::on_unimplemented(
    message = "`{L}` is not a window logic for values `{V}`",
    label = "needs `impl WindowLogic<{V}>`",
    note = "write `impl WindowLogic<{V}> for {L}`, or use `fold_window` with closures"
)]
pub trait TakesLogic<V, L, W: Witness>: Sized {
    /// The logic itself, as far as it is known.
    #[inline(always)]
    fn logic(logic: L, _values: Values<V>, _asked: Self) -> If<W, L> {
        W::pass(logic)
    }
}

#[diagnostic::do_not_recommend]
impl<S, V, L: WindowLogic<V>> TakesLogic<V, L, Holds> for S {}

#[diagnostic::do_not_recommend]
impl<S, V, L: WindowLogic<V> + Never> TakesLogic<V, L, Fails> for S {}

/// Asks for a way to gather values `V`.
#[diagnostic::on_unimplemented(
    message = "values `{V}` cannot be collected like this",
    label = "not from values `{V}`",
    note = "`into = vec` takes any value, `into = set` values that are `Ord`, `into = map` pairs `(key, value)` whose key is `Ord`"
)]
pub trait TakesInto<V, N, W: Witness>: Sized {
    /// The same, as far as it is known.
    #[inline(always)]
    fn into(into: N, _values: Values<V>, _asked: Self) -> If<W, N> {
        W::pass(into)
    }
}

#[diagnostic::do_not_recommend]
impl<S, V, N: WindowInto<V>> TakesInto<V, N, Holds> for S {}

#[diagnostic::do_not_recommend]
impl<S, V, N: WindowInto<V> + Never> TakesInto<V, N, Fails> for S {}
