//! `count_window`: how many values a window has had.

use crate::base::clock::Timestamp;
use crate::base::data::KeyedData;
use crate::base::witness::{If, Witness};
use crate::check::{AreWindows, Both, IsClock};
use crate::stream::{Chain, Stream};
use crate::windows::{Late, Options, WindowLogic, Windowed, window_operator};
use std::time::Duration;

/// Counts each key's values, window by window.
///
/// The order of the values cannot matter, so `ordered` changes nothing. See [`window`](super::window()) for what all window
/// steps have in common.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
/// use flowstone::windows::Windowed;
///
/// dataflow! {
///     flow per_minute(out: TestSink<(bool, Windowed<u64>)>) {
///         input("seconds", iter([1, 30, 59, 60, 61]))
///             -> key_on("key", |_| true)
///             -> count_window("count",
///                    clock = event_time(|second| second * 1_000_000, wait = 10s),
///                    windows = tumbling(1min))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// per_minute(out.clone()).run(&Config::default()).unwrap();
/// let counts: Vec<u64> = out.take().into_iter().map(|(_, window)| window.value).collect();
/// assert_eq!(counts, [3, 2]);
/// ```
pub fn count_window<'s, T, B, C, A, W, H: Witness, I: Witness>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    clock: A,
    windows: W,
    ordered: Option<bool>,
    early: Option<Duration>,
    allowed_lateness: Option<Duration>,
) -> (
    Stream<'s, (T::Key, Windowed<u64>), If<Both<H, I>, B>, If<Both<H, I>, impl Chain<'s, (T::Key, Windowed<u64>)>>>,
    Stream<'s, (T::Key, T::Value), If<Both<H, I>, B>, If<Both<H, I>, Late<'s, (T::Key, T::Value)>>>,
)
where
    T: KeyedData,
    B: 'static,
    C: Chain<'s, T>,
    A: IsClock<T::Value, H>,
    W: AreWindows<T::Value, I>,
{
    let options = Options::new(ordered, early, allowed_lateness);
    let (out, late) = window_operator(up, id, clock.into_clock(), windows, options, Count);
    (out.known::<Both<H, I>, _, _>(), late.known::<Both<H, I>, _, _>())
}

struct Count;

impl<V> WindowLogic<V> for Count {
    type State = u64;
    type Out = u64;
    const ORDER_MATTERS: bool = false;
    const COMBINES: bool = true;
    const COPIES: bool = true;

    #[inline(always)]
    fn start(&self, _at: Timestamp, _value: V, _emit: &mut impl FnMut(u64)) -> u64 {
        1
    }

    #[inline(always)]
    fn on_value(&self, count: &mut u64, _at: Timestamp, _value: V, _emit: &mut impl FnMut(u64)) {
        *count += 1;
    }

    fn merge(&self, count: &mut u64, other: u64) {
        *count += other;
    }

    fn on_close(&self, count: u64, emit: &mut impl FnMut(u64)) {
        emit(count);
    }

    fn copy(&self, count: &u64) -> u64 {
        *count
    }
}
