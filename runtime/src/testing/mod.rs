//! For tests of flows: a scripted source, a sink to look into, a clock to move, crashes to order.
//!
//! ```
//! use flowstone::prelude::*;
//! use flowstone::testing::{TestSink, TestSource, at_every_size};
//!
//! dataflow! {
//!     flow lengths(words: TestSource<String>, out: TestSink<(usize, u64)>) {
//!         input("words", words) -> key_on("length", |word| word.len()) -> count_final("count") -> output("out", out);
//!     }
//! }
//!
//! at_every_size(|config| {
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

/// Runs a test at 1, 2 and 4 workers, on 2 and 3 processes ([`Config::processes_here`]), and with 2 and 3 workers whose
/// exchange goes by a seed ([`Config::perturbed`]): for what must not depend on any of it.
pub fn at_every_size(test: impl Fn(&Config)) {
    every_size().iter().for_each(test);
}

/// A size for a test on random input, and what is left to chance in it: 1, 2 or 4 workers, 2 or 3 processes, or, for most
/// seeds, 2 to 4 workers whose exchange goes by the seed ([`Config::perturbed`]).
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::{TestSink, size_by_seed};
///
/// dataflow! {
///     flow sums(out: TestSink<(bool, u64)>) {
///         input("numbers", iter(0..9u64)) -> key_on("even", |n| n % 2 == 0) -> count_final("count") -> output("out", out);
///     }
/// }
/// for seed in 0..20 {
///     let out = TestSink::new();
///     sums(out.clone()).run(&size_by_seed(seed)).unwrap();
///     assert_eq!(out.sorted(), [(false, 4), (true, 5)], "seed {seed}");
/// }
/// ```
#[must_use]
pub fn size_by_seed(seed: u64) -> Config {
    let config = Config::default();
    match seed % 24 {
        0 => config,
        1 => config.workers(2),
        2 => config.workers(4),
        3 => config.processes_here(2),
        4 => config.processes_here(2).workers(2),
        5 => config.processes_here(3),
        other => config.workers(2 + other as usize % 3).perturbed(seed),
    }
}

/// What [`at_every_size`] runs a test with.
#[must_use]
pub fn every_size() -> Vec<Config> {
    let mut sizes: Vec<Config> = [1, 2, 4].map(|workers| Config::default().workers(workers)).into();
    let cluster = |(processes, workers)| Config::default().processes_here(processes).workers(workers);
    sizes.extend([(2, 1), (2, 2), (3, 1)].map(cluster));
    sizes.extend((0..4).map(|seed| Config::default().workers(2 + seed % 2).perturbed(seed as u64)));
    sizes
}
