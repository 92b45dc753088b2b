//! `system_time`: values happen when they arrive.

use super::clock::{Timeline, WindowClock};
use crate::clock::{Moment, Timestamp};

/// The clock by which a value happens when it arrives at the window step: nothing is ever late.
///
/// The watermark is the flow's clock; where that is set back, the watermark stays.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
/// use flowstone::windows::Windowed;
///
/// dataflow! {
///     flow per_minute(out: TestSink<(bool, Windowed<u64>)>) {
///         input("numbers", iter(1..=4))
///             -> key_on("even", |n| n % 2 == 0)
///             -> count_window("count", clock = system_time(), windows = tumbling(1min))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// let clock = Clock::manual(Timestamp(90_000_000));
/// per_minute(out.clone()).run(&Config::default().clock(clock)).unwrap();
/// let counts: Vec<(i64, u64)> = out.take().iter().map(|(_, window)| (window.id, window.value)).collect();
/// assert_eq!(counts, [(1, 2), (1, 2)]);
/// ```
#[must_use]
pub fn system_time() -> SystemTimeClock {
    SystemTimeClock(())
}

/// The clock that [`system_time`] makes.
#[derive(Debug, Clone, Copy)]
pub struct SystemTimeClock(());

impl<V> WindowClock<V> for SystemTimeClock {
    /// The latest time at which it was asked.
    type Mark = Timestamp;
    const TIMELINE: Timeline = Timeline::System;

    #[inline(always)]
    fn time_of(&self, _value: &V) -> Option<Timestamp> {
        None
    }

    #[inline(always)]
    fn start(&self, at_least: Timestamp, now: &Moment) -> Timestamp {
        at_least.max(now.system)
    }

    #[inline(always)]
    fn arrive(&self, mark: &mut Timestamp, _at: Option<Timestamp>, now: &Moment) -> Option<Timestamp> {
        *mark = now.system.max(*mark);
        Some(*mark)
    }

    #[inline(always)]
    fn watermark(&self, mark: &Timestamp, now: &Moment) -> Timestamp {
        now.system.max(*mark)
    }

    #[inline(always)]
    fn reaches(&self, _mark: &Timestamp, time: Timestamp) -> Option<Timestamp> {
        Some(time)
    }
}
