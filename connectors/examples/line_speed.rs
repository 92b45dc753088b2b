//! What a line costs: `cargo run --release -p flowstone-connectors --example line_speed --features json,websim`.
//!
//! It reads a file of JSON lines, once by a plain loop over `BufRead::read_until` with one buffer, and by the source, and
//! prints nanoseconds a line. The file is in the page cache.

use flowstone_connectors::files::{FileSource, Line};
use flowstone_connectors::json;
use flowstone_connectors::websim::WebEvents;
use flowstone_runtime::source::{Next, Reader, Source, SourceCx};
use serde::Deserialize;
use std::error::Error;
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let (short, long) = (dir.path().join("short.txt"), dir.path().join("events.jsonl"));
    let count = 2_000_000;
    let mut out = BufWriter::new(File::create(&short)?);
    for number in 0..count * 2 {
        writeln!(out, "line {number} of a text with lines of sixty bytes or about so")?;
    }
    drop(out);
    let generated = Instant::now();
    let bytes = WebEvents::new(1).count(count).small().json().write_to(File::create(&long)?)?;
    println!("generated: {:.0} ns a line of {} bytes", per(generated.elapsed(), count), bytes / count);

    for (path, lines) in [(&short, count * 2), (&long, count)] {
        println!("{}", path.display());
        for _ in 0..3 {
            row("read_until", lines, || plain(path));
            row("read_until and from_utf8", lines, || plain_text(path));
            row("source, bytes", lines, || read(&FileSource::new(path).bytes(), |line| line.len()));
            row("source, text", lines, || read(&FileSource::new(path), |line: Line| line.len()));
            row("source, text, kept by the thousand", lines, || {
                let mut kept = Vec::new();
                read(&FileSource::new(path), |line: Line| {
                    let len = line.len();
                    kept.push(line);
                    if kept.len() == 1000 {
                        kept.clear();
                    }
                    len
                })
            });
        }
    }
    for _ in 0..3 {
        row("parsed to owned values", count, || {
            read(&FileSource::new(&long), |line: Line| {
                json::parse::<Event>(&line).map_or(0, |event| event.page_url_path.len())
            })
        });
        row("parsed to views", count, || {
            read(&FileSource::new(&long), |line: Line| {
                json::view::<EventRef<'static>>(&line).map_or(0, |event| event.get().page_url_path.len())
            })
        });
    }
    Ok(())
}

#[derive(Deserialize)]
struct Event {
    page_url_path: String,
    #[expect(dead_code, reason = "read from the line, as a flow would")]
    event_timestamp: String,
    #[expect(dead_code, reason = "read from the line, as a flow would")]
    user_custom_id: String,
}

#[derive(Deserialize)]
struct EventRef<'a> {
    page_url_path: &'a str,
    #[expect(dead_code, reason = "read from the line, as a flow would")]
    event_timestamp: &'a str,
    #[expect(dead_code, reason = "read from the line, as a flow would")]
    user_custom_id: &'a str,
}
json::borrowed!(EventRef);

fn per(time: Duration, lines: u64) -> f64 {
    time.as_nanos() as f64 / lines as f64
}

fn row(name: &str, lines: u64, work: impl FnOnce() -> Result<usize, Box<dyn Error>>) {
    let start = Instant::now();
    match work() {
        Ok(sum) => println!("  {name:40} {:7.1} ns a line ({sum})", per(start.elapsed(), lines)),
        Err(error) => println!("  {name:40} {error}"),
    }
}

fn plain(path: &Path) -> Result<usize, Box<dyn Error>> {
    let mut input = BufReader::with_capacity(256 << 10, File::open(path)?);
    let (mut line, mut sum) = (Vec::new(), 0);
    while input.read_until(b'\n', &mut line)? > 0 {
        sum += black_box(line.len() - 1);
        line.clear();
    }
    Ok(sum)
}

fn plain_text(path: &Path) -> Result<usize, Box<dyn Error>> {
    let mut input = BufReader::with_capacity(256 << 10, File::open(path)?);
    let (mut line, mut sum) = (Vec::new(), 0);
    while input.read_until(b'\n', &mut line)? > 0 {
        sum += black_box(std::str::from_utf8(&line)?.len() - 1);
        line.clear();
    }
    Ok(sum)
}

fn read<S: Source>(source: &S, mut take: impl FnMut(S::Item) -> usize) -> Result<usize, Box<dyn Error>> {
    let cx = SourceCx::new(0, 1);
    let mut sum = 0;
    if let flowstone_runtime::source::Partitions::Shared(names) = source.partitions()? {
        for name in names {
            let mut reader = source.open(&name, None, &cx)?;
            while reader.next_batch(4096, &mut |item| sum += black_box(take(item)))? != Next::End {}
        }
    }
    Ok(sum)
}
