//! Into what the values of a window are gathered: `into = vec|set|map`.

use super::window_logic::WindowLogic;
use crate::base::clock::Timestamp;
use crate::base::data::Data;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::collections::btree_map::Entry;

/// Gathers values.
pub trait WindowInto<V>: 'static {
    /// What is kept while the window is open.
    #[doc(hidden)]
    type State: Data;
    /// What comes out.
    type Out: 'static;

    #[doc(hidden)]
    fn start(&self) -> Self::State;

    /// Takes in one value; where values are `ordered`, one that came later may be of an earlier time.
    #[doc(hidden)]
    fn add(&self, state: &mut Self::State, at: Timestamp, value: V, ordered: bool);

    /// Takes in all of a session that began later.
    #[doc(hidden)]
    fn merge(&self, state: &mut Self::State, other: Self::State, ordered: bool);

    #[doc(hidden)]
    fn out(&self, state: Self::State, ordered: bool) -> Self::Out;
}

/// What `into = vec` and the like stand for.
pub mod into {
    pub use super::{IntoMap, IntoSet, IntoVec};

    /// A `Vec`, in the order of the values' times.
    #[must_use]
    pub fn vec() -> IntoVec {
        IntoVec(())
    }

    /// A `BTreeSet`.
    #[must_use]
    pub fn set() -> IntoSet {
        IntoSet(())
    }

    /// A `BTreeMap` of values that are pairs.
    #[must_use]
    pub fn map() -> IntoMap {
        IntoMap(())
    }
}

/// See [`vec`](into::vec()).
#[derive(Debug, Clone, Copy)]
pub struct IntoVec(());

/// See [`set`](into::set()).
#[derive(Debug, Clone, Copy)]
pub struct IntoSet(());

/// See [`map`](into::map()).
#[derive(Debug, Clone, Copy)]
pub struct IntoMap(());

impl<V: Data> WindowInto<V> for IntoVec {
    type State = Vec<(Timestamp, V)>;
    type Out = Vec<V>;

    fn start(&self) -> Self::State {
        Vec::new()
    }

    #[inline(always)]
    fn add(&self, list: &mut Self::State, at: Timestamp, value: V, _ordered: bool) {
        list.push((at, value));
    }

    fn merge(&self, list: &mut Self::State, mut other: Self::State, _ordered: bool) {
        list.append(&mut other);
    }

    fn out(&self, mut list: Self::State, ordered: bool) -> Vec<V> {
        if ordered && !list.is_sorted_by_key(|(at, _)| *at) {
            // Stable: what happened at the same time stays in the order in which it came.
            list.sort_by_key(|(at, _)| *at);
        }
        list.into_iter().map(|(_, value)| value).collect()
    }
}

impl<V: Data + Ord> WindowInto<V> for IntoSet {
    type State = BTreeSet<V>;
    type Out = BTreeSet<V>;

    fn start(&self) -> Self::State {
        BTreeSet::new()
    }

    fn add(&self, set: &mut Self::State, _at: Timestamp, value: V, _ordered: bool) {
        set.insert(value);
    }

    fn merge(&self, set: &mut Self::State, mut other: Self::State, _ordered: bool) {
        set.append(&mut other);
    }

    fn out(&self, set: Self::State, _ordered: bool) -> BTreeSet<V> {
        set
    }
}

impl<K: Data + Ord, V: Data> WindowInto<(K, V)> for IntoMap {
    /// With the time of each value: the newest counts.
    type State = BTreeMap<K, (Timestamp, V)>;
    type Out = BTreeMap<K, V>;

    fn start(&self) -> Self::State {
        BTreeMap::new()
    }

    fn add(&self, map: &mut Self::State, at: Timestamp, (key, value): (K, V), ordered: bool) {
        put(map, key, (at, value), ordered);
    }

    fn merge(&self, map: &mut Self::State, other: Self::State, ordered: bool) {
        other.into_iter().for_each(|(key, value)| put(map, key, value, ordered));
    }

    fn out(&self, map: Self::State, _ordered: bool) -> BTreeMap<K, V> {
        map.into_iter().map(|(key, (_, value))| (key, value)).collect()
    }
}

fn put<K: Ord, V>(map: &mut BTreeMap<K, (Timestamp, V)>, key: K, value: (Timestamp, V), ordered: bool) {
    match map.entry(key) {
        Entry::Vacant(entry) => drop(entry.insert(value)),
        Entry::Occupied(mut entry) => {
            if !ordered || value.0 >= entry.get().0 {
                entry.insert(value);
            }
        }
    }
}

/// The logic of `collect_window`. It sorts when a window closes, so that no value has to wait for its turn.
pub(crate) struct Gather<N> {
    into: N,
    ordered: bool,
}

impl<N> Gather<N> {
    pub(crate) fn new(into: N, ordered: bool) -> Self {
        Gather { into, ordered }
    }
}

impl<V, N: WindowInto<V>> WindowLogic<V> for Gather<N> {
    type State = N::State;
    type Out = N::Out;
    const ORDER_MATTERS: bool = false;

    #[inline(always)]
    fn start(&self, at: Timestamp, value: V, _emit: &mut impl FnMut(N::Out)) -> N::State {
        let mut state = self.into.start();
        self.into.add(&mut state, at, value, self.ordered);
        state
    }

    #[inline(always)]
    fn on_value(&self, state: &mut N::State, at: Timestamp, value: V, _emit: &mut impl FnMut(N::Out)) {
        self.into.add(state, at, value, self.ordered);
    }

    fn merge(&self, state: &mut N::State, other: N::State) {
        self.into.merge(state, other, self.ordered);
    }

    fn on_close(&self, state: N::State, emit: &mut impl FnMut(N::Out)) {
        emit(self.into.out(state, self.ordered));
    }
}
