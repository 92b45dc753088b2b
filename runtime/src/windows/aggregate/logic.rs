//! Aggregates as the logic of a window.

use super::{Aggregate, add_to, merge_into};
use crate::clock::Timestamp;
use crate::windows::WindowLogic;

/// What `aggregate_window` does with the values of a window: it hands each to the aggregate, and puts out what they came to
/// when the window closes.
pub struct Aggregates<A>(pub A);

impl<V, A: Aggregate<V>> WindowLogic<V> for Aggregates<A> {
    /// `None` before the first value.
    type State = Option<A::State>;
    type Out = A::Out;
    /// An aggregate is told the times, and goes by them where order matters.
    const ORDER_MATTERS: bool = false;
    const COMBINES: bool = true;

    fn start(&self) -> Option<A::State> {
        None
    }

    #[inline(always)]
    fn on_value(&self, state: &mut Option<A::State>, at: Timestamp, value: V, _emit: &mut impl FnMut(A::Out)) {
        add_to(&self.0, state, at, &value);
    }

    fn merge(&self, state: &mut Option<A::State>, other: Option<A::State>) {
        merge_into(&self.0, state, other);
    }

    fn on_close(&self, state: Option<A::State>, emit: &mut impl FnMut(A::Out)) {
        state.map(|state| self.0.finish(state)).into_iter().for_each(emit);
    }
}
