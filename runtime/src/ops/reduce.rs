//! `reduce`: values combined until they are complete.

use crate::base::clock::Timestamp;
use crate::base::data::{Data, KeyedData};
use crate::state::{After, Logic, Placement, stateful_operator};
use crate::stream::{Chain, Stream};

/// Combines each key's values with `f` until `is_complete` accepts the result; then it is emitted and the key is forgotten.
/// What never completes is never emitted.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow hundreds(out: TestSink<(String, u64)>) {
///         input("amounts", iter([40, 70, 20]))
///             -> key_on("all", |_| "all".to_string())
///             -> reduce("hundred", |a, b| a + b, |sum| *sum >= 100)
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// hundreds(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [("all".to_string(), 110)]);
/// ```
pub fn reduce<'s, T, B, C, F, D>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    f: F,
    is_complete: D,
) -> Stream<'s, (T::Key, T::Value), B, impl Chain<'s, (T::Key, T::Value)>>
where
    T: KeyedData,
    B: 'static,
    C: Chain<'s, T>,
    F: Fn(T::Value, T::Value) -> T::Value + 'static,
    D: Fn(&T::Value) -> bool + 'static,
{
    stateful_operator(up, id, Placement::ByKey, Reduce { f, is_complete })
}

struct Reduce<F, D> {
    f: F,
    is_complete: D,
}

impl<K, V, F, D> Logic<K, V> for Reduce<F, D>
where
    V: Data,
    F: Fn(V, V) -> V + 'static,
    D: Fn(&V) -> bool + 'static,
{
    type State = Option<V>;
    type Out = V;

    fn start(&self, _key: &K) -> Option<V> {
        None
    }

    fn on_value(&self, _key: &K, state: &mut Option<V>, value: V, _now: Timestamp, emit: &mut impl FnMut(V)) -> After {
        let value = match state.take() {
            Some(before) => (self.f)(before, value),
            None => value,
        };
        if (self.is_complete)(&value) {
            emit(value);
            return After::Forget;
        }
        *state = Some(value);
        After::Keep
    }
}
