//! The sink: a directory of Parquet files.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::RecordBatch;
use flowstone_runtime::error::Fault;
use flowstone_runtime::sink::{Guarantee, Sink, SinkCx};

use super::config::{Compression, Config, Dictionary};
use super::write::{ParquetWriter, Written};
use crate::arrow::{PartitionBy, Record, Rows};

/// Writes records, or Arrow record batches, to Parquet files in a directory.
///
/// It takes records one by one, in a `Vec`, or with a key, which is dropped: `WebEvent`, `Vec<WebEvent>`,
/// `(String, WebEvent)` and `(String, Vec<WebEvent>)`, as keyed steps emit them.
///
/// ```
/// use flowstone_connectors::arrow::Record;
/// use flowstone_connectors::parquet::{Compression, ParquetSink};
///
/// #[derive(Record)]
/// # #[record(crate = flowstone_connectors)]
/// struct WebEvent {
///     year: i32,
///     month: u32,
///     page: String,
///     user: String,
/// }
///
/// let sink = ParquetSink::<WebEvent>::new("out")
///     .partition_by(|event| (event.year, event.month, event.page))
///     .compression(Compression::Zstd(3));
/// # use flowstone_runtime::sink::Sink;
/// # fn takes<T>(_: &impl Sink<T>) {}
/// # takes::<WebEvent>(&sink);
/// # takes::<(String, Vec<WebEvent>)>(&sink);
/// ```
///
/// # Partitions
/// With [`partition_by`](ParquetSink::partition_by) files are in directories named after columns, as Hive does it:
/// `year=2024/month=1/page=%2Fhome/…`. Those columns are left out of the files: pyarrow, DuckDB, Spark and
/// [`ParquetSource`](super::ParquetSource) read them from the directories. Values are in percent encoding, a null is
/// `__HIVE_DEFAULT_PARTITION__`.
///
/// # When files appear
/// A file is written aside, in `_flowstone_tmp`, and put in place when its epoch is committed: no reader sees half a
/// file. So an epoch's end ends all files; [`roll_rows`](ParquetSink::roll_rows) and
/// [`roll_bytes`](ParquetSink::roll_bytes) end them earlier, and so does a partition too many
/// ([`max_open`](ParquetSink::max_open)). Names hold the output's id, the epoch, the worker, the execution and a number:
/// several flows can write to one directory.
///
/// # Guarantee
/// Exactly once. What an epoch prepared is durable before the epoch is committed, and putting it in place can be done
/// again, by another process too, and late: after a newer execution has done so. Which one is the newest, and which epoch is in
/// place, is in hidden files in `_flowstone_tmp`, which stay. On resume, worker `i` of `n` removes what earlier workers `i`, `i + n`, … left aside, so
/// it must have been given what those prepared and committed, before.
pub struct ParquetSink<R> {
    directory: PathBuf,
    /// An `R::Partition`. Its type is left out here, so that a sink of what is no record is an error where it is used.
    partition: Option<Arc<dyn Any + Send + Sync>>,
    config: Config,
    of: PhantomData<fn(R)>,
}

impl<R> ParquetSink<R> {
    /// A sink that writes to `directory`, which is made if it is not there.
    #[must_use]
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        ParquetSink { directory: directory.into(), partition: None, config: Config::default(), of: PhantomData }
    }

    /// How pages are compressed: with Zstandard at level 1 by default.
    #[must_use]
    pub fn compression(mut self, compression: Compression) -> Self {
        self.config.compression = compression;
        self
    }

    /// Which columns are written with a dictionary: those whose values repeat by default.
    #[must_use]
    pub fn dictionary(mut self, dictionary: Dictionary) -> Self {
        self.config.dictionary = dictionary;
        self
    }

    /// Ends a file that has `rows` rows.
    #[must_use]
    pub fn roll_rows(mut self, rows: u64) -> Self {
        self.config.file_rows = rows.max(1);
        self
    }

    /// Ends a file that has about `bytes` bytes.
    #[must_use]
    pub fn roll_bytes(mut self, bytes: u64) -> Self {
        self.config.file_bytes = bytes.max(1);
        self
    }

    /// Makes row groups of at most `rows` rows: 262,144 by default. Readers read one at a time.
    #[must_use]
    pub fn row_group_rows(mut self, rows: usize) -> Self {
        self.config.row_group_rows = rows.max(1);
        self
    }

    /// How many partitions have an open file at a time, on each worker: 128 by default. For one more, that
    /// which has been without rows for longest is ended.
    #[must_use]
    pub fn max_open(mut self, partitions: usize) -> Self {
        self.config.open_files = partitions.max(1);
        self
    }

    /// About how many bytes the rows not yet on disk may take, on each worker: 256 MiB by default. For more,
    /// the largest partitions' row groups are ended early.
    #[must_use]
    pub fn max_memory(mut self, bytes: usize) -> Self {
        self.config.memory = bytes;
        self
    }
}

impl<R: Record + 'static> ParquetSink<R> {
    /// Puts files into directories named after these columns, which are not in the files then.
    ///
    /// The columns are fields of the closure's argument, so the record is to be named: `ParquetSink::<WebEvent>::new`.
    /// A column that the record lacks does not compile, and neither does one that no directory can be named by:
    ///
    /// ```compile_fail,E0609
    /// # use flowstone_connectors::{arrow::Record, parquet::ParquetSink};
    /// #[derive(Record)]
    /// # #[record(crate = flowstone_connectors)]
    /// struct Reading { day: chrono::NaiveDate, celsius: f64 }
    ///
    /// // error[E0609]: no field `month` on type `&ReadingColumns` … available fields are: `day`, `celsius`
    /// let sink = ParquetSink::<Reading>::new("out").partition_by(|reading| reading.month);
    /// ```
    ///
    /// ```compile_fail,E0277
    /// # use flowstone_connectors::{arrow::Record, parquet::ParquetSink};
    /// # #[derive(Record)]
    /// # #[record(crate = flowstone_connectors)]
    /// # struct Reading { day: chrono::NaiveDate, celsius: f64 }
    /// // error[E0277]: a directory cannot be named by a column of `f64`
    /// let sink = ParquetSink::<Reading>::new("out").partition_by(|reading| reading.celsius);
    /// ```
    #[must_use]
    pub fn partition_by<P: PartitionBy<R>>(mut self, columns: impl FnOnce(&R::Columns) -> P) -> Self {
        let partition: <R as Written>::Partition = Arc::new(columns(&R::columns()));
        self.partition = Some(Arc::new(partition));
        self
    }
}

impl ParquetSink<RecordBatch> {
    /// Puts files into directories named after these columns, which are not in the files then. A batch that lacks one of
    /// them stops the flow.
    ///
    /// ```
    /// use flowstone_connectors::arrow::RecordBatch;
    /// use flowstone_connectors::parquet::ParquetSink;
    ///
    /// let sink = ParquetSink::<RecordBatch>::new("out").partition_by_names(["year", "month"]);
    /// ```
    #[must_use]
    pub fn partition_by_names(mut self, columns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let partition: <RecordBatch as Written>::Partition = columns.into_iter().map(Into::into).collect();
        self.partition = Some(Arc::new(partition));
        self
    }
}

impl<T: Rows<R>, R: Written> Sink<T> for ParquetSink<R> {
    type Writer = ParquetWriter<R>;
    const GUARANTEE: Guarantee = Guarantee::ExactlyOnce;

    fn open(&self, cx: &SinkCx) -> Result<ParquetWriter<R>, Fault> {
        let partition = self.partition.as_ref().and_then(|partition| partition.downcast_ref());
        ParquetWriter::open(&self.directory, partition, self.config.clone(), cx)
    }
}

impl<R> Clone for ParquetSink<R> {
    fn clone(&self) -> Self {
        ParquetSink {
            directory: self.directory.clone(),
            partition: self.partition.clone(),
            config: self.config.clone(),
            of: PhantomData,
        }
    }
}

impl<R> fmt::Debug for ParquetSink<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParquetSink({})", self.directory.display())
    }
}
