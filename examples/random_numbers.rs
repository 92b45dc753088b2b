//! A stream that never ends: random numbers, doubled, the large ones printed. Stop it with Ctrl-C.
//!
//!     cargo run --release --example random_numbers
//!     cargo run --release --example random_numbers -- --every 100ms --above 150

use flowstone::prelude::*;
use std::cell::Cell;
use std::str::FromStr;
use std::time::Duration;

dataflow! {
    /// Prints random numbers until it is stopped.
    pub flow random_numbers(
        /// How long to wait from one number to the next
        #[default = "250ms"]
        every: Every,
        /// Numbers (of 0 to 198) are printed that are greater than this
        #[default = "100"]
        above: u64,
        /// Where the random numbers begin: the same seed, the same numbers
        #[default = "42"]
        seed: u64,
    ) {
        input("numbers", polling(every.0, random(seed)))
            -> map("double", |n| n * 2)
            -> filter("large", |n| *n > above)
            -> output("out", StdoutSink::new());
    }
}

/// Numbers below 100, one a call (xorshift).
fn random(seed: u64) -> impl Fn() -> Result<Poll<u64>, flowstone::error::Fault> {
    let state = Cell::new(seed.max(1));
    move || {
        let mut n = state.get();
        n ^= n << 13;
        n ^= n >> 7;
        n ^= n << 17;
        state.set(n);
        Ok(Poll::Items(vec![n % 100]))
    }
}

/// A duration on the command line: `250ms`, `2s`.
#[derive(Debug, Clone, Copy)]
pub struct Every(Duration);

impl FromStr for Every {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
        let number: u64 = number.parse().map_err(|_| format!("`{text}` is no duration; write 250ms or 2s"))?;
        match unit {
            "ms" => Ok(Every(Duration::from_millis(number))),
            "s" => Ok(Every(Duration::from_secs(number))),
            _ => Err(format!("`{text}` is no duration; write 250ms or 2s")),
        }
    }
}

fn main() -> flowstone::Exit {
    random_numbers::main()
}
