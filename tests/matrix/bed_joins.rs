//! Joins in all modes whose outcome does not depend on which side is read first.

use crate::{Event, Sizes, parse, row, shown};
use flowstone::files::DirSink;
use flowstone::prelude::*;
use std::path::{Path, PathBuf};

dataflow! {
    /// Joins by key alone, and within a stretch of time.
    ///
    /// A key's values of one side come in one order, so that at the end of the input all modes are decided. Where rows come
    /// out as values arrive, each side has one value of a key.
    pub(crate) flow joins(data: PathBuf, out: PathBuf, sizes: Sizes) {
        events = input("events", DirSource::new(data.join("keyed"))) -> filter_map("parse", parse);
        groups = events -> key_on(|event| (event.key, event.seq / 64)) -> map_value(|event| (event.number, event.seq));
        thirds = groups -> filter_value(|(number, _)| number % 3 == 0) -> map_value(|(_, seq)| seq);
        fifths = groups -> filter_value(|(number, _)| number % 5 == 0) -> map_value(|(_, seq)| seq);
        halves = groups -> filter_value(|(number, _)| number % 2 == 0) -> map_value(|(_, seq)| seq);
        row_1 = join("first_full", thirds, fifths, insert = first, emit = final, kind = full)
            -> map(|(key, row_of)| row("first_full", key, row_of));
        row_2 = join("last_left", thirds, fifths, insert = last, emit = final, kind = left)
            -> map(|(key, row_of)| row("last_left", key, row_of));
        row_3 = join("product_right", thirds, fifths, insert = product, emit = final, kind = right)
            -> map(|(key, row_of)| row("product_right", key, row_of));
        row_4 = join("last_inner", thirds, fifths, halves, emit = final, kind = inner)
            -> map(|(key, row_of)| row("last_inner", key, row_of));
        merge(row_1, row_2, row_3, row_4) -> output("at_end", FileSink::new(out.join("at_end")));

        // A value meets the one of its key that is ten further on.
        numbered = events
            -> key_on(|event| event.key)
            -> stateful_map("numbered", |n: &mut Option<u64>, event| (*n.insert(n.unwrap_or(0) + 1), event.seq));
        here = numbered -> map(|(key, (n, seq))| ((key, n), seq));
        ahead = numbered -> map(|(key, (n, seq))| ((key, n + 10), seq));
        further = numbered -> map(|(key, (n, seq))| ((key, n + 25), seq));
        row_5 = join("complete", here, ahead) -> map(|(key, row_of)| row("complete", key, row_of));
        row_6 = join("first_complete", here, ahead, further, insert = first)
            -> map(|(key, row_of)| row("first_complete", key, row_of));
        row_7 = join("product_complete", here, further, insert = product)
            -> map(|(key, row_of)| row("product_complete", key, row_of));
        row_8 = join("running", here, ahead, emit = running, kind = inner) -> map(|(key, row_of)| row("running", key, row_of));
        row_9 = join("first_running", here, ahead, further, insert = first, emit = running, kind = inner)
            -> map(|(key, row_of)| row("first_running", key, row_of));

        // Whether the other side has come by then is left to chance, what it says is not.
        facts = events -> map(|event| (event.key, event.key * 3 + 1));
        row_10 = enrich("enrich", numbered, facts)
            -> map(|(key, ((n, seq), fact))| row("enrich", key, (n, seq, fact.is_none_or(|fact| fact == key * 3 + 1))));

        a = events -> filter(|event| event.seq % 2 == 0) -> key_on(|event| event.key);
        b = events -> filter(|event| event.seq % 2 == 1) -> key_on(|event| event.key);
        near = join_within("near", a, b,
            within = -40ms..30ms,
            clock = event_time((|event| event.time(), |event| event.time()), wait = 1h));
        row_11 = near -> map(|(key, (a, b))| row("near", key, (a.seq, b.seq)));
        row_12 = near.late -> map(|(key, _)| row("late_near", key, ()));

        c = input("c", FileSource::new(data.join("mixed")).split(sizes.parts()))
            -> filter_map(parse)
            -> filter(|event| event.number % 2 == 0)
            -> key_on(|event| event.key);
        d = input("d", FileSource::new(data.join("mixed")).split(sizes.parts() + 1))
            -> filter_map(parse)
            -> filter(|event| event.number % 2 == 1)
            -> key_on(|event| event.key);
        close = join_within("close", c, d,
            within = -10ms..20ms,
            clock = watermark((|event| event.time(), |event| event.time()), wait = sizes.patience()));
        row_13 = close -> map(|(key, (a, b))| row("close", key, (a.seq, b.seq)));
        row_14 = close.late -> map(|(key, _)| row("late_close", key, ()));
        merge(row_5, row_6, row_7, row_8, row_9, row_10, row_11, row_12, row_13, row_14)
            -> output("rows", DirSink::new(out.join("rows")));
    }
}

/// The join of two sides in windows. By `watermark` each has a source of its own, and nothing is late: values meet a window in
/// the order of their times, which decides every mode.
macro_rules! window_joins {
    ($data:ident $sizes:ident $($flow:ident { $($windows:tt)* })*) => {
        dataflow! {
            $(
                /// Joins in windows.
                pub(crate) flow $flow($data: PathBuf, out: PathBuf, $sizes: Sizes) {
                    l_1 = input("l_1", even(&$data, $sizes)) -> filter_map(even_event) -> key_on(|event| event.group());
                    r_1 = input("r_1", odd(&$data, $sizes)) -> filter_map(odd_event) -> key_on(|event| event.group());
                    j_1 = join_window("last", l_1, r_1,
                        clock = watermark((|event| event.time(), |event| event.time()), wait = $sizes.patience()),
                        windows = $($windows)*);
                    l_2 = input("l_2", even(&$data, $sizes)) -> filter_map(even_event) -> key_on(|event| event.group());
                    r_2 = input("r_2", odd(&$data, $sizes)) -> filter_map(odd_event) -> key_on(|event| event.group());
                    j_2 = join_window("product_left", l_2, r_2,
                        clock = watermark((|event| event.time(), |event| event.time()), wait = $sizes.patience()),
                        windows = $($windows)*,
                        insert = product,
                        kind = left);
                    l_3 = input("l_3", even(&$data, $sizes)) -> filter_map(even_event) -> key_on(|event| event.group());
                    r_3 = input("r_3", odd(&$data, $sizes)) -> filter_map(odd_event) -> key_on(|event| event.group());
                    j_3 = join_window("complete", l_3, r_3,
                        clock = watermark((|event| event.time(), |event| event.time()), wait = $sizes.patience()),
                        windows = $($windows)*,
                        emit = complete);
                    l_4 = input("l_4", even(&$data, $sizes)) -> filter_map(even_event) -> key_on(|event| event.group());
                    r_4 = input("r_4", odd(&$data, $sizes)) -> filter_map(odd_event) -> key_on(|event| event.group());
                    j_4 = join_window("running", l_4, r_4,
                        clock = watermark((|event| event.time(), |event| event.time()), wait = $sizes.patience()),
                        windows = $($windows)*,
                        emit = running);
                    events = input("events", DirSource::new($data.join("keyed"))) -> filter_map("parse", parse);
                    l_5 = events -> filter(|event| event.seq % 2 == 0) -> key_on(|event| event.group());
                    r_5 = events -> filter(|event| event.seq % 2 == 1) -> key_on(|event| event.group());
                    j_5 = join_window("first_inner", l_5, r_5,
                        clock = event_time((|event| event.time(), |event| event.time()), wait = 1h),
                        windows = $($windows)*,
                        insert = first,
                        kind = inner);
                    late_1 = j_1.late -> map(|(key, _)| row("late_last", key, ()));
                    late_2 = j_2.late -> map(|(key, _)| row("late_product_left", key, ()));
                    late_3 = j_3.late -> map(|(key, _)| row("late_complete", key, ()));
                    late_4 = j_4.late -> map(|(key, _)| row("late_running", key, ()));
                    late_5 = j_5.late -> map(|(key, _)| row("late_first_inner", key, ()));
                    merge(late_1, late_2, late_3, late_4, late_5) -> output("late", DirSink::new(out.join("late")));
                    row_1 = j_1
                        -> map_value(|window| window.map(|(a, b)| (a.map(|a| a.seq), b.map(|b| b.seq))))
                        -> map(|(key, window)| shown("last", key, window));
                    row_2 = j_2
                        -> map_value(|window| window.map(|(a, b)| (a.seq, b.map(|b| b.seq))))
                        -> map(|(key, window)| shown("product_left", key, window));
                    row_3 = j_3
                        -> map_value(|window| window.map(|(a, b)| (a.seq, b.seq)))
                        -> map(|(key, window)| shown("complete", key, window));
                    row_4 = j_4
                        -> map_value(|window| window.map(|(a, b)| (a.map(|a| a.seq), b.map(|b| b.seq))))
                        -> map(|(key, window)| shown("running", key, window));
                    row_5 = j_5
                        -> map_value(|window| window.map(|(a, b)| (a.seq, b.seq)))
                        -> map(|(key, window)| shown("first_inner", key, window));
                    merge(row_1, row_2, row_3, row_4, row_5) -> output("rows", FileSink::new(out.join("rows")));
                }
            )*
        }
    };
}

window_joins! {
    data sizes
    join_tumbling { tumbling(sizes.length()) }
    join_sliding { sliding(sizes.length(), offset = sizes.offset()) }
    join_session { session(gap = sizes.gap()) }
}

fn even(data: &Path, sizes: Sizes) -> FileSource {
    FileSource::new(data.join("mixed")).split(sizes.parts())
}

fn odd(data: &Path, sizes: Sizes) -> FileSource {
    FileSource::new(data.join("mixed")).split(sizes.parts() + 1)
}

fn even_event(line: Line) -> Option<Event> {
    parse(line).filter(|event| event.seq % 2 == 0)
}

fn odd_event(line: Line) -> Option<Event> {
    parse(line).filter(|event| event.seq % 2 == 1)
}
