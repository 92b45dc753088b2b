//! `max_window`: the greatest value of a window.

use super::reduce_window::Reduce;
use crate::base::data::KeyedOrd;
use crate::base::witness::{If, Witness};
use crate::check::{AreWindows, Both, IsClock};
use crate::stream::{Chain, Stream};
use crate::windows::{Late, Options, Windowed, window_operator};
use std::time::Duration;

/// The greatest value of each of a key's windows; of several equal values, the one that came first.
///
/// The order of the values cannot matter otherwise, so `ordered` changes nothing. See [`window`](super::window()) for what all window
/// steps have in common.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow per_minute(out: TestSink<(bool, Windowed<i64>)>) {
///         input("seconds", iter([1, 59, 30, 60, 61]))
///             -> key_on("key", |_| true)
///             -> max_window("greatest",
///                    clock = event_time(|second| second * 1_000_000, wait = 30s),
///                    windows = tumbling(1min))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// per_minute(out.clone()).run(&Config::default()).unwrap();
/// let values: Vec<i64> = out.take().into_iter().map(|(_, window)| window.value).collect();
/// assert_eq!(values, [59, 61]);
/// ```
pub fn max_window<'s, T, B, C, A, W, H: Witness, I: Witness>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    clock: A,
    windows: W,
    ordered: Option<bool>,
    early: Option<Duration>,
    allowed_lateness: Option<Duration>,
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
    T: KeyedOrd,
    B: 'static,
    C: Chain<'s, T>,
    A: IsClock<T::Value, H>,
    W: AreWindows<T::Value, I>,
{
    let options = Options::new(ordered, early, allowed_lateness);
    let combine = Reduce::<_, false>(|a: T::Value, b: T::Value| if b > a { b } else { a });
    let (out, late) = window_operator(up, id, clock.into_clock(), windows, options, combine);
    (out.known::<Both<H, I>, _, _>(), late.known::<Both<H, I>, _, _>())
}
