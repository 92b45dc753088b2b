//! What windows come to, worked out item by item over lists: the plainest way there is.

use crate::Item;
use std::collections::BTreeMap;

/// In seconds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Windows {
    Tumbling { length: i64, align_to: i64 },
    Sliding { length: i64, offset: i64, align_to: i64 },
    Session { gap: i64 },
}

/// What came out: windows as `(key, open, close, items in the order of their times)`, sorted, and what was late, sorted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) windows: Vec<(u8, i64, i64, Vec<Item>)>,
    pub(crate) late: Vec<Item>,
}

/// Works it out. With `shared` there is one watermark for all keys.
pub(crate) fn evaluate(items: &[Item], windows: Windows, wait: i64, shared: bool) -> Outcome {
    let mut newest = BTreeMap::<u8, i64>::new();
    let mut all = BTreeMap::<u8, Vec<Window>>::new();
    let mut late = Vec::new();
    for item in items {
        let (key, at, _) = *item;
        let newest = newest.entry(if shared { 0 } else { key }).or_insert(i64::MIN / 2);
        *newest = at.max(*newest);
        let watermark = *newest - wait;
        let all = all.entry(key).or_default();
        let taken = match windows {
            Windows::Session { gap } => put_into_session(all, *item, gap, watermark),
            _ => put_into_all(all, *item, windows, watermark),
        };
        if !taken {
            late.push(*item);
        }
    }
    let sorted = |key: u8, window: Window| {
        let Window { open, close, mut items } = window;
        items.sort_by_key(|item| item.1);
        (key, open, close, items)
    };
    let all = all.into_iter().flat_map(|(key, windows)| windows.into_iter().map(move |window| sorted(key, window)));
    let mut windows: Vec<_> = all.collect();
    windows.sort();
    late.sort();
    Outcome { windows, late }
}

struct Window {
    open: i64,
    close: i64,
    items: Vec<Item>,
}

fn put_into_all(all: &mut Vec<Window>, item: Item, windows: Windows, watermark: i64) -> bool {
    let mut taken = false;
    let (length, offset, align_to) = match windows {
        Windows::Tumbling { length, align_to } => (length, length, align_to),
        Windows::Sliding { length, offset, align_to } => (length, offset, align_to),
        Windows::Session { .. } => return false,
    };
    // Every window there could be, one by one.
    let last = (item.1 - align_to) / offset + 2;
    for open in (last - length / offset - 4..=last).map(|id| align_to + id * offset) {
        let close = open + length;
        if item.1 < open || item.1 >= close || close <= watermark {
            continue;
        }
        taken = true;
        match all.iter_mut().find(|window| window.open == open) {
            Some(window) => window.items.push(item),
            None => all.push(Window { open, close, items: vec![item] }),
        }
    }
    taken
}

fn put_into_session(all: &mut Vec<Window>, item: Item, gap: i64, watermark: i64) -> bool {
    let at = item.1;
    let joins = |window: &Window| window.close >= watermark && window.open - gap <= at && at <= window.close;
    let (joined, others): (Vec<_>, Vec<_>) = std::mem::take(all).into_iter().partition(joins);
    *all = others;
    if joined.is_empty() && at + gap < watermark {
        return false;
    }
    let mut session = Window { open: at, close: at + gap, items: Vec::new() };
    for window in joined {
        session.open = session.open.min(window.open);
        session.close = session.close.max(window.close);
        session.items.extend(window.items);
    }
    session.items.push(item);
    // The numbers of items are those of their arrival.
    session.items.sort_by_key(|item| item.2);
    all.push(session);
    true
}
