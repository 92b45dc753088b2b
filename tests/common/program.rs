//! Programs that tests start: the examples that were built with them.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The longest that a test waits for a program: a program that hangs is to fail its test, not to hold it up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The example of this name.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap();
    let path = folder.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(path.exists(), "{} is not there; build it: cargo build --example {name}", path.display());
    path
}

/// A program to be started.
pub(crate) struct Program(Command);

/// The flow of this name among those of `testbed.rs`.
pub(crate) fn testbed(flow: &str) -> Program {
    program("testbed").env("TESTBED", flow)
}

/// The example of this name.
pub(crate) fn program(name: &str) -> Program {
    let mut command = Command::new(example(name));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("FLOWSTONE_")) {
        command.env_remove(name);
    }
    Program(command)
}

impl Program {
    /// The same program, started by another one.
    pub(crate) fn under(self, tool: &str, args: impl IntoIterator<Item = impl AsRef<std::ffi::OsStr>>) -> Program {
        let mut command = Command::new(tool);
        command.args(args).arg(self.0.get_program()).args(self.0.get_args());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for (name, value) in self.0.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        Program(command)
    }

    /// Adds arguments, separated by spaces.
    pub(crate) fn args(mut self, args: &str) -> Program {
        self.0.args(args.split_whitespace());
        self
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<std::ffi::OsStr>) -> Program {
        self.0.arg(arg);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Program {
        self.0.env(name, value);
        self
    }

    /// The arguments of process `process` of a cluster at `addresses`.
    pub(crate) fn in_cluster(self, process: usize, addresses: &[String]) -> Program {
        let processes = addresses.len();
        self.args(&format!("-n {processes} -i {process} -a {}", addresses.join(",")))
    }

    pub(crate) fn start(mut self) -> Running {
        let mut child = self.0.spawn().unwrap();
        let mut err = child.stderr.take().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (tell, lines) = channel();
        std::thread::spawn(move || out.lines().for_each(|line| _ = tell.send(line.unwrap())));
        let errors = std::thread::spawn(move || {
            let mut text = String::new();
            err.read_to_string(&mut text).unwrap();
            text
        });
        Running { child: Owned(child), lines, errors, read: String::new() }
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Ended {
        self.start().end()
    }
}

/// A program that is running.
pub(crate) struct Running {
    child: Owned,
    /// What it says on its standard output, line by line.
    lines: Receiver<String>,
    errors: JoinHandle<String>,
    read: String,
}

/// A program that does not outlive its test.
struct Owned(Child);

impl Drop for Owned {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How a program ended, and what it said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    /// `None` where a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Running {
    /// Waits for a line on its standard output.
    pub(crate) fn wait_for(&mut self, line: &str) {
        while let Some(next) = self.next_line() {
            if next == line {
                return;
            }
        }
        panic!("the program ended without saying `{line}`, but `{}`", self.read);
    }

    /// The next line of its output; `None` when it has ended.
    fn next_line(&mut self) -> Option<String> {
        let line = match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => line,
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => {
                panic!("the program went silent and did not end, after `{}`", self.read)
            }
        };
        self.read.push_str(&line);
        self.read.push('\n');
        Some(line)
    }

    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: &str) {
        let status = Command::new("kill").args(["-s", signal, &self.child.0.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.0.id()
    }

    /// True where it has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.0.try_wait().unwrap().is_some()
    }

    #[cfg(unix)]
    pub(crate) fn kill(&mut self) {
        self.child.0.kill().unwrap();
    }

    /// Waits until it has ended, at most so long. True when it has.
    pub(crate) fn ends_within(&mut self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        loop {
            match self.lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => self.read.push_str(&(line + "\n")),
                Err(RecvTimeoutError::Disconnected) => return true,
                Err(RecvTimeoutError::Timeout) => return false,
            }
        }
    }

    /// Waits until it has ended, or kills it when it has not ended after `patience`.
    pub(crate) fn end_or_kill(mut self, patience: Duration) -> Option<Ended> {
        if self.ends_within(patience) {
            return Some(self.end());
        }
        self.kill();
        self.child.0.wait().unwrap();
        None
    }

    /// Waits until it has ended.
    pub(crate) fn end(mut self) -> Ended {
        while self.next_line().is_some() {}
        let code = self.child.0.wait().unwrap().code();
        Ended { code, out: self.read, err: self.errors.join().unwrap() }
    }
}

impl Ended {
    /// Its output, where it ended well and said nothing else.
    pub(crate) fn lines(&self) -> Vec<&str> {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""), "{self:?}");
        self.out.lines().collect()
    }
}

/// Addresses on this machine that nobody listens at.
pub(crate) fn free_addresses(count: usize) -> Vec<String> {
    let listeners: Vec<TcpListener> = (0..count).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    listeners.iter().map(|listener| listener.local_addr().unwrap().to_string()).collect()
}
