//! Every window step by every clock in windows of every kind.
//!
//! - `event_…`: a key's events are in one file, so that they come in one order, and its watermark depends on nothing else.
//! - `mark_…`: read in several parts, the wait is longer than the disorder, and nothing is late; in one part, the order of the
//!   file decides what is late.
//! - `wall_…`: when a value comes is left to chance; that it is in as many windows as overlap is not.

use crate::{Event, Sizes, parse, row, shown};
use flowstone::files::DirSink;
use flowstone::prelude::*;
use std::path::PathBuf;

fn seqs(events: Vec<Event>) -> Vec<u64> {
    events.iter().map(|event| event.seq).collect()
}

/// Values in the order in which their window has had them.
struct AsTheyCame;

impl WindowLogic<Event> for AsTheyCame {
    type State = Vec<u64>;
    type Out = Vec<u64>;

    fn start(&self, _at: Timestamp, value: Event, _emit: &mut impl FnMut(Vec<u64>)) -> Vec<u64> {
        vec![value.seq]
    }

    fn on_value(&self, seqs: &mut Vec<u64>, _at: Timestamp, value: Event, _emit: &mut impl FnMut(Vec<u64>)) {
        seqs.push(value.seq);
    }

    fn merge(&self, seqs: &mut Vec<u64>, other: Vec<u64>) {
        seqs.extend(other);
    }

    fn on_close(&self, seqs: Vec<u64>, emit: &mut impl FnMut(Vec<u64>)) {
        emit(seqs);
    }
}

/// A flow with all window steps. Each has a source of its own: behind a stream that is shared the partitions are not known,
/// and each worker that sends stands for one.
macro_rules! window_flows {
    (
        ($data:ident, $sizes:ident)
        reads $source:tt clock $clock:tt options $options:tt
        $($name:ident $windows:tt)*
    ) => {
        $(window_flows!(@flow $name($data, $sizes) $source $clock $options $windows);)*
    };
    (
        @flow $name:ident($data:ident, $sizes:ident)
        { $($source:tt)* } { $($clock:tt)* } { $($options:tt)* } { $($windows:tt)* }
    ) => {
        dataflow! {
            /// All window steps.
            pub(crate) flow $name($data: PathBuf, out: PathBuf, $sizes: Sizes) {
                collected = input("for_collect", $($source)*)
                    -> filter_map(parse)
                    -> key_on(|event| event.key)
                    -> collect_window("collect", clock = $($clock)*, windows = $($windows)*, $($options)*);
                counted = input("for_count", $($source)*)
                    -> filter_map(parse)
                    -> key_on(|event| event.key)
                    -> count_window("count", clock = $($clock)*, windows = $($windows)*, $($options)*);
                aggregated = input("for_aggregate", $($source)*)
                    -> filter_map(parse)
                    -> key_on(|event| event.key)
                    -> aggregate_window("aggregate", clock = $($clock)*, windows = $($windows)*, $($options)*
                           of = (count(), sum(|e| e.number), min(|e| e.seq), max(|e| e.seq), mean(|e| e.number),
                                 distinct(|e| e.number % 4), first(|e| e.seq), last(|e| e.seq), top(2, |e| e.number)));
                as_they_came = input("for_window", $($source)*)
                    -> filter_map(parse)
                    -> key_on(|event| event.key)
                    -> window("window", clock = $($clock)*, windows = $($windows)*, $($options)* logic = AsTheyCame);
                folded = input("for_fold", $($source)*)
                    -> filter_map(parse)
                    -> key_on(|event| event.key)
                    -> fold_window("fold", clock = $($clock)*, windows = $($windows)*, $($options)*
                           init = Vec::new,
                           fold = |mut seqs: Vec<u64>, event| { seqs.push(event.seq); seqs },
                           merge = |mut a, b| { a.extend(b); a });
                reduced = input("for_reduce", $($source)*)
                    -> filter_map(parse)
                    -> key_on(|event| event.key)
                    -> reduce_window("reduce", clock = $($clock)*, windows = $($windows)*, $($options)*
                           combine = |a, b| Event { number: a.number + b.number, seq: a.seq + b.seq, ..a });
                greatest = input("for_max", $($source)*)
                    -> filter_map(parse)
                    -> key_on(|event| event.key)
                    -> max_window("max", clock = $($clock)*, windows = $($windows)*, $($options)*);
                least = input("for_min", $($source)*)
                    -> filter_map(parse)
                    -> key_on(|event| event.key)
                    -> min_window("min", clock = $($clock)*, windows = $($windows)*, $($options)*);

                late_1 = collected.late -> map(|(key, event)| row("late_collect", key, event.seq));
                late_2 = counted.late -> map(|(key, event)| row("late_count", key, event.seq));
                late_3 = aggregated.late -> map(|(key, event)| row("late_aggregate", key, event.seq));
                late_4 = as_they_came.late -> map(|(key, event)| row("late_window", key, event.seq));
                late_5 = folded.late -> map(|(key, event)| row("late_fold", key, event.seq));
                late_6 = reduced.late -> map(|(key, event)| row("late_reduce", key, event.seq));
                late_7 = greatest.late -> map(|(key, event)| row("late_max", key, event.seq));
                late_8 = least.late -> map(|(key, event)| row("late_min", key, event.seq));
                merge(late_1, late_2, late_3, late_4, late_5, late_6, late_7, late_8)
                    -> output("late", DirSink::new(out.join("late")));

                row_1 = collected -> map(|(key, window)| shown("collect", key, window.map(seqs)));
                row_2 = counted -> map(|(key, window)| shown("count", key, window));
                row_3 = aggregated -> map(|(key, window)| shown("aggregate", key, window));
                row_4 = as_they_came -> map(|(key, window)| shown("window", key, window));
                row_5 = folded -> map(|(key, window)| shown("fold", key, window));
                row_6 = reduced -> map(|(key, window)| shown("reduce", key, window.map(|e| (e.number, e.seq))));
                row_7 = greatest -> map(|(key, window)| shown("max", key, window.map(|e| (e.number, e.seq))));
                row_8 = least -> map(|(key, window)| shown("min", key, window.map(|e| (e.number, e.seq))));
                merge(row_1, row_2, row_3, row_4, row_5, row_6, row_7, row_8)
                    -> output("rows", FileSink::new(out.join("rows")));
            }
        }
    };
}

window_flows! {
    (data, sizes)
    reads { DirSource::new(data.join("keyed")) }
    clock { event_time(|event| event.time(), wait = sizes.wait()) }
    options { allowed_lateness = sizes.lateness(), early = sizes.early(), }
    event_tumbling { tumbling(sizes.length(), align_to = Timestamp(1_500)) }
    event_sliding { sliding(sizes.length(), offset = sizes.offset()) }
    event_session { session(gap = sizes.gap()) }
}

window_flows! {
    (data, sizes)
    reads { FileSource::new(data.join("mixed")).split(sizes.parts()) }
    clock { watermark(|event| event.time(), wait = sizes.wait_for_all()) }
    options { allowed_lateness = sizes.lateness(), }
    mark_tumbling { tumbling(sizes.length()) }
    mark_sliding { sliding(sizes.length(), offset = sizes.offset(), align_to = Timestamp(-700)) }
    mark_session { session(gap = sizes.gap()) }
}

window_flows! {
    (data, sizes)
    reads { FileSource::new(data.join("mixed")).split(sizes.parts()) }
    clock { system_time() }
    options {}
    wall_tumbling { tumbling(sizes.length()) }
    wall_sliding { sliding(sizes.length(), offset = sizes.offset()) }
    wall_session { session(gap = sizes.gap()) }
}
