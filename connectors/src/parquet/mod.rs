//! Parquet files: [`ParquetSink`] writes hive-partitioned directories of them, [`ParquetSource`] reads files and whole
//! directories.

mod batches;
mod config;
mod fault;
mod files;
mod hive;
mod listing;
mod records;
mod sample;
mod sink;
mod source;
mod staging;
mod write;

pub use config::{Compression, Dictionary};
pub use sink::ParquetSink;
pub use source::{ParquetReader, ParquetSource, Position, Readable};
pub use staging::Prepared;
pub use write::{ParquetWriter, Written};
