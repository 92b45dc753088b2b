//! Queries 0 to 4 of Nexmark, without windows, as one would write them on timely by hand.

use super::by_hand::{Map, Share, Stage, Time, by_key, no_time, read};
use super::queries::{InEuros, Local, Price};
use super::shared::Event;
use flowstone::clock::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use timely::dataflow::{Scope, StreamVec};

pub(crate) fn q0<'s>(scope: Scope<'s, Time>, share: Share) -> StreamVec<'s, Time, Event> {
    read(scope, share, no_time, Some)
}

pub(crate) fn q1<'s>(scope: Scope<'s, Time>, share: Share) -> StreamVec<'s, Time, InEuros> {
    read(scope, share, no_time, |event| {
        let bid = event.bid()?;
        Some((bid.auction, bid.bidder, bid.price * 908 / 1000))
    })
}

pub(crate) fn q2<'s>(scope: Scope<'s, Time>, share: Share) -> StreamVec<'s, Time, Price> {
    read(scope, share, no_time, |event| {
        let bid = event.bid().filter(|bid| bid.auction % 123 == 0)?;
        Some((bid.auction, bid.price))
    })
}

#[derive(Clone, Serialize, Deserialize)]
enum Side {
    Seller(u64, (String, String, String)),
    Auction { seller: u64, id: u64 },
}

/// Sellers that are known, and auctions of those who are not.
#[derive(Default)]
struct Join {
    sellers: Map<(Option<(String, String, String)>, Vec<u64>)>,
}

impl Stage for Join {
    type In = Side;
    type Out = Local;

    fn add(&mut self, item: Side, out: &mut Vec<Local>) {
        let row = |(name, city, state): &(String, String, String), auction| {
            (name.clone(), city.clone(), state.clone(), auction)
        };
        match item {
            Side::Seller(id, seller) => {
                let (known, waiting) = self.sellers.entry(id).or_default();
                out.extend(waiting.drain(..).map(|auction| row(&seller, auction)));
                *known = Some(seller);
            }
            Side::Auction { seller, id } => match self.sellers.entry(seller).or_default() {
                (Some(seller), _) => out.push(row(seller, id)),
                (None, waiting) => waiting.push(id),
            },
        }
    }

    fn close(&mut self, _time: Time, _out: &mut Vec<Local>) {}
}

pub(crate) fn q3<'s>(scope: Scope<'s, Time>, share: Share) -> StreamVec<'s, Time, Local> {
    let sides = read(scope, share, no_time, |event| match event {
        Event::Person(person) if ["OR", "ID", "CA"].contains(&person.state.as_str()) => {
            Some(Side::Seller(person.id, (person.name, person.city, person.state)))
        }
        Event::Auction(auction) if auction.category == 10 => {
            Some(Side::Auction { seller: auction.seller, id: auction.id })
        }
        _ => None,
    });
    let seller = |side: &Side| match side {
        Side::Seller(id, _) | Side::Auction { seller: id, .. } => *id,
    };
    by_key(sides, share, seller, Join::default())
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Terms {
    category: u64,
    at: Timestamp,
    expires: Timestamp,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum Offer {
    Auction(u64, Terms),
    Bid { auction: u64, at: Timestamp, price: u64 },
}

/// The highest bids on auctions, and bids on those of which nothing is known.
#[derive(Default)]
struct Auctions {
    open: Map<(Option<Terms>, Option<u64>, Vec<(Timestamp, u64)>)>,
}

impl Stage for Auctions {
    type In = Offer;
    /// Category, sum of prices, how many.
    type Out = (u64, u64, u64);

    fn add(&mut self, item: Offer, _out: &mut Vec<Self::Out>) {
        let counts = |terms: &Terms, at: Timestamp| terms.at <= at && at <= terms.expires;
        match item {
            Offer::Auction(id, terms) => {
                let (known, highest, waiting) = self.open.entry(id).or_default();
                *highest = waiting.drain(..).filter(|(at, _)| counts(&terms, *at)).map(|(_, price)| price).max();
                *known = Some(terms);
            }
            Offer::Bid { auction, at, price } => match self.open.entry(auction).or_default() {
                (Some(terms), highest, _) if counts(terms, at) => *highest = (*highest).max(Some(price)),
                (Some(_), ..) => {}
                (None, _, waiting) => waiting.push((at, price)),
            },
        }
    }

    fn close(&mut self, _time: Time, out: &mut Vec<Self::Out>) {
        let mut sums = BTreeMap::<u64, (u64, u64)>::new();
        for (terms, highest, _) in std::mem::take(&mut self.open).into_values() {
            if let (Some(terms), Some(price)) = (terms, highest) {
                let (sum, count) = sums.entry(terms.category).or_default();
                *sum += price;
                *count += 1;
            }
        }
        out.extend(sums.into_iter().map(|(category, (sum, count))| (category, sum, count)));
    }
}

#[derive(Default)]
struct Average {
    sums: BTreeMap<u64, (u64, u64)>,
}

impl Stage for Average {
    type In = (u64, u64, u64);
    type Out = (u64, f64);

    fn add(&mut self, (category, more, prices): Self::In, _out: &mut Vec<Self::Out>) {
        let (sum, count) = self.sums.entry(category).or_default();
        *sum += more;
        *count += prices;
    }

    fn close(&mut self, _time: Time, out: &mut Vec<Self::Out>) {
        let sums = std::mem::take(&mut self.sums).into_iter();
        out.extend(sums.map(|(category, (sum, count))| (category, sum as f64 / count as f64)));
    }
}

pub(crate) fn q4<'s>(scope: Scope<'s, Time>, share: Share) -> StreamVec<'s, Time, (u64, f64)> {
    let offers = read(scope, share, no_time, |event| match event {
        Event::Person(_) => None,
        Event::Auction(auction) => {
            let terms = Terms { category: auction.category, at: auction.at, expires: auction.expires };
            Some(Offer::Auction(auction.id, terms))
        }
        Event::Bid(bid) => Some(Offer::Bid { auction: bid.auction, at: bid.at, price: bid.price }),
    });
    let auction = |offer: &Offer| match offer {
        Offer::Auction(id, _) | Offer::Bid { auction: id, .. } => *id,
    };
    let sums = by_key(offers, share, auction, Auctions::default());
    by_key(sums, share, |(category, ..)| *category, Average::default())
}
