//! One flow on several processes: how long are the Collatz sequences of the first numbers?
//!
//! On one worker, on four, and on two processes of two workers each (here both on this machine; start each line in a
//! terminal of its own):
//!
//! ```text
//! cargo run --release --example cluster_counts
//! cargo run --release --example cluster_counts -- -w 4
//!
//! cargo run --release --example cluster_counts -- -w 2 -n 2 -a localhost:4001,localhost:4002 -i 0
//! cargo run --release --example cluster_counts -- -w 2 -n 2 -a localhost:4001,localhost:4002 -i 1
//! ```
//!
//! Each worker makes its share of the numbers and counts them by key; counts of a key meet on the worker that owns the
//! key. So each process prints some of the lines, and all together print what one worker would.

use flowstone::prelude::*;

dataflow! {
    /// Counts the numbers up to a limit by the length of their Collatz sequence.
    flow cluster_counts(
        /// The last number to look at
        #[default = "100000"]
        upto: u64,
        /// Print lengths that at least so many numbers have
        #[default = "1000"]
        at_least: u64,
    ) {
        input("numbers", per_worker(move |worker, workers| (1 + worker as u64..=upto).step_by(workers)))
            -> key_on("length", |n| collatz_length(*n))
            -> count_final("count")
            -> filter("common", |(_, count)| *count >= at_least)
            -> map("line", |(length, count)| format!("{length} steps: {count} numbers"))
            -> output("lines", StdoutSink::new());
    }
}

/// How many steps it takes from `n` to 1, where a step halves an even number and makes `3 n + 1` of an odd one.
fn collatz_length(mut n: u64) -> u32 {
    let mut steps = 0;
    while n > 1 {
        n = if n.is_multiple_of(2) { n / 2 } else { 3 * n + 1 };
        steps += 1;
    }
    steps
}

fn main() -> flowstone::Exit {
    cluster_counts::main()
}
