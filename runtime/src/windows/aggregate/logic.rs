//! Aggregates as the logic of a window.

use super::Aggregate;
use crate::base::clock::Timestamp;
use crate::windows::WindowLogic;

/// What `aggregate_window` does with the values of a window: it hands each to the aggregate, and puts out what they came to
/// when the window closes.
pub struct Aggregates<A>(pub A);

impl<V, A: Aggregate<V>> WindowLogic<V> for Aggregates<A> {
    type State = A::State;
    type Out = A::Out;
    /// An aggregate is told the times, and goes by them where order matters.
    const ORDER_MATTERS: bool = false;
    const COMBINES: bool = true;
    const COPIES: bool = true;

    #[inline(always)]
    fn start(&self, at: Timestamp, value: V, _emit: &mut impl FnMut(A::Out)) -> A::State {
        self.0.start(at, &value)
    }

    #[inline(always)]
    fn on_value(&self, state: &mut A::State, at: Timestamp, value: V, _emit: &mut impl FnMut(A::Out)) {
        self.0.add(state, at, &value);
    }

    fn merge(&self, state: &mut A::State, other: A::State) {
        self.0.merge(state, other);
    }

    fn on_close(&self, state: A::State, emit: &mut impl FnMut(A::Out)) {
        emit(self.0.finish(state));
    }

    fn copy(&self, state: &A::State) -> A::State {
        state.clone()
    }
}
