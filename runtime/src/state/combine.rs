//! Combining before the exchange: what an associative step can add up where the items are made.

use super::logic::Logic;
use super::operator::{Keyed, Placement, behind_exchange};
use crate::data::{Data, IsKeyed, Key, hash_key, owner};
use crate::stream::{Chain, Push, RoutePush, Stream, named};
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use std::marker::PhantomData;

/// How values of one key are combined into an accumulator. It must be associative.
pub(crate) trait Combine<V>: 'static {
    /// What they are combined into.
    type Acc: Data;

    /// The accumulator of a first value.
    fn first(&self, value: V) -> Self::Acc;

    /// Takes one more value in.
    fn add(&self, acc: &mut Self::Acc, value: V);
}

/// Puts a stateful step behind a keyed stream whose values `combine` adds up, a key each, before they are sent: at the
/// end of each epoch and of the input.
pub(crate) fn combine_by_key<'s, T, K, V, B, C, A, L>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    combine: A,
    logic: L,
) -> Stream<'s, (K, L::Out), B, impl Chain<'s, (K, L::Out)> + use<'s, T, K, V, B, C, A, L>>
where
    T: IsKeyed<K, V> + 'static,
    K: Key,
    V: 'static,
    B: 'static,
    C: Chain<'s, T>,
    A: Combine<V>,
    L: Logic<K, A::Acc>,
{
    combine_then(up, id, Placement::ByKey, combine, logic)
}

/// The same with nothing sent to another worker.
pub(crate) fn combine_here<'s, T, K, V, B, C, A, L>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    combine: A,
    logic: L,
) -> Stream<'s, (K, L::Out), B, impl Chain<'s, (K, L::Out)> + use<'s, T, K, V, B, C, A, L>>
where
    T: IsKeyed<K, V> + 'static,
    K: Key,
    V: 'static,
    B: 'static,
    C: Chain<'s, T>,
    A: Combine<V>,
    L: Logic<K, A::Acc>,
{
    combine_then(up, id, Placement::Here, combine, logic)
}

fn combine_then<'s, T, K, V, B, C, A, L>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    placement: Placement,
    combine: A,
    logic: L,
) -> Stream<'s, (K, L::Out), B, impl Chain<'s, (K, L::Out)> + use<'s, T, K, V, B, C, A, L>>
where
    T: IsKeyed<K, V> + 'static,
    K: Key,
    V: 'static,
    B: 'static,
    C: Chain<'s, T>,
    A: Combine<V>,
    L: Logic<K, A::Acc>,
{
    let worker = &up.cx.worker;
    let stays_on = (up.placed || placement == Placement::Here || worker.peers == 1).then_some(worker.index);
    let workers = worker.peers;
    let (route, stream, pool) = RoutePush::new(&up.cx, &up.op);
    let cx = up.cx.clone();
    up.build(CombinePush {
        id,
        combine,
        table: HashTable::new(),
        route,
        workers,
        stays_on,
        value: PhantomData,
    });
    behind_exchange(cx, id, placement, stream, pool, logic)
}

struct CombinePush<K, V, A: Combine<V>> {
    id: &'static str,
    combine: A,
    table: HashTable<Keyed<K, A::Acc>>,
    route: RoutePush<Keyed<K, A::Acc>>,
    workers: usize,
    stays_on: Option<usize>,
    value: PhantomData<V>,
}

impl<T: IsKeyed<K, V>, K: Key, V: 'static, A: Combine<V>> Push<T> for CombinePush<K, V, A> {
    const HOLDS: bool = true;

    #[inline(always)]
    fn push(&mut self, item: T) {
        let (key, value) = item.into_pair();
        let hash = hash_key(&key);
        let combine = &self.combine;
        match self.table.entry(hash, |row| row.0 == hash && row.1 == key, |row| row.0) {
            Entry::Occupied(mut entry) => named(self.id, || combine.add(&mut entry.get_mut().2, value)),
            Entry::Vacant(entry) => {
                let acc = named(self.id, || combine.first(value));
                entry.insert((hash, key, acc));
            }
        }
    }

    fn flush(&mut self) {
        self.route.flush();
    }

    fn end_epoch(&mut self) {
        for row in self.table.drain() {
            let target = self.stays_on.unwrap_or_else(|| owner(row.0, self.workers));
            self.route.send(target, row);
        }
    }
}
