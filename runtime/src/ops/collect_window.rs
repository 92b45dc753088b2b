//! `collect_window`: the values of a window as a list, a set or a map.

use crate::base::data::KeyedData;
use crate::base::witness::{If, Witness};
use crate::check::{AreWindows, Both, IsClock, IsWindowInto};
use crate::stream::{Chain, Stream};
use crate::windows::{Gather, Late, Options, Windowed, window_operator};
use std::time::Duration;

/// Collects the values of each of a key's windows `into = vec`, a `Vec` of them in the order of their times by default:
/// `into = set` yields a `BTreeSet`, and `into = map` a `BTreeMap` of values that are pairs, in which the newest value of a
/// key counts. With `ordered = false` they are in the order of arrival.
///
/// See [`window`](super::window()) for what all
/// window steps have in common.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow lists(out: TestSink<(bool, Windowed<Vec<i64>>)>) {
///         input("seconds", iter([1, 59, 30, 75]))
///             -> key_on("key", |_| true)
///             -> collect_window("list",
///                    clock = event_time(|second| second * 1_000_000, wait = 30s),
///                    windows = tumbling(1min))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// lists(out.clone()).run(&Config::default()).unwrap();
/// let lists: Vec<Vec<i64>> = out.take().into_iter().map(|(_, window)| window.value).collect();
/// assert_eq!(lists, [vec![1, 30, 59], vec![75]]);
/// ```
#[allow(clippy::too_many_arguments, reason = "in the language they have names")]
pub fn collect_window<'s, T, B, C, A, W, H: Witness, I: Witness, J: Witness, N, U: 'static>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    clock: A,
    windows: W,
    ordered: Option<bool>,
    early: Option<Duration>,
    allowed_lateness: Option<Duration>,
    into: N,
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
    N: IsWindowInto<T::Value, U, J>,
{
    let options = Options::new(ordered, early, allowed_lateness);
    let (out, late) = window_operator(up, id, clock.into_clock(), windows, options, Gather::new(into, options.ordered));
    (out.known::<Both<J, Both<H, I>>, _, _>(), late.known::<Both<J, Both<H, I>>, _, _>())
}
