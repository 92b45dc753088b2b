//! [`StdoutSink`] and [`StderrSink`]: lines to the standard streams.

use crate::files::{AsDebug, AsDisplay, AsText, Format, With};
use flowstone_runtime::error::Fault;
use flowstone_runtime::sink::{Sink, SinkCx, Writer};
use std::io::{self, ErrorKind, Write};

/// One of the two streams.
#[derive(Debug, Clone, Copy)]
enum Stream {
    Out,
    Err,
}

impl Stream {
    fn name(self) -> &'static str {
        match self {
            Stream::Out => "standard output",
            Stream::Err => "standard error",
        }
    }

    /// Writes all of `bytes` while holding the stream's lock, so that lines of several workers do not mix.
    fn write(self, bytes: &[u8]) -> io::Result<()> {
        fn to(mut stream: impl Write, bytes: &[u8]) -> io::Result<()> {
            stream.write_all(bytes)?;
            stream.flush()
        }
        match self {
            Stream::Out => to(io::stdout().lock(), bytes),
            Stream::Err => to(io::stderr().lock(), bytes),
        }
    }
}

macro_rules! stream_sink {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name<F = AsText>(F);

        impl $name {
            /// Writes the [`Text`](crate::files::Text) of items.
            #[must_use]
            pub fn new() -> $name {
                $name(AsText)
            }

            /// Writes what `Debug` says of an item.
            #[must_use]
            pub fn debug(self) -> $name<AsDebug> {
                $name(AsDebug)
            }

            /// Writes what `Display` says of an item.
            #[must_use]
            pub fn display(self) -> $name<AsDisplay> {
                $name(AsDisplay)
            }

            /// Writes what `write` appends for an item. The line end follows by itself.
            #[must_use]
            pub fn with<T, W: Fn(&T, &mut String) + Clone + Send + 'static>(self, write: W) -> $name<With<W>> {
                $name(With(write))
            }
        }

        impl Default for $name {
            fn default() -> Self {
                $name::new()
            }
        }
    };
}

stream_sink! {
    /// Writes items to standard output, a line each, as they come.
    ///
    /// At least once: what an execution wrote since its last commit is written again by the one that goes on from there.
    /// Where the reader of a pipe has gone (`flow | head`), the flow stops with an error that says so.
    ///
    /// ```
    /// use flowstone_connectors::stdio::StdoutSink;
    ///
    /// let tabbed = StdoutSink::new();
    /// let counts = StdoutSink::new().with(|(word, count): &(String, u64), out| {
    ///     out.push_str(&format!("{count:>8} {word}"));
    /// });
    /// # let _ = (tabbed, counts);
    /// ```
    StdoutSink
}

stream_sink! {
    /// Writes items to standard error, a line each, as they come: the usual end of a port `.err`, whose pairs of an item
    /// and its error it writes as `item: error`.
    ///
    /// At least once, as [`StdoutSink`].
    ///
    /// ```
    /// use flowstone_connectors::files::Text;
    ///
    /// let failed = ("12x", "12x".parse::<u32>().unwrap_err());
    /// assert_eq!(failed.to_line(), "12x: invalid digit found in string");
    /// ```
    StderrSink
}

// Not in the macro: compile errors show these lines. On the worker, so that lines are in order with what steps print.

impl<T, F: Format<T> + Clone> Sink<T> for StdoutSink<F> {
    type Writer = StreamWriter<F>;
    const ON_WORKER: bool = true;

    fn open(&self, _: &SinkCx) -> Result<StreamWriter<F>, Fault> {
        Ok(StreamWriter { stream: Stream::Out, format: self.0.clone(), buffer: Vec::new() })
    }
}

impl<T, F: Format<T> + Clone> Sink<T> for StderrSink<F> {
    type Writer = StreamWriter<F>;
    const ON_WORKER: bool = true;

    fn open(&self, _: &SinkCx) -> Result<StreamWriter<F>, Fault> {
        Ok(StreamWriter { stream: Stream::Err, format: self.0.clone(), buffer: Vec::new() })
    }
}

/// Writes to a standard stream.
#[derive(Debug)]
pub struct StreamWriter<F> {
    stream: Stream,
    format: F,
    buffer: Vec<u8>,
}

impl<T, F: Format<T>> Writer<T> for StreamWriter<F> {
    type Prepared = ();

    fn write_batch(&mut self, items: &mut Vec<T>) -> Result<(), Fault> {
        self.buffer.clear();
        self.format.append(items, &mut self.buffer)?;
        self.stream.write(&self.buffer).map_err(|error| fault(self.stream, error))
    }

    fn prepare(&mut self, _: u64) -> Result<(), Fault> {
        Ok(())
    }

    fn commit(&mut self, (): ()) -> Result<(), Fault> {
        Ok(())
    }
}

#[cold]
fn fault(stream: Stream, error: io::Error) -> Fault {
    let closed = error.kind() == ErrorKind::BrokenPipe;
    let fault = Fault::new(format!("cannot write to {}", stream.name())).cause(error);
    if closed { fault.help("the program that read it has ended; let it read to the end") } else { fault }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_pipe_says_what_to_do() {
        let fault = fault(Stream::Out, ErrorKind::BrokenPipe.into());
        assert_eq!(fault.to_string(), "cannot write to standard output");
        assert_eq!(fault.help_text(), Some("the program that read it has ended; let it read to the end"));
    }
}
