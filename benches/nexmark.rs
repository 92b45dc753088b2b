//! Workload (n): ten queries of Nexmark, each against the same on timely, written by hand.

#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

mod common;

#[path = "nexmark/by_hand.rs"]
mod by_hand;
#[path = "../examples/nexmark/events.rs"]
mod made;
#[path = "../examples/nexmark/queries.rs"]
#[allow(dead_code, reason = "it is an example's")]
mod queries;
#[path = "nexmark/shared.rs"]
mod shared;
#[path = "nexmark/whole.rs"]
mod whole;
#[path = "nexmark/windows.rs"]
mod windows;

use by_hand::ByHand;
use common::rows::Rows as TestSink;
use common::{Race, rounds, scaled};
use flowstone::Config;
use foldhash::fast::FixedState;
use queries::Query;
use shared::{Event, Events};
// The queries look for events here.
use shared as events;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hash};

/// How many rows, and a checksum of them that does not go by their order.
type Answer = (usize, u64);

fn answer<R: Hash>(rows: impl IntoIterator<Item = R>) -> Answer {
    let hasher = FixedState::default();
    rows.into_iter().fold((0, 0), |(rows, sum), row| (rows + 1, sum.wrapping_add(hasher.hash_one(row))))
}

fn answer_of_events(rows: Vec<Event>) -> Answer {
    let text = |event: Event| match event {
        Event::Person(person) => (person.id, person.name + &person.city + &person.state, [0; 4], person.at),
        Event::Auction(auction) => {
            (auction.id, auction.item, [1, auction.seller, auction.category, auction.expires.0 as u64], auction.at)
        }
        Event::Bid(bid) => (bid.auction, String::new(), [2, bid.bidder, bid.price, 0], bid.at),
    };
    answer(rows.into_iter().map(text))
}

fn answer_of_averages(rows: Vec<(u64, f64)>) -> Answer {
    answer(rows.into_iter().map(|(category, average)| (category, average.to_bits())))
}

/// Where the clock on the wall puts the ends of windows is chance: what is the same is how many bids there are in all.
fn answer_of_counts(rows: Vec<(u64, u64)>) -> Answer {
    let mut counts = BTreeMap::<u64, u64>::new();
    rows.into_iter().for_each(|(bidder, count)| *counts.entry(bidder).or_default() += count);
    answer(counts)
}

struct Nexmark {
    events: Events,
}

impl Nexmark {
    fn race<R: Send + 'static>(
        &self,
        name: &str,
        workers: usize,
        by_hand: ByHand<R>,
        flow: Query<R>,
        answer: fn(Vec<R>) -> Answer,
    ) {
        let with = if workers == 1 { String::new() } else { format!(", {workers} workers") };
        let (timely, flowstone) = (format!("{name}, timely{with}"), format!("{name}, flowstone{with}"));
        let config = Config::default().workers(workers);
        Race::new(&format!("(n) {name}"), self.events.count(), answer)
            .with(&timely, || by_hand::rows(by_hand, self.events, workers))
            .with(&flowstone, || queries::rows(flow, self.events, &config).unwrap().0)
            .run(rounds());
    }
}

fn main() {
    let nexmark = Nexmark { events: Events::new(scaled(5_000_000)) };
    nexmark.race("q0", 1, whole::q0, queries::q0, answer_of_events);
    nexmark.race("q1", 1, whole::q1, queries::q1, answer);
    nexmark.race("q2", 1, whole::q2, queries::q2, answer);
    for workers in [1, 2] {
        nexmark.race("q3", workers, whole::q3, queries::q3, answer);
        nexmark.race("q4", workers, whole::q4, queries::q4, answer_of_averages);
        nexmark.race("q5", workers, windows::q5, queries::q5, answer);
        nexmark.race("q7", workers, windows::q7, queries::q7, answer);
        nexmark.race("q8", workers, windows::q8, queries::q8, answer);
        nexmark.race("q11", workers, windows::q11, queries::q11, answer);
        nexmark.race("q12", workers, windows::q12, queries::q12, answer_of_counts);
    }
}
