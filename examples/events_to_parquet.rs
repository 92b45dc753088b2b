//! Web events as JSON lines to hive-partitioned Parquet: parse, add date columns, key by page, gather, write.
//!
//!     cargo run --release --features full --example events_to_parquet
//!     cargo run --release --features full --example events_to_parquet -- --events FILE --out DIR -w 2
//!
//! Without `--events` it simulates some. Lines that are no events go to standard error, and the flow goes on.

use clap::Parser;
use flowstone::prelude::*;
use flowstone::websim::WebEvents;
use flowstone::{Exit, RunArgs};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// What is kept of an event: a row of the Parquet files.
#[derive(Debug, Clone, Deserialize, serde::Serialize, Record)]
struct PageView {
    /// `2026-01-31 09:30:00.250000`
    event_timestamp: String,
    event_type: String,
    page_url: String,
    page_url_path: String,
    #[record(rename = "referrer")]
    referer_url: String,
    utm_medium: String,
    utm_source: String,
    utm_campaign: String,
    user_custom_id: String,
    ip_address: String,
    device_type: String,
    geo_country: String,
    geo_region_name: String,
    // Not in the JSON: the columns by which the files are partitioned.
    #[serde(default)]
    year: u16,
    #[serde(default)]
    month: u8,
    #[serde(default)]
    day: u8,
}

impl PageView {
    /// Fills in the date columns from the time of the event.
    fn with_date(mut self) -> Option<PageView> {
        let (date, _time) = self.event_timestamp.split_once([' ', 'T'])?;
        let mut parts = date.splitn(3, '-');
        self.year = parts.next()?.parse().ok()?;
        self.month = parts.next()?.parse().ok()?;
        self.day = parts.next()?.parse().ok()?;
        Some(self)
    }
}

dataflow! {
    /// Web events to partitioned Parquet.
    flow events_to_parquet(events: PathBuf, out: PathBuf) {
        parsed = input("events", FileSource::new(events).parallel())
            -> try_map("parse", json::parse::<PageView>);
        parsed.err -> output("rejects", StderrSink::new());

        dated = parsed
            -> split("dates", |view: PageView| view.clone().with_date().ok_or(view.event_timestamp));
        dated.err -> map("no_date", |text| format!("no date: {text}")) -> output("no_dates", StderrSink::new());

        dated.ok
            -> key_on("by_page", |view| view.page_url_path.clone())
            -> collect("batches", max_size = 50, timeout = 2s)
            -> output("out", ParquetSink::<PageView>::new(out).partition_by(|view| (view.year, view.month, view.day, view.page_url_path)));
    }
}

/// Web events as JSON lines to hive-partitioned Parquet.
#[derive(Parser)]
struct Args {
    /// A file of JSON lines; without it, events are simulated
    #[arg(long)]
    events: Option<PathBuf>,
    /// How many events to simulate
    #[arg(long, default_value_t = 5000)]
    count: u64,
    /// The same seed, the same events
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// The directory to write to
    #[arg(long, default_value = "out/events")]
    out: PathBuf,
    #[command(flatten)]
    run: RunArgs,
}

fn main() -> Exit {
    let args = Args::parse();
    let events = match args.events.map_or_else(|| simulate(&args.out, args.seed, args.count), Ok) {
        Ok(events) => events,
        Err(error) => {
            eprintln!("error: cannot write simulated events beside {}: {error}", args.out.display());
            std::process::exit(1);
        }
    };
    args.run.config().and_then(|config| events_to_parquet(events, args.out).run(&config)).into()
}

/// Simulated events, in a file beside the directory to write to.
fn simulate(out: &Path, seed: u64, count: u64) -> std::io::Result<PathBuf> {
    let path = out.with_extension("jsonl");
    if let Some(dir) = path.parent() {
        std::fs::create_dir_all(dir)?;
    }
    WebEvents::new(seed).count(count).json().write_to(std::fs::File::create(&path)?)?;
    eprintln!("events: {count} simulated, in {}", path.display());
    Ok(path)
}
