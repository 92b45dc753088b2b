//! Signals of every kind at any moment: windows by `event_time` come to what they come to in an undisturbed run.
//!
//! `FLOWSTONE_KILL_ROUNDS=500 cargo test --release --all-features --test recovery stops` does it five hundred times.

use crate::kill::{events, lines_in};
use crate::program::{Program, program};
use crate::random::Random;
use std::path::Path;
use std::time::Duration;

/// The signals, one after the other, of each way to stop a program.
const WAYS: [&[&str]; 5] = [&["KILL"], &["TERM"], &["INT"], &["INT", "INT"], &["HUP"]];

fn start(events: &Path, out: &Path, store: &Path, workers: u64) -> Program {
    program("stopbed")
        .arg("--events")
        .arg(events)
        .arg("--out")
        .arg(out)
        .arg("-r")
        .arg(store)
        .args(&format!("-s 15ms -w {workers}"))
}

fn committed(out: &Path) -> Vec<String> {
    lines_in(&["sessions", "late", "windows"].map(|folder| out.join(folder)))
}

fn rounds() -> u64 {
    std::env::var("FLOWSTONE_KILL_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(6)
}

#[test]
fn stopped_by_any_signal_at_any_moment_a_flow_closes_the_same_windows() {
    let events = events();
    let folder = tempfile::tempdir().unwrap();
    let (out, store) = (folder.path().join("out"), folder.path().join("store"));
    let ended = start(events.path(), &out, &store, 1).run();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let expected = committed(&out);
    let lines = |word| expected.iter().filter(|line| line.contains(word)).count();
    let counts = ["late ", "session ", "window ", " Late "].map(lines);
    assert!(counts.iter().zip([100, 500, 10_000, 100]).all(|(found, least)| *found >= least), "{counts:?}");
    let (mut stops, mut wrong) = (0, Vec::new());
    for round in 0..rounds() {
        let mut random = Random::new(round);
        let folder = tempfile::tempdir().unwrap();
        let (out, store) = (folder.path().join("out"), folder.path().join("store"));
        let mut longest = 60;
        loop {
            let workers = [1, 2, 4][random.below(3) as usize];
            let mut running = start(events.path(), &out, &store, workers).start();
            let way = WAYS[random.below(WAYS.len() as u64) as usize];
            if running.ends_within(Duration::from_millis(random.below(longest))) {
                let ended = running.end();
                assert_eq!(ended.code, Some(0), "round {round}: {}", ended.err);
                break;
            }
            way.iter().for_each(|signal| running.signal(signal));
            let ended = running.end();
            // A second signal ends it at once; any other may come before the program listens.
            assert!(matches!(ended.code, None | Some(0 | 130)), "round {round}, {way:?}: {ended:?}");
            stops += 1;
            longest += 40;
        }
        let found = committed(&out);
        if found != expected {
            let missing = expected.iter().filter(|line| found.binary_search(line).is_err()).count();
            let added: Vec<_> = found.iter().filter(|line| expected.binary_search(line).is_err()).take(3).collect();
            wrong.push(format!("round {round}: {missing} lines are missing, and these were added: {added:?}"));
        }
    }
    eprintln!("{} rounds, {stops} stops, {} differences", rounds(), wrong.len());
    assert!(wrong.is_empty(), "{} of {} rounds differ: {wrong:#?}", wrong.len(), rounds());
    assert!(stops >= rounds(), "only {stops} stops");
}
