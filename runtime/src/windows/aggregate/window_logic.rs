//! What a window step does with the values of one window: the trait behind `window`.

use crate::base::clock::Timestamp;
use crate::base::data::Data;

/// What becomes of the values of one window. It is itself immutable; what changes is the state it is handed, one a window.
///
/// Values come as they arrive, or in the order of their times where the step is `ordered`; either way `at` is the value's
/// time. `emit` puts something out at once, with the window's id and times.
pub trait WindowLogic<V>: 'static {
    /// What is kept for each open window. It is a serde type, so that a snapshot can hold it.
    type State: Data;
    /// What comes out.
    type Out: 'static;
    /// False where it is the same in whatever order values come: then none waits for its turn, however `ordered` the step is.
    const ORDER_MATTERS: bool = true;

    /// True where what two halves of the values come to is [merged](WindowLogic::merge) into what all of them come to, and
    /// nothing is put out before the window closes: then values are put together before they are sent to other workers.
    const COMBINES: bool = false;

    /// True where [`copy`](WindowLogic::copy) is cheap: then, where windows overlap, values of times that are in the same windows
    /// are put together first.
    const COPIES: bool = false;

    /// The first value of a window has come; `at` is its time. What is kept of it is the window's state.
    fn start(&self, at: Timestamp, value: V, emit: &mut impl FnMut(Self::Out)) -> Self::State;

    /// Another value of the window has come; `at` is its time.
    fn on_value(&self, state: &mut Self::State, at: Timestamp, value: V, emit: &mut impl FnMut(Self::Out));

    /// Two sessions have become one: `other`, which began later, is taken into `state`. Where the logic
    /// [`COMBINES`](WindowLogic::COMBINES), `other` may also be of the same time.
    fn merge(&self, state: &mut Self::State, other: Self::State);

    /// The window has closed, or an early or corrected value of it is wanted.
    fn on_close(&self, state: Self::State, emit: &mut impl FnMut(Self::Out));

    /// A copy of the state, for a value of a window that stays open. It goes through the encoding of snapshots unless it is
    /// overridden, so that values need not be `Clone`.
    ///
    /// # Panics
    /// Where the state cannot be encoded.
    fn copy(&self, state: &Self::State) -> Self::State {
        let copied = rmp_serde::to_vec_named(state).map_err(|error| error.to_string());
        let copied = copied.and_then(|bytes| rmp_serde::from_slice(&bytes).map_err(|error| error.to_string()));
        copied.unwrap_or_else(|error| panic!("the state of a window cannot be encoded: {error}"))
    }
}
