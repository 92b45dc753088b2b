//! Several processes on this machine.

use super::program::{Ended, Program, free_addresses, program, testbed};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

fn counts() -> Program {
    program("cluster_counts").args("--upto 3000 --at-least 20")
}

fn sorted(ended: &[Ended]) -> Vec<&str> {
    let mut lines: Vec<&str> = ended.iter().flat_map(Ended::lines).collect();
    lines.sort();
    lines
}

/// Runs a cluster to its end.
fn run(programs: impl IntoIterator<Item = Program>) -> Vec<Ended> {
    let running: Vec<_> = programs.into_iter().map(Program::start).collect();
    running.into_iter().map(|running| running.end()).collect()
}

#[test]
fn several_processes_print_together_what_one_would() {
    let one = [counts().run()];
    assert!(sorted(&one).len() > 10);
    for (processes, workers) in [(2, 1), (2, 2), (3, 1)] {
        let addresses = free_addresses(processes);
        let args = format!("-w {workers}");
        let ended = run((0..processes).map(|process| counts().args(&args).in_cluster(process, &addresses)));
        assert_eq!(sorted(&ended), sorted(&one), "{processes} processes of {workers} workers");
        // Each owns some of the keys.
        assert!(ended.iter().all(|ended| !ended.lines().is_empty()));
    }
}

#[test]
fn every_batch_may_be_an_epoch_across_processes() {
    let one = [counts().run()];
    let addresses = free_addresses(2);
    let ended = run((0..2).map(|process| counts().args("-s 0s").in_cluster(process, &addresses)));
    assert_eq!(sorted(&ended), sorted(&one));
}

#[test]
fn a_cluster_can_be_described_by_the_environment() {
    let one = [counts().run()];
    let addresses = free_addresses(2).join(",");
    let ended = run((0..2).map(|process| {
        counts()
            .env("FLOWSTONE_PROCESSES", "2")
            .env("FLOWSTONE_PROCESS", &process.to_string())
            .env("FLOWSTONE_ADDRESSES", &addresses)
            .env("FLOWSTONE_WORKERS", "2")
    }));
    assert_eq!(sorted(&ended), sorted(&one));
}

const ALIKE: &str = "  help: start all processes with the same `-n`, `-w` and `-a`, each with its own `-i`\n";

#[test]
fn a_peer_that_never_comes_is_named() {
    let addresses = free_addresses(2);
    let ended = counts().in_cluster(0, &addresses).args("--peer-timeout 200ms").run();
    let expected = format!("error: process 1 ({}) did not connect within 200ms\n{ALIKE}", addresses[1]);
    assert_eq!(ended, Ended { code: Some(1), out: String::new(), err: expected });

    let ended = counts().in_cluster(1, &addresses).args("--peer-timeout 200ms").run();
    let expected = format!(
        "error: process 0 ({}) did not connect within 200ms\n  caused by: Connection refused (os error 111)\n{ALIKE}",
        addresses[0]
    );
    assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""));
    if cfg!(target_os = "linux") {
        assert_eq!(ended.err, expected);
    }
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let addresses = [address.clone(), free_addresses(1).remove(0)];
    let ended = counts().in_cluster(0, &addresses).run();
    assert_eq!(ended.code, Some(1));
    let mut lines = ended.err.lines();
    let expected = format!("error: cannot listen at {address}, the address of this process");
    assert_eq!(lines.next(), Some(expected.as_str()));
    assert!(lines.next().unwrap().starts_with("  caused by: Address already in use"), "{}", ended.err);
    assert_eq!(
        lines.next(),
        Some(
            "  help: use a port that is free, in `-a` of every process; is another process with the same `-i` running?"
        )
    );
}

#[test]
fn processes_must_have_the_same_number_of_workers() {
    let addresses = free_addresses(2);
    let ended = run([
        counts().args("-w 1").in_cluster(0, &addresses),
        counts().args("-w 2 --peer-timeout 5s").in_cluster(1, &addresses),
    ]);
    assert_eq!((ended[0].code, ended[1].code), (Some(1), Some(1)), "{ended:?}");
    let expected = "does not belong to this flow: process 1 was started with -n 2 -w 2, this one with -n 2 -w 1; use the same for all\n";
    assert!(ended[0].err.contains(expected), "{}", ended[0].err);
    assert!(ended[1].err.contains(&format!("process 0 ({})", addresses[0])), "{}", ended[1].err);
}

#[test]
fn a_process_that_says_to_be_another_is_turned_away() {
    let addresses = free_addresses(3);
    // Process 0 is called twice by what says to be process 1: the second call comes from the one meant to be 2.
    let moved = [addresses[0].clone(), addresses[2].clone(), addresses[1].clone()];
    let ended = run([
        counts().args("--peer-timeout 700ms").in_cluster(0, &addresses),
        counts().args("--peer-timeout 700ms").in_cluster(1, &addresses),
        counts().args("--peer-timeout 700ms").in_cluster(1, &moved),
    ]);
    assert!(ended.iter().all(|ended| ended.code == Some(1) && ended.out.is_empty()), "{ended:?}");
}

#[test]
fn what_is_no_process_of_a_flow_is_turned_away() {
    let addresses = free_addresses(2);
    let running = counts().in_cluster(0, &addresses).start();
    // The port is open as soon as the process listens.
    let mut stranger = loop {
        match TcpStream::connect(&addresses[0]) {
            Ok(socket) => break socket,
            Err(_) => std::thread::yield_now(),
        }
    };
    stranger.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let ended = running.end();
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("does not belong to this flow: it does not use this version's protocol"),
        "{}",
        ended.err
    );
    let _ = stranger.read(&mut [0; 8]);
}

#[cfg(unix)]
#[test]
fn a_process_that_dies_stops_the_others_with_its_name() {
    for (killed, other) in [(0, 1), (1, 0)] {
        let folder = tempfile::tempdir().unwrap();
        let addresses = free_addresses(2);
        let start = |process| {
            testbed("endless")
                .arg("--out")
                .arg(folder.path())
                .args("-w 2 -s 1h")
                .in_cluster(process, &addresses)
                .start()
        };
        let mut running = [start(0), start(1)];
        // Both have got items by now.
        running.iter_mut().for_each(|running| running.wait_for("ready"));
        running[killed].kill();
        let ended = running.map(|running| running.end());
        assert_eq!(ended[killed].code, None);
        assert_eq!(ended[other].code, Some(1));
        let expected = format!("error: process {killed} ({}) is gone\n", addresses[killed]);
        assert!(ended[other].err.starts_with(&expected), "{}", ended[other].err);
        assert!(
            ended[other].err.ends_with("  help: see what it printed; start all processes again once it is fixed\n"),
            "{}",
            ended[other].err
        );
        assert!(!ended[other].err.contains("panicked"), "{}", ended[other].err);
        let written = std::fs::read_dir(folder.path())
            .unwrap()
            .filter(|entry| !super::signals::is_hidden(entry.as_ref().unwrap()));
        assert_eq!(written.count(), 0, "nothing of an open epoch is there to be read");
    }
}

#[test]
fn a_panic_on_one_process_stops_the_other() {
    let addresses = free_addresses(2);
    let ended = run((0..2).map(|process| testbed("panicking").args("--at 3").in_cluster(process, &addresses)));
    assert_eq!((ended[0].code, ended[1].code), (Some(1), Some(1)));
    assert!(ended[0].err.contains("step `careful` panicked on worker 0"), "{}", ended[0].err);
    assert!(ended[1].err.starts_with(&format!("error: process 0 ({}) is gone\n", addresses[0])), "{}", ended[1].err);
}

#[test]
fn a_process_with_another_flow_is_refused() {
    let addresses = free_addresses(2);
    let other = testbed("panicking").args("--at 100").in_cluster(1, &addresses).start();
    let ended = counts().in_cluster(0, &addresses).run();
    assert_eq!(ended.code, Some(1));
    let what = "process 1 runs another flow, or another build of it; use the same program for all\n";
    assert!(ended.err.starts_with("error: a connection from 127.0.0.1:") && ended.err.contains(what), "{}", ended.err);
    let ended = other.end();
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.starts_with(&format!("error: process 0 ({}) is gone\n", addresses[0])), "{}", ended.err);
}
