//! What flows should commit, worked out in the plainest way: a check of the reference that all rounds are compared with.

use crate::data::{Data, Event};
use crate::oracle_windows as windows;
use crate::rows::difference;
use std::collections::{BTreeMap, BTreeSet};

/// Compares the rows of those steps for which there is a plain evaluation.
pub(crate) fn check(flow: &str, data: &Data, rows: &[String]) -> Result<(), String> {
    match flow.split_once('_') {
        Some((clock @ ("event" | "mark"), of)) => {
            let Some(outcome) = windows::outcome(clock, of, data) else { return Ok(()) };
            // Late values that are allowed make one of two sessions that have closed, or correct them: that is compared with
            // the reference alone.
            let kept = data.sizes.lateness > 0 && (clock == "event" || data.sizes.parts == 1);
            if kept && of == "session" {
                return Ok(());
            }
            let mut expected = windows::rows(&outcome);
            let mut found: Vec<String> = rows.iter().filter_map(|row| on_time(row)).collect();
            if !kept {
                expected.extend(windows::late_rows(&outcome));
                found.extend(rows.iter().filter(|row| row.starts_with("late_")).cloned());
            }
            compare(expected, found)
        }
        Some(("wall", of)) => compare(wall(of, data), rows.to_vec()),
        _ => {
            let expected = match flow {
                "keyed" => keyed(data),
                "finals" => finals(data),
                "joins" => joins(data),
                _ => return Ok(()),
            };
            let steps: BTreeSet<&str> = expected.iter().filter_map(|row| row.split(' ').next()).collect();
            let step = |row: &&String| row.split(' ').next().is_some_and(|step| steps.contains(step));
            let found = rows.iter().filter(step).cloned().collect();
            compare(expected.clone(), found)
        }
    }
}

fn compare(mut expected: Vec<String>, mut found: Vec<String>) -> Result<(), String> {
    expected.sort_unstable();
    found.sort_unstable();
    if expected == found {
        return Ok(());
    }
    let lines = difference(&expected, &found, 12);
    Err(format!(
        "one undisturbed worker has another output than the plainest evaluation (- lacks, + has more):\n  {}",
        lines.join("\n  ")
    ))
}

/// `STEP KEY OPEN..CLOSE = VALUE` of a window that closed on time, of a step whose value does not depend on the order.
fn on_time(row: &str) -> Option<String> {
    let row = row.split(" #").next()?;
    let mut fields = row.splitn(4, ' ');
    let (step, key, pane, rest) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let plain = !matches!(step, "window" | "fold") && pane == "OnTime";
    plain.then(|| format!("{step} {key} {rest}"))
}

fn by_key<'a>(events: impl IntoIterator<Item = &'a Event>) -> BTreeMap<u64, Vec<Event>> {
    let mut keys = BTreeMap::<u64, Vec<Event>>::new();
    for event in events {
        keys.entry(event.key).or_default().push(*event);
    }
    keys
}

fn wall(of: &str, data: &Data) -> Vec<String> {
    let times = if of == "sliding" { data.sizes.length / data.sizes.offset } else { 1 };
    let mut rows = Vec::new();
    for (key, events) in by_key(&data.mixed) {
        for event in &events {
            for step in ["collect", "fold", "window"] {
                rows.extend((0..times).map(|_| format!("{step} {key} {}", event.seq)));
            }
        }
        let (count, sum) = (events.len() as u64 * times, events.iter().map(|event| event.number).sum::<u64>() * times);
        let seqs = events.iter().map(|event| event.seq).sum::<u64>() * times;
        let ranks = || events.iter().map(|event| (event.number, event.seq));
        rows.push(format!("count {key} {:?}", (count, 0)));
        rows.push(format!("aggregate {key} {:?}", (count, sum)));
        rows.push(format!("reduce {key} {:?}", (sum, seqs)));
        rows.push(format!("max {key} {:?}", ranks().max().unwrap()));
        rows.push(format!("min {key} {:?}", ranks().min().unwrap()));
    }
    rows
}

fn keyed(data: &Data) -> Vec<String> {
    let mut rows = Vec::new();
    for (key, events) in by_key(data.keyed.iter().flatten()) {
        let seqs: Vec<u64> = events.iter().map(|event| event.seq).collect();
        rows.extend(seqs.chunks(data.sizes.parts as usize + 2).map(|list| format!("collect {key} {list:?}")));
        rows.push(format!("fold_final {key} {seqs:?}"));
        let (mut third, mut last, mut kept, mut sum) = ((0, 0), None, Vec::new(), 0);
        let (mut seen, mut best) = (BTreeSet::new(), Vec::<(u64, u64)>::new());
        for event in &events {
            third = (third.0 + 1, third.1 + event.number);
            if third.0 % 3 == 0 {
                rows.push(format!("stateful {key} {third:?}"));
            }
            if third.1 > 5_000 {
                third = (0, 0);
            }
            rows.push(format!("stateful_map {key} {:?}", (event.seq, last)));
            last = (!event.number.is_multiple_of(7)).then_some(event.seq);
            kept.push(event.seq);
            if event.number.is_multiple_of(5) {
                rows.extend(kept.drain(..).map(|seq| format!("stateful_flat_map {key} {seq}")));
            }
            sum += event.number;
            if sum > 300 {
                rows.push(format!("reduce {key} {sum}"));
                sum = 0;
            }
            if seen.insert(event.number % 3) {
                rows.push(format!("dedupe {:?} {}", (key, event.number % 3), event.seq));
            }
            let before = best.clone();
            best.push((event.number, event.seq));
            best.sort_unstable_by(|a, b| b.cmp(a));
            best.truncate(3);
            if best != before {
                rows.push(format!("top_k {key} {:?}", best.iter().map(|best| best.1).collect::<Vec<_>>()));
            }
        }
        if third != (0, 0) {
            rows.push(format!("stateful {key} {third:?}"));
        }
    }
    rows
}

fn finals(data: &Data) -> Vec<String> {
    let mut rows = Vec::new();
    let mut pairs = BTreeSet::new();
    for (key, events) in by_key(&data.mixed) {
        let sum: u64 = events.iter().map(|event| event.number).sum();
        let squares: u64 = events.iter().map(|event| event.seq * event.seq).sum();
        let ranks = || events.iter().map(|event| (event.number, event.seq));
        rows.push(format!("count_final {key} {}", events.len()));
        for step in ["reduce_final", "reduce_epoch", "reduce_epoch_local"] {
            rows.push(format!("{step} {key} {sum}"));
        }
        rows.push(format!("fold_final {key} {squares}"));
        rows.push(format!("max_final {key} {}", ranks().max().unwrap().1));
        rows.push(format!("min_final {key} {}", ranks().min().unwrap().1));
        rows.extend(events.iter().map(|event| format!("collect {key} {}", event.seq)));
        pairs.extend(events.iter().map(|event| (key, event.number % 5)));
    }
    rows.extend(pairs.iter().map(|pair| format!("dedupe {pair:?} ()")));
    rows
}

fn joins(data: &Data) -> Vec<String> {
    let mut rows = Vec::new();
    for (key, events) in by_key(data.keyed.iter().flatten()) {
        // The value `n` further back, for the `number`th of them.
        let back = |number: usize, n: usize| number.checked_sub(n).map(|number| events[number].seq);
        for (number, event) in events.iter().enumerate() {
            let (n, seq) = (number + 1, event.seq);
            let (ahead, further) = (back(number, 10), back(number, 25));
            if let Some(ahead) = ahead {
                rows.push(format!("complete {:?} {:?}", (key, n), (seq, ahead)));
                rows.push(format!("running {:?} {:?}", (key, n), (seq, ahead)));
            }
            if let Some(further) = further {
                rows.push(format!("product_complete {:?} {:?}", (key, n), (seq, further)));
            }
            if let (Some(ahead), Some(further)) = (ahead, further) {
                rows.push(format!("first_complete {:?} {:?}", (key, n), (seq, ahead, further)));
                rows.push(format!("first_running {:?} {:?}", (key, n), (seq, ahead, further)));
            }
            rows.push(format!("enrich {key} {:?}", (n, seq, true)));
        }
        rows.extend(near(&events, -40_000, 30_000).map(|(a, b)| format!("near {key} {:?}", (a.seq, b.seq))));
    }
    for (key, events) in by_key(&data.mixed) {
        let (even, odd): (Vec<Event>, Vec<Event>) = events.iter().partition(|event| event.number.is_multiple_of(2));
        for a in even {
            let is_close = |b: &&Event| b.at >= a.at - 10_000 && b.at < a.at + 20_000;
            rows.extend(odd.iter().filter(is_close).map(|b| format!("close {key} {:?}", (a.seq, b.seq))));
        }
    }
    rows
}

/// Pairs of an event of an even `seq` and one of an odd one that is so near in time.
fn near(events: &[Event], from: i64, to: i64) -> impl Iterator<Item = (&Event, &Event)> {
    let even = events.iter().filter(|event| event.seq % 2 == 0);
    even.flat_map(move |a| {
        let is_near = move |b: &&Event| b.seq % 2 == 1 && b.at >= a.at + from && b.at < a.at + to;
        events.iter().filter(is_near).map(move |b| (a, b))
    })
}
