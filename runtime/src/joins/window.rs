//! What `join_window` does with the values of one window.

use super::keywords::{Emit, Insert, Kind, When};
use super::rows::Rows;
use crate::base::clock::Timestamp;
use crate::windows::WindowLogic;
use std::marker::PhantomData;

/// The logic of `join_window`.
pub(crate) struct JoiningWindow<V, I, E, M>(PhantomData<fn() -> (V, I, E, M)>);

impl<V, I, E, M> JoiningWindow<V, I, E, M> {
    pub(crate) fn new() -> Self {
        JoiningWindow(PhantomData)
    }
}

impl<V, I, E, M> WindowLogic<V::Side> for JoiningWindow<V, I, E, M>
where
    V: Rows<I, E::Way<I>, M>,
    I: Insert,
    E: Emit,
    M: Kind,
{
    type State = V::Cells<I>;
    type Out = V::Row;

    #[inline(always)]
    fn start(&self, at: Timestamp, side: V::Side, emit: &mut impl FnMut(V::Row)) -> V::Cells<I> {
        let mut cells = V::Cells::<I>::default();
        self.on_value(&mut cells, at, side, emit);
        cells
    }

    #[inline(always)]
    fn on_value(&self, cells: &mut V::Cells<I>, _at: Timestamp, side: V::Side, emit: &mut impl FnMut(V::Row)) {
        V::put::<I>(cells, side);
        match E::WHEN {
            When::Complete if V::is_complete::<I>(cells) => {
                V::rows(cells, emit);
                *cells = Default::default();
            }
            When::Running => V::rows(cells, emit),
            When::Complete | When::Final => {}
        }
    }

    fn merge(&self, cells: &mut V::Cells<I>, other: V::Cells<I>) {
        V::merge::<I>(cells, other);
    }

    fn on_close(&self, mut cells: V::Cells<I>, emit: &mut impl FnMut(V::Row)) {
        if E::WHEN == When::Final {
            V::rows(&mut cells, emit);
        }
    }
}
