//! Joins over a list, written down plainly: what the steps are compared with.

use std::collections::BTreeMap;

/// A key, and the values of its sides.
pub(crate) type Row = (u8, Vec<Option<u32>>);

/// A value that comes: the side that it is of, its key, itself.
pub(crate) type Item = (usize, u8, u32);

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Insert {
    First,
    Last,
    Product,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Emit {
    Complete,
    Final,
    Running,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Inner,
    Left,
    Right,
    Full,
}

/// What a join of so many sides gives, in the order in which it comes; at the end by key.
pub(crate) fn join(items: &[Item], sides: usize, insert: Insert, emit: Emit, kind: Kind) -> Vec<Row> {
    let mut keys = BTreeMap::<u8, Vec<Vec<u32>>>::new();
    let mut out = Vec::new();
    for &(side, key, value) in items {
        let kept = keys.entry(key).or_insert_with(|| vec![Vec::new(); sides]);
        match insert {
            Insert::First if !kept[side].is_empty() => {}
            Insert::Last => kept[side] = vec![value],
            Insert::First | Insert::Product => kept[side].push(value),
        }
        if emit == Emit::Running || (emit == Emit::Complete && kept.iter().all(|values| !values.is_empty())) {
            out.extend(rows(kept, kind).into_iter().map(|row| (key, row)));
        }
        if emit == Emit::Complete && kept.iter().all(|values| !values.is_empty()) {
            keys.remove(&key);
        }
    }
    if emit == Emit::Final {
        out.extend(keys.iter().flat_map(|(key, kept)| rows(kept, kind).into_iter().map(|row| (*key, row))));
    }
    out
}

fn rows(kept: &[Vec<u32>], kind: Kind) -> Vec<Vec<Option<u32>>> {
    let must = |side: usize| match kind {
        Kind::Inner => true,
        Kind::Left => side == 0,
        Kind::Right => side + 1 == kept.len(),
        Kind::Full => false,
    };
    kept.iter().enumerate().fold(vec![Vec::new()], |rows, (side, values)| {
        let mut values: Vec<_> = values.iter().copied().map(Some).collect();
        if values.is_empty() && !must(side) {
            values.push(None);
        }
        let with = |row: &Vec<_>| values.iter().map(|value| [row.clone(), vec![*value]].concat()).collect::<Vec<_>>();
        rows.iter().flat_map(with).collect()
    })
}
