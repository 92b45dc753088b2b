//! Counts the words of a text: in lower case, in no particular order.
//!
//!     cargo run --release --example wordcount
//!     cargo run --release --example wordcount -- --text FILE -w 2

use flowstone::prelude::*;
use std::path::PathBuf;

dataflow! {
    /// Counts the words of a text, in lower case.
    pub flow wordcount(
        /// The text to read
        #[default = "examples/data/to_be.txt"]
        text: PathBuf,
    ) {
        input("text", FileSource::new(text).parallel())
            -> map("lower", |line| line.to_lowercase())
            -> flat_map("words", |line| words(&line))
            -> key_on("word", |word| word.clone())
            -> count_final("count")
            -> output("out", StdoutSink::new());
    }
}

/// What is between white space, punctuation and digits.
fn words(line: &str) -> Vec<String> {
    let between = |c: char| c.is_whitespace() || c.is_ascii_digit() || "!,.?\":;".contains(c);
    line.split(between).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn main() -> flowstone::Exit {
    wordcount::main()
}
