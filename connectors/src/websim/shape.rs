//! What comes of a visit: a struct, or a line of JSON, with all fields or with few.

use super::event::{SmallWebEvent, WebEvent, write_time};
use super::random::Random;
use super::users::User;
use super::walk::{Page, Visit};
use crate::files::Line;
use crate::files::block::Block;
use std::io::Write;

/// The users of the site, with what lines about them have in common.
#[derive(Debug)]
pub struct World {
    seed: u64,
    users: Vec<User>,
    /// The end of a line of JSON about each user.
    full: Vec<Vec<u8>>,
    small: Vec<Vec<u8>>,
}

impl World {
    pub(super) fn new(seed: u64, users: u32) -> World {
        let mut random = Random::new(seed, u64::MAX);
        let users: Vec<User> = (0..users).map(|_| User::random(&mut random)).collect();
        let tails = |tail: fn(&User) -> Vec<u8>| users.iter().map(tail).collect();
        World { seed, full: tails(full_tail), small: tails(small_tail), users }
    }

    fn user(&self, visit: Visit) -> &User {
        &self.users[visit.user as usize]
    }

    /// It differs between events and between partitions.
    fn event_id(&self, visit: Visit) -> impl std::fmt::Display {
        Random::new(self.seed ^ visit.number.rotate_left(32), visit.partition).uuid()
    }
}

mod sealed {
    pub trait Sealed {}
}

/// What the simulator yields: [`Full`], [`Small`], or [`Json`] of one of them.
pub trait Shape: sealed::Sealed + 'static {
    /// An event.
    type Item: 'static;

    /// Makes an item of each visit.
    #[doc(hidden)]
    fn make(world: &World, visits: &[Visit], buffer: &mut Buffer, emit: &mut impl FnMut(Self::Item));
}

/// An event that has a line of JSON: [`Full`] and [`Small`].
pub trait Event: Shape {
    /// Appends the line, with its line end.
    #[doc(hidden)]
    fn render(world: &World, visit: Visit, out: &mut Vec<u8>);
}

/// Where lines are made.
#[derive(Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    /// Where each line ends, in front of its line end.
    ends: Vec<usize>,
}

/// Items are [`WebEvent`]s.
#[derive(Debug, Clone, Copy)]
pub struct Full;

/// Items are [`SmallWebEvent`]s.
#[derive(Debug, Clone, Copy)]
pub struct Small;

/// Items are [`Line`]s of JSON.
#[derive(Debug, Clone, Copy)]
pub struct Json<S>(S);

impl sealed::Sealed for Full {}
impl sealed::Sealed for Small {}
impl<S> sealed::Sealed for Json<S> {}

impl Shape for Full {
    type Item = WebEvent;

    fn make(world: &World, visits: &[Visit], _: &mut Buffer, emit: &mut impl FnMut(WebEvent)) {
        for &visit in visits {
            let user = world.user(visit);
            emit(WebEvent {
                event_id: world.event_id(visit).to_string(),
                event_timestamp: time(visit),
                event_type: TYPE.to_owned(),
                page_url: format!("{SITE}{}", visit.page.name()),
                page_url_path: path(visit.page),
                referer_url: user.referer_url.clone(),
                referer_url_scheme: SCHEME.to_owned(),
                referer_url_port: PORT.to_owned(),
                referer_medium: user.referer_medium.to_owned(),
                utm_medium: user.utm_medium.to_owned(),
                utm_source: user.utm_source.to_owned(),
                utm_content: user.utm_content.to_owned(),
                utm_campaign: user.utm_campaign.to_owned(),
                click_id: user.click_id.clone(),
                geo_latitude: user.city.latitude.to_owned(),
                geo_longitude: user.city.longitude.to_owned(),
                geo_country: user.city.country.to_owned(),
                geo_timezone: user.city.timezone.to_owned(),
                geo_region_name: user.city.name.to_owned(),
                ip_address: user.ip_address.clone(),
                browser_name: user.browser_name.to_owned(),
                browser_user_agent: user.browser_user_agent.clone(),
                browser_language: user.browser_language.to_owned(),
                os: user.os.clone(),
                os_name: user.os_name.to_owned(),
                os_timezone: user.city.timezone.to_owned(),
                device_type: user.device_type.to_owned(),
                device_is_mobile: user.device_is_mobile,
                user_custom_id: user.user_custom_id.clone(),
                user_domain_id: user.user_domain_id.clone(),
            });
        }
    }
}

impl Event for Full {
    fn render(world: &World, visit: Visit, out: &mut Vec<u8>) {
        // Writing to a vector does not fail.
        let _ = write!(out, "{{\"event_id\":\"{}\",\"event_timestamp\":\"", world.event_id(visit));
        write_time(visit.at, out);
        out.extend_from_slice(b"\",\"event_type\":\"pageview\",\"page_url\":\"");
        out.extend_from_slice(SITE.as_bytes());
        out.extend_from_slice(visit.page.name().as_bytes());
        out.extend_from_slice(b"\",\"page_url_path\":\"/");
        out.extend_from_slice(visit.page.name().as_bytes());
        out.extend_from_slice(&world.full[visit.user as usize]);
    }
}

impl Shape for Small {
    type Item = SmallWebEvent;

    fn make(world: &World, visits: &[Visit], _: &mut Buffer, emit: &mut impl FnMut(SmallWebEvent)) {
        for &visit in visits {
            let user = world.user(visit);
            emit(SmallWebEvent {
                event_timestamp: time(visit),
                event_type: TYPE.to_owned(),
                page_url_path: path(visit.page),
                referer_url: user.referer_url.clone(),
                utm_source: user.utm_source.to_owned(),
                utm_campaign: user.utm_campaign.to_owned(),
                user_custom_id: user.user_custom_id.clone(),
                ip_address: user.ip_address.clone(),
                device_type: user.device_type.to_owned(),
                geo_country: user.city.country.to_owned(),
            });
        }
    }
}

impl Event for Small {
    fn render(world: &World, visit: Visit, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"event_timestamp\":\"");
        write_time(visit.at, out);
        out.extend_from_slice(b"\",\"event_type\":\"pageview\",\"page_url_path\":\"/");
        out.extend_from_slice(visit.page.name().as_bytes());
        out.extend_from_slice(&world.small[visit.user as usize]);
    }
}

impl<S: Event> Shape for Json<S> {
    type Item = Line;

    fn make(world: &World, visits: &[Visit], buffer: &mut Buffer, emit: &mut impl FnMut(Line)) {
        buffer.bytes.clear();
        buffer.ends.clear();
        for &visit in visits {
            S::render(world, visit, &mut buffer.bytes);
            buffer.ends.push(buffer.bytes.len() - 1);
        }
        let mut block = Block::of(&buffer.bytes);
        let lend = block.lend();
        let mut start = 0;
        for &end in &buffer.ends {
            // SAFETY: a line that `render` wrote lies from `start` to `end`, and what it writes is UTF-8.
            emit(unsafe { Line::of_utf8(lend.slice(start, end)) });
            start = end + 1;
        }
    }
}

const TYPE: &str = "pageview";
const SITE: &str = "http://www.dummywebsite.com/";
const SCHEME: &str = "http";
const PORT: &str = "80";

fn time(visit: Visit) -> String {
    let mut text = Vec::with_capacity(26);
    write_time(visit.at, &mut text);
    String::from_utf8(text).unwrap_or_default()
}

fn path(page: Page) -> String {
    format!("/{}", page.name())
}

/// A line's end behind the page: the fields of a user. Nothing in them needs escaping.
fn tail(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut text = String::from("\"");
    for (name, value) in fields {
        text.push_str(&format!(",\"{name}\":\"{value}\""));
    }
    text.push_str("}\n");
    text.into_bytes()
}

fn small_tail(user: &User) -> Vec<u8> {
    tail(&[
        ("referer_url", &user.referer_url),
        ("utm_source", user.utm_source),
        ("utm_campaign", user.utm_campaign),
        ("user_custom_id", &user.user_custom_id),
        ("ip_address", &user.ip_address),
        ("device_type", user.device_type),
        ("geo_country", user.city.country),
    ])
}

fn full_tail(user: &User) -> Vec<u8> {
    let before = tail(&[
        ("referer_url", &user.referer_url),
        ("referer_url_scheme", SCHEME),
        ("referer_url_port", PORT),
        ("referer_medium", user.referer_medium),
        ("utm_medium", user.utm_medium),
        ("utm_source", user.utm_source),
        ("utm_content", user.utm_content),
        ("utm_campaign", user.utm_campaign),
        ("click_id", &user.click_id),
        ("geo_latitude", user.city.latitude),
        ("geo_longitude", user.city.longitude),
        ("geo_country", user.city.country),
        ("geo_timezone", user.city.timezone),
        ("geo_region_name", user.city.name),
        ("ip_address", &user.ip_address),
        ("browser_name", user.browser_name),
        ("browser_user_agent", &user.browser_user_agent),
        ("browser_language", user.browser_language),
        ("os", &user.os),
        ("os_name", user.os_name),
        ("os_timezone", user.city.timezone),
        ("device_type", user.device_type),
    ]);
    let behind = tail(&[("user_custom_id", &user.user_custom_id), ("user_domain_id", &user.user_domain_id)]);
    let mobile = format!(",\"device_is_mobile\":{}", user.device_is_mobile);
    // Between the two stands the one field that is no text: without the first one's `}` and line end, and without the
    // quote that the second one begins with.
    [&before[..before.len() - 2], mobile.as_bytes(), &behind[1..]].concat()
}
