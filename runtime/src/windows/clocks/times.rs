//! What counts as a time: what the closure of a clock may give.

use crate::base::clock::Timestamp;
use crate::base::witness::{Fails, Holds, Never, Witness};
use std::time::SystemTime;

/// A time, or none.
///
/// A number is one of microseconds since the Unix epoch, before it negative. `None` is a time that is not known. (So is the
/// very earliest time there is, [`Timestamp::MIN`].)
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a time",
    label = "needs a closure that returns a time",
    note = "give a `Timestamp`, a `SystemTime`, an `i64` of microseconds, a `DateTime` of chrono (feature `chrono`), a `Timestamp` of jiff (feature `jiff`), or an `Option` of one"
)]
pub trait IsTime {
    /// The time; `None` where it is not known.
    fn time(self) -> Option<Timestamp>;
}

impl IsTime for Timestamp {
    #[inline(always)]
    fn time(self) -> Option<Timestamp> {
        Some(self)
    }
}

impl IsTime for SystemTime {
    #[inline(always)]
    fn time(self) -> Option<Timestamp> {
        Some(self.into())
    }
}

impl IsTime for i64 {
    #[inline(always)]
    fn time(self) -> Option<Timestamp> {
        Some(Timestamp(self))
    }
}

impl<T: IsTime> IsTime for Option<T> {
    #[inline(always)]
    fn time(self) -> Option<Timestamp> {
        self?.time()
    }
}

#[cfg(feature = "chrono")]
mod of_chrono {
    use crate::base::clock::Timestamp;
    use crate::windows::IsTime;
    use chrono::{DateTime, NaiveDateTime, TimeZone};

    impl<Z: TimeZone> From<DateTime<Z>> for Timestamp {
        fn from(time: DateTime<Z>) -> Timestamp {
            Timestamp(time.timestamp_micros())
        }
    }

    impl From<NaiveDateTime> for Timestamp {
        /// The time in UTC.
        fn from(time: NaiveDateTime) -> Timestamp {
            time.and_utc().into()
        }
    }

    impl<Z: TimeZone> IsTime for DateTime<Z> {
        fn time(self) -> Option<Timestamp> {
            Some(self.into())
        }
    }

    impl IsTime for NaiveDateTime {
        fn time(self) -> Option<Timestamp> {
            Some(self.into())
        }
    }
}

#[cfg(feature = "jiff")]
mod of_jiff {
    use crate::base::clock::Timestamp;
    use crate::windows::IsTime;

    impl From<jiff::Timestamp> for Timestamp {
        fn from(time: jiff::Timestamp) -> Timestamp {
            Timestamp(time.as_microsecond())
        }
    }

    impl From<jiff::Zoned> for Timestamp {
        fn from(time: jiff::Zoned) -> Timestamp {
            time.timestamp().into()
        }
    }

    impl IsTime for jiff::Timestamp {
        fn time(self) -> Option<Timestamp> {
            Some(self.into())
        }
    }

    impl IsTime for jiff::Zoned {
        fn time(self) -> Option<Timestamp> {
            Some(self.into())
        }
    }
}

/// What a clock asks of what its closure gives.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a time",
    label = "needs a closure that returns a time",
    note = "give an `i64` of microseconds (of seconds as `f64`: `|item| (item.at * 1e6) as i64`; text is parsed before), a `Timestamp`, a `SystemTime`, with the features `chrono` and `jiff` their times, or an `Option` of one"
)]
pub trait GivesTime<W: Witness>: IsTime {}

#[diagnostic::do_not_recommend]
impl<T: IsTime> GivesTime<Holds> for T {}

#[diagnostic::do_not_recommend]
impl<T: IsTime + Never> GivesTime<Fails> for T {}
