//! A function for each side as one for all of them: by what time a value of any side goes.

use super::side::{Side2, Side3, Side4, Side5, Side6};
use crate::base::clock::Timestamp;
use crate::windows::IsTime;

/// Functions that give the time of a value, one for each side, as a tuple.
pub trait TimesOf<S>: 'static {
    /// The time of a value of one of the sides.
    fn time_of(&self, side: &S) -> Option<Timestamp>;
}

macro_rules! times_of {
    ($side:ident: $($variant:ident $value:ident $function:ident $time:ident $at:tt)*) => {
        impl<$($value, $function, $time),*> TimesOf<$side<$($value),*>> for ($($function,)*)
        where
            $($function: Fn(&$value) -> $time + 'static, $time: IsTime,)*
        {
            #[inline(always)]
            fn time_of(&self, side: &$side<$($value),*>) -> Option<Timestamp> {
                match side {
                    $($side::$variant(value) => (self.$at)(value).time(),)*
                }
            }
        }
    };
}

times_of!(Side2: First A FA TA 0 Second B FB TB 1);
times_of!(Side3: First A FA TA 0 Second B FB TB 1 Third C FC TC 2);
times_of!(Side4: First A FA TA 0 Second B FB TB 1 Third C FC TC 2 Fourth D FD TD 3);
times_of!(Side5: First A FA TA 0 Second B FB TB 1 Third C FC TC 2 Fourth D FD TD 3 Fifth E FE TE 4);
times_of!(Side6: First A FA TA 0 Second B FB TB 1 Third C FC TC 2 Fourth D FD TD 3 Fifth E FE TE 4 Sixth F FF TF 5);

/// One function of a value of any side, for a clock, made of a function for each.
///
/// In a flow: `clock = event_time((|order| order.at, |payment| payment.at), wait = 10s)`.
///
/// ```
/// use flowstone::clock::Timestamp;
/// use flowstone::joins::{Side2, each};
///
/// let at = each((|seconds: &i64| seconds * 1_000_000, |at: &Timestamp| *at));
/// assert_eq!(at(&Side2::First(2)), Some(Timestamp(2_000_000)));
/// assert_eq!(at(&Side2::Second(Timestamp(5))), Some(Timestamp(5)));
/// ```
pub fn each<S, F: TimesOf<S>>(functions: F) -> impl Fn(&S) -> Option<Timestamp> + 'static {
    move |side| functions.time_of(side)
}
