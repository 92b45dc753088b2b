//! The one timestamp that runs through a flow: an epoch in the high half, a tick in the low half.
//!
//! An *epoch* is the unit of recovery and of what sinks commit together. A *tick* is the unit of progress and of flow
//! control: sources begin a new one every millisecond or so. Both live in one totally ordered `u64`, so that timely tracks
//! a single number.

/// The timestamp of timely's progress tracking.
pub type Time = u64;

const TICK_BITS: u32 = 32;

/// The first moment of `epoch`.
#[must_use]
pub const fn start_of(epoch: u64) -> Time {
    epoch << TICK_BITS
}

/// The epoch of a time.
#[must_use]
pub const fn epoch_of(time: Time) -> u64 {
    time >> TICK_BITS
}

/// The next tick of the same epoch; a time at the last tick of its epoch stays there.
#[must_use]
pub const fn next_tick(time: Time) -> Time {
    if epoch_of(time + 1) == epoch_of(time) { time + 1 } else { time }
}

/// The end of an epoch, as it is told to what comes behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EpochEnd {
    /// The epoch that has ended.
    pub epoch: u64,
    /// The last epoch of which all has come by now: later than `epoch` where some brought nothing, `u64::MAX` at the end of the
    /// input.
    pub passed: u64,
}

impl EpochEnd {
    /// The end of `epoch`, where the epoch that `begins` is the next that may bring something; `None` at the end of the input.
    #[must_use]
    pub fn of(epoch: u64, begins: Option<u64>) -> EpochEnd {
        EpochEnd { epoch, passed: begins.map_or(u64::MAX, |begins| begins.saturating_sub(1)) }
    }

    /// True at the end of the input.
    #[must_use]
    pub fn is_last(self) -> bool {
        self.passed == u64::MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_tick_does_not_spill_into_the_next_epoch() {
        let last = start_of(8) - 1;
        assert_eq!((epoch_of(last), next_tick(last)), (7, last));
        assert_eq!(next_tick(start_of(7)), start_of(7) + 1);
    }
}
