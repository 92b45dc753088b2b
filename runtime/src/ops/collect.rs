//! `collect`: lists of values, full or after a while.

use crate::base::clock::Timestamp;
use crate::base::data::{Data, KeyedData};
use crate::state::{After, Logic, Placement, stateful_operator};
use crate::stream::{Chain, Stream};
use std::time::Duration;

/// Gathers each key's values into lists. A list is emitted when it has `max_size` values, or when `timeout` has passed since its
/// first one, whichever comes first; the rest is emitted at the end of the input.
///
/// The timeout bounds how long a value waits. (Bytewax restarts it at each value, so a trickle of values waits forever.)
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow pairs(out: TestSink<(bool, Vec<u64>)>) {
///         input("numbers", iter(1..=5))
///             -> key_on("even", |n| n % 2 == 0)
///             -> collect("two", max_size = 2, timeout = 10s)
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// pairs(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.sorted(), [(false, vec![1, 3]), (false, vec![5]), (true, vec![2, 4])]);
/// ```
pub fn collect<'s, T, B, C>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    max_size: usize,
    timeout: Duration,
) -> Stream<'s, (T::Key, Vec<T::Value>), B, impl Chain<'s, (T::Key, Vec<T::Value>)>>
where
    T: KeyedData,
    B: 'static,
    C: Chain<'s, T>,
{
    let max_size = max_size.max(1);
    stateful_operator(up, id, Placement::ByKey, Collect { max_size, timeout })
}

struct Collect {
    max_size: usize,
    timeout: Duration,
}

impl<K, V: Data> Logic<K, V> for Collect {
    /// The list, and when its time is up.
    type State = (Vec<V>, Timestamp);
    type Out = Vec<V>;

    fn start(&self, _key: &K) -> Self::State {
        (Vec::new(), Timestamp::MAX)
    }

    fn on_value(
        &self,
        _key: &K,
        (list, deadline): &mut Self::State,
        value: V,
        now: Timestamp,
        emit: &mut impl FnMut(Vec<V>),
    ) -> After {
        if list.is_empty() {
            *deadline = now.after(self.timeout);
        }
        list.push(value);
        if list.len() < self.max_size {
            return After::Keep;
        }
        emit(std::mem::take(list));
        After::Forget
    }

    fn notify_at(&self, _key: &K, (_, deadline): &Self::State) -> Option<Timestamp> {
        Some(*deadline)
    }

    fn on_notify(
        &self,
        _key: &K,
        (list, _): &mut Self::State,
        _now: Timestamp,
        emit: &mut impl FnMut(Vec<V>),
    ) -> After {
        emit(std::mem::take(list));
        After::Forget
    }

    fn on_eof(&self, _key: &K, (list, _): &mut Self::State, emit: &mut impl FnMut(Vec<V>)) -> After {
        emit(std::mem::take(list));
        After::Forget
    }
}
