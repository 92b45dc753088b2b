//! `join_within`: values of two streams that are near each other in time.

use crate::base::data::Data;
use crate::base::error::Error;
use crate::base::witness::{If, Witness};
use crate::check::IsClock;
use crate::joins::{IntervalJoin, Side2, Sides, Within};
use crate::state::{PerKey, Placement, after_exchange};
use crate::stream::{Chain, Stream};
use crate::windows::{Late, StepClock, with_late};

/// Joins each value of the first stream with those of the second whose times lie `within` an interval around its own:
/// with `-5s..10s` from five seconds before it until right before ten seconds after it. In a flow:
/// `join_within("id", a, b, within = -5s..10s, clock = …)`.
///
/// Each pair is emitted once, as soon as both values have arrived: `(key, (a, b))`. `clock` says when values happened, with a closure for
/// each side: `event_time((|a| a.at, |b| b.at), wait = 10s)`; see [`event_time`](crate::windows::event_time()) and
/// [`watermark`](crate::windows::watermark()).
///
/// A value older than its key's watermark is late, since its partners may have been dropped: it goes to the port `.late`, as a
/// [`Side2`]. A value stays in memory until the watermark has passed the last time of the other side that goes with it.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow clicked(out: TestSink<(String, (i64, i64))>) {
///         shown = input("shown", iter([("ad", 10), ("ad", 100)])) -> map(|(what, at)| (what.to_string(), at));
///         clicks = input("clicks", iter([("ad", 12), ("ad", 50)])) -> map(|(what, at)| (what.to_string(), at));
///         join_within("clicked", shown, clicks,
///             within = 0s..30s,
///             clock = event_time((|second| second * 1_000_000, |second| second * 1_000_000), wait = 5min))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// clicked(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [("ad".to_string(), (10, 12))]);
/// ```
pub fn join_within<'s, S, A, V, C, H: Witness>(
    sides: S,
    id: &'static str,
    within: Within,
    clock: C,
) -> (
    Stream<'s, (S::Key, (A, V)), If<H, S::Bound>, If<H, impl Chain<'s, (S::Key, (A, V))>>>,
    Stream<'s, (S::Key, Side2<A, V>), If<H, S::Bound>, If<H, Late<'s, (S::Key, Side2<A, V>)>>>,
)
where
    S: Sides<'s, Values = (A, V)>,
    A: Data + Clone,
    V: Data + Clone,
    C: IsClock<Side2<A, V>, H>,
{
    let clock = clock.into_clock();
    let sent = sides.stamped(id, &clock);
    if within.is_empty() {
        let what = format!("step `{id}`: no two values are `within` this of each other: it ends before it begins");
        sent.cx.worker.fail(Error::Config { what });
    }
    let step = IntervalJoin::<_, A, V>::new(clock.tracker(), within);
    let out: Stream<'s, _, S::Bound, _> = after_exchange(sent.cx, id, Placement::ByKey, sent.rows, PerKey(step));
    let (pairs, late) = with_late(id, out);
    (pairs.known::<H, _, _>(), late.known::<H, _, _>())
}
