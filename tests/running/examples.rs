//! The examples, run as their first lines tell, and what they print.

use super::program::program;

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn wordcount_counts_the_text_in_the_repository() {
    let expected = include_str!("../../examples/data/to_be.counts");
    for workers in ["-w 1", "-w 2", "-w 4"] {
        let ended = program("wordcount").args(workers).run();
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
        assert_eq!(sorted(&ended.out), sorted(expected));
    }
}

#[test]
fn wordcount_counts_any_file() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    std::fs::write(&text, "One, two; TWO 3 three\nthree three").unwrap();
    let ended = program("wordcount").arg("--text").arg(text).run();
    assert_eq!(sorted(&ended.out), ["one\t1", "three\t3", "two\t2"]);
}

#[test]
fn orders_are_joined_with_what_belongs_to_them() {
    for workers in ["-w 1", "-w 2"] {
        let ended = program("join_orders").args(workers).run();
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
        assert_eq!(
            sorted(&ended.out),
            [
                "order 101: a book for Ann, paid 12.50, sent by bike",
                "order 102: a lamp for Ben, not paid, sent by mail",
                "order 103: two cups for Ann, paid 8.00, not sent",
            ]
        );
    }
}

#[test]
fn random_numbers_are_those_of_the_seed_until_it_is_stopped() {
    let mut running = program("random_numbers").args("--every 1ms --above 150 --seed 7").start();
    // The third large number; the first two come before it.
    running.wait_for("178");
    running.signal("INT");
    let ended = running.end();
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    assert!(ended.out.starts_with("182\n184\n178\n"), "{}", ended.out);
}

#[test]
fn sessionize_puts_clicks_together() {
    let expected = include_str!("../../examples/data/clicks.sessions");
    for workers in ["-w 1", "-w 2"] {
        let ended = program("sessionize").args(workers).run();
        assert_eq!(
            (ended.code, ended.err.as_str()),
            (Some(0), "`no click at all` is no click; write `09:00:40 ada /shoes`\n")
        );
        assert_eq!(sorted(&ended.out), sorted(expected));
    }
}

#[test]
fn late_data_goes_where_it_says() {
    let ended = program("late_data").args("--every 1ms").run();
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    // When there are early results is a matter of the clock; all others go by the readings alone.
    let told: Vec<_> = ended.out.lines().filter(|line| !line.starts_with("early")).collect();
    let of = |sensor: &str| told.iter().copied().filter(|line| line.contains(sensor)).collect::<Vec<_>>();
    assert_eq!(
        of("hall"),
        [
            "on time   hall  0:00  4 readings, at most 23 degrees",
            "late      hall  0:00  5 readings, at most 23 degrees",
            "on time   hall  0:01  2 readings, at most 24 degrees",
            "too late  hall  0:00",
            "on time   hall  0:04  1 readings, at most 25 degrees",
        ]
    );
    assert_eq!(
        of("roof"),
        [
            "on time   roof  0:00  2 readings, at most 12 degrees",
            "on time   roof  0:01  1 readings, at most 13 degrees",
        ]
    );
}

#[test]
fn nexmark_runs_the_query_it_is_given() {
    let ended = program("nexmark").args("q4 --events 20000 --print -w 2").run();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.out.lines().count(), 5, "{}", ended.out);
    assert!(ended.err.starts_with("q4: 5 rows of 20000 events in "), "{}", ended.err);
    let ended = program("nexmark").args("q9").run();
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    assert!(ended.err.contains("there is no query `q9`; write q0 to q8, q11 or q12"), "{}", ended.err);
}

#[cfg(all(feature = "parquet", feature = "websim"))]
mod to_parquet {
    use super::super::program::{Ended, program};
    use flowstone::prelude::*;
    use flowstone::testing::TestSink;
    use flowstone::websim::WebEvents;
    use std::collections::BTreeMap;
    use std::path::{Path, PathBuf};

    #[derive(Debug, Clone, serde::Serialize, serde::Deserialize, Record)]
    struct Row {
        year: u16,
        month: u8,
        day: u8,
        page_url_path: String,
        referrer: String,
        user_custom_id: String,
    }

    dataflow! {
        flow pages(from: PathBuf, out: TestSink<(String, u64)>) {
            input("files", ParquetSource::<Row>::new(from))
                -> key_on("page", |row| row.page_url_path.clone())
                -> count_final("rows")
                -> output("out", out);
        }

        flow rows(from: PathBuf, out: TestSink<Row>) {
            input("files", ParquetSource::<Row>::new(from)) -> output("out", out);
        }
    }

    /// How many rows there are of each page.
    fn read_back(from: &Path) -> BTreeMap<String, u64> {
        let out = TestSink::new();
        pages(from.to_owned(), out.clone()).run(&Config::default()).unwrap();
        out.take().into_iter().collect()
    }

    fn simulated(seed: u64, count: u64) -> BTreeMap<String, u64> {
        WebEvents::new(seed).count(count).iter().fold(BTreeMap::new(), |mut pages, event| {
            *pages.entry(event.page_url_path).or_default() += 1;
            pages
        })
    }

    fn run(out: &Path, args: &str) -> Ended {
        program("events_to_parquet").arg("--out").arg(out).args(args).run()
    }

    #[test]
    fn simulated_events_become_a_directory_a_page() {
        for workers in [1, 2] {
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path().join("events");
            let ended = run(&out, &format!("--count 3000 --seed 9 -w {workers}"));
            assert_eq!(ended.code, Some(0), "{ended:?}");
            let summary: Vec<_> = ended.err.lines().filter(|line| line.starts_with("out: ")).collect();
            assert_eq!(summary.len(), workers, "{}", ended.err);
            assert!(workers > 1 || summary[0].starts_with("out: 6 files, 3,000 rows, "), "{}", ended.err);
            assert_eq!(read_back(&out), simulated(9, 3000));
            assert!(out.join("year=2026/month=1/day=1/page_url_path=%2Fhome").is_dir());
        }
    }

    #[test]
    fn lines_that_are_no_events_are_told_and_the_flow_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let (events, out) = (folder.path().join("events.jsonl"), folder.path().join("out"));
        let mut lines = Vec::new();
        WebEvents::new(1).count(3).json().write_to(&mut lines).unwrap();
        lines.extend_from_slice(b"no json\n");
        let dateless =
            String::from_utf8(lines.clone()).unwrap().lines().next().unwrap().replace("2026-01-01", "someday");
        lines.extend_from_slice(dateless.as_bytes());
        std::fs::write(&events, lines).unwrap();
        let ended = program("events_to_parquet").arg("--events").arg(&events).arg("--out").arg(&out).run();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.err.contains("no json: "), "{}", ended.err);
        assert!(ended.err.contains("no date: someday"), "{}", ended.err);
        assert_eq!(read_back(&out), simulated(1, 3));
        let all = TestSink::new();
        rows(out, all.clone()).run(&Config::default()).unwrap();
        assert!(
            all.take().iter().all(|row| (row.year, row.month, row.day) == (2026, 1, 1) && !row.referrer.is_empty())
        );
    }

    #[test]
    fn what_each_epoch_brought_is_printed_and_written() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("visits");
        let args = "--count 400 --rate 4000 --seed 3 -s 20ms -w 2";
        let ended = program("events_by_epoch").arg("--out").arg(&out).args(args).run();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let mut pages = BTreeMap::<String, u64>::new();
        for line in ended.out.lines() {
            let (epoch, rest) = line.strip_prefix("epoch ").unwrap().split_once(": ").unwrap();
            let (page, visits) = rest.split_once(' ').unwrap();
            epoch.parse::<u64>().unwrap();
            *pages.entry(page.to_owned()).or_default() += visits.parse::<u64>().unwrap();
        }
        assert_eq!(pages, {
            WebEvents::new(3).small().partitions(4).count(400).iter().fold(BTreeMap::new(), |mut pages, event| {
                *pages.entry(event.page_url_path).or_default() += 1;
                pages
            })
        });
        let files = |folder: &Path| std::fs::read_dir(folder).unwrap().count();
        assert_eq!(files(&out.join("date=2026-01-01")), pages.len());
    }
}
