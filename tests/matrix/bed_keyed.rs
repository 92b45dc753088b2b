//! Steps that keep something per key, what they emit at the end of the input, and several of them one after the other.

use crate::{Event, Sizes, parse, row};
use flowstone::files::DirSink;
use flowstone::prelude::*;
use std::path::PathBuf;

/// Emits every third value with the sum so far, and the sum at the end.
struct EveryThird;

impl Logic<u64, Event> for EveryThird {
    type State = (u64, u64);
    type Out = (u64, u64);

    fn start(&self, _key: &u64) -> (u64, u64) {
        (0, 0)
    }

    fn on_value(
        &self,
        _key: &u64,
        (count, sum): &mut (u64, u64),
        event: Event,
        _now: Timestamp,
        emit: &mut impl FnMut((u64, u64)),
    ) -> After {
        *count += 1;
        *sum += event.number;
        if count.is_multiple_of(3) {
            emit((*count, *sum));
        }
        if *sum > 5_000 { After::Forget } else { After::Keep }
    }

    fn on_eof(&self, _key: &u64, state: &mut (u64, u64), emit: &mut impl FnMut((u64, u64))) -> After {
        emit(*state);
        After::Forget
    }
}

dataflow! {
    /// Steps for which the order of a key's values counts: they are in one file.
    pub(crate) flow keyed(data: PathBuf, out: PathBuf, sizes: Sizes) {
        events = input("events", DirSource::new(data.join("keyed")))
            -> filter_map("parse", parse)
            -> key_on(|event| event.key);
        row_1 = events
            -> stateful("stateful", EveryThird)
            -> map(|(key, sums)| row("stateful", key, sums));
        row_2 = events
            -> stateful_map("stateful_map", |last: &mut Option<u64>, event| {
                let before = last.replace(event.seq);
                if event.number.is_multiple_of(7) {
                    *last = None;
                }
                (event.seq, before)
            })
            -> map(|(key, pair)| row("stateful_map", key, pair));
        row_3 = events
            -> stateful_flat_map("stateful_flat_map", |kept: &mut Option<Vec<u64>>, event| {
                let list = kept.get_or_insert_default();
                list.push(event.seq);
                if event.number.is_multiple_of(5) { kept.take().unwrap_or_default() } else { Vec::new() }
            })
            -> map(|(key, seq)| row("stateful_flat_map", key, seq));
        row_4 = events
            -> map_value(|event| event.seq)
            -> collect("collect", max_size = sizes.parts() + 2, timeout = 1d)
            -> map(|(key, seqs)| row("collect", key, seqs));
        row_5 = events
            -> map_value(|event| event.number)
            -> reduce("reduce", |a, b| a + b, |sum| *sum > 300)
            -> map(|(key, sum)| row("reduce", key, sum));
        row_6 = events
            -> key_on(|(key, event)| (*key, event.number % 3))
            -> dedupe("dedupe")
            -> map(|(key, (_, event))| row("dedupe", key, event.seq));
        row_7 = events
            -> top_k("top_k", 3, |event| (event.number, event.seq))
            -> map(|(key, best)| row("top_k", key, best.iter().map(|event| event.seq).collect::<Vec<_>>()));
        row_8 = events
            -> fold_final("fold_final", Vec::new, |mut seqs: Vec<u64>, event| { seqs.push(event.seq); seqs })
            -> map(|(key, seqs)| row("fold_final", key, seqs));
        row_9 = events
            -> aggregate_final("aggregate_final", of = (count(), sum(|e| e.number), mean(|e| e.number), max(|e| e.at)))
            -> map(|(key, of)| row("aggregate_final", key, of));
        merge(row_1, row_2, row_3, row_4, row_5) -> output("rows", FileSink::new(out.join("rows")));
        merge(row_6, row_7, row_8, row_9) -> output("more", DirSink::new(out.join("more")));
    }

    /// Steps for which no order counts, on a file that is read in parts at the same time.
    pub(crate) flow finals(data: PathBuf, out: PathBuf, sizes: Sizes) {
        events = input("events", FileSource::new(data.join("mixed")).split(sizes.parts()))
            -> filter_map("parse", parse)
            -> key_on(|event| event.key);
        numbers = events -> map_value(|event| event.number);
        row_1 = numbers -> count_final("count_final") -> map(|(key, n)| row("count_final", key, n));
        row_2 = numbers -> reduce_final("reduce_final", |a, b| a + b) -> map(|(key, n)| row("reduce_final", key, n));
        row_3 = events
            -> fold_final("fold_final", || 0u64, |sum, event| sum.wrapping_add(event.seq * event.seq))
            -> map(|(key, n)| row("fold_final", key, n));
        row_4 = events -> max_final("max_final") -> map(|(key, event)| row("max_final", key, event.seq));
        row_5 = events -> min_final("min_final") -> map(|(key, event)| row("min_final", key, event.seq));
        row_6 = events
            -> aggregate_final("aggregate_final",
                   of = (count(), sum(|e| e.number), min(|e| e.at), max(|e| e.at), mean(|e| e.number),
                         distinct(|e| e.number % 8), top(3, |e| e.seq)))
            -> map(|(key, of)| row("aggregate_final", key, of));
        // Epochs differ from run to run, and their sums with them.
        row_7 = numbers
            -> reduce_epoch("reduce_epoch", |a, b| a + b)
            -> reduce_final("of_epochs", |a, b| a + b)
            -> map(|(key, n)| row("reduce_epoch", key, n));
        row_8 = numbers
            -> reduce_epoch_local("reduce_epoch_local", |a, b| a + b)
            -> reduce_final("of_local_epochs", |a, b| a + b)
            -> map(|(key, n)| row("reduce_epoch_local", key, n));
        row_9 = events
            -> key_on(|(key, event)| (*key, event.number % 5))
            -> dedupe("dedupe")
            -> map(|(key, _)| row("dedupe", key, ()));
        row_10 = events
            -> map_value(|event| event.seq)
            -> collect("collect", max_size = 3, timeout = 1d)
            -> flatten_value()
            -> map(|(key, seq)| row("collect", key, seq));
        merge(row_1, row_2, row_3, row_4, row_5) -> output("rows", FileSink::new(out.join("rows")));
        merge(row_6, row_7, row_8, row_9, row_10) -> output("more", DirSink::new(out.join("more")));
    }

    /// Stateful steps one after the other, by another key each time.
    pub(crate) flow chains(data: PathBuf, out: PathBuf, sizes: Sizes) {
        events = input("events", DirSource::new(data.join("keyed"))) -> filter_map("parse", parse);
        row_1 = events
            -> key_on(|event| event.key)
            -> map_value(|event| event.number)
            -> stateful_map("running", |sum: &mut Option<u64>, n| *sum.insert(sum.unwrap_or(0) + n))
            -> key_on(|(_, sum)| sum % 7)
            -> map_value(|(_, sum)| sum)
            -> reduce_epoch("epoch", |a, b| a + b)
            -> reduce_final("sum", |a, b| a + b)
            -> key_on(|(rest, _)| rest % 2)
            -> map_value(|(_, sum)| sum)
            -> max_final("greatest")
            -> map(|(key, n)| row("running", key, n));
        row_2 = events
            -> key_on(|event| (event.key, event.number % 10))
            -> dedupe("first")
            -> map(|((key, _), event)| (key.to_string(), event.seq))
            -> collect("pairs", max_size = 2, timeout = 1d)
            -> flatten_value()
            -> key_on(|(_, seq)| seq % 3)
            -> count_final("count")
            -> map(|(key, n)| row("first", key, n));
        windows = events
            -> key_on(|event| event.key)
            -> aggregate_window("per_key",
                   clock = event_time(|event| event.time(), wait = sizes.wait()),
                   windows = sliding(sizes.length(), offset = sizes.offset()),
                   of = (count(), sum(|e| e.number)));
        row_3 = windows.late
            -> map(|(key, event)| (event.seq % 4, key))
            -> stateful_map("late_so_far", |n: &mut Option<u64>, _key| *n.insert(n.unwrap_or(0) + 1))
            -> map(|(key, n)| row("late_so_far", key, n));
        row_4 = windows
            -> map(|(_, window)| (window.open.0, window.value))
            -> map(|(open, (count, sum))| (open, (count, sum, open)))
            -> aggregate_window("per_opening",
                   clock = event_time(|(_, _, open)| Timestamp(*open), wait = 1h),
                   windows = tumbling(sizes.length()),
                   of = (count(), sum(|(count, _, _)| *count), sum(|(_, sum, _)| *sum)))
            -> map(|(open, window)| (open % 3, window.value))
            -> map_value(|(windows, events, sum)| windows * 1_000_000 + events * 1_000 + sum)
            -> reduce_final("over_all", |a, b| a + b)
            -> map(|(key, n)| row("per_opening", key, n));
        // The wait is longer than the disorder: nothing is late, and a step further on sees windows of one end together.
        row_5 = input("mixed", FileSource::new(data.join("mixed")).split(sizes.parts()))
            -> filter_map("parse_mixed", parse)
            -> key_on(|event| event.key)
            -> count_window("counted", clock = watermark(|event| event.time(), wait = 1h), windows = tumbling(sizes.length()))
            -> map(|(_, window)| (window.open.0, window.value))
            -> stateful_map("counted_so_far", |sum: &mut Option<u64>, n| *sum.insert(sum.unwrap_or(0) + n))
            -> max_final("counted_at_last")
            -> map(|(open, n)| row("counted", open, n));
        merge(row_1, row_2, row_3) -> output("rows", FileSink::new(out.join("rows")));
        merge(row_4, row_5) -> output("more", DirSink::new(out.join("more")));
    }
}
