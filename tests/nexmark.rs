//! The queries of Nexmark, against the same questions asked of a list.

#![allow(clippy::unwrap_used, reason = "a test that fails is to say where")]

#[path = "../examples/nexmark/events.rs"]
#[allow(dead_code, reason = "it is an example's")]
mod events;
#[path = "../examples/nexmark/queries.rs"]
#[allow(dead_code, reason = "it is an example's")]
mod queries;

use events::{Auction, Bid, Event, Events, Person};
use flowstone::Config;
use flowstone::clock::{Clock, Timestamp};
use flowstone::testing::TestSink;
use queries::Query;
use std::collections::BTreeMap;
use std::fmt::Debug;

/// Forty seconds of events.
const EVENTS: Events = Events { count: 40_000, seed: 7, rate: 1_000 };
const SECOND: i64 = 1_000_000;

fn all() -> Vec<Event> {
    EVENTS.share(0, 1).collect()
}

fn people() -> impl Iterator<Item = Person> {
    all().into_iter().filter_map(|event| if let Event::Person(person) = event { Some(person) } else { None })
}

fn auctions() -> impl Iterator<Item = Auction> {
    all().into_iter().filter_map(|event| if let Event::Auction(auction) = event { Some(auction) } else { None })
}

fn bids() -> impl Iterator<Item = Bid> {
    all().into_iter().filter_map(Event::bid)
}

/// Runs a query on several workers and processes.
fn check<R: Debug + PartialEq + PartialOrd + 'static>(query: Query<R>, mut expected: Vec<R>) {
    assert!(!expected.is_empty());
    expected.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let config = Config::default();
    for size in [config.clone(), config.clone().workers(2), config.clone().workers(4), config.processes_here(3)] {
        let mut rows = queries::rows(query, EVENTS, &size).unwrap().0;
        rows.sort_by(|a, b| a.partial_cmp(b).unwrap());
        assert_eq!(rows.len(), expected.len());
        let differs = rows.iter().zip(&expected).find(|(row, expected)| row != expected);
        assert!(differs.is_none(), "{differs:?}");
    }
}

#[test]
fn events_are_those_of_nexmark() {
    let events = all();
    let bids = events.iter().filter(|event| matches!(event, Event::Bid(_))).count();
    assert_eq!((people().count(), auctions().count(), bids), (800, 2_400, 36_800));
    let mut shared: Vec<Event> = (0..3).flat_map(|worker| EVENTS.share(worker, 3)).collect();
    let mut expected = events;
    shared.sort();
    expected.sort();
    assert_eq!(shared, expected);
    let (people, auctions): (Vec<_>, Vec<_>) = (people().collect(), auctions().collect());
    assert!(auctions.iter().all(|auction| people.iter().any(|person| person.id == auction.seller)));
    assert!(self::bids().all(|bid| auctions.binary_search_by_key(&bid.auction, |auction| auction.id).is_ok()));
}

#[test]
fn q0_passes_everything_on() {
    check(queries::q0, all());
}

#[test]
fn q1_converts_prices() {
    check(queries::q1, bids().map(|bid| (bid.auction, bid.bidder, bid.price * 908 / 1000)).collect());
}

#[test]
fn q2_selects_auctions() {
    check(queries::q2, bids().filter(|bid| bid.auction % 123 == 0).map(|bid| (bid.auction, bid.price)).collect());
}

#[test]
fn q3_joins_sellers_and_auctions() {
    let people: BTreeMap<u64, Person> = people().map(|person| (person.id, person)).collect();
    let of = |auction: Auction| {
        let seller = people.get(&auction.seller)?;
        let local = ["OR", "ID", "CA"].contains(&seller.state.as_str()) && auction.category == 10;
        local.then(|| (seller.name.clone(), seller.city.clone(), seller.state.clone(), auction.id))
    };
    check(queries::q3, auctions().filter_map(of).collect());
}

/// Auctions that were sold, with the price.
fn sales() -> Vec<(Auction, u64)> {
    let auctions: BTreeMap<u64, Auction> = auctions().map(|auction| (auction.id, auction)).collect();
    let mut highest = BTreeMap::<u64, u64>::new();
    for bid in bids() {
        let auction = &auctions[&bid.auction];
        if auction.at <= bid.at && bid.at <= auction.expires {
            let price = highest.entry(bid.auction).or_default();
            *price = bid.price.max(*price);
        }
    }
    highest.into_iter().map(|(auction, price)| (auctions[&auction].clone(), price)).collect()
}

#[test]
fn q4_averages_by_category() {
    let mut prices = BTreeMap::<u64, Vec<u64>>::new();
    sales().into_iter().for_each(|(auction, price)| prices.entry(auction.category).or_default().push(price));
    let average = |prices: Vec<u64>| prices.iter().sum::<u64>() as f64 / prices.len() as f64;
    check(queries::q4, prices.into_iter().map(|(category, prices)| (category, average(prices))).collect());
}

#[test]
fn q5_finds_hot_auctions() {
    let mut counts = BTreeMap::<i64, BTreeMap<u64, u64>>::new();
    for bid in bids() {
        let newest = bid.at.0.div_euclid(2 * SECOND);
        for window in newest - 4..=newest {
            *counts.entry(window).or_default().entry(bid.auction).or_default() += 1;
        }
    }
    let hottest = |(window, counts): (i64, BTreeMap<u64, u64>)| {
        let most = *counts.values().max().unwrap();
        let auctions = counts.into_iter().filter(|(_, count)| *count == most).map(|(auction, _)| auction).collect();
        (Timestamp(window * 2 * SECOND + 10 * SECOND), auctions, most)
    };
    check(queries::q5, counts.into_iter().map(hottest).collect());
}

#[test]
fn q6_averages_the_last_ten_sales() {
    let mut sold = BTreeMap::<u64, Vec<(Timestamp, u64, u64)>>::new();
    for (auction, price) in sales() {
        sold.entry(auction.seller).or_default().push((auction.expires, auction.id, price));
    }
    let average = |(seller, mut sales): (u64, Vec<(Timestamp, u64, u64)>)| {
        sales.sort_unstable();
        let last: Vec<u64> = sales.iter().rev().take(10).map(|(_, _, price)| *price).collect();
        (seller, last.iter().map(|price| *price as f64).sum::<f64>() / last.len() as f64)
    };
    check(queries::q6, sold.into_iter().map(average).collect());
}

#[test]
fn q7_finds_the_highest_bids() {
    let mut highest = BTreeMap::<i64, Bid>::new();
    let rank = |bid: &Bid| (bid.price, bid.auction, bid.bidder, bid.at);
    for bid in bids() {
        let best = highest.entry(bid.at.0.div_euclid(10 * SECOND)).or_insert(bid);
        if rank(&bid) > rank(best) {
            *best = bid;
        }
    }
    check(queries::q7, highest.into_iter().map(|(window, bid)| (Timestamp((window + 1) * 10 * SECOND), bid)).collect());
}

#[test]
fn q8_finds_new_sellers() {
    let window = |at: Timestamp| at.0.div_euclid(10 * SECOND);
    let mut sellers: Vec<(u64, i64)> = auctions().map(|auction| (auction.seller, window(auction.at))).collect();
    sellers.sort_unstable();
    let new = people().filter(|person| sellers.binary_search(&(person.id, window(person.at))).is_ok());
    check(
        queries::q8,
        new.map(|person| (person.id, person.name, Timestamp(window(person.at) * 10 * SECOND))).collect(),
    );
}

#[test]
fn q11_counts_by_session() {
    let mut times = BTreeMap::<u64, Vec<Timestamp>>::new();
    bids().for_each(|bid| times.entry(bid.bidder).or_default().push(bid.at));
    let visits = times.into_iter().flat_map(|(bidder, times)| {
        let visits = times.chunk_by(|a, b| b.0 - a.0 <= 10 * SECOND);
        visits.map(|visit| (bidder, visit.len() as u64, visit[0], visit[visit.len() - 1])).collect::<Vec<_>>()
    });
    check(queries::q11, visits.collect());
}

#[test]
fn q12_counts_by_the_clock_on_the_wall() {
    let mut counts = BTreeMap::<u64, u64>::new();
    bids().for_each(|bid| *counts.entry(bid.bidder).or_default() += 1);
    let expected: Vec<_> = counts.into_iter().collect();
    // The clock stands: everything is in one window.
    for workers in [1, 2] {
        let config = Config::default().workers(workers).clock(Clock::manual(Timestamp(0)));
        let mut rows = queries::rows(queries::q12, EVENTS, &config).unwrap().0;
        rows.sort_unstable();
        assert_eq!(rows, expected);
    }
}
