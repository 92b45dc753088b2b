//! A join as a step with state: what it does with a value, and with a key of which nothing more comes.

use super::aged::Aged;
use super::keywords::{Emit, Insert, Kind, When};
use super::rows::{Rows, Values};
use super::sides::Sides;
use crate::base::clock::Timestamp;
use crate::state::{After, Logic, PerKey, Placement, Plain, after_exchange};
use crate::stream::{Chain, Stream};
use std::marker::PhantomData;
use std::time::Duration;

/// Puts a logic behind several sides.
pub(crate) fn joined<'s, S, L>(
    sides: S,
    id: &'static str,
    logic: L,
) -> Stream<'s, (S::Key, L::Out), S::Bound, impl Chain<'s, (S::Key, L::Out)> + use<'s, S, L>>
where
    S: Sides<'s>,
    L: Logic<S::Key, <S::Values as Values>::Side>,
{
    let sent = sides.send(id);
    after_exchange(sent.cx, id, Placement::ByKey, sent.rows, PerKey(Plain(logic)))
}

/// The logic of `join`.
pub(crate) struct Joining<V, I, E, M> {
    ttl: Option<Duration>,
    types: PhantomData<fn() -> (V, I, E, M)>,
}

impl<V, I, E, M> Joining<V, I, E, M> {
    pub(crate) fn new(ttl: Option<Duration>) -> Self {
        Joining { ttl, types: PhantomData }
    }
}

impl<K, V, I, E, M> Logic<K, V::Side> for Joining<V, I, E, M>
where
    V: Rows<I, E::Way<I>, M>,
    I: Insert,
    E: Emit,
    M: Kind,
{
    type State = Aged<V::Cells<I>>;
    type Out = V::Row;

    #[inline(always)]
    fn start(&self, _key: &K) -> Self::State {
        Aged::default()
    }

    #[inline(always)]
    fn on_value(
        &self,
        _key: &K,
        kept: &mut Self::State,
        side: V::Side,
        now: Timestamp,
        emit: &mut impl FnMut(V::Row),
    ) -> After {
        V::put::<I>(&mut kept.state, side);
        kept.touch(self.ttl, now);
        match E::WHEN {
            When::Complete if V::is_complete::<I>(&kept.state) => {
                V::rows(&mut kept.state, emit);
                return After::Forget;
            }
            When::Running => V::rows(&mut kept.state, emit),
            When::Complete | When::Final => {}
        }
        After::Keep
    }

    #[inline(always)]
    fn notify_at(&self, _key: &K, kept: &Self::State) -> Option<Timestamp> {
        kept.look_at()
    }

    fn on_notify(&self, key: &K, kept: &mut Self::State, now: Timestamp, emit: &mut impl FnMut(V::Row)) -> After {
        if !kept.is_old(self.ttl, now) {
            return After::Keep;
        }
        self.on_eof(key, kept, emit);
        After::Forget
    }

    fn on_eof(&self, _key: &K, kept: &mut Self::State, emit: &mut impl FnMut(V::Row)) -> After {
        if E::WHEN != When::Final {
            return After::Keep;
        }
        V::rows(&mut kept.state, emit);
        After::Forget
    }
}
