//! For tests of flows: a scripted source, a sink to look into, a clock to move, crashes to order.
//!
//! ```
//! use flowstone::prelude::*;
//! use flowstone::testing::{TestSink, TestSource, at_1_2_4_workers};
//!
//! dataflow! {
//!     flow lengths(words: TestSource<String>, out: TestSink<(usize, u64)>) {
//!         input("words", words) -> key_on("length", |word| word.len()) -> count_final("count") -> output("out", out);
//!     }
//! }
//!
//! at_1_2_4_workers(|config| {
//!     let (words, out) = (TestSource::items(["to", "be", "not"].map(String::from)), TestSink::new());
//!     lengths(words, out.clone()).run(config).unwrap();
//!     assert_eq!(out.sorted(), [(2, 2), (3, 1)]);
//! });
//! ```

mod sink;
mod source;

pub use sink::TestSink;
pub use source::{Entry, TestSource};

use crate::exec::Config;

/// Runs a test at 1, 2 and 4 workers: for what must not depend on their number.
pub fn at_1_2_4_workers(test: impl Fn(&Config)) {
    for workers in [1, 2, 4] {
        test(&Config::default().workers(workers));
    }
}
