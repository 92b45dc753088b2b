//! Sources and sinks for Flowstone's dataflows.

#[cfg(feature = "parquet")]
pub mod arrow;
#[cfg(feature = "parquet")]
pub mod parquet;

/// What the code of derives names.
#[cfg(feature = "parquet")]
#[doc(hidden)]
pub mod __private {
    pub use crate::arrow::private as arrow;
}
