//! The operator of a stateful step: receives placed rows, works through one epoch at a time, and calls the logic.

use super::logic::{After, Logic};
use super::table::{Slot, Table};
use crate::clock::Timestamp;
use crate::data::{Data, IsKeyed, Key, hash_key};
use crate::stream::{Chain, Cx, Op, OpState, Pool, Push, RoutePush, Routed, Stream, batch, least, named, route_pact};
use crate::time::{Time, epoch_of, start_of};
use crate::worker::{TimerId, WorkerCx};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::marker::PhantomData;
use std::rc::Rc;
use timely::dataflow::operators::Capability;
use timely::progress::frontier::MutableAntichain;

/// A row on its way to a stateful step: the key's hash travels with it.
pub(crate) type Keyed<K, V> = (u64, K, V);

/// The end of a chain that sends keyed items to the workers that own their keys.
struct KeyedPush<K, V> {
    id: &'static str,
    route: RoutePush<Keyed<K, V>>,
    /// True where every item stays on this worker.
    stays: bool,
}

impl<T: IsKeyed<K, V>, K: Key, V: Data> Push<T> for KeyedPush<K, V> {
    const HOLDS: bool = false;

    type Local = Vec<Keyed<K, V>>;

    #[inline(always)]
    fn open(&mut self) -> Self::Local {
        self.route.open()
    }

    #[inline(always)]
    fn close(&mut self, own: Self::Local) {
        self.route.close(own);
    }

    #[inline(always)]
    fn push(&mut self, own: &mut Self::Local, item: T) {
        let (key, value) = item.into_pair();
        let hash = named(self.id, || hash_key(&key));
        self.route.send_by_key(own, self.stays, hash, (hash, key, value));
    }

    fn flush(&mut self) {
        self.route.flush();
    }

    fn end_epoch(&mut self) {}
}

/// Where the items of a stateful step are to be.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Placement {
    /// On the worker that owns their key.
    ByKey,
    /// Where they are.
    Here,
}

/// Puts a stateful step behind a keyed stream: the exchange where it is needed, and the operator.
pub(crate) fn stateful_operator<'s, T, K, V, B, C, L>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    placement: Placement,
    logic: L,
) -> Stream<'s, (K, L::Out), B, impl Chain<'s, (K, L::Out)> + use<'s, T, K, V, B, C, L>>
where
    T: IsKeyed<K, V> + 'static,
    K: Key,
    V: Data,
    B: 'static,
    C: Chain<'s, T>,
    L: Logic<K, V>,
{
    let worker = &up.cx.worker;
    let stays = up.placed || placement == Placement::Here || worker.peers == 1;
    let (route, stream, pool) = RoutePush::new(&up.cx, &up.op);
    let cx = up.cx.clone();
    up.build(KeyedPush { id, route, stays });
    behind_exchange(cx, id, placement, stream, pool, logic)
}

/// Puts a stateful step behind rows that are already on their way to it.
pub(crate) fn behind_exchange<'s, K, V, B, L>(
    cx: Cx<'s>,
    id: &'static str,
    placement: Placement,
    stream: timely::dataflow::Stream<'s, Time, Routed<Keyed<K, V>>>,
    pool: Pool<Keyed<K, V>>,
    logic: L,
) -> Stream<'s, (K, L::Out), B, impl Chain<'s, (K, L::Out)> + use<'s, K, V, B, L>>
where
    K: Key,
    V: Data,
    B: 'static,
    L: Logic<K, V>,
{
    let op = Op::new(id);
    let placed = placement == Placement::ByKey;
    Stream::new(cx, op, Stateful { id, logic, stream, pool, value: PhantomData }).placed(placed)
}

struct Stateful<'s, K, V, L> {
    id: &'static str,
    logic: L,
    stream: timely::dataflow::Stream<'s, Time, Routed<Keyed<K, V>>>,
    pool: Pool<Keyed<K, V>>,
    value: PhantomData<V>,
}

impl<'s, K: Key, V: Data, L: Logic<K, V>> Chain<'s, (K, L::Out)> for Stateful<'s, K, V, L> {
    fn build<P: Push<(K, L::Out)> + 'static>(self, cx: &Cx<'s>, op: Op<'s>, push: P) {
        let mut builder = op.take_builder(cx);
        let mut input = builder.new_input(self.stream, route_pact());
        let outputs = builder.shape().outputs();
        let activator = cx.scope.activator_for(builder.operator_info().address);
        let worker = Rc::clone(&cx.worker);
        let timer = worker.timers.add(activator);
        let state = op.state();
        let mut core = Core {
            id: self.id,
            logic: self.logic,
            table: Table::new(),
            timers: BinaryHeap::new(),
            worker,
            timer,
            state,
            epoch: 0,
            waiting: BTreeMap::new(),
            push,
            ended: false,
        };
        let pool = self.pool;
        builder.build(move |capabilities| {
            drop(capabilities);
            move |frontiers| {
                if core.worker.shared.aborting() {
                    return;
                }
                let now = core.worker.clock.now();
                core.notify(now);
                input.for_each(|capability, batch| {
                    let epoch = epoch_of(*capability.time());
                    if epoch <= core.epoch {
                        if core.state.is_clear() {
                            core.state.retain(&capability, outputs);
                        }
                        core.take(&mut batch.rows, now);
                        pool.give_back(std::mem::take(&mut batch.rows));
                    } else {
                        let held = || (0..outputs).map(|port| capability.retain(port)).collect();
                        let waiting = core.waiting.entry(epoch).or_insert_with(|| (held(), Vec::new()));
                        waiting.1.push(std::mem::take(&mut batch.rows));
                    }
                });
                core.follow(frontiers, now, &pool);
                core.push.flush();
                core.rest();
            }
        });
    }
}

/// The state of a stateful step on one worker.
struct Core<K, V, L: Logic<K, V>, P> {
    id: &'static str,
    logic: L,
    table: Table<K, L::State>,
    /// The timers that keys have set, the next one first. One that its key has since moved or dropped is passed over.
    timers: BinaryHeap<Reverse<Due<K>>>,
    worker: Rc<WorkerCx>,
    timer: TimerId,
    state: Rc<OpState>,
    /// The epoch now being worked on.
    epoch: u64,
    /// Rows of later epochs, with the capabilities to answer them.
    waiting: BTreeMap<u64, (Vec<Capability<Time>>, Vec<Vec<Keyed<K, V>>>)>,
    push: P,
    ended: bool,
}

struct Due<K> {
    at: Timestamp,
    hash: u64,
    key: K,
}

impl<K> PartialEq for Due<K> {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.hash) == (other.at, other.hash)
    }
}

impl<K> Eq for Due<K> {}

impl<K> PartialOrd for Due<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Due<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.hash).cmp(&(other.at, other.hash))
    }
}

impl<K: Key, V: Data, L: Logic<K, V>, P: Push<(K, L::Out)>> Core<K, V, L, P> {
    /// Works through a batch.
    fn take(&mut self, rows: &mut Vec<Keyed<K, V>>, now: Timestamp) {
        let (id, logic, table, timers) = (self.id, &self.logic, &mut self.table, &mut self.timers);
        batch(&mut self.push, |next| {
            for (hash, key, value) in rows.drain(..) {
                let (mut entry, mut spare) = table.find_or_insert(hash, key, |key| named(id, || logic.start(key)));
                let slot = entry.get_mut();
                let after = named(id, || {
                    logic.on_value(&slot.key, &mut slot.state, value, now, &mut |out| {
                        // The key that came with the value serves for its first output, which is mostly the only one.
                        let key = spare.take().unwrap_or_else(|| slot.key.clone());
                        next.push((key, out));
                    })
                });
                match after {
                    After::Keep => set_timer(id, logic, slot, timers),
                    After::Forget => drop(entry.remove()),
                }
            }
        });
    }

    /// Calls the keys whose moment has come.
    fn notify(&mut self, now: Timestamp) {
        while self.timers.peek().is_some_and(|Reverse(due)| due.at <= now) {
            let Some(Reverse(due)) = self.timers.pop() else { return };
            let Some(mut entry) = self.table.find(due.hash, &due.key) else { continue };
            let slot = entry.get_mut();
            if slot.notify_at != Some(due.at) {
                continue;
            }
            slot.notify_at = None;
            let (id, logic) = (self.id, &self.logic);
            let after = batch(&mut self.push, |next| {
                named(id, || {
                    logic.on_notify(&slot.key, &mut slot.state, now, &mut |out| next.push((slot.key.clone(), out)))
                })
            });
            match after {
                After::Keep => set_timer(id, logic, slot, &mut self.timers),
                After::Forget => drop(entry.remove()),
            }
        }
    }

    /// Follows the frontier: ends the epoch when it has passed, and goes on with the rows of the next.
    fn follow(&mut self, frontiers: &[MutableAntichain<Time>], now: Timestamp, pool: &Pool<Keyed<K, V>>) {
        let frontier = least(frontiers);
        let current = frontier.map(epoch_of);
        while current.is_none_or(|current| current > self.epoch) && !self.ended {
            self.end_epoch();
            let next = self.waiting.first_key_value().map(|(&epoch, _)| epoch);
            match (next, current) {
                (Some(next), current) if current.is_none_or(|current| next <= current) => {
                    self.epoch = next;
                    self.state.downgrade(start_of(next));
                    self.take_waiting(now, pool);
                }
                (_, Some(current)) => {
                    self.epoch = current;
                    break;
                }
                (_, None) => {
                    self.end();
                    return;
                }
            }
        }
        if let Some(frontier) = frontier {
            self.state.downgrade(frontier);
        }
    }

    fn take_waiting(&mut self, now: Timestamp, pool: &Pool<Keyed<K, V>>) {
        if let Some((held, batches)) = self.waiting.remove(&self.epoch) {
            if self.state.is_clear() {
                self.state.set(held);
            }
            for mut rows in batches {
                self.take(&mut rows, now);
                pool.give_back(rows);
            }
        }
    }

    fn end_epoch(&mut self) {
        if L::EACH_EPOCH {
            let (id, logic, table, timers) = (self.id, &self.logic, &mut self.table, &mut self.timers);
            batch(&mut self.push, |next| {
                table.retain(|slot| {
                    let Slot { key, state, .. } = slot;
                    let after = named(id, || logic.on_epoch_end(key, state, &mut |out| next.push((key.clone(), out))));
                    if after == After::Keep {
                        set_timer(id, logic, slot, timers);
                    }
                    after == After::Keep
                });
            });
        }
        self.push.end_epoch();
        self.push.flush();
    }

    fn end(&mut self) {
        let (id, logic, table) = (self.id, &self.logic, &mut self.table);
        batch(&mut self.push, |next| {
            table.retain(|slot| {
                let Slot { key, state, .. } = slot;
                named(id, || logic.on_eof(key, state, &mut |out| next.push((key.clone(), out)))) == After::Keep
            });
        });
        self.push.end_epoch();
        self.push.flush();
        self.ended = true;
        self.timers.clear();
        self.state.clear();
    }

    /// Gives up what is not needed until something comes: capabilities where no key is left, and the timer.
    fn rest(&mut self) {
        if self.table.is_empty() && !P::HOLDS {
            self.state.clear();
        }
        let next = self.timers.peek().map(|Reverse(due)| due.at);
        self.worker.timers.set(self.timer, next);
    }
}

/// Notes the moment for which a key asks, if it is another than before.
#[inline(always)]
fn set_timer<K: Key, V, L: Logic<K, V>>(
    id: &'static str,
    logic: &L,
    slot: &mut Slot<K, L::State>,
    timers: &mut BinaryHeap<Reverse<Due<K>>>,
) {
    let at = named(id, || logic.notify_at(&slot.key, &slot.state));
    if at != slot.notify_at {
        slot.notify_at = at;
        if let Some(at) = at {
            timers.push(Reverse(Due { at, hash: slot.hash, key: slot.key.clone() }));
        }
    }
}
