//! Queries 0 to 8, 11 and 12 of Nexmark, a flow each.
//!
//! Windows are closed by `watermark`: every source gives its events in the order of time, and the slowest one counts.
//! Where events and rows are kept is up to who runs them: the benchmark has a `TestSink` that keeps rows once.

use super::TestSink;
use super::events::{Auction, Bid, Event, Events, Person};
use flowstone::Report;
use flowstone::error::Error;
use flowstone::prelude::*;
use flowstone::windows::aggregate::Aggregate;
use serde::{Deserialize, Serialize};

/// A query, as the function that makes its flow.
pub(crate) type Query<R> = fn(Events, TestSink<R>) -> Flow;

/// Runs a query and gives its rows.
pub(crate) fn rows<R: 'static>(query: Query<R>, events: Events, config: &Config) -> Result<(Vec<R>, Report), Error> {
    let out = TestSink::new();
    let report = query(events, out.clone()).run(config)?;
    Ok((out.take(), report))
}

/// Auction, bidder and price in euros.
pub(crate) type InEuros = (u64, u64, u64);
/// Auction and price.
pub(crate) type Price = (u64, u64);
/// Name, city and state of the seller, and the auction.
pub(crate) type Local = (String, String, String, u64);
/// The end of the window, the auctions with the most bids in it, and how many these are.
pub(crate) type Hot = (Timestamp, Vec<u64>, u64);
/// The end of the window, and the highest bid in it.
pub(crate) type Highest = (Timestamp, Bid);
/// Who has come and begun to sell in one window, which opened then.
pub(crate) type NewSeller = (u64, String, Timestamp);
/// How often a bidder has bid in one go, first and last time.
pub(crate) type Visit = (u64, u64, Timestamp, Timestamp);

dataflow! {
    /// Every event.
    pub(crate) flow q0(events: Events, out: TestSink<Event>) {
        input("events", per_worker(move |worker, workers| events.share(worker, workers))) -> output("out", out);
    }

    /// Currency conversion: prices of bids in euros.
    pub(crate) flow q1(events: Events, out: TestSink<InEuros>) {
        input("events", per_worker(move |worker, workers| events.share(worker, workers)))
            -> filter_map("bids", Event::bid)
            -> map("in_euros", |bid| (bid.auction, bid.bidder, bid.price * 908 / 1000))
            -> output("out", out);
    }

    /// Selection: prices of bids for some auctions.
    pub(crate) flow q2(events: Events, out: TestSink<Price>) {
        input("events", per_worker(move |worker, workers| events.share(worker, workers)))
            -> filter_map("bids", Event::bid)
            -> filter("some", |bid| bid.auction.is_multiple_of(123))
            -> map("price", |bid| (bid.auction, bid.price))
            -> output("out", out);
    }

    /// Local item suggestion: who in three states sells things of category 10? As soon as both are known, in any order.
    pub(crate) flow q3(events: Events, out: TestSink<Local>) {
        input("events", per_worker(move |worker, workers| events.share(worker, workers)))
            -> filter_map("sides", Side::of)
            -> stateful_flat_map("join", |state: &mut Option<Selling>, side| state.get_or_insert_default().meets(side))
            -> key_rm()
            -> output("out", out);
    }

    /// Average price for a category: of the highest bid of each auction while it was open.
    pub(crate) flow q4(events: Events, out: TestSink<(u64, f64)>) {
        input("events", per_worker(move |worker, workers| events.share(worker, workers)))
            -> filter_map("offers", Offer::of)
            -> aggregate_final("auction", of = HighestBid)
            -> filter_map("sold", |(id, bidding)| bidding.sold(id))
            -> key_on("category", |sale| sale.category)
            -> aggregate_final("average", of = mean(|sale| sale.price))
            -> output("out", out);
    }

    /// Hot items: the auctions with the most bids in the last ten seconds, every two seconds.
    pub(crate) flow q5(events: Events, out: TestSink<Hot>) {
        bids = input("events", per_worker(move |worker, workers| events.share(worker, workers)))
            -> filter_map("bids", Event::bid)
            -> key_on("auction", |bid| bid.auction)
            -> count_window("bids_of_auction",
                   clock = watermark(|bid| bid.at, wait = 0s),
                   windows = sliding(10s, offset = 2s));
        bids.late -> raises("late_bids");
        bids
            -> map("count", |(auction, window)| (window.close, (auction, window.value)))
            -> aggregate_final("hottest", of = Hottest)
            -> map("row", |(close, (auctions, bids))| (close, auctions, bids))
            -> output("out", out);
    }

    /// Average selling price by seller: of the last ten auctions of each that were sold.
    pub(crate) flow q6(events: Events, out: TestSink<(u64, f64)>) {
        input("events", per_worker(move |worker, workers| events.share(worker, workers)))
            -> filter_map("offers", Offer::of)
            -> aggregate_final("auction", of = HighestBid)
            -> filter_map("sold", |(id, bidding)| bidding.sold(id))
            -> key_on("seller", |sale| sale.seller)
            -> aggregate_final("last_ten", of = top(10, |sale| (sale.expires, sale.auction, sale.price)))
            -> map_value("average", |sales| {
                sales.iter().map(|(_, _, price)| *price as f64).sum::<f64>() / sales.len() as f64
            })
            -> output("out", out);
    }

    /// Highest bid of every ten seconds; of equal ones that for the greatest auction, and by the greatest bidder.
    pub(crate) flow q7(events: Events, out: TestSink<Highest>) {
        highest = input("events", per_worker(move |worker, workers| events.share(worker, workers)))
            -> filter_map("bids", Event::bid)
            -> key_on("some", |bid| bid.bidder % 64)
            -> aggregate_window("highest_of_some",
                   clock = watermark(|bid| bid.at, wait = 0s),
                   windows = tumbling(10s),
                   of = max(rank));
        highest.late -> raises("late_bids");
        highest
            -> map("window", |(_, window)| (window.close, window.value))
            -> max_final("highest")
            -> map_value("bid", |(price, auction, bidder, at)| Bid { auction, bidder, price, at })
            -> output("out", out);
    }

    /// Monitor new users: who has come and opened an auction within the same ten seconds?
    pub(crate) flow q8(events: Events, out: TestSink<NewSeller>) {
        seen = input("events", per_worker(move |worker, workers| events.share(worker, workers)))
            -> filter_map("seen", Seen::of)
            -> reduce_window("seen_in_window",
                   clock = watermark(|seen| seen.at, wait = 0s),
                   windows = tumbling(10s),
                   ordered = false,
                   |a, b| Seen { at: a.at, name: a.name.or(b.name), sells: a.sells || b.sells });
        seen.late -> raises("late");
        seen
            -> filter_map("new", |(id, window)| {
                let Seen { name, sells, .. } = window.value;
                name.filter(|_| sells).map(|name| (id, name, window.open))
            })
            -> output("out", out);
    }

    /// User sessions: how often each bidder bids before resting for ten seconds.
    pub(crate) flow q11(events: Events, out: TestSink<Visit>) {
        visits = input("events", per_worker(move |worker, workers| events.share(worker, workers)))
            -> filter_map("bids", Event::bid)
            -> key_on("bidder", |bid| bid.bidder)
            -> aggregate_window("visits",
                   clock = watermark(|bid| bid.at, wait = 0s),
                   windows = session(gap = 10s),
                   of = (count(), min(|bid| bid.at), max(|bid| bid.at)));
        visits.late -> raises("late_bids");
        visits
            -> map("row", |(bidder, window)| (bidder, window.value.0, window.value.1, window.value.2))
            -> output("out", out);
    }

    /// Processing time windows: bids of each bidder in every ten seconds of the clock on the wall.
    pub(crate) flow q12(events: Events, out: TestSink<(u64, u64)>) {
        input("events", per_worker(move |worker, workers| events.share(worker, workers)))
            -> filter_map("bids", Event::bid)
            -> key_on("bidder", |bid| bid.bidder)
            -> count_window("bids_of_bidder", clock = system_time(), windows = tumbling(10s))
            -> map_value("count", |window| window.value)
            -> output("out", out);
    }
}

/// What a seller's name and auctions are joined from.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Side {
    Person(Person),
    Auction(u64),
}

impl Side {
    /// A person of three states, or an auction of category 10, with the seller's id.
    fn of(event: Event) -> Option<(u64, Side)> {
        match event {
            Event::Person(person) => {
                let local = ["OR", "ID", "CA"].contains(&person.state.as_str());
                local.then_some((person.id, Side::Person(person)))
            }
            Event::Auction(auction) => (auction.category == 10).then_some((auction.seller, Side::Auction(auction.id))),
            Event::Bid(_) => None,
        }
    }
}

/// A seller and auctions; these wait until the seller is known.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Selling {
    person: Option<Person>,
    waiting: Vec<u64>,
}

impl Selling {
    fn meets(&mut self, side: Side) -> Vec<Local> {
        match side {
            Side::Person(person) => self.person = Some(person),
            Side::Auction(auction) => self.waiting.push(auction),
        }
        let Some(Person { name, city, state, .. }) = &self.person else { return Vec::new() };
        self.waiting.drain(..).map(|auction| (name.clone(), city.clone(), state.clone(), auction)).collect()
    }
}

/// An auction, or a bid on it.
#[derive(Debug, Clone, Serialize, Deserialize)]
enum Offer {
    Auction(Terms),
    Bid(Timestamp, u64),
}

/// What counts of an auction.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Terms {
    seller: u64,
    category: u64,
    at: Timestamp,
    expires: Timestamp,
}

impl Offer {
    fn of(event: Event) -> Option<(u64, Offer)> {
        match event {
            Event::Person(_) => None,
            Event::Auction(Auction { id, seller, category, at, expires, .. }) => {
                Some((id, Offer::Auction(Terms { seller, category, at, expires })))
            }
            Event::Bid(bid) => Some((bid.auction, Offer::Bid(bid.at, bid.price))),
        }
    }
}

/// What is known of an auction. Until it has come itself, nobody knows which bids count.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Bidding {
    terms: Option<Terms>,
    highest: Option<u64>,
    waiting: Vec<(Timestamp, u64)>,
}

/// An auction that has had a bid.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Sale {
    auction: u64,
    seller: u64,
    category: u64,
    expires: Timestamp,
    price: u64,
}

impl Bidding {
    fn bid(&mut self, at: Timestamp, price: u64) {
        match &self.terms {
            Some(terms) if terms.at <= at && at <= terms.expires => self.highest = self.highest.max(Some(price)),
            Some(_) => {}
            None => self.waiting.push((at, price)),
        }
    }

    fn begins(&mut self, terms: Terms) {
        self.terms = Some(terms);
        std::mem::take(&mut self.waiting).into_iter().for_each(|(at, price)| self.bid(at, price));
    }

    /// The sale that it has come to.
    fn sold(self, auction: u64) -> Option<Sale> {
        let Terms { seller, category, expires, .. } = self.terms?;
        Some(Sale { auction, seller, category, expires, price: self.highest? })
    }
}

/// The highest bid on an auction, of those that came while it was open.
struct HighestBid;

impl Aggregate<Offer> for HighestBid {
    type State = Bidding;
    type Out = Bidding;

    fn start(&self, at: Timestamp, offer: &Offer) -> Bidding {
        let mut bidding = Bidding::default();
        self.add(&mut bidding, at, offer);
        bidding
    }

    fn add(&self, bidding: &mut Bidding, _at: Timestamp, offer: &Offer) {
        match offer {
            Offer::Bid(at, price) => bidding.bid(*at, *price),
            Offer::Auction(terms) => bidding.begins(terms.clone()),
        }
    }

    fn merge(&self, bidding: &mut Bidding, other: Bidding) {
        other.terms.into_iter().for_each(|terms| bidding.begins(terms));
        bidding.highest = bidding.highest.max(other.highest);
        other.waiting.into_iter().for_each(|(at, price)| bidding.bid(at, price));
    }

    fn finish(&self, bidding: Bidding) -> Bidding {
        bidding
    }
}

/// The auctions with the most bids, of auctions and their numbers of bids.
struct Hottest;

impl Aggregate<(u64, u64)> for Hottest {
    type State = (Vec<u64>, u64);
    type Out = (Vec<u64>, u64);

    fn start(&self, _at: Timestamp, (auction, bids): &(u64, u64)) -> Self::State {
        (vec![*auction], *bids)
    }

    fn add(&self, hottest: &mut Self::State, at: Timestamp, value: &(u64, u64)) {
        // Most are not hot at all.
        if value.1 >= hottest.1 {
            self.merge(hottest, self.start(at, value));
        }
    }

    fn merge(&self, (auctions, most): &mut Self::State, (others, bids): Self::State) {
        if bids > *most {
            auctions.clear();
            *most = bids;
        }
        if bids == *most {
            auctions.extend(others);
        }
    }

    fn finish(&self, (mut auctions, most): Self::State) -> Self::Out {
        auctions.sort_unstable();
        (auctions, most)
    }
}

/// By what the highest bid is found.
fn rank(bid: &Bid) -> (u64, u64, u64, Timestamp) {
    (bid.price, bid.auction, bid.bidder, bid.at)
}

/// What is seen of somebody: being new, or selling.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Seen {
    at: Timestamp,
    name: Option<String>,
    sells: bool,
}

impl Seen {
    fn of(event: Event) -> Option<(u64, Seen)> {
        match event {
            Event::Person(Person { id, name, at, .. }) => Some((id, Seen { at, name: Some(name), sells: false })),
            Event::Auction(Auction { seller, at, .. }) => Some((seller, Seen { at, name: None, sells: true })),
            Event::Bid(_) => None,
        }
    }
}
