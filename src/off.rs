//! What the prelude has in place of items whose feature is off: the same names, of which each use is an error that names
//! the feature.
//!
//! What is found by its path, as `flowstone::csv::CsvSink`, needs none of this: rustc says which feature it is behind.

/// A crate with only some of its features.
pub struct Features;

#[cfg(not(feature = "parquet"))]
pub(crate) mod parquet {
    use super::Features;
    pub use flowstone_macros::RecordIsOff as Record;
    use std::marker::PhantomData;
    use std::path::PathBuf;

    /// Asks for the feature: it has no impl.
    #[diagnostic::on_unimplemented(
        message = "Parquet files need the feature `parquet` of `flowstone`, which is off; run `cargo add flowstone --features parquet`",
        label = "needs the feature `parquet`"
    )]
    pub trait HasParquet<T> {
        /// What the feature would make. Its type is not known, so that no step reports it again.
        fn made() -> T;
    }

    /// Stands in for the sink of this name.
    pub struct ParquetSink<R>(PhantomData<R>);

    impl<R> ParquetSink<R> {
        /// What the feature would make.
        #[allow(clippy::new_ret_no_self)]
        pub fn new<T>(_: impl Into<PathBuf>) -> T
        where
            Features: HasParquet<T>,
        {
            Features::made()
        }
    }

    /// Stands in for the source of this name.
    pub struct ParquetSource<R>(PhantomData<R>);

    impl<R> ParquetSource<R> {
        /// What the feature would make.
        #[allow(clippy::new_ret_no_self)]
        pub fn new<T>(_: impl Into<PathBuf>) -> T
        where
            Features: HasParquet<T>,
        {
            Features::made()
        }
    }
}

/// Stands in for the module of this name.
#[cfg(not(feature = "json"))]
pub mod json {
    use super::Features;
    use std::path::PathBuf;

    /// Asks for the feature: it has no impl.
    #[diagnostic::on_unimplemented(
        message = "JSON needs the feature `json` of `flowstone`, which is off; run `cargo add flowstone --features json`",
        label = "needs the feature `json`"
    )]
    pub trait HasJson<T> {
        /// What the feature would make. Its type is not known, so that no step reports it again.
        fn made() -> T;
    }

    /// An error that never comes to be.
    pub enum JsonError {}

    /// What the feature would make.
    ///
    /// # Errors
    /// None.
    pub fn parse<T>(_: &(impl AsRef<str> + ?Sized)) -> Result<T, JsonError>
    where
        Features: HasJson<T>,
    {
        Ok(Features::made())
    }

    /// What the feature would make.
    ///
    /// # Errors
    /// None.
    pub fn to_line<T: ?Sized>(_: &T) -> Result<String, JsonError>
    where
        Features: HasJson<(String, std::marker::PhantomData<T>)>,
    {
        Ok(Features::made().0)
    }

    /// Stands in for the sink of this name.
    pub struct JsonLinesSink;

    impl JsonLinesSink {
        /// What the feature would make.
        #[allow(clippy::new_ret_no_self)]
        pub fn new<T>(_: impl Into<PathBuf>) -> T
        where
            Features: HasJson<T>,
        {
            Features::made()
        }
    }
}
