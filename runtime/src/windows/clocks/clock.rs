//! What a window step asks of a clock: the trait behind `clock = …`.

use crate::base::clock::{Moment, Timestamp};
use crate::base::data::Data;
use std::time::Duration;

/// By which time the windows of keys close that get no more values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeline {
    /// The flow's clock.
    System,
    /// The time for which the flow has been idle: see [`Moment::idle`].
    Idle,
}

/// Says when a value happened, and how far time has come for its key: the *watermark*, behind which no value is expected.
///
/// It is itself immutable; what changes is the mark it is handed, one a key. [`event_time`](super::event_time()) is one;
/// [`watermark`](super::watermark()) and [`system_time`](super::system_time()) have one watermark for all keys, and are none.
///
/// ```
/// use flowstone::clock::Moment;
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
/// use flowstone::windows::{Timeline, Windowed};
///
/// /// Values are numbered second by second, and the watermark is right behind the newest.
/// struct BySecond;
///
/// impl WindowClock<i64> for BySecond {
///     type Mark = Timestamp;
///     const TIMELINE: Timeline = Timeline::System;
///
///     fn time_of(&self, second: &i64) -> Option<Timestamp> {
///         Some(Timestamp(second * 1_000_000))
///     }
///     fn start(&self, at_least: Timestamp, _now: &Moment) -> Timestamp {
///         at_least
///     }
///     fn arrive(&self, mark: &mut Timestamp, at: Option<Timestamp>, _now: &Moment) -> Option<Timestamp> {
///         *mark = at?.max(*mark);
///         at
///     }
///     fn watermark(&self, mark: &Timestamp, _now: &Moment) -> Timestamp {
///         *mark
///     }
///     fn reaches(&self, _mark: &Timestamp, _time: Timestamp) -> Option<Timestamp> {
///         None
///     }
/// }
///
/// dataflow! {
///     flow counts(out: TestSink<(bool, Windowed<u64>)>) {
///         input("seconds", iter([1, 2, 61]))
///             -> key_on("key", |_| true)
///             -> count_window("count", clock = BySecond, windows = tumbling(1min))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// counts(out.clone()).run(&Config::default()).unwrap();
/// let counts: Vec<u64> = out.take().into_iter().map(|(_, window)| window.value).collect();
/// assert_eq!(counts, [2, 1]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a clock for values `{V}`",
    label = "needs a clock for `{V}` here",
    note = "write `clock = event_time(|item| …, wait = …)`, `clock = watermark(|item| …, wait = …)` or `clock = system_time()`"
)]
pub trait WindowClock<V>: 'static {
    /// What is kept for each key. It is a serde type, so that a snapshot can hold it.
    type Mark: Data;

    /// By which time [`reaches`](WindowClock::reaches) and [`remember`](WindowClock::remember) go.
    const TIMELINE: Timeline;

    /// When the value happened; `None` where that cannot be told, and [`Timestamp::MIN`] is the same as `None`. It is asked
    /// once for each value, on the worker where the value is made.
    fn time_of(&self, value: &V) -> Option<Timestamp>;

    /// The mark of a key of which nothing is known. Its watermark begins at `at_least`, which is [`Timestamp::MIN`] unless
    /// keys have been forgotten whose windows had come so far.
    fn start(&self, at_least: Timestamp, now: &Moment) -> Self::Mark;

    /// A value has come to the worker that owns its key: takes note of its time. What it gives is the time by which the
    /// value finds its windows; `None` makes it a late one.
    fn arrive(&self, mark: &mut Self::Mark, at: Option<Timestamp>, now: &Moment) -> Option<Timestamp>;

    /// The watermark: windows that close up to here are closed. It never goes back.
    fn watermark(&self, mark: &Self::Mark, now: &Moment) -> Timestamp;

    /// When, by the clock's timeline, the watermark comes to `time` if no more values come; `None` for never.
    fn reaches(&self, mark: &Self::Mark, time: Timestamp) -> Option<Timestamp>;

    /// How long, by the clock's timeline, the mark of a key is kept once none of its windows is open. Zero where the
    /// watermark does not depend on it.
    fn remember(&self) -> Duration {
        Duration::ZERO
    }
}
