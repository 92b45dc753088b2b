//! A batch of rows on its way to one worker, in memory and as bytes.

use crate::base::clock::Timestamp;
use crate::base::data::Data;
use std::cell::OnceCell;
use timely::Accountable;
use timely::bytes::arc::Bytes;
use timely::communication::Push as TimelyPush;
use timely::dataflow::channels::pushers::exchange::Distributor;
use timely::dataflow::channels::{ContainerBytes, Message};

/// A batch of rows on its way to one worker.
pub(crate) struct Routed<R> {
    target: usize,
    /// The worker that sends it.
    pub(crate) from: usize,
    /// The sender's watermark after the rows: everything that the watermark closes has been sent to this worker before or
    /// with them. See [`RoutePush::flush`](super::RoutePush::flush).
    pub(crate) watermark: Timestamp,
    pub(crate) rows: Vec<R>,
    /// The encoded rows, kept between timely's question for their length and its call to write them.
    encoded: OnceCell<Vec<u8>>,
}

impl<R> Routed<R> {
    pub(super) fn new(target: usize, from: usize, watermark: Timestamp, rows: Vec<R>) -> Self {
        Routed { target, from, watermark, rows, encoded: OnceCell::new() }
    }
}

impl<R> Default for Routed<R> {
    fn default() -> Self {
        Routed::new(0, 0, Timestamp::MIN, Vec::new())
    }
}

impl<R> Accountable for Routed<R> {
    /// At least one, since timely drops what it takes for empty, and a batch without rows carries a watermark.
    fn record_count(&self) -> i64 {
        i64::try_from(self.rows.len()).unwrap_or(i64::MAX).max(1)
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
        Routed::new(0, from, watermark, rows)
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
