//! `fold_final`: values folded into another, out at the end of the input.

use crate::base::clock::Timestamp;
use crate::base::data::{Data, KeyedData};
use crate::check::{Ends, If, IsState, Witness};
use crate::state::{After, Logic, Placement, stateful_operator};
use crate::stream::{Chain, Stream};

/// Folds all values of a key into what `init` makes, in order of arrival.
///
/// A fold cannot be combined before the exchange, since nothing says how to merge two folded values; if the values
/// themselves can be combined, [`reduce_final`](super::reduce_final()) is faster.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow lists(out: TestSink<(bool, Vec<u64>)>) {
///         input("numbers", iter(1..=4))
///             -> key_on("even", |n| n % 2 == 0)
///             -> fold_final("list", Vec::new, |mut list: Vec<u64>, n| { list.push(n); list })
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// lists(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.sorted(), [(false, vec![1, 3]), (true, vec![2, 4])]);
/// ```
pub fn fold_final<'s, T, B, C, S: 'static, W: Witness, I, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    init: I,
    f: F,
) -> Stream<'s, (T::Key, S), If<W, B>, If<W, impl Chain<'s, (T::Key, S)>>>
where
    T: KeyedData,
    B: Ends + 'static,
    C: Chain<'s, T>,
    I: Fn() -> S + 'static,
    F: Fn(S, T::Value) -> S + 'static,
    Option<S>: IsState<W>,
{
    stateful_operator(up, id, Placement::ByKey, Fold { init, f }).known::<W, _, _>()
}

struct Fold<I, F> {
    init: I,
    f: F,
}

impl<K, V, S, I, F> Logic<K, V> for Fold<I, F>
where
    S: 'static,
    Option<S>: Data,
    I: Fn() -> S + 'static,
    F: Fn(S, V) -> S + 'static,
{
    /// `None` only while `f` has the value in its hands.
    type State = Option<S>;
    type Out = S;

    fn start(&self, _key: &K) -> Option<S> {
        Some((self.init)())
    }

    fn on_value(&self, _key: &K, state: &mut Option<S>, value: V, _now: Timestamp, _emit: &mut impl FnMut(S)) -> After {
        let folded = state.take().unwrap_or_else(&self.init);
        *state = Some((self.f)(folded, value));
        After::Keep
    }

    fn on_eof(&self, _key: &K, state: &mut Option<S>, emit: &mut impl FnMut(S)) -> After {
        state.take().into_iter().for_each(emit);
        After::Forget
    }
}
