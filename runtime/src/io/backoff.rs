//! How often something that failed is tried again, and after which pauses: [`Retry`].

use std::time::Duration;

/// How a sink tries again after a [transient](crate::error::Fault::transient) fault: after pauses that double from `first` to
/// `longest`, each shortened by up to half at random so that many writers do not come back at once, until the pauses add up
/// to `limit`.
///
/// The default pauses are 100 ms to 10 s, for five minutes.
///
/// ```
/// use flowstone_runtime::sink::Retry;
/// use std::time::Duration;
///
/// let patient = Retry::new().longest(Duration::from_secs(60)).limit(Duration::from_secs(3600));
/// # let _ = patient;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    first: Duration,
    longest: Duration,
    limit: Duration,
}

impl Default for Retry {
    fn default() -> Retry {
        Retry::new()
    }
}

impl Retry {
    /// The default pauses: 100 ms to 10 s, for five minutes.
    #[must_use]
    pub const fn new() -> Retry {
        Retry { first: Duration::from_millis(100), longest: Duration::from_secs(10), limit: Duration::from_secs(300) }
    }

    /// Never tries again: every fault ends the flow.
    #[must_use]
    pub const fn never() -> Retry {
        Retry { first: Duration::ZERO, longest: Duration::ZERO, limit: Duration::ZERO }
    }

    /// The first pause.
    #[must_use]
    pub const fn first(mut self, pause: Duration) -> Retry {
        self.first = pause;
        self
    }

    /// The longest pause.
    #[must_use]
    pub const fn longest(mut self, pause: Duration) -> Retry {
        self.longest = pause;
        self
    }

    /// How long all pauses of one fault may take together.
    #[must_use]
    pub const fn limit(mut self, limit: Duration) -> Retry {
        self.limit = limit;
        self
    }

    /// The pauses for one fault.
    pub(crate) fn pauses(&self) -> Pauses {
        // A pause of nothing would never use up the limit.
        Pauses { next: self.first.max(Duration::from_millis(1)), longest: self.longest, left: self.limit }
    }
}

/// Pauses between tries.
#[derive(Debug)]
pub(crate) struct Pauses {
    next: Duration,
    longest: Duration,
    left: Duration,
}

impl Iterator for Pauses {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        if self.left.is_zero() {
            return None;
        }
        let whole = self.next.min(self.longest).max(Duration::from_millis(1)).min(self.left);
        self.next = self.next.saturating_mul(2).min(self.longest);
        self.left -= whole;
        Some(whole.mul_f64(1.0 - fastrand::f64() / 2.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest_and_add_up_to_the_limit() {
        let retry = Retry::new().first(Duration::from_millis(100)).longest(Duration::from_secs(1));
        let pauses: Vec<Duration> = retry.limit(Duration::from_secs(5)).pauses().collect();
        // 0.1 + 0.2 + 0.4 + 0.8 + 1 + 1 + 1 + 0.5
        assert_eq!(pauses.len(), 8);
        for (pause, whole) in pauses.iter().zip([100, 200, 400, 800, 1000, 1000, 1000, 500]) {
            let whole = Duration::from_millis(whole);
            assert!(*pause <= whole && *pause >= whole / 2, "{pause:?} of {whole:?}");
        }
        assert_eq!(Retry::never().pauses().count(), 0);
    }
}
