//! Seeded data: keys, skew, disorder, gaps, files, and the lengths of time that go with them.

use crate::random::Random;
use std::fmt::{self, Display, Write};
use std::path::Path;

/// A line of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) key: u64,
    /// In microseconds.
    pub(crate) at: i64,
    pub(crate) number: u64,
    pub(crate) seq: u64,
}

/// What the flows of one seed read.
pub(crate) struct Data {
    pub(crate) seed: u64,
    /// Files in which each key is in one file only.
    pub(crate) keyed: Vec<Vec<Event>>,
    /// One file with every key anywhere.
    pub(crate) mixed: Vec<Event>,
    pub(crate) sizes: Sizes,
    /// What it costs to read an event, in microseconds.
    pub(crate) pace: u64,
}

/// Lengths of time in milliseconds, and in how many parts the file is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) length: u64,
    pub(crate) offset: u64,
    pub(crate) gap: u64,
    pub(crate) wait: u64,
    pub(crate) lateness: u64,
    pub(crate) early: u64,
    pub(crate) patience: u64,
    pub(crate) parts: u64,
}

impl Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sizes { length, offset, gap, wait, lateness, early, patience, parts } = self;
        write!(f, "{length},{offset},{gap},{wait},{lateness},{early},{patience},{parts}")
    }
}

/// How a seed's events are spread.
struct Shape {
    events: u64,
    keys: u64,
    skewed: bool,
    /// Milliseconds between two events, on average.
    step: u64,
    disorder: u64,
    /// One of so many events comes after a gap.
    gaps: u64,
}

impl Shape {
    fn of(random: &mut Random) -> Shape {
        let step = 1 + random.below(10);
        Shape {
            events: 400 + random.below(1_600),
            keys: *random.choose(&[2, 5, 12, 40, 150]),
            skewed: random.below(2) == 0,
            step,
            disorder: step * random.below(40),
            gaps: 20 + random.below(400),
        }
    }

    fn sizes(&self, random: &mut Random) -> Sizes {
        let (step, disorder) = (self.step, self.disorder);
        let offset = (step * (2 + random.below(20))).max(3);
        Sizes {
            length: offset * (1 + random.below(5)),
            offset,
            gap: step * (2 + random.below(30)),
            wait: random.below(disorder * 3 / 2 + 1),
            lateness: random.below(2) * random.below(disorder * 2 + 1),
            early: *random.choose(&[5, 24 * 60 * 60 * 1000]),
            patience: disorder + 2,
            parts: *random.choose(&[1, 2, 4, 7]),
        }
    }

    fn events(&self, random: &mut Random) -> Vec<Event> {
        let mut clock = 100_000;
        let event = |seq| {
            clock += random.below(2 * self.step + 1);
            if random.below(self.gaps) == 0 {
                clock += self.step * random.below(100);
            }
            let keys = if self.skewed { 1 + random.below(self.keys) } else { self.keys };
            // No two events within the disorder have the same microsecond.
            let at = (clock - random.below(self.disorder + 1)) * 1000 + seq % 1000;
            Event { key: random.below(keys), at: at as i64, number: random.below(100), seq }
        };
        (0..self.events).map(event).collect()
    }
}

impl Data {
    /// The data of a seed.
    pub(crate) fn of(seed: u64) -> Data {
        let mut random = Random::new(seed);
        let shape = Shape::of(&mut random);
        let sizes = shape.sizes(&mut random);
        let files = 1 + random.below(5);
        let mut keyed = vec![Vec::new(); files as usize];
        for event in shape.events(&mut random) {
            keyed[(event.key % files) as usize].push(event);
        }
        let mixed = shape.events(&mut random);
        let pace = *random.choose(&[0, 3, 10, 25]);
        Data { seed, keyed, mixed, sizes, pace }
    }

    pub(crate) fn write(&self, folder: &Path) {
        let keyed = folder.join("keyed");
        std::fs::create_dir_all(&keyed).unwrap();
        for (number, events) in self.keyed.iter().enumerate() {
            std::fs::write(keyed.join(format!("{number}.csv")), text(events)).unwrap();
        }
        std::fs::write(folder.join("mixed"), text(&self.mixed)).unwrap();
    }
}

fn text(events: &[Event]) -> String {
    let mut text = String::new();
    for Event { key, at, number, seq } in events {
        writeln!(text, "{key},{at},{number},{seq}").unwrap();
    }
    text
}
