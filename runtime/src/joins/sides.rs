//! The sides of a join: keyed streams with one key, and their values on the way to it.

use super::rows::Values;
use super::side::{Side2, Side3, Side4, Side5, Side6};
use crate::base::bound::{And, Boundedness};
use crate::base::data::{Data, Key};
use crate::state;
use crate::stream::{Chain, Cx, Down, Push, Stage, Stream};
use crate::windows::{self, Stamper, StamperCx, StepClock};
use std::rc::Rc;

mod sealed {
    use super::{Cx, Stamper, StepClock, Values, state};

    /// What only this crate can do with sides.
    pub trait Send<'s, K, V: Values> {
        /// Sends the values of all sides to the workers that own their keys.
        fn send(self, id: &'static str) -> OnTheWay<'s, K, V::Side>;

        /// Sends them with the times by which they go.
        #[allow(private_bounds, private_interfaces, reason = "only steps call it")]
        fn stamped<C: StepClock<V::Side>>(self, id: &'static str, clock: &C) -> Stamped<'s, K, C, V::Side>;
    }

    /// Values of several sides on their way, with their times by the clock `C`.
    #[allow(private_bounds, reason = "only steps use it")]
    pub(super) type Stamped<'s, K, C, S> = OnTheWay<'s, K, (<<C as StepClock<S>>::Stamper as Stamper<S>>::Stamp, S)>;

    /// Values of several sides on their way.
    pub struct OnTheWay<'s, K, S> {
        pub(crate) cx: Cx<'s>,
        pub(crate) rows: Vec<state::Sent<'s, K, S>>,
    }
}
use sealed::{OnTheWay, Send, Stamped};

/// Two to six keyed streams with one key, as a tuple.
pub trait Sides<'s>: Send<'s, Self::Key, Self::Values> {
    /// The key that they have in common.
    type Key: Key;
    /// The types of their values, as a tuple.
    type Values: Values;
    /// [`Bounded`](crate::bound::Bounded) where all of them are.
    type Bound: Boundedness;
}

/// Says of which side a value is.
struct Tag<F>(F);

impl<K, V, S, F: Fn(V) -> S> Stage<(K, V)> for Tag<F> {
    type Out = (K, S);

    #[inline(always)]
    fn run<P: Push<(K, S)>>(&mut self, (key, value): (K, V), next: &mut Down<'_, (K, S), P>) {
        next.push((key, (self.0)(value)));
    }
}

/// Sends the values of one side to the workers that own their keys.
fn send<'s, K: Key, V: Data, S: Data, B: 'static, C: Chain<'s, (K, V)>>(
    up: Stream<'s, (K, V), B, C>,
    id: &'static str,
    tag: impl Fn(V) -> S + 'static,
) -> state::Sent<'s, K, S> {
    let placed = up.placed;
    state::send_by_key(up.stage(Tag(tag)).placed(placed), id, state::Placement::ByKey)
}

/// Sends them with the time by which they go.
fn stamped<'s, K: Key, V: Data, S: Data, B: 'static, C: Chain<'s, (K, V)>, A: StepClock<S>>(
    up: Stream<'s, (K, V), B, C>,
    id: &'static str,
    clock: &A,
    tag: impl Fn(V) -> S + 'static,
) -> state::Sent<'s, K, (<A::Stamper as Stamper<S>>::Stamp, S)> {
    let place = StamperCx { op: up.op.state(), worker: Rc::clone(&up.cx.worker) };
    let (placed, stamper) = (up.placed, clock.stamper(place));
    windows::stamped(up.stage(Tag(tag)).placed(placed), id, stamper)
}

/// Whether all of several streams end.
macro_rules! all {
    ($first:ident) => { $first };
    ($first:ident $($others:ident)+) => { <$first as And<all!($($others)+)>>::Both };
}

macro_rules! sides {
    ($side:ident: $($variant:ident $value:ident $ends:ident $chain:ident $stream:ident)*) => {
        impl<'s, K, $($value, $ends, $chain),*> Send<'s, K, ($($value,)*)> for ($(Stream<'s, (K, $value), $ends, $chain>,)*)
        where
            K: Key,
            $($value: Data, $ends: 'static, $chain: Chain<'s, (K, $value)>,)*
        {
            fn send(self, id: &'static str) -> OnTheWay<'s, K, $side<$($value),*>> {
                let cx = self.0.cx();
                let ($($stream,)*) = self;
                OnTheWay { cx, rows: vec![$(send($stream, id, $side::$variant)),*] }
            }

            #[allow(private_bounds, private_interfaces, reason = "only steps call it")]
            fn stamped<Clock: StepClock<$side<$($value),*>>>(
                self,
                id: &'static str,
                clock: &Clock,
            ) -> Stamped<'s, K, Clock, $side<$($value),*>> {
                let cx = self.0.cx();
                let ($($stream,)*) = self;
                OnTheWay { cx, rows: vec![$(stamped($stream, id, clock, $side::$variant)),*] }
            }
        }

        sides!(@ends $side (K $($value $ends $chain)*) ($($ends)*) ());
    };

    // `B1: And<the others>, B2: And<the others>`, the last without others.
    (@ends $side:ident (K $($value:ident $ends:ident $chain:ident)*) ($last:ident) ($($bounds:tt)*)) => {
        impl<'s, K, $($value, $ends, $chain),*> Sides<'s> for ($(Stream<'s, (K, $value), $ends, $chain>,)*)
        where
            K: Key,
            $($value: Data, $ends: Boundedness, $chain: Chain<'s, (K, $value)>,)*
            $($bounds)*
        {
            type Key = K;
            type Values = ($($value,)*);
            type Bound = all!($($ends)*);
        }
    };
    (@ends $side:ident $all:tt ($first:ident $($others:ident)+) ($($bounds:tt)*)) => {
        sides!(@ends $side $all ($($others)+) ($($bounds)* $first: And<all!($($others)+)>,));
    };
}

sides!(Side2: First A B1 C1 a Second B B2 C2 b);
sides!(Side3: First A B1 C1 a Second B B2 C2 b Third C B3 C3 c);
sides!(Side4: First A B1 C1 a Second B B2 C2 b Third C B3 C3 c Fourth D B4 C4 d);
sides!(Side5: First A B1 C1 a Second B B2 C2 b Third C B3 C3 c Fourth D B4 C4 d Fifth E B5 C5 e);
sides!(Side6: First A B1 C1 a Second B B2 C2 b Third C B3 C3 c Fourth D B4 C4 d Fifth E B5 C5 e Sixth F B6 C6 f);
