//! `stateful_flat_map`: any number of values out for one in, by what the key has had.

use crate::base::clock::Timestamp;
use crate::base::data::{Data, KeyedData};
use crate::check::{If, IsMany, IsState, Witness};
use crate::state::{After, Logic, Placement, stateful_operator};
use crate::stream::{Chain, Stream};
use std::marker::PhantomData;

/// Turns each value into any number of others, given the key's state: `None` at first, and `*state = None` forgets the
/// key.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow changes(out: TestSink<(String, u64)>) {
///         input("values", iter([1, 1, 2, 2, 1]))
///             -> key_on("all", |_| "all".to_string())
///             -> stateful_flat_map("changes", |last: &mut Option<u64>, n| (last.replace(n) != Some(n)).then_some(n))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// changes(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take().into_iter().map(|(_, n)| n).collect::<Vec<_>>(), [1, 2, 1]);
/// ```
pub fn stateful_flat_map<'s, T, B, C, S: 'static, I: IsMany<U, M> + 'static, U: 'static, M: Witness, H: Witness, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    f: F,
) -> Stream<'s, (T::Key, U), If<M, If<H, B>>, If<M, If<H, impl Chain<'s, (T::Key, U)>>>>
where
    T: KeyedData,
    B: 'static,
    C: Chain<'s, T>,
    F: Fn(&mut Option<S>, T::Value) -> I + 'static,
    Option<S>: IsState<H>,
{
    stateful_operator(up, id, Placement::ByKey, StatefulFlatMap { f, state: PhantomData })
        .known::<H, (T::Key, U), If<H, B>>()
        .known::<M, _, _>()
}

struct StatefulFlatMap<S, F> {
    f: F,
    state: PhantomData<fn() -> S>,
}

impl<K, V, S, I, F> Logic<K, V> for StatefulFlatMap<S, F>
where
    S: 'static,
    Option<S>: Data,
    I: IntoIterator<Item: 'static> + 'static,
    F: Fn(&mut Option<S>, V) -> I + 'static,
{
    type State = Option<S>;
    type Out = I::Item;

    fn start(&self, _key: &K) -> Option<S> {
        None
    }

    fn on_value(
        &self,
        _key: &K,
        state: &mut Option<S>,
        value: V,
        _now: Timestamp,
        emit: &mut impl FnMut(I::Item),
    ) -> After {
        (self.f)(state, value).into_iter().for_each(emit);
        if state.is_some() { After::Keep } else { After::Forget }
    }
}
