//! `aggregate_window`: several aggregates of a window in one pass.

use crate::base::data::KeyedData;
use crate::base::witness::{If, Witness};
use crate::check::{AreWindows, Both, IsClock};
use crate::stream::{Chain, Stream};
use crate::windows::aggregate::{Aggregates, IsAggregate, Of};
use crate::windows::{Late, Options, Windowed, window_operator};
use std::time::Duration;

/// Computes several [aggregates](crate::windows::aggregate) of each key's values, window by window, in one pass.
///
/// Values are processed as they arrive, whatever `ordered` says: aggregates for which order matters, such as `first` and `last`,
/// use the values' times. See [`window`](super::window()) for what all window steps have in common.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
/// use flowstone::windows::Windowed;
///
/// #[derive(Clone, serde::Serialize, serde::Deserialize)]
/// struct Reading {
///     at: i64,
///     celsius: f64,
/// }
///
/// dataflow! {
///     flow per_minute(out: TestSink<(bool, Windowed<(u64, f64, f64)>)>) {
///         input("readings", iter([(1, 20.0), (30, 22.0), (61, 19.0)]))
///             -> map("reading", |(second, celsius)| Reading { at: second * 1_000_000, celsius })
///             -> key_on("key", |_| true)
///             -> aggregate_window("weather",
///                    clock = event_time(|reading| reading.at, wait = 10s),
///                    windows = tumbling(1min),
///                    of = (count(), mean(|r| r.celsius), max_by(|r| r.celsius, f64::total_cmp)))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// per_minute(out.clone()).run(&Config::default()).unwrap();
/// let weather: Vec<_> = out.take().into_iter().map(|(_, window)| window.value).collect();
/// assert_eq!(weather, [(2, 21.0, 22.0), (1, 19.0, 19.0)]);
/// ```
#[allow(clippy::too_many_arguments, reason = "in the language they have names")]
pub fn aggregate_window<'s, T, B, C, A, W, H: Witness, I: Witness, J: Witness, G, M, U: 'static>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    clock: A,
    windows: W,
    ordered: Option<bool>,
    early: Option<Duration>,
    allowed_lateness: Option<Duration>,
    of: M,
) -> (
    Stream<
        's,
        (T::Key, Windowed<U>),
        If<Both<J, Both<H, I>>, B>,
        If<Both<J, Both<H, I>>, impl Chain<'s, (T::Key, Windowed<U>)>>,
    >,
    Stream<'s, (T::Key, T::Value), If<Both<J, Both<H, I>>, B>, If<Both<J, Both<H, I>>, Late<'s, (T::Key, T::Value)>>>,
)
where
    T: KeyedData,
    B: 'static,
    C: Chain<'s, T>,
    A: IsClock<T::Value, H>,
    W: AreWindows<T::Value, I>,
    G: IsAggregate<T::Value, U, J>,
    M: FnOnce(Of<T::Value>) -> G,
{
    let options = Options::new(ordered, early, allowed_lateness);
    let (out, late) = window_operator(up, id, clock.into_clock(), windows, options, Aggregates(of(Of::new())));
    (out.known::<Both<J, Both<H, I>>, _, _>(), late.known::<Both<J, Both<H, I>>, _, _>())
}
