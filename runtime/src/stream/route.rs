//! The exchange: rows sorted by the worker they go to, and sent there batch by batch.

use super::chain::Chain;
use super::cx::Cx;
use super::deliver::RoutePact;
use super::edge::{Edge, batch_capacity};
use super::op::{Op, OpState};
use super::over::run_over;
use super::pool::Pool;
use super::push::Push;
use super::routed::Routed;
use crate::base::clock::Timestamp;
use crate::base::data::{Data, owner};
use crate::base::time::Time;
use std::rc::Rc;
use timely::dataflow::channels::pushers::Output;

/// The end of a chain that sends rows to workers.
pub(crate) struct RoutePush<R> {
    buffers: Vec<Vec<R>>,
    /// The worker whose buffer is handed out as a batch's local state.
    home: usize,
    output: Output<Time, Routed<R>>,
    port: usize,
    state: Rc<OpState>,
    pool: Pool<R>,
    dirty: bool,
    /// The watermark that batches carry: the one of the last [`flush`](RoutePush::flush).
    watermark: Timestamp,
    /// The watermark that has been sent to every worker.
    sent: Timestamp,
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
            output,
            port,
            state: op.state(),
            pool: Pool::new(batch_capacity::<R>(cx)),
            dirty: false,
            watermark: Timestamp::MIN,
            sent: Timestamp::MIN,
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
        self.pool.take()
    }

    fn give(&mut self, target: usize, rows: Vec<R>) {
        let (from, watermark) = (self.home, self.watermark);
        let mut batch = Routed::new(target, from, watermark, rows);
        let capabilities = self.state.capabilities.borrow();
        self.output.give(&capabilities[self.port], &mut batch);
        self.dirty = true;
    }

    /// Sends what is in the buffers. The caller has handed over every row that is to arrive before the operator's watermark
    /// ([`OpState::watermark`]): only from here on do batches carry it, to every worker, with rows or without. A batch that
    /// was full before carries the watermark of the flush before.
    pub(crate) fn flush(&mut self) {
        // `MAX` is the last thing that is said: see below.
        let said_all = self.sent == Timestamp::MAX;
        self.watermark = if said_all { self.sent } else { self.state.watermark.get() };
        let moved = self.watermark != self.sent && !self.state.is_clear();
        for target in 0..self.buffers.len() {
            if !self.buffers[target].is_empty() {
                let rows = std::mem::take(&mut self.buffers[target]);
                self.buffers[target] = self.ship(target, rows);
            } else if moved {
                self.give(target, Vec::new());
            }
        }
        if moved {
            self.sent = self.watermark;
        }
        // After the last watermark, which all have to know alike.
        if self.state.all_ended.get() && self.sent != Timestamp::MAX && !self.state.is_clear() {
            (self.watermark, self.sent) = (Timestamp::MAX, Timestamp::MAX);
            (0..self.buffers.len()).for_each(|target| self.give(target, Vec::new()));
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
        let edge = Edge { stream: self.stream, pool: self.pool, filled_by: Rc::new(OpState::new()) };
        run_over(cx, &op, vec![edge], || RoutePact::new(cx), push);
    }
}
