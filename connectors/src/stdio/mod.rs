//! Standard input, output and error: [`StdinSource`], [`StdoutSink`], [`StderrSink`]; and [`ReadSource`] for whatever else
//! can only be read from its beginning.

mod sink;
mod source;

pub use sink::{StderrSink, StdoutSink, StreamWriter};
pub use source::{ReadReader, ReadSource, StdinSource};
