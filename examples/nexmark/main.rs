//! Nexmark: people, auctions and bids, and what is asked of them (queries 0 to 8, 11 and 12).
//!
//!     cargo run --release --example nexmark -- q5 --events 1000000
//!     cargo run --release --example nexmark -- q8 --events 1000000 -w 2 --print

mod events;
mod queries;

use clap::Parser;
use events::Events;
use flowstone::error::Error;
use flowstone::testing::TestSink;
use flowstone::{Exit, Report, RunArgs};
use queries::Query;
use std::fmt::Debug;
use std::time::Instant;

/// Runs a query of Nexmark and says how long it took.
#[derive(Parser)]
struct Args {
    /// Which one: q0 to q8, q11 or q12
    query: String,
    /// How many events to make up
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
    /// How many events there are a second, by their own time
    #[arg(long, default_value_t = 10_000)]
    rate: u64,
    /// The same seed, the same events
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// Print the rows, in no particular order
    #[arg(long)]
    print: bool,
    #[command(flatten)]
    run: RunArgs,
}

impl Args {
    fn of<R: Debug + 'static>(&self, query: Query<R>) -> Result<Report, Error> {
        let config = self.run.config()?;
        let start = Instant::now();
        let (rows, report) =
            queries::rows(query, Events { count: self.events, seed: self.seed, rate: self.rate }, &config)?;
        let seconds = start.elapsed().as_secs_f64();
        if self.print {
            rows.iter().for_each(|row| println!("{row:?}"));
        }
        let rate = self.events as f64 / seconds / 1e6;
        eprintln!(
            "{}: {} rows of {} events in {seconds:.3} s, {rate:.2} M events/s",
            self.query,
            rows.len(),
            self.events
        );
        Ok(report)
    }

    fn run(&self) -> Result<Report, Error> {
        match self.query.as_str() {
            "q0" => self.of(queries::q0),
            "q1" => self.of(queries::q1),
            "q2" => self.of(queries::q2),
            "q3" => self.of(queries::q3),
            "q4" => self.of(queries::q4),
            "q5" => self.of(queries::q5),
            "q6" => self.of(queries::q6),
            "q7" => self.of(queries::q7),
            "q8" => self.of(queries::q8),
            "q11" => self.of(queries::q11),
            "q12" => self.of(queries::q12),
            other => Err(Error::Config { what: format!("there is no query `{other}`; write q0 to q8, q11 or q12") }),
        }
    }
}

fn main() -> Exit {
    Args::parse().run().into()
}
