//! Combining before the exchange: what an associative step can add up where the items are made.

use super::backend::{HashedRow, StateBackend};
use super::calls::Calls;
use super::core::Core;
use super::keyed_step::Plain;
use super::logic::Logic;
use super::operator::{BackendFactory, Inputs, PerKey, Placement, Sent, stays};
use crate::base::data::{Data, IsKeyed, Key, hash_key};
use crate::base::time::EpochEnd;
use crate::stream::{Chain, Cx, Op, Push, RoutePush, Stream, batch, named};
use hashbrown::HashTable;
use std::marker::PhantomData;

/// How values of one key are combined into an accumulator. It must be associative.
pub(crate) trait Combine<V>: 'static {
    /// What they are combined into.
    type Acc: Data;

    /// The accumulator of no value.
    fn empty(&self) -> Self::Acc;

    /// True for the accumulator of no value, and for no other.
    fn is_empty(&self, acc: &Self::Acc) -> bool;

    /// Takes one more value in.
    fn add(&self, acc: &mut Self::Acc, value: V);
}

/// Puts a stateful step behind a keyed stream whose values `combine` adds up, a key each, at the end of each epoch and of the
/// input: before they are sent, or where all are where they belong in the operator that reads the source.
pub(crate) fn combine_values<'s, T, K, V, B, C, A, L>(
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
    let cx = up.cx.clone();
    let id = cx.worker.ids.of(id);
    let stays = stays(&up, placement);
    let types = PhantomData;
    let (op, sums) = if C::READS && stays {
        (up.op, Sums::Local(up.chain, combine))
    } else {
        let (route, stream, pool) = RoutePush::new(&up.cx, &up.op);
        let sent_by = up.op.state();
        up.build(CombinePush::new(id, combine, ExchangeTarget { route, stays }));
        (Op::new(id), Sums::Sent(Sent { stream, pool, sent_by }))
    };
    Stream::new(cx, op, Combined { id, logic, sums, types }).placed(placement == Placement::ByKey)
}

/// The sums of an epoch.
enum Sums<'s, K, A, C, M> {
    /// On their way to the step.
    Sent(Sent<'s, K, A>),
    /// Made where the step is: of the items of a source.
    Local(C, M),
}

/// A step behind values that are combined.
struct Combined<'s, T, K, V, C, A: Combine<V>, L> {
    id: &'static str,
    logic: L,
    sums: Sums<'s, K, A::Acc, C, A>,
    types: PhantomData<(T, V)>,
}

impl<'s, T, K, V, C, A, L> Chain<'s, (K, L::Out)> for Combined<'s, T, K, V, C, A, L>
where
    T: IsKeyed<K, V> + 'static,
    K: Key,
    V: 'static,
    C: Chain<'s, T>,
    A: Combine<V>,
    L: Logic<K, A::Acc>,
{
    const READS: bool = false;

    fn build<P: Push<(K, L::Out)> + 'static>(self, cx: &Cx<'s>, op: Op<'s>, push: P) {
        let Combined { id, logic, sums, .. } = self;
        let step = PerKey(Plain(logic));
        match sums {
            Sums::Sent(sent) => Inputs { id, step, inputs: vec![sent] }.build(cx, op, push),
            Sums::Local(chain, combine) => {
                if C::READS {
                    let core = Core::new(
                        id,
                        step.backend(id, &cx.worker),
                        &cx.worker,
                        op.activator(cx),
                        push,
                        vec![op.state()],
                    );
                    chain.build(cx, op, CombinePush::new(id, combine, LocalTarget { core }));
                }
            }
        }
    }
}

/// Where sums go.
trait Target<K, A>: 'static {
    /// A round begins.
    fn begin(&mut self) {}

    fn flush(&mut self);

    /// Takes the sums of an epoch, which ends.
    fn end_epoch(&mut self, sums: impl Iterator<Item = (K, A)>, end: EpochEnd);
}

/// They are sent.
struct ExchangeTarget<K, A> {
    route: RoutePush<HashedRow<K, A>>,
    /// True where they stay on this worker.
    stays: bool,
}

impl<K: Key, A: Data> Target<K, A> for ExchangeTarget<K, A> {
    fn flush(&mut self) {
        self.route.flush();
    }

    fn end_epoch(&mut self, sums: impl Iterator<Item = (K, A)>, _end: EpochEnd) {
        let mut own = self.route.open();
        for (key, acc) in sums {
            let hash = hash_key(&key);
            self.route.send_by_key(&mut own, self.stays, hash, (hash, key, acc));
        }
        self.route.close(own);
    }
}

/// They go into the step at once.
struct LocalTarget<K: Key, A, L: Logic<K, A>, P> {
    core: Core<K, A, Calls<K, A, Plain<L>>, P>,
}

impl<K: Key, A: Data, L: Logic<K, A>, P: Push<(K, L::Out)> + 'static> Target<K, A> for LocalTarget<K, A, L, P> {
    fn begin(&mut self) {
        if self.core.begin() {
            self.core.settle();
        }
    }

    fn flush(&mut self) {
        self.core.settle();
    }

    fn end_epoch(&mut self, sums: impl Iterator<Item = (K, A)>, end: EpochEnd) {
        // Where nothing came before and nothing will come, no sum has to wait in a table.
        let alone = self.core.is_empty() && (L::EACH_EPOCH || self.core.ends(end));
        let (calls, push) = self.core.parts();
        batch(push, |next| {
            for (key, acc) in sums {
                if alone {
                    calls.pass(key, acc, next);
                } else {
                    calls.take(0, (hash_key(&key), key, acc), next);
                }
            }
        });
        self.core.end_epoch(end);
    }
}

/// Adds values up by key. As long as only one key has come, its accumulator is the batch's local state, so that a sum over
/// everything runs in registers; with a second key the table takes over until the epoch ends.
struct CombinePush<K, V, A: Combine<V>, G> {
    id: &'static str,
    combine: A,
    /// The only key so far.
    only: Option<(K, A::Acc)>,
    /// Without the hashes: a row is a cache miss, and the smaller it is the fewer there are.
    table: HashTable<(K, A::Acc)>,
    drop_slot: G,
    value: PhantomData<V>,
}

/// The only key so far, and what its values came to; the accumulator is there without a key too, so that adding to it is
/// no branch.
struct Only<K, A> {
    key: Option<K>,
    acc: A,
}

impl<K: Key, V: 'static, A: Combine<V>, G> CombinePush<K, V, A, G> {
    fn new(id: &'static str, combine: A, drop_slot: G) -> Self {
        CombinePush { id, combine, only: None, table: HashTable::new(), drop_slot, value: PhantomData }
    }

    /// Takes a value whose key is not the only one.
    #[inline(always)]
    fn add(&mut self, only: &mut Only<K, A::Acc>, key: K, value: V) {
        if only.key.is_some() {
            self.make_room(only.key.take(), std::mem::replace(&mut only.acc, self.combine.empty()));
        } else if self.table.is_empty() {
            only.key = Some(key);
            named(self.id, || self.combine.add(&mut only.acc, value));
            return;
        }
        let hash = named(self.id, || hash_key(&key));
        match self.table.find_mut(hash, |row| row.0 == key) {
            Some(row) => named(self.id, || self.combine.add(&mut row.1, value)),
            None => self.add_first(hash, key, value),
        }
    }

    /// Takes the first value of a key.
    #[inline(never)]
    fn add_first(&mut self, hash: u64, key: K, value: V) {
        let mut acc = self.combine.empty();
        named(self.id, || self.combine.add(&mut acc, value));
        self.table.insert_unique(hash, (key, acc), |row| hash_key(&row.0));
    }

    /// Puts what was the only key into the table, for a second one has come.
    #[cold]
    #[inline(never)]
    fn make_room(&mut self, key: Option<K>, acc: A::Acc) {
        if let Some(key) = key {
            self.table.insert_unique(hash_key(&key), (key, acc), |row| hash_key(&row.0));
        }
    }
}

impl<T, K, V, A, G> Push<T> for CombinePush<K, V, A, G>
where
    T: IsKeyed<K, V>,
    K: Key,
    V: 'static,
    A: Combine<V>,
    G: Target<K, A::Acc>,
{
    const HOLDS: bool = true;

    type Local = Only<K, A::Acc>;

    fn begin(&mut self) {
        self.drop_slot.begin();
    }

    #[inline(always)]
    fn open(&mut self) -> Self::Local {
        match self.only.take() {
            Some((key, acc)) => Only { key: Some(key), acc },
            None => Only { key: None, acc: self.combine.empty() },
        }
    }

    #[inline(always)]
    fn push(&mut self, only: &mut Self::Local, item: T) {
        let (key, value) = item.into_pair();
        // A type of no size has one value: there is no second key, and `close` brings this one back.
        if size_of::<K>() == 0 {
            std::mem::forget(key);
            named(self.id, || self.combine.add(&mut only.acc, value));
        } else if only.key.as_ref() == Some(&key) {
            named(self.id, || self.combine.add(&mut only.acc, value));
        } else {
            self.add(only, key, value);
        }
    }

    #[inline(always)]
    fn close(&mut self, only: Self::Local) {
        let key = if size_of::<K>() == 0 && only.key.is_none() && !self.combine.is_empty(&only.acc) {
            // SAFETY: a key was pushed and forgotten, or the accumulator would be empty. It had no bytes, so that it can be
            // read again from any aligned place; since it was forgotten, there are not more of them than before.
            Some(unsafe { std::ptr::NonNull::<K>::dangling().read() })
        } else {
            only.key
        };
        self.only = key.map(|key| (key, only.acc));
    }

    fn flush(&mut self) {
        self.drop_slot.flush();
    }

    fn end_epoch(&mut self, end: EpochEnd) {
        self.drop_slot.end_epoch(self.only.take().into_iter().chain(self.table.drain()), end);
    }
}
