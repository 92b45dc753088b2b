//! `enrich`: the newest value of another stream beside each value.

use crate::base::clock::Timestamp;
use crate::base::data::Data;
use crate::joins::{Aged, Side2, Sides, joined};
use crate::state::{After, Logic};
use crate::stream::{Chain, Stream};
use std::marker::PhantomData;
use std::time::Duration;

/// Pairs each value of the first stream with the newest value of the second for its key, or `None` if there is none
/// yet. In a flow: `enrich("id", orders, customers)`.
///
/// The second stream is one that changes slowly: customers, prices, settings. Its values emit nothing; they apply to what
/// comes after them. When both are read at the same time, their order is not defined: a value is paired with what has
/// arrived by then. If times decide, use [`join_within`](super::join_within()); for lookups outside the flow,
/// [`enrich_cached`](super::enrich_cached()).
///
/// The newest value of each key stays in memory; with a `ttl`, for that long after it arrived, by the flow's clock.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::{TestSink, TestSource};
///
/// dataflow! {
///     flow priced(rows: TestSource<(&'static str, i64)>, out: TestSink<(String, (i64, Option<i64>))>) {
///         rows = input("rows", rows) -> map(|(what, n)| (what.to_string(), n)) -> branch("side", |(_, n)| *n > 0);
///         sold = rows.trues;
///         prices = rows.falses -> map_value(|price| -price);
///         enrich("price", sold, prices) -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// let rows = TestSource::items([("cup", 1), ("cup", -5), ("cup", 2), ("cup", -6), ("cup", 3)]);
/// priced(rows, out.clone()).run(&Config::default().lockstep()).unwrap();
/// let values: Vec<_> = out.take().into_iter().map(|(_, value)| value).collect();
/// assert_eq!(values, [(1, None), (2, Some(5)), (3, Some(6))]);
/// ```
pub fn enrich<'s, S, A, V>(
    sides: S,
    id: &'static str,
    ttl: Option<Duration>,
) -> Stream<'s, (S::Key, (A, Option<V>)), S::Bound, impl Chain<'s, (S::Key, (A, Option<V>))>>
where
    S: Sides<'s, Values = (A, V)>,
    A: Data,
    V: Data + Clone,
{
    joined(sides, id, Enrich { ttl, values: PhantomData })
}

struct Enrich<A, V> {
    ttl: Option<Duration>,
    values: PhantomData<fn() -> (A, V)>,
}

impl<K, A: Data, V: Data + Clone> Logic<K, Side2<A, V>> for Enrich<A, V> {
    type State = Aged<Option<V>>;
    type Out = (A, Option<V>);

    #[inline(always)]
    fn start(&self, _key: &K) -> Self::State {
        Aged::default()
    }

    #[inline(always)]
    fn on_value(
        &self,
        _key: &K,
        newest: &mut Self::State,
        side: Side2<A, V>,
        now: Timestamp,
        emit: &mut impl FnMut(Self::Out),
    ) -> After {
        match side {
            Side2::First(value) => emit((value, newest.state.clone())),
            Side2::Second(value) => {
                newest.state = Some(value);
                newest.touch(self.ttl, now);
            }
        }
        if newest.state.is_some() { After::Keep } else { After::Forget }
    }

    #[inline(always)]
    fn notify_at(&self, _key: &K, newest: &Self::State) -> Option<Timestamp> {
        newest.look_at()
    }

    fn on_notify(
        &self,
        _key: &K,
        newest: &mut Self::State,
        now: Timestamp,
        _emit: &mut impl FnMut(Self::Out),
    ) -> After {
        if newest.is_old(self.ttl, now) { After::Forget } else { After::Keep }
    }
}
