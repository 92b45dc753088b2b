//! The exchange: rows sorted by the worker they go to, and sent there batch by batch.

use super::edge::{Pool, batch_capacity, run_over};
use super::{Chain, Cx, Op, OpState, Push};
use crate::clock::Timestamp;
use crate::data::{Data, owner};
use crate::time::Time;
use std::cell::OnceCell;
use std::rc::Rc;
use timely::Accountable;
use timely::bytes::arc::Bytes;
use timely::communication::Push as TimelyPush;
use timely::dataflow::channels::pact::DistributorPact;
use timely::dataflow::channels::pushers::Output;
use timely::dataflow::channels::pushers::exchange::Distributor;
use timely::dataflow::channels::{ContainerBytes, Message};

/// A batch of rows on its way to one worker.
pub(crate) struct Routed<R> {
    target: usize,
    /// The worker that sends it.
    pub(crate) from: usize,
    /// The sender's watermark behind the rows: see [`OpState::watermark`].
    pub(crate) watermark: Timestamp,
    pub(crate) rows: Vec<R>,
    /// The encoded rows, kept between timely's question for their length and its call to write them.
    encoded: OnceCell<Vec<u8>>,
}

impl<R> Default for Routed<R> {
    fn default() -> Self {
        Routed { target: 0, from: 0, watermark: Timestamp::MIN, rows: Vec::new(), encoded: OnceCell::new() }
    }
}

impl<R> Accountable for Routed<R> {
    fn record_count(&self) -> i64 {
        i64::try_from(self.rows.len()).unwrap_or(i64::MAX)
    }
}

impl<R: Data> Routed<R> {
    fn encoded(&self) -> &[u8] {
        self.encoded.get_or_init(|| {
            rmp_serde::to_vec(&(self.from, self.watermark, &self.rows))
                .unwrap_or_else(|error| panic!("a row cannot be sent to another process: {error}"))
        })
    }
}

impl<R: Data> ContainerBytes for Routed<R> {
    fn from_bytes(bytes: Bytes) -> Self {
        let (from, watermark, rows) = rmp_serde::from_slice(&bytes)
            .unwrap_or_else(|error| panic!("a row from another process cannot be read: {error}"));
        Routed { target: 0, from, watermark, rows, encoded: OnceCell::new() }
    }

    fn length_in_bytes(&self) -> usize {
        self.encoded().len().next_multiple_of(8)
    }

    fn into_bytes<W: std::io::Write>(&self, writer: &mut W) {
        let encoded = self.encoded();
        let padding = encoded.len().next_multiple_of(8) - encoded.len();
        let written = writer.write_all(encoded).and_then(|()| writer.write_all(&[0; 8][..padding]));
        written.unwrap_or_else(|error| panic!("a buffer of the network layer is too small: {error}"));
    }
}

/// Hands each batch to the worker it is for, as it is.
pub(crate) struct ToTarget;

impl<R: 'static> Distributor<Routed<R>> for ToTarget {
    fn partition<T: Clone, P: TimelyPush<Message<T, Routed<R>>>>(
        &mut self,
        batch: &mut Routed<R>,
        time: &T,
        pushers: &mut [P],
    ) {
        let target = batch.target;
        Message::push_at(batch, time.clone(), &mut pushers[target]);
    }

    fn flush<T: Clone, P: TimelyPush<Message<T, Routed<R>>>>(&mut self, _time: &T, _pushers: &mut [P]) {}

    fn relax(&mut self) {}
}

/// The pact by which routed batches travel.
pub(crate) fn route_pact() -> DistributorPact<fn(usize) -> ToTarget> {
    DistributorPact(|_workers| ToTarget)
}

/// The end of a chain that sends rows to workers.
pub(crate) struct RoutePush<R> {
    buffers: Vec<Vec<R>>,
    /// The worker whose buffer is handed out as a batch's local state.
    home: usize,
    capacity: usize,
    output: Output<Time, Routed<R>>,
    port: usize,
    state: Rc<OpState>,
    pool: Pool<R>,
    dirty: bool,
    /// The watermark that every worker has been told.
    told: Timestamp,
}

impl<R: Data> RoutePush<R> {
    /// Adds a port to `op` and gives both of its sides, and where the reader gives back the vectors it has read.
    pub(crate) fn new<'s>(
        cx: &Cx<'s>,
        op: &Op<'s>,
    ) -> (RoutePush<R>, timely::dataflow::Stream<'s, Time, Routed<R>>, Pool<R>) {
        let (output, port, stream) = op.output(cx);
        let push = RoutePush {
            buffers: (0..cx.worker.peers).map(|_| Vec::new()).collect(),
            home: cx.worker.index,
            capacity: batch_capacity::<R>(),
            output,
            port,
            state: op.state(),
            pool: Pool::default(),
            dirty: false,
            told: Timestamp::MIN,
        };
        let pool = push.pool.clone();
        (push, stream, pool)
    }

    /// The buffer for this worker's own rows, for the time of a batch.
    #[inline(always)]
    pub(crate) fn open(&mut self) -> Vec<R> {
        std::mem::take(&mut self.buffers[self.home])
    }

    #[inline(always)]
    pub(crate) fn close(&mut self, own: Vec<R>) {
        self.buffers[self.home] = own;
    }

    /// Sends a row to the worker that owns its key's hash, or keeps it here where the step's items stay.
    #[inline(always)]
    pub(crate) fn send_by_key(&mut self, own: &mut Vec<R>, stays: bool, hash: u64, row: R) {
        match stays {
            true => self.keep(own, row),
            false => self.send(own, owner(hash, self.buffers.len()), row),
        }
    }

    /// Sends a row to the worker `target`.
    #[inline(always)]
    pub(crate) fn send(&mut self, own: &mut Vec<R>, target: usize, row: R) {
        if target == self.home {
            self.keep(own, row);
            return;
        }
        let buffer = &mut self.buffers[target];
        if buffer.len() == buffer.capacity() {
            let full = std::mem::take(buffer);
            self.buffers[target] = self.ship(target, full);
        }
        self.buffers[target].push(row);
    }

    /// Sends a row to this worker.
    #[inline(always)]
    pub(crate) fn keep(&mut self, own: &mut Vec<R>, row: R) {
        if own.len() == own.capacity() {
            *own = self.ship(self.home, std::mem::take(own));
        }
        own.push(row);
    }

    /// Sends a full vector on and gives an empty one.
    #[inline(never)]
    fn ship(&mut self, target: usize, rows: Vec<R>) -> Vec<R> {
        if !rows.is_empty() {
            self.give(target, rows);
        }
        self.pool.take(self.capacity)
    }

    fn give(&mut self, target: usize, rows: Vec<R>) {
        let (from, watermark) = (self.home, self.state.watermark.get());
        let mut batch = Routed { target, from, watermark, rows, encoded: OnceCell::new() };
        let capabilities = self.state.capabilities.borrow();
        self.output.give(&capabilities[self.port], &mut batch);
        self.dirty = true;
    }

    pub(crate) fn flush(&mut self) {
        let watermark = self.state.watermark.get();
        let news = watermark != self.told && !self.state.is_clear();
        for target in 0..self.buffers.len() {
            if !self.buffers[target].is_empty() {
                let rows = std::mem::take(&mut self.buffers[target]);
                self.buffers[target] = self.ship(target, rows);
            } else if news {
                self.give(target, Vec::new());
            }
        }
        if news {
            self.told = watermark;
        }
        if std::mem::take(&mut self.dirty) {
            drop(self.output.activate());
        }
    }
}

/// Rows that were sent here, as the beginning of a chain.
pub(crate) struct Received<'s, T> {
    pub(crate) stream: timely::dataflow::Stream<'s, Time, Routed<T>>,
    pub(crate) pool: Pool<T>,
}

impl<'s, T: Data> Chain<'s, T> for Received<'s, T> {
    const READS: bool = false;

    fn build<P: Push<T> + 'static>(self, cx: &Cx<'s>, op: Op<'s>, push: P) {
        run_over(cx, &op, vec![(self.stream, self.pool)], route_pact, |batch| &mut batch.rows, push);
    }
}
