//! Workload (b): words of a text, in lower case, counted.

#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

mod common;

use common::text::text_file;
use common::{Race, rounds, scaled};
use compact_str::CompactString;
use flowstone::files::{FileSource, Line};
use flowstone::prelude::*;
use flowstone::testing::TestSink;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::fs::File;
use std::hash::BuildHasher;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use timely::container::CapacityContainerBuilder;
use timely::dataflow::channels::pact::{Exchange, Pipeline};
use timely::dataflow::operators::generic::Operator;
use timely::dataflow::operators::generic::operator::source;

/// What no word contains: `[\s!,.?":;0-9]`, by byte.
const SEPARATOR: [bool; 256] = {
    let mut table = [false; 256];
    let separators = b" \t\n\r\x0b\x0c!,.?\":;0123456789";
    let mut at = 0;
    while at < separators.len() {
        table[separators[at] as usize] = true;
        at += 1;
    }
    table
};

/// The next word of `text` from `at` on, and where it ends.
#[inline(always)]
fn next_word(text: &str, at: usize) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    let start = at + bytes[at..].iter().position(|byte| !SEPARATOR[*byte as usize])?;
    let length = bytes[start..].iter().position(|byte| SEPARATOR[*byte as usize]).unwrap_or(bytes.len() - start);
    Some((&text[start..start + length], start + length))
}

/// The words of a line in lower case.
struct Words {
    line: String,
    at: usize,
}

fn words(line: &Line) -> Words {
    Words { line: line.to_ascii_lowercase(), at: 0 }
}

impl Iterator for Words {
    type Item = CompactString;

    #[inline(always)]
    fn next(&mut self) -> Option<CompactString> {
        let (word, end) = next_word(&self.line, self.at)?;
        self.at = end;
        Some(CompactString::new(word))
    }
}

dataflow! {
    flow word_count(text: PathBuf, out: TestSink<(CompactString, u64)>) {
        input("text", FileSource::new(text).parallel())
            -> flat_map("words", |line| words(&line))
            -> map("pair", |word| (word, ()))
            -> count_final("count")
            -> output("out", out);
    }
}

/// How many words there are, how many different ones, and a checksum of the counts.
type Answer = (u64, usize, u64);

fn answer(counts: impl IntoIterator<Item = (CompactString, u64)>) -> Answer {
    let hasher = FixedState::default();
    counts.into_iter().fold((0, 0, 0), |(all, different, sum), (word, count)| {
        (all + count, different + 1, sum ^ hasher.hash_one(&word).wrapping_mul(count))
    })
}

fn flowstone(text: &Path, workers: usize) -> Answer {
    let out = TestSink::new();
    word_count(text.to_owned(), out.clone()).run(&Config::default().workers(workers)).unwrap();
    answer(out.take())
}

type Counts = HashMap<CompactString, u64, FixedState>;

#[inline(always)]
fn count_line(counts: &mut Counts, lowered: &mut String, line: &str) {
    lowered.clear();
    lowered.push_str(line);
    lowered.make_ascii_lowercase();
    let mut at = 0;
    while let Some((word, end)) = next_word(lowered, at) {
        match counts.get_mut(word) {
            Some(count) => *count += 1,
            None => _ = counts.insert(CompactString::new(word), 1),
        }
        at = end;
    }
}

fn plain(text: &Path) -> Answer {
    let mut reader = BufReader::with_capacity(1 << 18, File::open(text).unwrap());
    let (mut counts, mut line, mut lowered) = (Counts::default(), String::new(), String::new());
    while reader.read_line(&mut line).unwrap() > 0 {
        count_line(&mut counts, &mut lowered, &line);
        line.clear();
    }
    answer(counts)
}

/// Everything up to the counts inside of the source, as an expert writes it.
fn timely_tuned(text: &Path) -> Answer {
    let text = text.to_owned();
    timely::execute_directly(move |worker| {
        let (send, receive) = std::sync::mpsc::channel();
        worker.dataflow::<u64, _, _>(|scope| {
            source::<_, CapacityContainerBuilder<Vec<(CompactString, u64)>>, _, _>(
                scope,
                "text",
                move |capability, info| {
                    let activator = scope.activator_for(info.address.clone());
                    let mut capability = Some(capability);
                    let mut reader = BufReader::with_capacity(1 << 18, File::open(&text).unwrap());
                    let (mut counts, mut line, mut lowered) = (Counts::default(), String::new(), String::new());
                    move |output| {
                        let Some(held) = &mut capability else { return };
                        for _ in 0..4096 {
                            if reader.read_line(&mut line).unwrap() == 0 {
                                output.session(held).give_iterator(counts.drain());
                                capability = None;
                                return;
                            }
                            count_line(&mut counts, &mut lowered, &line);
                            line.clear();
                        }
                        let next = held.time() + 1;
                        held.downgrade(&next);
                        activator.activate();
                    }
                },
            )
            .sink(Pipeline, "out", move |(input, _)| {
                input.for_each(|_, counts| counts.drain(..).for_each(|count| send.send(count).unwrap()));
            });
        });
        while worker.step() {}
        answer(receive.try_iter())
    })
}

/// One operator a step, with strings.
fn timely_idiomatic(text: &Path) -> Answer {
    use timely::dataflow::operators::vec::Map;
    let text = text.to_owned();
    timely::execute_directly(move |worker| {
        let (send, receive) = std::sync::mpsc::channel();
        worker.dataflow::<u64, _, _>(|scope| {
            source::<_, CapacityContainerBuilder<Vec<String>>, _, _>(scope, "text", move |capability, info| {
                let activator = scope.activator_for(info.address.clone());
                let mut capability = Some(capability);
                let mut lines = BufReader::new(File::open(&text).unwrap()).lines();
                move |output| {
                    let Some(held) = &mut capability else { return };
                    for _ in 0..4096 {
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
            .flat_map(|line| {
                let line = line.to_lowercase();
                let mut words = Vec::new();
                let mut at = 0;
                while let Some((word, end)) = next_word(&line, at) {
                    words.push(word.to_owned());
                    at = end;
                }
                words
            })
            .unary_frontier::<CapacityContainerBuilder<Vec<(String, u64)>>, _, _, _>(
                Exchange::new(|word: &String| FixedState::default().hash_one(word)),
                "count",
                |capability, _| {
                    let (mut capability, mut counts) = (Some(capability), std::collections::HashMap::new());
                    move |(input, frontier), output| {
                        input.for_each(|_, words| {
                            words.drain(..).for_each(|word| *counts.entry(word).or_insert(0) += 1)
                        });
                        if frontier.is_empty()
                            && let Some(held) = capability.take()
                        {
                            output.session(&held).give_iterator(counts.drain());
                        }
                    }
                },
            )
            .sink(Pipeline, "out", move |(input, _)| {
                input.for_each(|_, counts| counts.drain(..).for_each(|count| send.send(count).unwrap()));
            });
        });
        while worker.step() {}
        answer(receive.try_iter().map(|(word, count)| (CompactString::from(word), count)))
    })
}

fn main() {
    let text = text_file(scaled(500_000_000));
    let words = plain(&text).0;
    Race::new("(b) word count", words, |answer| answer)
        .with("plain loop", || plain(&text))
        .with("timely, hand-tuned", || timely_tuned(&text))
        .with("timely, one operator a step", || timely_idiomatic(&text))
        .with("flowstone", || flowstone(&text, 1))
        .with("flowstone, 2 workers", || flowstone(&text, 2))
        .run(rounds());
}
