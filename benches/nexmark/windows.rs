//! Queries 5, 7, 8, 11 and 12 of Nexmark, which have windows, as one would write them on timely by hand.

use super::by_hand::{END, Map, Ring, Share, Stage, Time, by_key, local, no_time, read};
use super::queries::{Highest, Hot, NewSeller, Visit};
use super::shared::{Bid, Event};
use flowstone::clock::Timestamp;
use std::collections::{BTreeMap, VecDeque};
use std::time::{SystemTime, UNIX_EPOCH};
use timely::dataflow::channels::pact::Pipeline;
use timely::dataflow::{Scope, StreamVec};

const SECOND: i64 = 1_000_000;

/// Which stretch of so many seconds a time is in.
#[inline(always)]
fn stretch<const SECONDS: i64>(at: Timestamp) -> Time {
    (at.0 / (SECONDS * SECOND)) as Time
}

fn start_of<const SECONDS: i64>(stretch: Time) -> Timestamp {
    Timestamp(stretch as i64 * SECONDS * SECOND)
}

#[inline(always)]
fn time_of<const SECONDS: i64>(event: &Event) -> Time {
    stretch::<SECONDS>(match event {
        Event::Person(person) => person.at,
        Event::Auction(auction) => auction.at,
        Event::Bid(bid) => bid.at,
    })
}

/// Bids by stretch of two seconds; a window is five of them, and its totals go along with it.
#[derive(Default)]
struct Counts {
    open: Ring<Map<u64>>,
    /// The stretches of the last window that have bids.
    last: VecDeque<(Time, Map<u64>)>,
    /// The end of the last window.
    end: Time,
    totals: Map<u64>,
}

impl Stage for Counts {
    /// An auction, and when.
    type In = (u64, Time);
    /// The end of a window, and the auctions with the most bids.
    type Out = (Time, (Vec<u64>, u64));

    #[inline(always)]
    fn add(&mut self, (auction, time): Self::In, _out: &mut Vec<Self::Out>) {
        *self.open.at(time).entry(auction).or_default() += 1;
    }

    fn close(&mut self, time: Time, out: &mut Vec<Self::Out>) {
        loop {
            if self.last.is_empty() {
                let Some(oldest) = self.open.oldest() else { return };
                self.end = oldest;
            }
            if self.end >= time {
                return;
            }
            self.end += 1;
            if let Some((stretch, counts)) = self.open.pop_before(self.end) {
                for (auction, count) in &counts {
                    *self.totals.entry(*auction).or_default() += count;
                }
                self.last.push_back((stretch, counts));
            }
            if let Some(most) = self.totals.values().copied().max() {
                let hottest = self.totals.iter().filter(|(_, count)| **count == most).map(|(auction, _)| *auction);
                out.push((self.end, (hottest.collect(), most)));
            }
            if let Some((_, counts)) = self.last.pop_front_if(|(stretch, _)| *stretch + 5 == self.end) {
                for (auction, count) in counts {
                    let total = self.totals.entry(auction).or_default();
                    *total -= count;
                    if *total == 0 {
                        self.totals.remove(&auction);
                    }
                }
            }
        }
    }
}

#[derive(Default)]
struct Hottest {
    windows: BTreeMap<Time, (Vec<u64>, u64)>,
}

impl Stage for Hottest {
    type In = (Time, (Vec<u64>, u64));
    type Out = Hot;

    fn add(&mut self, (end, (auctions, count)): Self::In, _out: &mut Vec<Hot>) {
        let (hottest, most) = self.windows.entry(end).or_default();
        if count > *most {
            hottest.clear();
            *most = count;
        }
        if count == *most {
            hottest.extend(auctions);
        }
    }

    fn close(&mut self, time: Time, out: &mut Vec<Hot>) {
        while let Some(window) = self.windows.first_entry().filter(|window| *window.key() <= time) {
            let (end, (mut auctions, count)) = window.remove_entry();
            auctions.sort_unstable();
            out.push((start_of::<2>(end), auctions, count));
        }
    }
}

pub(crate) fn q5<'s>(scope: Scope<'s, Time>, share: Share) -> StreamVec<'s, Time, Hot> {
    let bids = read(scope, share, time_of::<2>, |event| event.bid().map(|bid| (bid.auction, stretch::<2>(bid.at))));
    let hottest = by_key(bids, share, |(auction, _)| *auction, Counts::default());
    by_key(hottest, share, |(end, _)| *end, Hottest::default())
}

/// The highest bid of each ten seconds: of one worker, and again of all.
#[derive(Default)]
struct Best {
    windows: Ring<Option<Bid>>,
}

impl Stage for Best {
    type In = Bid;
    type Out = Bid;

    #[inline(always)]
    fn add(&mut self, bid: Bid, _out: &mut Vec<Bid>) {
        let rank = |bid: &Bid| (bid.price, bid.auction, bid.bidder, bid.at);
        let best = self.windows.at(stretch::<10>(bid.at));
        if best.as_ref().is_none_or(|best| rank(&bid) > rank(best)) {
            *best = Some(bid);
        }
    }

    fn close(&mut self, time: Time, out: &mut Vec<Bid>) {
        while let Some((_, best)) = self.windows.pop_before(time) {
            out.extend(best);
        }
    }
}

/// Puts to the best of all workers when its window ended.
#[derive(Default)]
struct BestOfAll(Best);

impl Stage for BestOfAll {
    type In = Bid;
    type Out = Highest;

    fn add(&mut self, bid: Bid, _out: &mut Vec<Highest>) {
        self.0.add(bid, &mut Vec::new());
    }

    fn close(&mut self, time: Time, out: &mut Vec<Highest>) {
        let mut best = Vec::new();
        self.0.close(time, &mut best);
        out.extend(best.into_iter().map(|bid| (start_of::<10>(stretch::<10>(bid.at) + 1), bid)));
    }
}

pub(crate) fn q7<'s>(scope: Scope<'s, Time>, share: Share) -> StreamVec<'s, Time, Highest> {
    let bids = read(scope, share, time_of::<10>, Event::bid);
    let best = local(bids, Pipeline, Best::default());
    by_key(best, share, |bid| stretch::<10>(bid.at), BestOfAll::default())
}

/// Who has come, by name, and who sells.
#[derive(Default)]
struct Seen {
    windows: Ring<Map<(Option<String>, bool)>>,
}

impl Stage for Seen {
    /// A person, when, and the name of a new one.
    type In = (u64, Time, Option<String>);
    type Out = NewSeller;

    fn add(&mut self, (id, time, new): Self::In, _out: &mut Vec<NewSeller>) {
        let (name, sells) = self.windows.at(time).entry(id).or_default();
        match new {
            Some(new) => *name = Some(new),
            None => *sells = true,
        }
    }

    fn close(&mut self, time: Time, out: &mut Vec<NewSeller>) {
        while let Some((window, seen)) = self.windows.pop_before(time) {
            let open = start_of::<10>(window);
            out.extend(seen.into_iter().filter_map(|(id, (name, sells))| Some((id, name.filter(|_| sells)?, open))));
        }
    }
}

pub(crate) fn q8<'s>(scope: Scope<'s, Time>, share: Share) -> StreamVec<'s, Time, NewSeller> {
    let seen = read(scope, share, time_of::<10>, |event| match event {
        Event::Person(person) => Some((person.id, stretch::<10>(person.at), Some(person.name))),
        Event::Auction(auction) => Some((auction.seller, stretch::<10>(auction.at), None)),
        Event::Bid(_) => None,
    });
    by_key(seen, share, |(id, ..)| *id, Seen::default())
}

const GAP: i64 = 10 * SECOND;

/// How often, first and last time.
#[derive(Clone, Copy)]
struct Session(u64, i64, i64);

/// Sessions of each bidder. With one source there is one at a time; the bids of another may be far ahead.
#[derive(Default)]
struct Sessions {
    open: Map<(Option<Session>, Vec<Session>)>,
}

impl Stage for Sessions {
    type In = (u64, Timestamp);
    type Out = Visit;

    #[inline(always)]
    fn add(&mut self, (bidder, Timestamp(at)): Self::In, _out: &mut Vec<Visit>) {
        let (session, others) = self.open.entry(bidder).or_default();
        match session {
            Some(Session(count, first, last)) if others.is_empty() && *first <= at && at <= *last + GAP => {
                *count += 1;
                *last = at.max(*last);
            }
            None => *session = Some(Session(1, at, at)),
            Some(_) => apart(session, others, at),
        }
    }

    fn close(&mut self, time: Time, out: &mut Vec<Visit>) {
        let until = start_of::<5>(time.min(1 << 32)).0;
        self.open.retain(|bidder, (session, others)| {
            let mut closes = |Session(count, first, last): Session| {
                let closes = last + GAP < until;
                if closes {
                    out.push((*bidder, count, Timestamp(first), Timestamp(last)));
                }
                closes
            };
            session.take_if(|session| closes(*session));
            others.retain(|session| !closes(*session));
            if session.is_none() {
                *session = others.pop();
            }
            session.is_some()
        });
    }
}

/// A bid that begins a session, or brings some together.
#[cold]
fn apart(session: &mut Option<Session>, others: &mut Vec<Session>, at: i64) {
    others.extend(session.take());
    let mut whole = Session(1, at, at);
    others.retain(|Session(count, first, last)| {
        let meets = *first - GAP <= at && at <= *last + GAP;
        if meets {
            whole = Session(whole.0 + count, whole.1.min(*first), whole.2.max(*last));
        }
        !meets
    });
    *session = Some(whole);
}

pub(crate) fn q11<'s>(scope: Scope<'s, Time>, share: Share) -> StreamVec<'s, Time, Visit> {
    // Sessions are looked through every five seconds.
    let bids = read(scope, share, time_of::<5>, |event| event.bid().map(|bid| (bid.bidder, bid.at)));
    by_key(bids, share, |(bidder, _)| *bidder, Sessions::default())
}

/// Bids by bidder in ten seconds of the clock on the wall.
#[derive(Default)]
struct OnTheWall {
    window: u64,
    counts: Map<u64>,
}

impl Stage for OnTheWall {
    type In = u64;
    type Out = (u64, u64);

    #[inline(always)]
    fn add(&mut self, bidder: u64, _out: &mut Vec<(u64, u64)>) {
        *self.counts.entry(bidder).or_default() += 1;
    }

    fn close(&mut self, time: Time, out: &mut Vec<(u64, u64)>) {
        if time == END {
            out.extend(self.counts.drain());
        }
    }

    /// The source is never at rest, so that this is called often enough.
    fn tick(&mut self, out: &mut Vec<(u64, u64)>) {
        let window = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / 10;
        if window != self.window {
            self.window = window;
            out.extend(self.counts.drain());
        }
    }
}

pub(crate) fn q12<'s>(scope: Scope<'s, Time>, share: Share) -> StreamVec<'s, Time, (u64, u64)> {
    let bidders = read(scope, share, no_time, |event| event.bid().map(|bid| bid.bidder));
    by_key(bidders, share, |bidder| *bidder, OnTheWall::default())
}
