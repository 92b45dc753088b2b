//! The writer of one worker: rows sorted into partitions, and those into files.

use std::fmt;

use arrow_array::RecordBatch;
use flowstone_runtime::error::Fault;
use flowstone_runtime::sink::{SinkCx, Writer};
use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::config::Config;
use super::files::{Files, OpenFile};
use super::staging::Prepared;
use crate::arrow::{ColumnError, Rows};

/// Rows go from a partition's buffer to its file this many at a time.
pub(crate) const BATCH: usize = 4096;
/// …or when they take so much room.
const BATCH_BYTES: usize = 4 << 20;
/// After so many rows the room that all take is looked at.
const LOOK: usize = 4096;

/// What a Parquet sink is of: records, or record batches.
pub trait Written: Sized + 'static {
    /// The columns that the directories are named by.
    type Partition: Clone + Send + Sync + 'static;
    /// What is the same for all partitions.
    #[doc(hidden)]
    type Plan: Send;
    /// The rows of one partition that are not in its file yet.
    #[doc(hidden)]
    type Buffer: Buffer + Send;

    /// What to do with rows.
    ///
    /// # Errors
    /// Where they cannot be partitioned in that way.
    #[doc(hidden)]
    fn plan(partition: Option<&Self::Partition>) -> Result<Self::Plan, Fault>;

    /// Adds one row, or a batch of them, to the partitions it belongs to.
    ///
    /// # Errors
    /// Where it does not fit, or cannot be written.
    #[doc(hidden)]
    fn add(&self, plan: &mut Self::Plan, partitions: &mut Partitions<Self::Buffer>) -> Result<(), Fault>;
}

/// The rows of one partition that are not in its file yet.
#[doc(hidden)]
pub trait Buffer {
    /// How many there are.
    fn len(&self) -> usize;
    /// About how many bytes they take.
    fn bytes(&self) -> usize;
    /// The rows, without the columns that the directory is named by.
    ///
    /// # Errors
    /// Where they make no batch.
    fn take(&mut self) -> Result<RecordBatch, ColumnError>;
}

/// One partition.
struct Slot<B> {
    key: Box<[u8]>,
    directory: String,
    buffer: B,
    file: Option<OpenFile>,
    used: u64,
}

/// The partitions of an epoch that have rows.
#[doc(hidden)]
pub struct Partitions<B> {
    /// The key of the row at hand: the bytes of the columns that the directories are named by.
    pub(crate) key: Vec<u8>,
    slots: Vec<Slot<B>>,
    by_key: HashMap<Box<[u8]>, usize, RandomState>,
    /// The partition of the row before.
    last: usize,
    /// Goes up whenever a row is of another partition than the row before.
    now: u64,
    added: usize,
    files: Files,
}

impl<B: Buffer> Partitions<B> {
    fn new(files: Files) -> Partitions<B> {
        Partitions { key: Vec::new(), slots: Vec::new(), by_key: HashMap::default(), last: 0, now: 0, added: 0, files }
    }

    /// The buffer of the partition that `key` tells; where it is a new one, `make` makes the buffer and its directory.
    /// The rows put into it are to be told to [`added`](Partitions::added).
    #[inline]
    pub(crate) fn buffer(&mut self, make: impl FnOnce() -> (B, String)) -> Result<&mut B, Fault> {
        let same = self.slots.get(self.last).is_some_and(|slot| *slot.key == *self.key);
        if !same {
            self.switch(make)?;
        }
        Ok(&mut self.slots[self.last].buffer)
    }

    fn switch(&mut self, make: impl FnOnce() -> (B, String)) -> Result<(), Fault> {
        self.now += 1;
        self.last = match self.by_key.get(self.key.as_slice()) {
            Some(&at) => at,
            None => {
                while self.slots.len() >= self.files.config().open_files.max(1) {
                    self.close_oldest()?;
                }
                let key: Box<[u8]> = self.key.as_slice().into();
                let (buffer, directory) = make();
                self.by_key.insert(key.clone(), self.slots.len());
                self.slots.push(Slot { key, directory, buffer, file: None, used: 0 });
                self.slots.len() - 1
            }
        };
        self.slots[self.last].used = self.now;
        Ok(())
    }

    /// Says that `rows` rows have been put into the buffer asked for last.
    #[inline]
    pub(crate) fn added(&mut self, rows: usize) -> Result<(), Fault> {
        self.added += rows;
        let len = self.slots[self.last].buffer.len();
        if len >= BATCH || (len.is_multiple_of(64) && self.slots[self.last].buffer.bytes() >= BATCH_BYTES) {
            self.write(self.last)?;
        }
        if self.added >= LOOK {
            self.added = 0;
            self.make_room()?;
        }
        Ok(())
    }

    /// Writes the rows in the buffer of the partition `at`.
    fn write(&mut self, at: usize) -> Result<(), Fault> {
        let Slot { buffer, file, directory, .. } = &mut self.slots[at];
        if buffer.len() == 0 {
            return Ok(());
        }
        let batch = buffer.take().map_err(|error| Fault::new("these records make no columns").cause(error))?;
        self.files.write(file, directory, &batch)
    }

    /// Writes out the largest partitions until all together take no more memory than they may.
    fn make_room(&mut self) -> Result<(), Fault> {
        loop {
            let buffered: usize = self.slots.iter().map(|slot| slot.buffer.bytes()).sum();
            if buffered + self.files.memory() <= self.files.config().memory {
                return Ok(());
            }
            let size = |slot: &Slot<B>| slot.buffer.bytes() + slot.file.as_ref().map_or(0, OpenFile::memory);
            let Some(at) = (0..self.slots.len()).max_by_key(|&at| size(&self.slots[at])) else { return Ok(()) };
            if size(&self.slots[at]) == 0 {
                return Ok(());
            }
            self.write(at)?;
            let Slot { file, directory, .. } = &mut self.slots[at];
            if let Some(file) = file {
                self.files.flush(file, directory)?;
            }
        }
    }

    /// Ends the file of the partition that has been without rows for longest.
    fn close_oldest(&mut self) -> Result<(), Fault> {
        let Some(at) = (0..self.slots.len()).min_by_key(|&at| self.slots[at].used) else { return Ok(()) };
        self.write(at)?;
        let slot = self.slots.swap_remove(at);
        self.by_key.remove(&slot.key);
        if let Some(moved) = self.slots.get(at) {
            self.by_key.insert(moved.key.clone(), at);
        }
        self.last = usize::MAX;
        match slot.file {
            Some(file) => self.files.close(file, &slot.directory),
            None => Ok(()),
        }
    }

    /// Ends all files.
    fn close_all(&mut self) -> Result<(), Fault> {
        for at in 0..self.slots.len() {
            self.write(at)?;
            if let Some(file) = self.slots[at].file.take() {
                self.files.close(file, &self.slots[at].directory)?;
            }
        }
        self.forget();
        Ok(())
    }

    fn forget(&mut self) {
        self.slots.clear();
        self.by_key.clear();
        self.last = 0;
    }
}

impl<B> Drop for Partitions<B> {
    fn drop(&mut self) {
        for slot in &mut self.slots {
            if let Some(file) = slot.file.take() {
                self.files.discard(file);
            }
        }
    }
}

/// Writes what one worker got to Parquet files.
pub struct ParquetWriter<R: Written> {
    plan: R::Plan,
    partitions: Partitions<R::Buffer>,
}

impl<R: Written> ParquetWriter<R> {
    pub(crate) fn open(
        root: &std::path::Path,
        partition: Option<&R::Partition>,
        config: Config,
        cx: &SinkCx,
    ) -> Result<Self, Fault> {
        let plan = R::plan(partition)?;
        Ok(ParquetWriter { plan, partitions: Partitions::new(Files::open(root, config, cx)?) })
    }
}

impl<T: Rows<R>, R: Written> Writer<T> for ParquetWriter<R> {
    type Prepared = Prepared;

    fn write_batch(&mut self, items: &mut Vec<T>) -> Result<(), Fault> {
        let ParquetWriter { plan, partitions } = self;
        items.drain(..).try_for_each(|item| item.each_row(&mut |row: &R| row.add(plan, partitions)))
    }

    fn prepare(&mut self, epoch: u64) -> Result<Prepared, Fault> {
        self.partitions.close_all()?;
        self.partitions.files.prepare(epoch)
    }

    fn commit(&mut self, prepared: Prepared) -> Result<(), Fault> {
        self.partitions.files.commit(&prepared)
    }

    fn recover(&mut self) -> Result<(), Fault> {
        self.partitions.files.recover()
    }

    fn bytes_of(item: &T) -> usize {
        item.bytes()
    }

    fn summary(&self) -> Option<String> {
        Some(self.partitions.files.summary())
    }
}

impl<R: Written> fmt::Debug for ParquetWriter<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParquetWriter({} open)", self.partitions.slots.len())
    }
}

/// What is not to be partitioned in the way asked for.
pub(crate) fn nothing_left(columns: usize) -> Fault {
    Fault::new(format!("all {columns} columns name directories, and none is left for the files"))
        .help("partition by fewer columns")
}
