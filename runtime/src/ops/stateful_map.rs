//! `stateful_map`: one value out for one in, by what the key has had.

use crate::base::clock::Timestamp;
use crate::base::data::{Data, KeyedData};
use crate::check::{If, IsState, Witness};
use crate::state::{After, Logic, Placement, stateful_operator};
use crate::stream::{Chain, Stream};
use std::marker::PhantomData;

/// Turns each value into another, given the key's state: `None` at first, and `*state = None` forgets the key.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow totals(out: TestSink<(String, u64)>) {
///         input("amounts", iter([("a", 1), ("b", 10), ("a", 2)]))
///             -> map(|(key, n): (&str, u64)| (key.to_string(), n))
///             -> stateful_map("total", |total: &mut Option<u64>, n| *total.insert(total.unwrap_or(0) + n))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// totals(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.sorted(), [("a".to_string(), 1), ("a".to_string(), 3), ("b".to_string(), 10)]);
/// ```
pub fn stateful_map<'s, T, B, C, S: 'static, W: 'static, H: Witness, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    f: F,
) -> Stream<'s, (T::Key, W), If<H, B>, If<H, impl Chain<'s, (T::Key, W)>>>
where
    T: KeyedData,
    B: 'static,
    C: Chain<'s, T>,
    F: Fn(&mut Option<S>, T::Value) -> W + 'static,
    Option<S>: IsState<H>,
{
    stateful_operator(up, id, Placement::ByKey, StatefulMap { f, state: PhantomData }).known::<H, _, _>()
}

struct StatefulMap<S, F> {
    f: F,
    state: PhantomData<fn() -> S>,
}

impl<K, V, S, W, F> Logic<K, V> for StatefulMap<S, F>
where
    S: 'static,
    Option<S>: Data,
    W: 'static,
    F: Fn(&mut Option<S>, V) -> W + 'static,
{
    type State = Option<S>;
    type Out = W;

    fn start(&self, _key: &K) -> Option<S> {
        None
    }

    #[inline(always)]
    fn on_value(&self, _key: &K, state: &mut Option<S>, value: V, _now: Timestamp, emit: &mut impl FnMut(W)) -> After {
        emit((self.f)(state, value));
        if state.is_some() { After::Keep } else { After::Forget }
    }
}
