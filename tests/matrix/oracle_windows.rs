//! What window steps come to, worked out event by event over lists.

use crate::data::{Data, Event};
use std::collections::BTreeMap;

/// In microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Windows {
    /// Length, offset, `align_to`.
    Sliding(i64, i64, i64),
    /// The gap.
    Session(i64),
}

/// A window and its events.
pub(crate) struct Window {
    pub(crate) open: i64,
    pub(crate) close: i64,
    pub(crate) events: Vec<Event>,
}

/// The windows of each key, and what was late.
pub(crate) struct Outcome {
    pub(crate) windows: Vec<(u64, Window)>,
    pub(crate) late: Vec<Event>,
}

/// Puts events into windows as they come. With `shared` there is one watermark for all keys.
pub(crate) fn evaluate<'a>(
    events: impl IntoIterator<Item = &'a Event>,
    windows: Windows,
    wait: i64,
    shared: bool,
) -> Outcome {
    let mut newest = BTreeMap::<u64, i64>::new();
    let mut all = BTreeMap::<u64, Vec<Window>>::new();
    let mut late = Vec::new();
    for event in events {
        let newest = newest.entry(if shared { 0 } else { event.key }).or_insert(i64::MIN / 2);
        *newest = event.at.max(*newest);
        let watermark = *newest - wait;
        let all = all.entry(event.key).or_default();
        let taken = match windows {
            Windows::Session(gap) => into_session(all, *event, gap, watermark),
            Windows::Sliding(length, offset, align_to) => into_all(all, *event, [length, offset, align_to], watermark),
        };
        if !taken {
            late.push(*event);
        }
    }
    let mut windows: Vec<(u64, Window)> = Vec::new();
    for (key, of_key) in all {
        windows.extend(of_key.into_iter().map(|window| (key, window)));
    }
    for (_, window) in &mut windows {
        window.events.sort_by_key(|event| event.at);
    }
    Outcome { windows, late }
}

fn into_all(all: &mut Vec<Window>, event: Event, [length, offset, align_to]: [i64; 3], watermark: i64) -> bool {
    let mut taken = false;
    let last = (event.at - align_to).div_euclid(offset);
    for open in (last - length / offset - 1..=last).map(|number| align_to + number * offset) {
        let close = open + length;
        if event.at >= close || close <= watermark {
            continue;
        }
        taken = true;
        match all.iter_mut().find(|window| window.open == open) {
            Some(window) => window.events.push(event),
            None => all.push(Window { open, close, events: vec![event] }),
        }
    }
    taken
}

fn into_session(all: &mut Vec<Window>, event: Event, gap: i64, watermark: i64) -> bool {
    let joins =
        |window: &Window| window.close >= watermark && window.open - gap <= event.at && event.at <= window.close;
    let (joined, others): (Vec<_>, Vec<_>) = std::mem::take(all).into_iter().partition(joins);
    *all = others;
    if joined.is_empty() && event.at + gap < watermark {
        return false;
    }
    let mut session = Window { open: event.at, close: event.at + gap, events: vec![event] };
    for window in joined {
        session.open = session.open.min(window.open);
        session.close = session.close.max(window.close);
        session.events.extend(window.events);
    }
    all.push(session);
    true
}

/// The rows `STEP KEY OPEN..CLOSE = VALUE` of all steps whose value does not depend on the order in which values came, and
/// `late_STEP KEY SEQ`.
pub(crate) fn rows(outcome: &Outcome) -> Vec<String> {
    let mut rows = Vec::new();
    for (key, Window { open, close, events }) in &outcome.windows {
        let seqs: Vec<u64> = events.iter().map(|event| event.seq).collect();
        let numbers: Vec<u64> = events.iter().map(|event| event.number).collect();
        let (count, sum) = (numbers.len() as u64, numbers.iter().sum::<u64>());
        let ranks = || events.iter().map(|event| (event.number, event.seq));
        let mut different: Vec<u64> = numbers.iter().map(|number| number % 4).collect();
        different.sort_unstable();
        different.dedup();
        let mut top = numbers.clone();
        top.sort_unstable_by(|a, b| b.cmp(a));
        top.truncate(2);
        let (least, greatest) = (seqs.iter().min().unwrap(), seqs.iter().max().unwrap());
        let mean = sum as f64 / count as f64;
        let of = (count, sum, least, greatest, mean, different.len(), seqs[0], seqs[seqs.len() - 1], top);
        let mut row = |step: &str, value: String| rows.push(format!("{step} {key} {open}..{close} = {value}"));
        row("collect", format!("{seqs:?}"));
        row("count", count.to_string());
        row("aggregate", format!("{of:?}"));
        row("reduce", format!("{:?}", (sum, seqs.iter().sum::<u64>())));
        row("max", format!("{:?}", ranks().max().unwrap()));
        row("min", format!("{:?}", ranks().min().unwrap()));
    }
    rows
}

/// What is late for each step.
pub(crate) fn late_rows(outcome: &Outcome) -> Vec<String> {
    let steps = ["collect", "count", "aggregate", "window", "fold", "reduce", "max", "min"];
    let late = |step| outcome.late.iter().map(move |event| format!("late_{step} {} {}", event.key, event.seq));
    steps.into_iter().flat_map(late).collect()
}

/// The outcome of a window flow of this name; `None` by the clock on the wall.
pub(crate) fn outcome(clock: &str, windows: &str, data: &Data) -> Option<Outcome> {
    let micros = |millis: u64| millis as i64 * 1000;
    let sizes = data.sizes;
    let align_to = match (clock, windows) {
        ("event", "tumbling") => 1_500,
        ("mark", "sliding") => -700,
        _ => 0,
    };
    let windows = match windows {
        "tumbling" => Windows::Sliding(micros(sizes.length), micros(sizes.length), align_to),
        "sliding" => Windows::Sliding(micros(sizes.length), micros(sizes.offset), align_to),
        _ => Windows::Session(micros(sizes.gap)),
    };
    match clock {
        "event" => Some(evaluate(data.keyed.iter().flatten(), windows, micros(sizes.wait), false)),
        "mark" if data.sizes.parts == 1 => Some(evaluate(&data.mixed, windows, micros(sizes.wait), true)),
        // Nothing is late.
        "mark" => Some(evaluate(&data.mixed, windows, i64::MAX / 4, true)),
        _ => None,
    }
}
