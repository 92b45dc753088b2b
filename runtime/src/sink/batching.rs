//! Batching: how many items a sink's writer gets at once.

use crate::base::clock::{Clock, Timestamp};
use std::time::Duration;

/// How many items a writer gets with one call of [`write_batch`](super::Writer::write_batch), whatever batches arrive: as soon as
/// there are `rows` of them or they take `bytes`, when the first of them has waited for `after`, and at the end of each epoch.
///
/// A sink says what it needs by [`Sink::batching`](super::Sink::batching); [`batched`](crate::sinks::batched) changes that of any sink.
///
/// ```
/// use flowstone_runtime::sink::Batching;
/// use std::time::Duration;
///
/// let inserts = Batching::of_rows(100_000).bytes(64 << 20).after(Duration::from_secs(1));
/// # let _ = inserts;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batching {
    rows: usize,
    bytes: usize,
    after: Option<Duration>,
}

impl Batching {
    /// At most `rows` items at once (at least one).
    #[must_use]
    pub const fn of_rows(rows: usize) -> Batching {
        Batching { rows: if rows == 0 { 1 } else { rows }, bytes: usize::MAX, after: None }
    }

    /// Until the items take `bytes`, as far as [`Writer::bytes_of`](super::Writer::bytes_of) knows.
    #[must_use]
    pub const fn bytes(mut self, bytes: usize) -> Batching {
        self.bytes = bytes;
        self
    }

    /// No item waits for longer than `after`.
    #[must_use]
    pub const fn after(mut self, after: Duration) -> Batching {
        self.after = Some(after);
        self
    }
}

/// The items of a batch that is not complete.
pub(super) struct Batch<T> {
    batching: Batching,
    clock: Clock,
    pub(super) items: Vec<T>,
    bytes: usize,
    /// When the first of them is to be written at the latest.
    due: Option<Timestamp>,
}

impl<T> Batch<T> {
    pub(super) fn new(batching: Batching, clock: Clock) -> Self {
        Batch { batching, clock, items: Vec::new(), bytes: 0, due: None }
    }

    /// Adds an item; true where the batch is complete.
    pub(super) fn add(&mut self, item: T, bytes: usize) -> bool {
        if self.items.is_empty() {
            self.bytes = 0;
            self.due = self.batching.after.map(|after| self.clock.now().after(after));
        }
        self.items.push(item);
        self.bytes = self.bytes.saturating_add(bytes);
        self.items.len() >= self.batching.rows || self.bytes >= self.batching.bytes
    }

    /// When the batch is to be written at the latest.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.due.filter(|_| !self.items.is_empty())
    }
}
