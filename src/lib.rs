//! Streaming dataflows that the compiler checks.
//!
//! The `dataflow!` macro compiles step chains at build time: what runs is monomorphized timely dataflow, with keyed
//! state, and every mistake is a compile error at the step that has it.

pub use flowstone_connectors::{files, stdio};
pub use flowstone_macros::dataflow;
#[cfg_attr(doc, doc(hidden))]
pub use flowstone_runtime::check;
pub use flowstone_runtime::exec::{Config, Exit, Flow, FromCommandLine, Main, Report, RunArgs, StepReport};
pub use flowstone_runtime::{
    bound, clock, data, error, exec, graph, joins, ops, recovery, sink, sinks, source, sources, state, stream, testing,
    time, windows,
};
pub use timely;

#[cfg(feature = "parquet")]
pub use flowstone_connectors::{arrow, parquet};

#[cfg(feature = "csv")]
pub use flowstone_connectors::csv;
#[cfg(feature = "json")]
pub use flowstone_connectors::json;
#[cfg(feature = "websim")]
pub use flowstone_connectors::websim;

#[cfg(not(all(feature = "json", feature = "parquet")))]
#[doc(hidden)]
pub mod off;

/// What nearly every program with a flow needs.
pub mod prelude {
    #[cfg(feature = "parquet")]
    pub use crate::arrow::Record;
    pub use crate::bound::{Bounded, Unbounded};
    pub use crate::clock::{Clock, Timestamp};
    pub use crate::files::{DirSink, DirSource, FileSink, FileSource, Line};
    #[cfg(feature = "json")]
    pub use crate::json;
    #[cfg(not(feature = "json"))]
    #[doc(hidden)]
    pub use crate::off::json;
    #[cfg(not(feature = "parquet"))]
    #[doc(hidden)]
    pub use crate::off::parquet::{ParquetSink, ParquetSource, Record};
    #[cfg(feature = "parquet")]
    pub use crate::parquet::{ParquetSink, ParquetSource};
    pub use crate::sources::{Poll, iter, per_worker, polling, polling_from};
    pub use crate::state::{After, Logic};
    pub use crate::stdio::{StderrSink, StdinSource, StdoutSink};
    pub use crate::stream::{Chain, Stream};
    pub use crate::windows::{
        WindowClock, WindowLogic, Windowed, Windower, event_time, session, sliding, system_time, tumbling, watermark,
    };
    pub use crate::{Config, Flow, Main, dataflow};
}

#[doc(hidden)]
pub mod __private {
    #[cfg(feature = "parquet")]
    pub use flowstone_connectors::__private::*;
    pub use flowstone_runtime::__private::*;
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
