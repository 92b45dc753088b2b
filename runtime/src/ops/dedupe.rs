//! `dedupe`: the first value of each key.

use crate::base::clock::Timestamp;
use crate::base::data::{Data, KeyedData};
use crate::state::{After, Logic, Placement, stateful_operator};
use crate::stream::{Chain, Stream};
use std::time::Duration;

/// Passes on a key's first value and drops what follows. With a `ttl`, the key is forgotten that long after its first value;
/// without one, never.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow firsts(out: TestSink<(u64, String)>) {
///         input("words", iter(["to", "be", "not", "or"]))
///             -> key_on("length", |word| word.len() as u64)
///             -> map_value(|word| word.to_string())
///             -> dedupe("first", ttl = 1h)
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// firsts(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.sorted(), [(2, "to".to_string()), (3, "not".to_string())]);
/// ```
pub fn dedupe<'s, T, B, C>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    ttl: Option<Duration>,
) -> Stream<'s, (T::Key, T::Value), B, impl Chain<'s, (T::Key, T::Value)>>
where
    T: KeyedData,
    B: 'static,
    C: Chain<'s, T>,
{
    stateful_operator(up, id, Placement::ByKey, Dedupe { ttl })
}

struct Dedupe {
    ttl: Option<Duration>,
}

impl<K, V: Data> Logic<K, V> for Dedupe {
    /// When the key is forgotten; `None` before its first value.
    type State = Option<Timestamp>;
    type Out = V;

    fn start(&self, _key: &K) -> Self::State {
        None
    }

    #[inline(always)]
    fn on_value(
        &self,
        _key: &K,
        forget_at: &mut Self::State,
        value: V,
        now: Timestamp,
        emit: &mut impl FnMut(V),
    ) -> After {
        if forget_at.is_none() {
            *forget_at = Some(self.ttl.map_or(Timestamp::MAX, |ttl| now.after(ttl)));
            emit(value);
        }
        After::Keep
    }

    fn notify_at(&self, _key: &K, forget_at: &Self::State) -> Option<Timestamp> {
        forget_at.filter(|_| self.ttl.is_some())
    }

    fn on_notify(&self, _key: &K, _state: &mut Self::State, _now: Timestamp, _emit: &mut impl FnMut(V)) -> After {
        After::Forget
    }
}
