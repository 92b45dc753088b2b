//! `top_k`: the greatest values of each key so far.

use crate::base::clock::Timestamp;
use crate::base::data::{Data, KeyedData};
use crate::check::{If, IsRank, Witness};
use crate::state::{After, Logic, Placement, stateful_operator};
use crate::stream::{Chain, Stream};

/// Keeps the `n` values of a key for which `by` is greatest, and emits them, greatest first, whenever that list
/// changes. Of equal ones the earlier stays.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow best(out: TestSink<(bool, Vec<u64>)>) {
///         input("numbers", iter([3, 1, 5]))
///             -> key_on("all", |_| true)
///             -> top_k("best", 2, |n| *n)
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// best(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [(true, vec![3]), (true, vec![3, 1]), (true, vec![5, 3])]);
/// ```
pub fn top_k<'s, T, B, C, O: IsRank<W>, W: Witness, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    n: usize,
    by: F,
) -> Stream<'s, (T::Key, Vec<T::Value>), If<W, B>, If<W, impl Chain<'s, (T::Key, Vec<T::Value>)>>>
where
    T: KeyedData<Value: Clone>,
    B: 'static,
    C: Chain<'s, T>,
    F: Fn(&T::Value) -> O + 'static,
{
    stateful_operator(up, id, Placement::ByKey, TopK { n, by }).known::<W, _, _>()
}

struct TopK<F> {
    n: usize,
    by: F,
}

impl<K, V: Data + Clone, O: Ord, F: Fn(&V) -> O + 'static> Logic<K, V> for TopK<F> {
    /// Greatest first.
    type State = Vec<V>;
    type Out = Vec<V>;

    fn start(&self, _key: &K) -> Vec<V> {
        Vec::new()
    }

    fn on_value(&self, _key: &K, best: &mut Vec<V>, value: V, _now: Timestamp, emit: &mut impl FnMut(Vec<V>)) -> After {
        let rank = (self.by)(&value);
        let place = best.partition_point(|kept| (self.by)(kept) >= rank);
        if place < self.n {
            best.insert(place, value);
            best.truncate(self.n);
            emit(best.clone());
        }
        After::Keep
    }
}
