use crate::{drain, names, read, source_cx, stored};
use flowstone_connectors::json;
use flowstone_connectors::websim::{Json, Small, SmallWebEvent, WebEvent, WebEvents, parse_time};
use flowstone_runtime::bound::Bounded;
use flowstone_runtime::clock::{Clock, Timestamp};
use flowstone_runtime::source::{Next, Progress, Reader, Source};
use std::collections::HashMap;
use std::time::Duration;

fn small(seed: u64, count: u64) -> WebEvents<Json<Small>, Bounded> {
    WebEvents::new(seed).count(count).small().json()
}

#[test]
fn the_same_seed_gives_the_same_events() {
    let first = read(&small(7, 500)).unwrap();
    assert_eq!(first.len(), 500);
    assert_eq!(first, read(&small(7, 500)).unwrap());
    assert_ne!(first, read(&small(8, 500)).unwrap());
    assert_eq!(first, small(7, 500).iter().collect::<Vec<_>>());
    assert_eq!(first, read(&small(7, 1000)).unwrap()[..500]);
}

#[test]
fn events_never_change() {
    let lines: Vec<_> = small(7, 2).iter().map(String::from).collect();
    assert_eq!(
        lines,
        [
            concat!(
                r#"{"event_timestamp":"2026-01-01 00:00:00.672922","event_type":"pageview","page_url_path":"/home","#,
                r#""referer_url":"www.mailchimp.com","utm_source":"mailchimp","utm_campaign":"campaign_1","#,
                r#""user_custom_id":"xlopez@gmail.com","ip_address":"211.82.109.124","device_type":"Mobile","geo_country":"IT"}"#
            ),
            concat!(
                r#"{"event_timestamp":"2026-01-01 00:00:00.000000","event_type":"pageview","page_url_path":"/product_a","#,
                r#""referer_url":"www.facebook.com","utm_source":"facebook","utm_campaign":"campaign_1","#,
                r#""user_custom_id":"irenesnyder89@yahoo.com","ip_address":"171.134.48.236","device_type":"Computer","#,
                r#""geo_country":"KR"}"#
            ),
        ]
    );
    let event = WebEvents::new(7).count(1).json().iter().next().unwrap();
    assert_eq!(
        event,
        concat!(
            r#"{"event_id":"2ec7953b-51e9-4cf9-ab39-32f955140ef0","event_timestamp":"2026-01-01 00:00:00.672922","#,
            r#""event_type":"pageview","page_url":"http://www.dummywebsite.com/home","page_url_path":"/home","#,
            r#""referer_url":"www.mailchimp.com","referer_url_scheme":"http","referer_url_port":"80","#,
            r#""referer_medium":"internal","utm_medium":"organic","utm_source":"mailchimp","utm_content":"ad_5","#,
            r#""utm_campaign":"campaign_1","click_id":"a3955772-abde-4bf6-a019-dd1b9ccbedf5","#,
            r#""geo_latitude":"45.46427","geo_longitude":"9.18951","geo_country":"IT","geo_timezone":"Europe/Rome","#,
            r#""geo_region_name":"Milan","ip_address":"211.82.109.124","browser_name":"Firefox","#,
            r#""browser_user_agent":"Mozilla/5.0 (iPhone; CPU iPhone OS 6_2_2 like Mac OS X; rv:1.9.2.20) "#,
            r#"Gecko/2012-03-16 Firefox/3.4.6","browser_language":"ko_KR","#,
            r#""os":"iPhone; CPU iPhone OS 6_2_2 like Mac OS X","os_name":"iOS","os_timezone":"Europe/Rome","#,
            r#""device_type":"Mobile","device_is_mobile":true,"user_custom_id":"xlopez@gmail.com","#,
            r#""user_domain_id":"c705c1f3-78dc-425e-9912-a80492438748"}"#
        )
    );
}

#[test]
fn lines_are_the_json_of_the_structs() {
    let events = WebEvents::new(3).count(2000);
    for (line, event) in events.clone().json().iter().zip(events.iter()) {
        assert_eq!(*line, json::to_line(&event).unwrap());
        assert_eq!(json::parse::<WebEvent>(&line).unwrap(), event);
    }
    let events = events.small();
    let mut bytes = 0;
    for (line, event) in events.clone().json().iter().zip(events.iter()) {
        assert_eq!(*line, json::to_line(&event).unwrap());
        assert_eq!(json::parse::<SmallWebEvent>(&line).unwrap(), event);
        bytes += line.len();
    }
    assert!((250..300).contains(&(bytes / 2000)), "{} bytes a line", bytes / 2000);
}

#[test]
fn any_line_is_the_same_on_any_number_of_workers() {
    let source = small(5, 1003).partitions(4);
    let names = names(&source).unwrap();
    assert_eq!(names, ["0", "1", "2", "3"]);
    let all = read(&source).unwrap();
    assert_eq!(all.len(), 1003);
    let mut shared = Vec::new();
    for worker in [1, 0] {
        for name in names.iter().skip(worker).step_by(2) {
            shared.extend(drain(&mut source.open(name, None, &source_cx()).unwrap(), 10).unwrap());
        }
    }
    let sorted = |mut lines: Vec<_>| {
        lines.sort();
        lines
    };
    assert_eq!(sorted(all), sorted(shared));
    let ids: std::collections::HashSet<_> =
        WebEvents::new(5).count(1003).partitions(4).iter().map(|event| event.event_id).collect();
    assert_eq!(ids.len(), 1003);
}

#[test]
fn it_goes_on_where_it_stopped() {
    let source = small(5, 300);
    let whole = read(&source).unwrap();
    for stop in [0, 1, 17, 299, 300] {
        let mut first = source.open("0", None, &source_cx()).unwrap();
        let mut found = Vec::new();
        first.next_batch(stop, &mut |line| found.push(line)).unwrap();
        let mut second = source.open("0", Some(stored(&first.position())), &source_cx()).unwrap();
        found.extend(drain(&mut second, 100).unwrap());
        assert_eq!(found, whole);
        assert_eq!(second.progress(), Some(Progress { done: 300, total: 300 }));
    }
}

#[test]
fn event_time_is_simulated() {
    let start = Timestamp(1_767_225_600_000_000);
    let hour = Duration::from_secs(3600);
    let events: Vec<_> = WebEvents::new(1).for_duration(hour).iter().collect();
    let times: Vec<_> = events.iter().map(|event| event.at().unwrap()).collect();
    // Of 100,000 sessions a day 2.73 % begin in the first hour.
    assert!((3000..8000).contains(&times.len()), "{}", times.len());
    assert!(times.iter().all(|&time| time >= start && time < start.after(hour)));
    let mut newest = start;
    for &time in &times {
        newest = newest.max(time);
        assert!(newest.since(time) <= Duration::from_secs(6));
    }
    let other = parse_time("2020-02-29 12:00:00").unwrap();
    let first = WebEvents::new(1).starting_at(other).iter().next().unwrap();
    assert!(first.event_timestamp.starts_with("2020-02-29 12:00:0"), "{}", first.event_timestamp);
}

#[test]
fn users_walk_by_the_chances_of_the_pages() {
    let mut pages: HashMap<String, f64> = HashMap::new();
    let count = 20_000;
    for event in WebEvents::new(2).count(count).small().iter() {
        *pages.entry(event.page_url_path).or_default() += 100.0 / count as f64;
    }
    // What fake-web-events 0.2.5 gives with its own chances.
    for (page, share) in [
        ("/home", 40.7),
        ("/product_a", 22.2),
        ("/product_b", 15.2),
        ("/cart", 10.1),
        ("/payment", 6.7),
        ("/confirmation", 5.1),
    ] {
        assert!((pages[page] - share).abs() < 1.5, "{pages:?}");
    }
}

#[test]
fn a_rate_goes_by_the_clock() {
    let clock = Clock::manual(Timestamp(0));
    let cx = source_cx().with_clock(clock.clone());
    let source = WebEvents::new(1).rate(4.0);
    let mut reader = source.open("0", None, &cx).unwrap();
    let mut given = 0;
    let mut next = |given: &mut u32| loop {
        match reader.next_batch(10, &mut |_| *given += 1).unwrap() {
            Next::More => {}
            next => return next,
        }
    };
    assert_eq!((next(&mut given), given), (Next::At(Timestamp(250_001)), 1));
    clock.advance(Duration::from_millis(100));
    assert_eq!((next(&mut given), given), (Next::At(Timestamp(250_001)), 1));
    clock.set(Timestamp(250_001));
    assert_eq!((next(&mut given), given), (Next::At(Timestamp(500_001)), 2));
    clock.advance(Duration::from_secs(10));
    next(&mut given);
    assert_eq!(given, 42);
}

#[test]
fn lines_are_written_as_they_are_read() {
    let source = small(9, 700).partitions(3);
    let mut written = Vec::new();
    source.write_to(&mut written).unwrap();
    let lines: Vec<_> = source.iter().collect();
    assert!(String::from_utf8(written).unwrap().lines().eq(lines.iter().map(|line| &**line)));
}
