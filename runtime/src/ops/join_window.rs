//! `join_window`: values of several streams, brought together by their keys, window by window.

use crate::base::witness::{If, Witness};
use crate::check::{AreWindows, Both, IsClock};
use crate::joins::{Emit, Insert, JoiningWindow, KindFor, Rows, Sides, Values};
use crate::ops::RowOf;
use crate::stream::{Chain, Stream};
use crate::windows::{Late, Options, StepClock, Windowed, windows_behind};
use std::time::Duration;

/// Joins the values of two to six keyed streams that fall into the same window of a key. In a flow:
/// `join_window("id", a, b, clock = …, windows = …)`.
///
/// `insert`, `emit` and `kind` are those of [`join`](super::join()), within each window; by default the `last` values
/// count, last by time, and rows are emitted when the window closes (`emit = final`), with `None` for a side without a value. With
/// `complete`, a row is emitted as soon as every side has a value, and the window starts over; with `running`, at each value.
///
/// `clock` says when values happened, with a closure for each side: `event_time((|a| a.at, |b| b.at), wait = 10s)`. See
/// [`window`](super::window()) for what all window steps have in common. Late values go to `.late`, as a
/// [`Side2`](crate::joins::Side2) (and so on), which says of which side it is.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow per_minute(out: TestSink<(String, (Option<i64>, Option<i64>))>) {
///         seen = input("seen", iter([("ad", 10), ("ad", 100)])) -> map(|(what, at)| (what.to_string(), at));
///         clicks = input("clicks", iter([("ad", 12), ("ad", 50)])) -> map(|(what, at)| (what.to_string(), at));
///         join_window("both", seen, clicks,
///             clock = event_time((|second| second * 1_000_000, |second| second * 1_000_000), wait = 5min),
///             windows = tumbling(1min))
///             -> map_value(|window| window.value)
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// per_minute(out.clone()).run(&Config::default()).unwrap();
/// let rows: Vec<_> = out.take().into_iter().map(|(_, row)| row).collect();
/// assert_eq!(rows, [(Some(10), Some(50)), (Some(100), None)]);
/// ```
#[allow(clippy::too_many_arguments, reason = "the language has names for them")]
pub fn join_window<'s, S, A, W, I, E, M, H: Witness, J: Witness>(
    sides: S,
    id: &'static str,
    clock: A,
    windows: W,
    ordered: Option<bool>,
    early: Option<Duration>,
    allowed_lateness: Option<Duration>,
    _insert: I,
    _emit: E,
    _kind: M,
) -> (
    Stream<
        's,
        (S::Key, Windowed<RowOf<'s, S, I, E, M>>),
        If<Both<H, J>, S::Bound>,
        If<Both<H, J>, impl Chain<'s, (S::Key, Windowed<RowOf<'s, S, I, E, M>>)>>,
    >,
    Stream<'s, LateOf<'s, S>, If<Both<H, J>, S::Bound>, If<Both<H, J>, Late<'s, LateOf<'s, S>>>>,
)
where
    S: Sides<'s, Values: Rows<I, E::Way<I>, M::Kind>>,
    I: Insert,
    E: Emit,
    M: KindFor<E>,
    A: IsClock<<S::Values as Values>::Side, H>,
    W: AreWindows<<S::Values as Values>::Side, J>,
{
    let options = Options::new(ordered, early, allowed_lateness);
    let logic = JoiningWindow::<S::Values, I, E, M::Kind>::new();
    let clock = clock.into_clock();
    let sent = sides.stamped(id, &clock);
    let (out, late) =
        windows_behind::<_, _, S::Bound, _, _, _>(sent.cx, id, sent.rows, clock.tracker(), windows, options, logic);
    (out.known::<Both<H, J>, _, _>(), late.known::<Both<H, J>, _, _>())
}

/// What was late, and of which side it is.
pub type LateOf<'s, S> = (<S as Sides<'s>>::Key, <<S as Sides<'s>>::Values as Values>::Side);
