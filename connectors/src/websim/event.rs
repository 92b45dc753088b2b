//! The events: [`WebEvent`], with all fields, and [`SmallWebEvent`].

use crate::files::text::civil;
use flowstone_runtime::clock::Timestamp;
use serde::{Deserialize, Serialize};

/// A page view, with the fields that fake-web-events gives it, of the same names and types.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "parquet", derive(crate::arrow::Record), record(crate = crate))]
pub struct WebEvent {
    /// A UUID.
    #[serde(default)]
    pub event_id: String,
    /// `2026-01-31 09:30:00.250000`, in UTC.
    pub event_timestamp: String,
    /// `pageview`.
    pub event_type: String,
    /// `http://www.dummywebsite.com/home`
    pub page_url: String,
    /// `/home`, `/product_a`, `/product_b`, `/cart`, `/payment` or `/confirmation`.
    pub page_url_path: String,
    /// `www.google.com`
    pub referer_url: String,
    /// `http`
    pub referer_url_scheme: String,
    /// `80`
    pub referer_url_port: String,
    /// `search` or `internal`.
    pub referer_medium: String,
    /// `cpc`, `affiliate`, `organic` or `social`.
    pub utm_medium: String,
    /// `google`, `facebook`, `bing`, `instagram` or `mailchimp`.
    pub utm_source: String,
    /// `ad_1` to `ad_5`.
    pub utm_content: String,
    /// `campaign_1` or `campaign_2`.
    pub utm_campaign: String,
    /// A UUID.
    pub click_id: String,
    /// Degrees, north of the equator positive.
    pub geo_latitude: String,
    /// Degrees, east of Greenwich positive.
    pub geo_longitude: String,
    /// `US`
    pub geo_country: String,
    /// `America/New_York`
    pub geo_timezone: String,
    /// `New York City`
    pub geo_region_name: String,
    /// `209.139.207.244`
    pub ip_address: String,
    /// `Chrome`, `Firefox`, `InternetExplorer`, `Safari` or `Opera`.
    pub browser_name: String,
    /// What the browser says of itself.
    pub browser_user_agent: String,
    /// `en_US`
    pub browser_language: String,
    /// `Android 4.2.1`
    pub os: String,
    /// `Windows`, `MacOS`, `Linux`, `Android` or `iOS`.
    pub os_name: String,
    /// `America/New_York`
    pub os_timezone: String,
    /// `Mobile` or `Computer`.
    pub device_type: String,
    /// True for `Mobile`.
    pub device_is_mobile: bool,
    /// An address for electronic mail.
    pub user_custom_id: String,
    /// A UUID.
    pub user_domain_id: String,
}

impl WebEvent {
    /// The time of the event; `None` where `event_timestamp` is none.
    #[must_use]
    pub fn at(&self) -> Option<Timestamp> {
        parse_time(&self.event_timestamp)
    }
}

/// A page view with the ten fields that matter most, so that a line of JSON has 250 to 300 bytes. The fields are those of
/// [`WebEvent`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "parquet", derive(crate::arrow::Record), record(crate = crate))]
pub struct SmallWebEvent {
    /// `2026-01-31 09:30:00.250000`, in UTC.
    pub event_timestamp: String,
    /// `pageview`.
    pub event_type: String,
    /// `/home`, `/product_a`, `/product_b`, `/cart`, `/payment` or `/confirmation`.
    pub page_url_path: String,
    /// `www.google.com`
    pub referer_url: String,
    /// `google`, `facebook`, `bing`, `instagram` or `mailchimp`.
    pub utm_source: String,
    /// `campaign_1` or `campaign_2`.
    pub utm_campaign: String,
    /// An address for electronic mail.
    pub user_custom_id: String,
    /// `209.139.207.244`
    pub ip_address: String,
    /// `Mobile` or `Computer`.
    pub device_type: String,
    /// `US`
    pub geo_country: String,
}

impl SmallWebEvent {
    /// The time of the event; `None` where `event_timestamp` is none.
    #[must_use]
    pub fn at(&self) -> Option<Timestamp> {
        parse_time(&self.event_timestamp)
    }
}

/// Reads a time as events have it, `2026-01-31 09:30:00.250000`; the fraction may be shorter or absent, and a `T` may
/// stand in the middle.
///
/// ```
/// use flowstone_connectors::websim::parse_time;
/// use flowstone_runtime::clock::Timestamp;
///
/// assert_eq!(parse_time("1970-01-02 00:00:00.25"), Some(Timestamp(86_400_250_000)));
/// assert_eq!(parse_time("1970-02-30 00:00:00"), None);
/// ```
#[must_use]
pub fn parse_time(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    let number = |from: usize, len: usize| {
        bytes
            .get(from..from + len)?
            .iter()
            .try_fold(0i64, |number, &byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
    };
    let is = |at: usize, allowed: &[u8]| bytes.get(at).is_some_and(|byte| allowed.contains(byte)).then_some(());
    let (year, month, day) = (number(0, 4)?, number(5, 2)?, number(8, 2)?);
    let (hour, minute, second) = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
    is(4, b"-").and(is(7, b"-")).and(is(10, b" T")).and(is(13, b":")).and(is(16, b":"))?;
    let fraction = match bytes.len() {
        19 => 0,
        len @ 21..=26 => {
            is(19, b".")?;
            let digits = len - 20;
            number(20, digits)? * 10i64.pow(6 - digits as u32)
        }
        _ => return None,
    };
    // The day counted from 1970-01-01, as `civil` undoes it.
    let (shifted, of_march) = (year - i64::from(month <= 2), (month + 9) % 12);
    let day_of_year = (153 * of_march + 2) / 5 + day - 1;
    let day_of_era =
        shifted.rem_euclid(400) * 365 + shifted.rem_euclid(400) / 4 - shifted.rem_euclid(400) / 100 + day_of_year;
    let days = shifted.div_euclid(400) * 146_097 + day_of_era - 719_468;
    let there_is = civil(days) == (year, month, day) && hour < 24 && minute < 60 && second < 60;
    there_is.then_some(Timestamp((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000 + fraction))
}

/// Appends a time as events have it.
pub(super) fn write_time(micros: i64, out: &mut Vec<u8>) {
    let (year, month, day) = civil(micros.div_euclid(86_400_000_000));
    let time = micros.rem_euclid(86_400_000_000).unsigned_abs();
    let (second, fraction) = (time / 1_000_000, time % 1_000_000);
    let mut text = *b"0000-00-00 00:00:00.000000";
    put(&mut text[0..4], year.unsigned_abs());
    put(&mut text[5..7], month.unsigned_abs());
    put(&mut text[8..10], day.unsigned_abs());
    put(&mut text[11..13], second / 3600);
    put(&mut text[14..16], second / 60 % 60);
    put(&mut text[17..19], second % 60);
    put(&mut text[20..26], fraction);
    out.extend_from_slice(&text);
}

/// Writes the last digits of `number`, as many as there is room for.
#[inline]
fn put(to: &mut [u8], mut number: u64) {
    for digit in to.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails is to say where")]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        for micros in
            [0, 1, 951_782_400_000_000, 1_709_164_799_999_999, 1_767_225_600_123_456, -1, -62_135_596_800_000_000]
        {
            let mut text = Vec::new();
            write_time(micros, &mut text);
            let text = String::from_utf8(text).unwrap();
            assert_eq!(parse_time(&text), Some(Timestamp(micros)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time() {
        for text in [
            "",
            "2026-01-01",
            "2026-13-01 00:00:00",
            "2026-01-01 24:00:00",
            "2026-01-01 00:00:00.",
            "2026/01/01 00:00:00",
            "2026-01-01 00:00:00.1234567",
            "2026-00-10 00:00:00",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
