//! What each epoch brought, on each worker: page views are gathered until the epoch ends, then written as one file a page.
//!
//!     cargo run --release --features full --example events_by_epoch -- -s 1s -w 2
//!     cargo run --release --features full --example events_by_epoch -- --count 1000000 --rate 5000 -s 15min
//!
//! An epoch is the time between two commits (`-s`). Nothing is sent to another worker, so that each writes what it read.

use flowstone::prelude::*;
use flowstone::websim::{SmallWebEvent, WebEvents};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// A row of the Parquet files.
#[derive(Debug, Clone, Serialize, Deserialize, Record)]
struct Visit {
    at: Timestamp,
    date: String,
    page: String,
    user: String,
    country: String,
    device: String,
}

impl Visit {
    fn new(event: SmallWebEvent) -> Option<Visit> {
        Some(Visit {
            at: event.at()?,
            date: event.event_timestamp.get(..10)?.to_owned(),
            page: event.page_url_path,
            user: event.user_custom_id,
            country: event.geo_country,
            device: event.device_type,
        })
    }
}

dataflow! {
    /// Simulated page views to Parquet, one file a page, worker and epoch.
    pub flow events_by_epoch(
        /// How many events to simulate
        #[default = "4000"]
        count: u64,
        /// How many of them a second
        #[default = "2000"]
        rate: f64,
        /// The same seed, the same events
        #[default = "42"]
        seed: u64,
        /// The directory to write to
        #[default = "out/visits"]
        out: PathBuf,
    ) {
        input("events", WebEvents::new(seed).small().partitions(4).rate(rate).count(count))
            -> filter_map("visit", Visit::new)
            -> key_on("by_page", |visit| visit.page.clone())
            -> map_value("one", |visit| vec![visit])
            -> reduce_epoch_local("gather", |mut visits, more| { visits.extend(more); visits })
            -> inspect_epoch("gathered", |epoch, (page, visits)| println!("epoch {epoch}: {page} {}", visits.len()))
            -> output("out", ParquetSink::<Visit>::new(out).partition_by(|visit| (visit.date, visit.page)));
    }
}

fn main() -> flowstone::Exit {
    events_by_epoch::main()
}
