//! How users walk over the site: [`Walk`], which makes one [`Visit`] after the other.
//!
//! As in fake-web-events, time goes in steps of about ten seconds. In each step every session goes on to a next page by
//! the chances of the page it is on, or ends; new sessions begin, more of them at busy hours; and each session that came
//! to a page it was not on before makes an event, at a moment within three seconds of the step.

use super::random::Random;

/// The pages of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    Home,
    ProductA,
    ProductB,
    Cart,
    Payment,
    Confirmation,
}

impl Page {
    pub(super) fn name(self) -> &'static str {
        match self {
            Page::Home => "home",
            Page::ProductA => "product_a",
            Page::ProductB => "product_b",
            Page::Cart => "cart",
            Page::Payment => "payment",
            Page::Confirmation => "confirmation",
        }
    }

    /// Where users go from here, in percent; `None` ends the session.
    fn next(self) -> &'static [(Option<Page>, u8)] {
        use Page::{Cart, Confirmation, Home, Payment, ProductA, ProductB};
        match self {
            Home => &[(Some(Home), 45), (Some(ProductA), 17), (Some(ProductB), 12), (None, 26)],
            ProductA => &[(Some(ProductA), 50), (Some(Home), 18), (Some(Cart), 12), (None, 20)],
            ProductB => &[(Some(ProductB), 40), (Some(Home), 22), (Some(Cart), 14), (None, 24)],
            Cart => &[(Some(Cart), 25), (Some(Payment), 50), (Some(Home), 15), (None, 10)],
            Payment => &[(Some(Payment), 45), (Some(Confirmation), 40), (Some(Cart), 10), (None, 5)],
            Confirmation => &[(Some(Confirmation), 40), (None, 60)],
        }
    }
}

/// Where sessions begin.
const LANDINGS: &[(Page, u8)] = &[(Page::Home, 60), (Page::ProductA, 25), (Page::ProductB, 15)];

/// What share of a day's sessions begins in each hour.
const HOURS: [f64; 24] = [
    0.0273, 0.0185, 0.0108, 0.0107, 0.0050, 0.0105, 0.0192, 0.0297, 0.0382, 0.0426, 0.0549, 0.0583, 0.0646, 0.0627,
    0.0572, 0.0521, 0.0590, 0.0667, 0.0718, 0.0662, 0.0696, 0.0428, 0.0329, 0.0287,
];

const SECOND: i64 = 1_000_000;
const STEP: i64 = 10 * SECOND;
/// How far an event can be from the moment of its step.
const JITTER: i64 = 3 * SECOND;

/// A user on a page.
#[derive(Debug, Clone, Copy)]
pub struct Visit {
    /// The event's number in its partition, from 0.
    pub(super) number: u64,
    pub(super) partition: u64,
    /// Microseconds since the Unix epoch.
    pub(super) at: i64,
    pub(super) user: u32,
    pub(super) page: Page,
}

/// A session that goes on.
#[derive(Debug, Clone, Copy)]
struct Session {
    user: u32,
    page: Page,
    at: i64,
    /// True where it came to the page in this step.
    arrived: bool,
}

/// What is simulated.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) seed: u64,
    pub(super) partition: u64,
    pub(super) users: u32,
    pub(super) sessions_per_day: f64,
    pub(super) start: i64,
    /// Events at this time or later do not happen.
    pub(super) end: Option<i64>,
}

/// The visits of one partition, in about the order of their times: an event is at most six seconds behind the newest.
#[derive(Debug, Clone)]
pub(super) struct Walk {
    plan: Plan,
    random: Random,
    now: i64,
    sessions: Vec<Session>,
    /// The visits of the last step, of which `given` have been given out.
    step: Vec<Visit>,
    given: usize,
    number: u64,
}

impl Walk {
    pub(super) fn new(plan: Plan) -> Walk {
        let random = Random::new(plan.seed, plan.partition);
        Walk { plan, random, now: plan.start, sessions: Vec::new(), step: Vec::new(), given: 0, number: 0 }
    }

    fn next_step(&mut self) {
        let Walk { random, sessions, now, plan, .. } = self;
        let jitter = |random: &mut Random| (*now + random.around_zero(JITTER)).max(plan.start);
        sessions.retain_mut(|session| {
            session.at = jitter(random);
            let next = random.weighted(session.page.next());
            session.arrived = next.is_some_and(|page| page != session.page);
            session.page = next.unwrap_or(session.page);
            next.is_some()
        });
        let hour = now.div_euclid(3600 * SECOND).rem_euclid(24) as usize;
        let begin = HOURS[hour] * plan.sessions_per_day / (3600 * SECOND / STEP) as f64;
        let begin = begin as u64 + u64::from(random.happens(begin.fract()));
        for _ in 0..begin {
            let (user, page) = (random.below(plan.users.into()) as u32, random.weighted(LANDINGS));
            sessions.push(Session { user, page, at: jitter(random), arrived: true });
        }
        *now += STEP + random.around_zero(JITTER);
        self.step.clear();
        self.given = 0;
        for session in sessions.iter().filter(|session| session.arrived) {
            if plan.end.is_none_or(|end| session.at < end) {
                let Session { user, page, at, .. } = *session;
                self.step.push(Visit { number: self.number, partition: plan.partition, at, user, page });
                self.number += 1;
            }
        }
    }
}

impl Iterator for Walk {
    type Item = Visit;

    #[inline]
    fn next(&mut self) -> Option<Visit> {
        loop {
            if let Some(&visit) = self.step.get(self.given) {
                self.given += 1;
                return Some(visit);
            }
            if self.plan.end.is_some_and(|end| self.now - JITTER >= end) {
                return None;
            }
            self.next_step();
        }
    }
}
