//! The files being written: one a partition, as many as may be open at a time.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::{EnabledStatistics, WriterProperties};
use ::parquet::schema::types::ColumnPath;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use flowstone_runtime::error::Fault;
use flowstone_runtime::sink::SinkCx;

use super::config::{Config, Dictionary};
use super::fault::fault;
use super::sample;
use super::staging::{Prepared, PreparedFile, StagedFiles};

/// After so many files the columns are sampled again.
const SAMPLED_FOR: u32 = 64;

/// A file that rows are written to.
pub(crate) struct OpenFile {
    writer: ArrowWriter<File>,
    aside: String,
    number: u64,
    rows: u64,
    memory: usize,
}

impl OpenFile {
    /// The bytes that it holds in memory.
    pub(crate) fn memory(&self) -> usize {
        self.memory
    }
}

/// A file that has all its rows.
struct Closed {
    directory: String,
    number: u64,
    file: PreparedFile,
}

/// What the files of one writer share.
pub(crate) struct Files {
    root: PathBuf,
    config: Config,
    aside: StagedFiles,
    closed: Vec<Closed>,
    /// What the open files hold in memory.
    memory: usize,
    properties: Option<Properties>,
    written: Written,
}

struct Properties {
    schema: SchemaRef,
    of_file: WriterProperties,
    files: u32,
}

/// What has been put in place.
#[derive(Default)]
struct Written {
    files: u64,
    rows: u64,
    bytes: u64,
}

impl Files {
    pub(crate) fn open(root: &Path, config: Config, cx: &SinkCx) -> Result<Files, Fault> {
        config.compression.codec()?;
        Ok(Files {
            root: root.to_owned(),
            config,
            aside: StagedFiles::open(root, cx)?,
            closed: Vec::new(),
            memory: 0,
            properties: None,
            written: Written::default(),
        })
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// The bytes that open files hold in memory.
    pub(crate) fn memory(&self) -> usize {
        self.memory
    }

    /// Writes `batch` to the file of `directory`: to `open`, and to new ones as each gets full.
    pub(crate) fn write(
        &mut self,
        open: &mut Option<OpenFile>,
        directory: &str,
        batch: &RecordBatch,
    ) -> Result<(), Fault> {
        let mut start = 0;
        while start < batch.num_rows() {
            let file = match open {
                Some(file) => file,
                None => open.insert(self.create(directory, batch)?),
            };
            let room = usize::try_from(self.config.file_rows.saturating_sub(file.rows)).unwrap_or(usize::MAX);
            let rows = room.min(batch.num_rows() - start);
            let written = file.writer.write(&batch.slice(start, rows));
            written.map_err(|error| self.cannot_write(directory, error))?;
            start += rows;
            file.rows += rows as u64;
            self.memory -= file.memory;
            file.memory = file.writer.memory_size();
            self.memory += file.memory;
            let full = file.rows >= self.config.file_rows
                || (self.config.file_bytes != u64::MAX
                    && (file.writer.bytes_written() + file.writer.in_progress_size()) as u64 >= self.config.file_bytes);
            if full && let Some(file) = open.take() {
                self.close(file, directory)?;
            }
        }
        Ok(())
    }

    fn create(&mut self, directory: &str, batch: &RecordBatch) -> Result<OpenFile, Fault> {
        let properties = self.properties(batch)?;
        let (aside, number, file) = self.aside.create()?;
        let writer = ArrowWriter::try_new(file, batch.schema(), Some(properties));
        let writer = writer.map_err(|error| self.cannot_write(directory, error))?;
        Ok(OpenFile { writer, aside, number, rows: 0, memory: 0 })
    }

    /// How a file that begins with `batch` is written.
    fn properties(&mut self, batch: &RecordBatch) -> Result<WriterProperties, Fault> {
        if let Some(known) = &mut self.properties
            && known.files < SAMPLED_FOR
            && (Arc::ptr_eq(&known.schema, batch.schema_ref()) || known.schema == *batch.schema_ref())
        {
            known.files += 1;
            return Ok(known.of_file.clone());
        }
        let mut builder = WriterProperties::builder()
            .set_created_by(concat!("flowstone ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(self.config.compression.codec()?)
            .set_max_row_group_row_count(Some(self.config.row_group_rows))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .set_dictionary_enabled(self.config.dictionary != Dictionary::Never);
        if self.config.dictionary == Dictionary::Sampled {
            for (field, column) in batch.schema_ref().fields().iter().zip(batch.columns()) {
                if !sample::repeats(column) {
                    let path = ColumnPath::new(vec![field.name().clone()]);
                    builder = builder.set_column_dictionary_enabled(path, false);
                }
            }
        }
        let of_file = builder.build();
        // A few rows are no sample: the next file is to have one.
        let files = if batch.num_rows() >= 1024 { 0 } else { SAMPLED_FOR };
        self.properties = Some(Properties { schema: batch.schema(), of_file: of_file.clone(), files });
        Ok(of_file)
    }

    /// Writes out the rows that `file` holds in memory.
    pub(crate) fn flush(&mut self, file: &mut OpenFile, directory: &str) -> Result<(), Fault> {
        let flushed = file.writer.flush();
        flushed.map_err(|error| self.cannot_write(directory, error))?;
        self.memory -= std::mem::replace(&mut file.memory, 0);
        Ok(())
    }

    /// Ends a file.
    pub(crate) fn close(&mut self, mut file: OpenFile, directory: &str) -> Result<(), Fault> {
        self.memory -= file.memory;
        if let Err(error) = file.writer.finish() {
            return Err(self.cannot_write(directory, error));
        }
        let bytes = file.writer.bytes_written() as u64;
        let OpenFile { aside, number, rows, .. } = file;
        let file = PreparedFile { aside, place: String::new(), rows, bytes };
        self.closed.push(Closed { directory: directory.to_owned(), number, file });
        Ok(())
    }

    /// Lets go of a file that cannot be ended.
    pub(crate) fn discard(&mut self, file: OpenFile) {
        self.memory -= file.memory;
        let name = file.aside.clone();
        drop(file);
        self.aside.discard(&name);
    }

    fn cannot_write(&self, directory: &str, error: ParquetError) -> Fault {
        let error: Box<dyn std::error::Error + Send + Sync> = match error {
            ParquetError::External(inner) => inner,
            other => Box::new(other),
        };
        fault("cannot write a Parquet file of", &self.root.join(directory), error)
    }

    pub(crate) fn prepare(&mut self, epoch: u64) -> Result<Prepared, Fault> {
        let closed = std::mem::take(&mut self.closed).into_iter();
        let files = closed.map(|Closed { directory, number, file }| PreparedFile {
            place: self.aside.place(&directory, epoch, number),
            ..file
        });
        let prepared = Prepared { epoch, files: files.collect() };
        self.aside.prepare(&prepared.files)?;
        Ok(prepared)
    }

    pub(crate) fn commit(&mut self, prepared: &Prepared) -> Result<(), Fault> {
        self.aside.commit(prepared)?;
        for file in &prepared.files {
            self.written.files += 1;
            self.written.rows += file.rows;
            self.written.bytes += file.bytes;
        }
        Ok(())
    }

    pub(crate) fn recover(&mut self) -> Result<(), Fault> {
        self.aside.recover()
    }

    /// What was written, in one line.
    pub(crate) fn summary(&self) -> String {
        let Written { files, rows, bytes } = self.written;
        let one = |count: u64, word: &str| format!("{} {word}{}", thousands(count), if count == 1 { "" } else { "s" });
        let root = self.root.display().to_string();
        let slash = if root.ends_with('/') { "" } else { "/" };
        format!("{}, {}, {} under {root}{slash}", one(files, "file"), one(rows, "row"), size(bytes))
    }
}

fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut size = bytes as f64 / 1000.0;
    let mut unit = 0;
    while size >= 999.95 && unit + 1 < UNITS.len() {
        size /= 1000.0;
        unit += 1;
    }
    format!("{size:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(thousands(5), "5");
        assert_eq!(thousands(5000), "5,000");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(size(999), "999 B");
        assert_eq!(size(1_200_000), "1.2 MB");
        assert_eq!(size(999_999), "1.0 MB");
    }
}
