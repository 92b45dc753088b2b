//! The program that the tests start which hold an execution in a system call: `HELDBED=SINK heldbed --numbers N --out PATH …`.
//!
//! Each number is an epoch of its own with `-s 0s`, so that an execution has many commits to be held in. With `DIES_AT=N` it is
//! aborted where its sink is to put the N-th epoch in place.

use flowstone::error::Fault;
use flowstone::parquet::ParquetSink;
use flowstone::prelude::*;
use flowstone::sink::{Guarantee, Sink, SinkCx, Writer};
use flowstone::source::{Next, Partitions, Reader, Source, SourceCx};
use std::path::PathBuf;

/// The numbers below a limit, one a batch.
#[derive(Clone)]
struct Numbers(u64);

struct NumbersReader {
    next: u64,
    limit: u64,
}

impl Source for Numbers {
    type Item = u64;
    type Bound = Bounded;
    type Reader = NumbersReader;

    fn partitions(&self) -> Result<Partitions, Fault> {
        Ok(Partitions::one("numbers"))
    }

    fn open(&self, _: &str, position: Option<u64>, _: &SourceCx) -> Result<NumbersReader, Fault> {
        Ok(NumbersReader { next: position.unwrap_or(0), limit: self.0 })
    }
}

impl Reader for NumbersReader {
    type Item = u64;
    type Position = u64;

    fn next_batch(&mut self, _budget: usize, emit: &mut impl FnMut(u64)) -> Result<Next, Fault> {
        if self.next == self.limit {
            return Ok(Next::End);
        }
        emit(self.next);
        self.next += 1;
        Ok(Next::More)
    }

    fn position(&self) -> u64 {
        self.next
    }
}

/// A sink that can be told to abort the program.
struct Mortal<S>(S);

struct MortalWriter<W> {
    writer: W,
    commits_left: Option<u64>,
}

impl<T, S: Sink<T>> Sink<T> for Mortal<S> {
    type Writer = MortalWriter<S::Writer>;
    const GUARANTEE: Guarantee = S::GUARANTEE;
    /// The tests hold calls of the worker's thread, by their numbers.
    const ON_WORKER: bool = true;

    fn open(&self, cx: &SinkCx) -> Result<Self::Writer, Fault> {
        let commits_left = std::env::var("DIES_AT").ok().and_then(|at| at.parse().ok());
        Ok(MortalWriter { writer: self.0.open(cx)?, commits_left })
    }
}

impl<T, W: Writer<T>> Writer<T> for MortalWriter<W> {
    type Prepared = W::Prepared;

    fn write_batch(&mut self, items: &mut Vec<T>) -> Result<(), Fault> {
        self.writer.write_batch(items)
    }

    fn prepare(&mut self, epoch: u64) -> Result<W::Prepared, Fault> {
        self.writer.prepare(epoch)
    }

    fn commit(&mut self, prepared: W::Prepared) -> Result<(), Fault> {
        self.commits_left = self.commits_left.map(|left| left - 1);
        if self.commits_left == Some(0) {
            std::process::abort();
        }
        self.writer.commit(prepared)
    }

    fn recover(&mut self) -> Result<(), Fault> {
        self.writer.recover()
    }

    fn close(&mut self) -> Result<(), Fault> {
        self.writer.close()
    }
}

/// A number as a row of a table.
#[derive(Debug, Clone, Record)]
pub struct Row {
    number: u64,
}

dataflow! {
    /// Numbers to one text file.
    flow file(numbers: u64, out: PathBuf) {
        input("numbers", Numbers(numbers)) -> output("out", Mortal(FileSink::new(out)));
    }

    /// Numbers to a text file an epoch.
    flow dir(numbers: u64, out: PathBuf) {
        input("numbers", Numbers(numbers)) -> output("out", Mortal(DirSink::new(out)));
    }

    /// Numbers to a Parquet file an epoch.
    flow table(numbers: u64, out: PathBuf) {
        input("numbers", Numbers(numbers))
            -> map("row", |number| Row { number })
            -> output("out", Mortal(ParquetSink::<Row>::new(out)));
    }
}

#[derive(clap::Parser)]
struct Args {
    #[arg(long)]
    numbers: u64,
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    run: flowstone::RunArgs,
}

fn main() -> flowstone::Exit {
    let Args { numbers, out, run } = clap::Parser::parse();
    let flow = match std::env::var("HELDBED").as_deref() {
        Ok("file") => file(numbers, out),
        Ok("dir") => dir(numbers, out),
        Ok("table") => table(numbers, out),
        _ => panic!("HELDBED is to be the kind of sink"),
    };
    run.config().and_then(|config| flow.run(&config.each_batch_an_epoch())).into()
}
