//! Sources and sinks for Flowstone's dataflows.

#[cfg(feature = "parquet")]
pub mod arrow;
#[cfg(feature = "csv")]
pub mod csv;
pub mod files;
#[cfg(feature = "json")]
pub mod json;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod stdio;
#[cfg(feature = "websim")]
pub mod websim;

/// What the code of derives names.
#[cfg(feature = "parquet")]
#[doc(hidden)]
pub mod __private {
    pub use crate::arrow::private as arrow;
}
