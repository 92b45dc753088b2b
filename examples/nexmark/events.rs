//! The events of Nexmark: people who open auctions and bid in them, made up from a seed.
//!
//! Of 50 events one is a person, three are auctions and 46 are bids; some sellers, bidders and auctions are hot. Event `n` is
//! the same whoever makes it, so that workers can share them out.

use flowstone::clock::Timestamp;
use serde::{Deserialize, Serialize};

const PERIOD: u64 = 50;
const AUCTIONS: u64 = 3;
const FIRST_ID: u64 = 1000;
const FIRST_CATEGORY: u64 = 10;
const CATEGORIES: u64 = 5;
/// One in so many is hot.
const HOT_STRIDE: u64 = 100;
const ACTIVE_PEOPLE: u64 = 1000;
const OPEN_AUCTIONS: u64 = 100;

const FIRST_NAMES: [&str; 6] = ["Ada", "Ben", "Cleo", "Dan", "Eve", "Finn"];
const LAST_NAMES: [&str; 5] = ["Abel", "Baker", "Clark", "Dale", "Ellis"];
const STATES: [(&str, &str); 6] = [
    ("AZ", "Phoenix"),
    ("CA", "Palo Alto"),
    ("ID", "Boise"),
    ("OR", "Portland"),
    ("WA", "Seattle"),
    ("WY", "Cheyenne"),
];

/// Somebody who is new here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) city: String,
    pub(crate) state: String,
    pub(crate) at: Timestamp,
}

/// Something for sale.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Auction {
    pub(crate) id: u64,
    pub(crate) seller: u64,
    pub(crate) category: u64,
    pub(crate) item: String,
    pub(crate) at: Timestamp,
    /// Bids that come later do not count.
    pub(crate) expires: Timestamp,
}

/// What somebody would pay, in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Bid {
    pub(crate) auction: u64,
    pub(crate) bidder: u64,
    pub(crate) price: u64,
    pub(crate) at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Event {
    Person(Person),
    Auction(Auction),
    Bid(Bid),
}

impl Event {
    pub(crate) fn bid(self) -> Option<Bid> {
        if let Event::Bid(bid) = self { Some(bid) } else { None }
    }
}

/// How many events, and which.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Events {
    pub(crate) count: u64,
    pub(crate) seed: u64,
    /// So many a second, by their own time.
    pub(crate) rate: u64,
}

impl Events {
    /// The events of one worker, in the order of time.
    pub(crate) fn share(self, worker: usize, workers: usize) -> impl Iterator<Item = Event> + 'static {
        (worker as u64..self.count).step_by(workers).map(move |n| self.event(n))
    }

    /// When event `n` happens, in microseconds.
    fn time(self, n: u64) -> i64 {
        (n * 1_000_000 / self.rate.max(1)) as i64
    }

    fn event(self, n: u64) -> Event {
        let mut random = Random(self.seed ^ n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (period, place) = (n / PERIOD, n % PERIOD);
        let at = Timestamp(self.time(n));
        let people = period + 1;
        match place {
            0 => {
                let (state, city) = random.one_of(&STATES);
                let name = format!("{} {}", random.one_of(&FIRST_NAMES), random.one_of(&LAST_NAMES));
                Event::Person(Person {
                    id: FIRST_ID + period,
                    name,
                    city: city.to_owned(),
                    state: state.to_owned(),
                    at,
                })
            }
            1..=AUCTIONS => {
                let id = FIRST_ID + period * AUCTIONS + place - 1;
                let seller = random.hot_or_recent(people, ACTIVE_PEOPLE, 4, 0);
                let category = FIRST_CATEGORY + random.below(CATEGORIES);
                // An auction is open while about a hundred others are.
                let horizon = self.time(OPEN_AUCTIONS * PERIOD / AUCTIONS) as u64;
                let expires = Timestamp(at.0 + 1 + random.below(2 * horizon) as i64);
                Event::Auction(Auction { id, seller, category, item: format!("item {id}"), at, expires })
            }
            _ => {
                let auction = random.hot_or_recent((period + 1) * AUCTIONS, OPEN_AUCTIONS, 2, 0);
                let bidder = random.hot_or_recent(people, ACTIVE_PEOPLE, 4, 1);
                // Most bids are low, some are very high.
                let price = (10f64.powf(random.share() * 6.0) * 100.0) as u64;
                Event::Bid(Bid { auction, bidder, price, at })
            }
        }
    }
}

/// Random numbers (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    /// From 0 to 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn one_of<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }

    /// The id of one of the last `recent` of `all`, or, but for one time of `ratio`, of the newest hot one.
    fn hot_or_recent(&mut self, all: u64, recent: u64, ratio: u64, beside: u64) -> u64 {
        let last = all - 1;
        if self.below(ratio) > 0 {
            return FIRST_ID + (last / HOT_STRIDE * HOT_STRIDE + beside).min(last);
        }
        FIRST_ID + last - self.below(recent.min(all))
    }
}
