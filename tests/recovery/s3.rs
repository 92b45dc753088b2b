//! A recovery store in S3, as the simulator `moto_server` has it: kills, another execution that takes over.
//!
//! Needs `pip install 'moto[server]'`; without it these tests are skipped, unless `FLOWSTONE_FORBID_SKIP=1`.

use crate::kill::{committed, events, start};
use crate::program::{Program, free_addresses};
use crate::random::Random;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The simulator, with one bucket.
struct S3 {
    server: Child,
    address: String,
}

const BUCKET: &str = "snapshots";

impl S3 {
    /// `None` where it is not installed.
    fn start() -> Option<S3> {
        let address = free_addresses(1).remove(0);
        let (host, port) = address.split_once(':').unwrap();
        let mut command = Command::new("moto_server");
        command.args(["-H", host, "-p", port]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let server = match command.spawn() {
            Ok(server) => server,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let forbidden = std::env::var_os("FLOWSTONE_FORBID_SKIP").is_some_and(|forbid| forbid == "1");
                assert!(!forbidden, "moto_server is not there: pip install 'moto[server]'");
                eprintln!("SKIPPED, since moto_server is not there: pip install 'moto[server]'");
                return None;
            }
            Err(error) => panic!("moto_server does not start: {error}"),
        };
        let s3 = S3 { server, address };
        let begun = Instant::now();
        while !s3.request("PUT", "").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")) {
            assert!(begun.elapsed() < Duration::from_secs(60), "moto_server does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(s3)
    }

    /// What the bucket answers; `None` while nobody listens.
    fn request(&self, method: &str, query: &str) -> Option<String> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        let address = &self.address;
        let head = "Content-Length: 0\r\nConnection: close";
        write!(stream, "{method} /{BUCKET}{query} HTTP/1.1\r\nHost: {address}\r\n{head}\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    /// The number of the newest manifest of a store.
    fn newest(&self, store: &str) -> Option<u64> {
        let listed = self.request("GET", &format!("?list-type=2&prefix={store}/manifests/"))?;
        let names = listed.split("<Key>").skip(1).filter_map(|name| name.split('<').next()?.rsplit('/').next());
        names.filter_map(|name| name.parse().ok()).max()
    }

    /// The kill tests' program with its store in the bucket.
    fn program(&self, events: &Path, out: &Path, store: &str, workers: u64) -> Program {
        start(events, out, Path::new(&format!("s3://{BUCKET}/{store}")), workers)
            .env("AWS_ENDPOINT", &format!("http://{}", self.address))
            .env("AWS_ALLOW_HTTP", "true")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "id")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("NO_PROXY", "127.0.0.1")
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn a_flow_with_its_store_in_s3_is_killed_and_fenced_and_puts_out_the_same() {
    let Some(s3) = S3::start() else { return };
    let events = events();
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str| folder.path().join(name);
    let ended = start(events.path(), &run("expected"), &run("store"), 1).run();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let expected = committed(&run("expected"));

    let (mut random, mut kills, mut longest) = (Random::new(1), 0, 300);
    loop {
        let workers = [1, 2, 4][random.below(3) as usize];
        let running = s3.program(events.path(), &run("killed"), "killed", workers).start();
        match running.end_or_kill(Duration::from_millis(random.below(longest))) {
            Some(ended) => {
                assert_eq!(ended.code, Some(0), "{}", ended.err);
                break;
            }
            None => kills += 1,
        }
        longest += 200;
    }
    assert!(kills > 0, "it has ended before it was killed");
    assert!(committed(&run("killed")) == expected, "after {kills} kills: another output than undisturbed");

    // One execution falls asleep, and another one takes over and runs to the end. Where it was done before it fell asleep, it
    // is tried again.
    let fenced = (0..10).map(|attempt| format!("fenced-{attempt}")).any(|name| {
        let asleep = s3.program(events.path(), &run(&name), &name, 2).start();
        let begun = Instant::now();
        while s3.newest(&name).is_none_or(|newest| newest == 0) {
            assert!(begun.elapsed() < Duration::from_secs(30), "it does not take the store over");
            std::thread::sleep(Duration::from_millis(2));
        }
        asleep.signal("STOP");
        let ended = s3.program(events.path(), &run(&name), &name, 2).run();
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        asleep.signal("CONT");
        let ended = asleep.end();
        assert!(committed(&run(&name)) == expected, "another output than undisturbed");
        let told = ended.err.contains("has taken over the recovery store `s3://");
        assert!(ended.code == Some(0) || (ended.code == Some(1) && told), "{}", ended.err);
        told
    });
    assert!(fenced);
}
