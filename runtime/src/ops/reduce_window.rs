//! `reduce_window`: the values of a window combined into one.

use crate::base::clock::Timestamp;
use crate::base::data::{Data, KeyedData};
use crate::base::witness::{If, Witness};
use crate::check::{AreWindows, Both, IsClock};
use crate::stream::{Chain, Stream};
use crate::windows::{Late, Options, WindowLogic, Windowed, window_operator};
use std::time::Duration;

/// Combines the values of each of a key's windows, two at a time; two sessions that merge are combined in the same way.
///
/// See [`window`](super::window()) for what all
/// window steps have in common.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow sums(out: TestSink<(bool, Windowed<i64>)>) {
///         input("seconds", iter([1, 30, 75]))
///             -> key_on("key", |_| true)
///             -> reduce_window("sum",
///                    clock = event_time(|second| second * 1_000_000, wait = 0s),
///                    windows = tumbling(1min),
///                    |a, b| a + b)
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// sums(out.clone()).run(&Config::default()).unwrap();
/// let sums: Vec<i64> = out.take().into_iter().map(|(_, window)| window.value).collect();
/// assert_eq!(sums, [31, 75]);
/// ```
#[allow(clippy::too_many_arguments, reason = "in the language they have names")]
pub fn reduce_window<'s, T, B, C, A, W, H: Witness, I: Witness, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    clock: A,
    windows: W,
    ordered: Option<bool>,
    early: Option<Duration>,
    allowed_lateness: Option<Duration>,
    combine: F,
) -> (
    Stream<
        's,
        (T::Key, Windowed<T::Value>),
        If<Both<H, I>, B>,
        If<Both<H, I>, impl Chain<'s, (T::Key, Windowed<T::Value>)>>,
    >,
    Stream<'s, (T::Key, T::Value), If<Both<H, I>, B>, If<Both<H, I>, Late<'s, (T::Key, T::Value)>>>,
)
where
    T: KeyedData,
    B: 'static,
    C: Chain<'s, T>,
    A: IsClock<T::Value, H>,
    W: AreWindows<T::Value, I>,
    F: Fn(T::Value, T::Value) -> T::Value + 'static,
{
    let options = Options::new(ordered, early, allowed_lateness);
    let (out, late) = window_operator(up, id, clock.into_clock(), windows, options, Reduce::<F, true>(combine));
    (out.known::<Both<H, I>, _, _>(), late.known::<Both<H, I>, _, _>())
}

/// Combines values in the order of their times where it `MATTERS`.
pub(super) struct Reduce<F, const MATTERS: bool>(pub(super) F);

impl<V: Data, F: Fn(V, V) -> V + 'static, const MATTERS: bool> WindowLogic<V> for Reduce<F, MATTERS> {
    /// `None` only while a closure has the value in its hands.
    type State = Option<V>;
    type Out = V;
    const ORDER_MATTERS: bool = MATTERS;
    const COMBINES: bool = !MATTERS;

    #[inline(always)]
    fn start(&self, _at: Timestamp, value: V, _emit: &mut impl FnMut(V)) -> Option<V> {
        Some(value)
    }

    #[inline(always)]
    fn on_value(&self, state: &mut Option<V>, _at: Timestamp, value: V, _emit: &mut impl FnMut(V)) {
        *state = Some(match state.take() {
            Some(before) => (self.0)(before, value),
            None => value,
        });
    }

    fn merge(&self, state: &mut Option<V>, other: Option<V>) {
        *state = match (state.take(), other) {
            (Some(state), Some(other)) => Some((self.0)(state, other)),
            (state, other) => state.or(other),
        };
    }

    fn on_close(&self, state: Option<V>, emit: &mut impl FnMut(V)) {
        state.into_iter().for_each(emit);
    }
}
