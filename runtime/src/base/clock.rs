//! Wall time, read through one [`Clock`] that tests replace.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A moment: microseconds since the Unix epoch, before it negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Later than any other.
    pub const MAX: Timestamp = Timestamp(i64::MAX);
    /// Earlier than any other.
    pub const MIN: Timestamp = Timestamp(i64::MIN);

    /// The moment `duration` after this one; the latest there is where it would be later still.
    #[must_use]
    pub fn after(self, duration: Duration) -> Timestamp {
        Timestamp(self.0.saturating_add(micros(duration)))
    }

    /// How long it is from `earlier` to this moment; zero where it is not earlier.
    #[must_use]
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// `duration` in whole microseconds, at most `i64::MAX`.
#[must_use]
pub fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Now, on both timelines that a step can go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The flow's clock.
    pub system: Timestamp,
    /// The flow's idle time: for how long every source has had nothing to read, and everything that was read had been
    /// processed, since the flow's very first start. It is known in a flow with a step whose clock goes by
    /// [`Timeline::Idle`](crate::windows::Timeline::Idle).
    pub idle: Timestamp,
}

impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Timestamp(micros(after)),
            Err(before) => Timestamp(-micros(before.duration())),
        }
    }
}

/// Where a flow reads the time: every timeout, poll and epoch goes by it.
#[derive(Clone, Default)]
pub struct Clock(Kind);

#[derive(Clone, Default)]
enum Kind {
    #[default]
    System,
    Manual(Arc<Manual>),
}

#[derive(Default)]
struct Manual {
    now: AtomicI64,
    wakers: Mutex<Vec<Box<dyn Fn() + Send>>>,
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Clock {
        Clock(Kind::System)
    }

    /// A clock that stands at `start` until [`advance`](Clock::advance) moves it.
    ///
    /// ```
    /// use flowstone_runtime::clock::{Clock, Timestamp};
    /// use std::time::Duration;
    ///
    /// let clock = Clock::manual(Timestamp(0));
    /// clock.advance(Duration::from_secs(2));
    /// assert_eq!(clock.now(), Timestamp(2_000_000));
    /// ```
    #[must_use]
    pub fn manual(start: Timestamp) -> Clock {
        let manual = Manual { now: AtomicI64::new(start.0), ..Manual::default() };
        Clock(Kind::Manual(Arc::new(manual)))
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Kind::System => SystemTime::now().into(),
            Kind::Manual(manual) => Timestamp(manual.now.load(Ordering::SeqCst)),
        }
    }

    /// Microseconds since a moment of this process that is no one else's business: unlike [`now`](Clock::now) it never goes
    /// back or jumps where the machine's clock is set. A manual clock has only the one time.
    pub(crate) fn steady(&self) -> i64 {
        static START: OnceLock<Instant> = OnceLock::new();
        match &self.0 {
            Kind::System => micros(START.get_or_init(Instant::now).elapsed()),
            Kind::Manual(manual) => manual.now.load(Ordering::SeqCst),
        }
    }

    /// Moves a manual clock on and wakes the workers that wait on it; the machine's clock stays as it is.
    pub fn advance(&self, by: Duration) {
        if let Kind::Manual(manual) = &self.0 {
            manual.now.fetch_add(micros(by), Ordering::SeqCst);
            manual.wake();
        }
    }

    /// Sets a manual clock, to an earlier time too; the machine's clock stays as it is.
    pub fn set(&self, to: Timestamp) {
        if let Kind::Manual(manual) = &self.0 {
            manual.now.store(to.0, Ordering::SeqCst);
            manual.wake();
        }
    }

    /// True where time moves by itself.
    #[must_use]
    pub fn is_system(&self) -> bool {
        matches!(self.0, Kind::System)
    }

    /// Has `wake` called whenever a manual clock is moved.
    pub(crate) fn on_move(&self, wake: impl Fn() + Send + 'static) {
        if let Kind::Manual(manual) = &self.0 {
            let mut wakers = manual.wakers.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            wakers.push(Box::new(wake));
        }
    }
}

impl Manual {
    fn wake(&self) {
        let wakers = self.wakers.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        for wake in wakers.iter() {
            wake();
        }
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Kind::System => f.write_str("Clock::System"),
            Kind::Manual(_) => write!(f, "Clock::Manual({:?})", self.now()),
        }
    }
}
