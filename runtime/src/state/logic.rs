//! What a stateful step does with each key: the trait of `stateful`.

use crate::base::clock::Timestamp;
use crate::base::data::Data;

/// What happens to a key's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// It is kept.
    Keep,
    /// It is dropped: the key's next value finds none.
    Forget,
}

/// What a stateful step does. It is itself immutable; what changes is the state passed to it, one per key.
///
/// Calls for one key are sequential, with values in order of arrival. `emit` emits an output, with
/// the key.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// /// Says how many values each key has had when its input ends.
/// struct Count;
///
/// impl Logic<String, u64> for Count {
///     type State = u64;
///     type Out = u64;
///
///     fn start(&self, _key: &String) -> u64 {
///         0
///     }
///     fn on_value(&self, _key: &String, seen: &mut u64, _value: u64, _now: Timestamp, _emit: &mut impl FnMut(u64)) -> After {
///         *seen += 1;
///         After::Keep
///     }
///     fn on_eof(&self, _key: &String, seen: &mut u64, emit: &mut impl FnMut(u64)) -> After {
///         emit(*seen);
///         After::Forget
///     }
/// }
///
/// dataflow! {
///     flow counts(out: TestSink<(String, u64)>) {
///         input("words", iter(["to", "be", "to"]))
///             -> map(|word| (word.to_string(), 1))
///             -> stateful("count", Count)
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// counts(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.sorted(), [("be".to_string(), 1), ("to".to_string(), 2)]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the logic of a stateful step for keys `{K}` and values `{V}`",
    label = "needs `impl Logic<{K}, {V}>`",
    note = "implement `flowstone::state::Logic<{K}, {V}>` for it, or use `stateful_map` with a closure"
)]
pub trait Logic<K, V>: 'static {
    /// The state of a key: a serde type, so that a snapshot can hold it.
    type State: Data;
    /// The output.
    type Out: 'static;
    /// True if [`on_epoch_end`](Logic::on_epoch_end) is to be called for every key.
    const EACH_EPOCH: bool = false;

    /// The initial state of a key.
    fn start(&self, key: &K) -> Self::State;

    /// A value has arrived. `now` is the flow's clock, read once per batch.
    fn on_value(
        &self,
        key: &K,
        state: &mut Self::State,
        value: V,
        now: Timestamp,
        emit: &mut impl FnMut(Self::Out),
    ) -> After;

    /// When the key wants to be called by [`on_notify`](Logic::on_notify); asked after every other call. `None` cancels.
    fn notify_at(&self, _key: &K, _state: &Self::State) -> Option<Timestamp> {
        None
    }

    /// The time that `notify_at` returned has been reached. Called once for each.
    fn on_notify(
        &self,
        _key: &K,
        _state: &mut Self::State,
        _now: Timestamp,
        _emit: &mut impl FnMut(Self::Out),
    ) -> After {
        After::Keep
    }

    /// An epoch has ended: all its values have arrived.
    fn on_epoch_end(&self, _key: &K, _state: &mut Self::State, _emit: &mut impl FnMut(Self::Out)) -> After {
        After::Keep
    }

    /// The input has ended: no more values will arrive.
    fn on_eof(&self, _key: &K, _state: &mut Self::State, _emit: &mut impl FnMut(Self::Out)) -> After {
        After::Keep
    }
}
