//! `event_time`: values say when they happened, and each key has a watermark of its own.

use super::clock::{Timeline, WindowClock};
use super::times::{GivesTime, IsTime};
use crate::base::clock::{Moment, Timestamp, micros};
use crate::base::witness::{If, Witness};
use std::marker::PhantomData;
use std::time::Duration;

/// How far ahead of the flow's clock a time may be where nothing else is said.
const MAX_AHEAD: Duration = Duration::from_secs(24 * 60 * 60);

/// The clock by which values say themselves when they happened, with a watermark for each key.
///
/// The watermark of a key is the newest time that it has had, less `wait`: so long a value may come after one that happened
/// later. While the flow is idle, the watermark advances with time, so that the windows of keys that get no more values close
/// too. It is idle while every source on every worker has reported that it has nothing to read, and everything that was read
/// has been processed: a backlog, a slow sink, a start, a stop or the time between two executions make nothing late.
///
/// `at` gives whatever [`IsTime`]: a [`Timestamp`], a `SystemTime`, an `i64` of microseconds, with the features `chrono` and
/// `jiff` their types, and an `Option` of these. A value without a time is late, and so is one whose time is more than
/// `max_ahead` (a day by default) ahead of the flow's clock: a clock that is wrong somewhere would make all the others late.
///
/// A key whose windows have all closed is remembered until it has had no value for `max_ahead`, so that none of its windows
/// comes out twice. From then on a key of which nothing is known, in the same one of
/// [`KEY_GROUPS`](crate::data::KEY_GROUPS) groups, begins where the windows of the forgotten keys have ended.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
/// use flowstone::windows::Windowed;
///
/// dataflow! {
///     flow per_minute(out: TestSink<(String, Windowed<u64>)>, late: TestSink<(String, (String, i64))>) {
///         counts = input("hits", iter([("/", 10), ("/", 70), ("/", 55), ("/", 130), ("/", 50)]))
///             -> map(|(page, second)| (page.to_string(), second))
///             -> key_on("page", |(page, _)| page.clone())
///             -> count_window("count",
///                    clock = event_time(|(_, second)| second * 1_000_000, wait = 20s),
///                    windows = tumbling(1min));
///         counts.late -> output("late", late);
///         counts -> output("out", out);
///     }
/// }
/// let (out, late) = (TestSink::new(), TestSink::new());
/// per_minute(out.clone(), late.clone()).run(&Config::default()).unwrap();
/// let counts: Vec<(i64, u64)> = out.take().iter().map(|(_, window)| (window.id, window.value)).collect();
/// assert_eq!(counts, [(0, 2), (1, 1), (2, 1)]);
/// assert_eq!(late.len(), 1);
/// ```
pub fn event_time<V, A, T: GivesTime<W>, W>(
    at: A,
    wait: Duration,
    max_ahead: Option<Duration>,
) -> If<W, EventTime<V, A, T>>
where
    A: Fn(&V) -> T + 'static,
    W: Witness,
{
    let (wait, max_ahead) = (micros(wait), micros(max_ahead.unwrap_or(MAX_AHEAD)));
    W::pass(EventTime { at, wait, max_ahead, value: PhantomData })
}

/// The clock that [`event_time`] makes.
pub struct EventTime<V, A, T> {
    at: A,
    wait: i64,
    max_ahead: i64,
    value: PhantomData<fn(&V) -> T>,
}

/// The mark of a key that has had no time.
const NOTHING: i64 = i64::MIN;

impl<V: 'static, A: Fn(&V) -> T + 'static, T: IsTime + 'static> WindowClock<V> for EventTime<V, A, T> {
    /// The watermark less the idle time at which it stands there: so it advances by itself.
    type Mark = i64;
    const TIMELINE: Timeline = Timeline::Idle;

    #[inline(always)]
    fn time_of(&self, value: &V) -> Option<Timestamp> {
        (self.at)(value).time()
    }

    #[inline(always)]
    fn start(&self, at_least: Timestamp, now: &Moment) -> i64 {
        if at_least == Timestamp::MIN { NOTHING } else { at_least.0.saturating_sub(now.idle.0) }
    }

    #[inline(always)]
    fn arrive(&self, mark: &mut i64, at: Option<Timestamp>, now: &Moment) -> Option<Timestamp> {
        let at = at?;
        if at.0 > now.system.0.saturating_add(self.max_ahead) {
            return None;
        }
        *mark = at.0.saturating_sub(self.wait).saturating_sub(now.idle.0).max(*mark);
        Some(at)
    }

    #[inline(always)]
    fn watermark(&self, mark: &i64, now: &Moment) -> Timestamp {
        if *mark == NOTHING { Timestamp::MIN } else { Timestamp(mark.saturating_add(now.idle.0)) }
    }

    #[inline(always)]
    fn reaches(&self, mark: &i64, time: Timestamp) -> Option<Timestamp> {
        (*mark != NOTHING).then(|| Timestamp(time.0.saturating_sub(*mark)))
    }

    fn remember(&self) -> Duration {
        Duration::from_micros(self.max_ahead.unsigned_abs())
    }
}
