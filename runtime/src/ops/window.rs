//! `window`: the core of window steps, with a logic of the user's own.

use crate::base::data::KeyedData;
use crate::base::witness::{If, Witness};
use crate::check::{AreWindows, Both, IsClock, IsWindowLogic};
use crate::stream::{Chain, Stream};
use crate::windows::{Late, Options, Windowed, window_operator};
use std::time::Duration;

/// Aggregates each key's windows with a custom [`WindowLogic`](crate::windows::WindowLogic). Every other
/// window step is one of these.
///
/// What they have in common:
/// - `clock` determines when a value happened and the watermark. [`event_time`](crate::windows::event_time()),
///   [`watermark`](crate::windows::watermark()), [`system_time`](crate::windows::system_time()), or a
///   custom [`WindowClock`](crate::windows::WindowClock).
/// - `windows` says which windows a time is in. [`tumbling`](crate::windows::tumbling()),
///   [`sliding`](crate::windows::sliding()), [`session`](crate::windows::session()), or a
///   custom [`Windower`](crate::windows::Windower).
/// - A window closes when the watermark reaches its end, and all open windows close at the end of the input. Its result is
///   emitted as a [`Windowed`](crate::windows::Windowed). Windows of a key that close at the same moment are emitted by close,
///   then by open.
/// - A value is late when every window that it belongs to has closed, or when it has no time. It goes to the port `.late`, which
///   need not be used; the run's report says how many there were.
/// - `ordered`, true by default: values reach a window in event-time order within the limits of the clock's `wait`. With
///   `ordered = false` they meet it as they come, which is faster.
/// - `early = 10s` emits the results so far of open windows that have changed, that often by the flow's clock.
/// - `allowed_lateness = 1h` keeps a closed window until the watermark is so much further: a late value corrects it, and what it
///   comes to now goes out again at once.
///
/// Items are sent to the worker that owns their key, unless they are there already.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// /// The greatest step between two values of a window.
/// struct GreatestStep;
///
/// impl WindowLogic<i64> for GreatestStep {
///     type State = (i64, i64);
///     type Out = i64;
///
///     fn start(&self, _at: Timestamp, value: i64, _emit: &mut impl FnMut(i64)) -> Self::State {
///         (value, 0)
///     }
///     fn on_value(&self, (last, greatest): &mut Self::State, _at: Timestamp, value: i64, _emit: &mut impl FnMut(i64)) {
///         *greatest = (value - *last).abs().max(*greatest);
///         *last = value;
///     }
///     fn merge(&self, state: &mut Self::State, other: Self::State) {
///         *state = (other.0, state.1.max(other.1));
///     }
///     fn on_close(&self, (_, greatest): Self::State, emit: &mut impl FnMut(i64)) {
///         emit(greatest);
///     }
/// }
///
/// dataflow! {
///     flow steps(out: TestSink<(bool, Windowed<i64>)>) {
///         input("seconds", iter([10, 13, 11, 59, 70]))
///             -> key_on("key", |_| true)
///             -> window("step",
///                    clock = event_time(|second| second * 1_000_000, wait = 5s),
///                    windows = tumbling(1min),
///                    logic = GreatestStep)
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// steps(out.clone()).run(&Config::default()).unwrap();
/// let steps: Vec<i64> = out.take().into_iter().map(|(_, window)| window.value).collect();
/// assert_eq!(steps, [46, 0]);
/// ```
#[allow(clippy::too_many_arguments, reason = "in the language they have names")]
pub fn window<'s, T, B, C, A, W, H: Witness, I: Witness, J: Witness, L, U: 'static>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    clock: A,
    windows: W,
    ordered: Option<bool>,
    early: Option<Duration>,
    allowed_lateness: Option<Duration>,
    logic: L,
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
    L: IsWindowLogic<T::Value, U, J>,
{
    let options = Options::new(ordered, early, allowed_lateness);
    let (out, late) = window_operator(up, id, clock.into_clock(), windows, options, logic);
    (out.known::<Both<J, Both<H, I>>, _, _>(), late.known::<Both<J, Both<H, I>>, _, _>())
}
