//! The program that the tests start which hold an execution in a system call: `HELDBED=SINK heldbed --numbers N --out PATH …`.
//!
//! Each number is an epoch of its own with `-s 0s`, so that an execution has many commits to be held in.

use flowstone::error::Fault;
use flowstone::parquet::ParquetSink;
use flowstone::prelude::*;
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

/// A number as a row of a table.
#[derive(Debug, Clone, Record)]
pub struct Row {
    number: u64,
}

dataflow! {
    /// Numbers to one text file.
    flow file(numbers: u64, out: PathBuf) {
        input("numbers", Numbers(numbers)) -> output("out", FileSink::new(out));
    }

    /// Numbers to a text file an epoch.
    flow dir(numbers: u64, out: PathBuf) {
        input("numbers", Numbers(numbers)) -> output("out", DirSink::new(out));
    }

    /// Numbers to a Parquet file an epoch.
    flow table(numbers: u64, out: PathBuf) {
        input("numbers", Numbers(numbers))
            -> map("row", |number| Row { number })
            -> output("out", ParquetSink::<Row>::new(out));
    }
}

fn main() -> flowstone::Exit {
    match std::env::var("HELDBED").as_deref() {
        Ok("file") => file::main(),
        Ok("dir") => dir::main(),
        Ok("table") => table::main(),
        _ => panic!("HELDBED is to be the kind of sink"),
    }
}
