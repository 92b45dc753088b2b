//! Workload (c): web events as JSON lines, parsed, dated, and written as hive-partitioned Parquet.

#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

mod common;

use common::{Race, data_dir, rounds, scaled};
use flowstone::parquet::{Compression, ParquetSink};
use flowstone::prelude::*;
use flowstone::sink::{Sink, SinkCx, Writer};
use flowstone::testing::TestSink;
use flowstone::websim::WebEvents;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use timely::container::CapacityContainerBuilder;
use timely::dataflow::channels::pact::Pipeline;
use timely::dataflow::operators::generic::Operator;
use timely::dataflow::operators::generic::operator::source;

#[derive(Debug, Clone, Serialize, Deserialize, Record)]
struct Event {
    event_timestamp: String,
    event_type: String,
    page_url_path: String,
    referer_url: String,
    utm_source: String,
    utm_campaign: String,
    user_custom_id: String,
    ip_address: String,
    device_type: String,
    geo_country: String,
    #[serde(default)]
    year: u16,
    #[serde(default)]
    month: u8,
    #[serde(default)]
    day: u8,
}

#[inline(always)]
fn with_date(mut event: Event) -> Event {
    let text = event.event_timestamp.as_bytes();
    let number = |from: usize, to: usize| text[from..to].iter().fold(0, |n, byte| n * 10 + u16::from(byte - b'0'));
    (event.year, event.month, event.day) = (number(0, 4), number(5, 7) as u8, number(8, 10) as u8);
    event
}

fn sink(out: PathBuf) -> ParquetSink<Event> {
    ParquetSink::<Event>::new(out)
        .partition_by(|event| (event.year, event.month, event.day, event.page_url_path))
        .compression(Compression::Snappy)
}

dataflow! {
    flow events(text: PathBuf, out: PathBuf) {
        parsed = input("events", FileSource::new(text).parallel()) -> try_map("parse", json::parse::<Event>);
        parsed.err -> output("rejects", StderrSink::new());
        parsed -> map("dates", with_date) -> output("out", sink(out));
    }

    flow counts(out: PathBuf, counted: TestSink<((u16, u8, u8, String), u64)>) {
        input("files", ParquetSource::<Event>::new(out))
            -> map("key", |event: Event| ((event.year, event.month, event.day, event.page_url_path), ()))
            -> count_final("rows")
            -> output("counted", counted);
    }
}

/// Rows of each partition, read back.
fn answer(out: PathBuf) -> Vec<((u16, u8, u8, String), u64)> {
    let counted = TestSink::new();
    counts(out, counted.clone()).run(&Config::default()).unwrap();
    counted.sorted()
}

/// An empty directory to write to.
fn fresh(name: &str) -> PathBuf {
    let out = data_dir().join(name);
    let _ = std::fs::remove_dir_all(&out);
    out
}

fn flowstone(text: &Path, workers: usize) -> PathBuf {
    let out = fresh("flowstone");
    events(text.to_owned(), out.clone()).run(&Config::default().workers(workers)).unwrap();
    out
}

fn sink_cx() -> SinkCx {
    SinkCx::new("out", 0, 1).with_execution(1)
}

fn plain(text: &Path) -> PathBuf {
    let out = fresh("plain");
    let mut writer = Sink::<Event>::open(&sink(out.clone()), &sink_cx()).unwrap();
    let mut reader = BufReader::with_capacity(1 << 18, File::open(text).unwrap());
    let (mut line, mut batch) = (String::new(), Vec::with_capacity(256));
    while reader.read_line(&mut line).unwrap() > 0 {
        batch.push(with_date(serde_json::from_str(&line).unwrap()));
        line.clear();
        if batch.len() == batch.capacity() {
            writer.write_batch(&mut batch).unwrap();
        }
    }
    writer.write_batch(&mut batch).unwrap();
    finish(&mut writer);
    out
}

fn finish(writer: &mut impl Writer<Event>) {
    let prepared = writer.prepare(0).unwrap();
    writer.commit(prepared).unwrap();
    writer.close().unwrap();
}

/// Everything inside of the source but the writing, as an expert writes it.
fn timely_tuned(text: &Path) -> PathBuf {
    let (text, out) = (text.to_owned(), fresh("timely-tuned"));
    let result = out.clone();
    timely::execute_directly(move |worker| {
        worker.dataflow::<u64, _, _>(|scope| {
            source::<_, CapacityContainerBuilder<Vec<()>>, _, _>(scope, "events", move |capability, info| {
                let activator = scope.activator_for(info.address.clone());
                let mut capability = Some(capability);
                let mut writer = Sink::<Event>::open(&sink(out), &sink_cx()).unwrap();
                let mut reader = BufReader::with_capacity(1 << 18, File::open(&text).unwrap());
                let (mut line, mut batch) = (String::new(), Vec::with_capacity(256));
                move |_output| {
                    let Some(held) = &mut capability else { return };
                    for _ in 0..256 {
                        if reader.read_line(&mut line).unwrap() == 0 {
                            writer.write_batch(&mut batch).unwrap();
                            finish(&mut writer);
                            capability = None;
                            return;
                        }
                        batch.push(with_date(serde_json::from_str(&line).unwrap()));
                        line.clear();
                    }
                    writer.write_batch(&mut batch).unwrap();
                    let next = held.time() + 1;
                    held.downgrade(&next);
                    activator.activate();
                }
            });
        });
        while worker.step() {}
    });
    result
}

/// One operator a step.
fn timely_idiomatic(text: &Path) -> PathBuf {
    use timely::dataflow::operators::vec::Map;
    let (text, out) = (text.to_owned(), fresh("timely-idiomatic"));
    let result = out.clone();
    timely::execute_directly(move |worker| {
        worker.dataflow::<u64, _, _>(|scope| {
            let mut writer = Some(Sink::<Event>::open(&sink(out), &sink_cx()).unwrap());
            source::<_, CapacityContainerBuilder<Vec<String>>, _, _>(scope, "events", move |capability, info| {
                let activator = scope.activator_for(info.address.clone());
                let mut capability = Some(capability);
                let mut lines = BufReader::new(File::open(&text).unwrap()).lines();
                move |output| {
                    let Some(held) = &mut capability else { return };
                    for _ in 0..1024 {
                        let Some(line) = lines.next() else {
                            capability = None;
                            return;
                        };
                        output.session(held).give(line.unwrap());
                    }
                    let next = held.time() + 1;
                    held.downgrade(&next);
                    activator.activate();
                }
            })
            .map(|line| serde_json::from_str::<Event>(&line).unwrap())
            .map(with_date)
            .sink(Pipeline, "out", move |(input, frontier)| {
                input.for_each(|_, batch| writer.as_mut().unwrap().write_batch(batch).unwrap());
                if frontier.is_empty()
                    && let Some(mut writer) = writer.take()
                {
                    finish(&mut writer);
                }
            });
        });
        while worker.step() {}
    });
    result
}

fn main() {
    let count = scaled(5_000_000);
    let text = data_dir().join(format!("events-{count}.jsonl"));
    if !text.exists() {
        let aside = text.with_extension("tmp");
        WebEvents::new(1).small().count(count).json().write_to(File::create(&aside).unwrap()).unwrap();
        std::fs::rename(&aside, &text).unwrap();
    }
    Race::new("(c) JSON web events to partitioned Parquet", count, answer)
        .with("plain loop", || plain(&text))
        .with("timely, hand-tuned", || timely_tuned(&text))
        .with("timely, one operator a step", || timely_idiomatic(&text))
        .with("flowstone", || flowstone(&text, 1))
        .with("flowstone, 2 workers", || flowstone(&text, 2))
        .run(rounds());
}
