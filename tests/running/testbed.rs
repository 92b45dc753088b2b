//! The programs that the tests of this folder start as processes: `TESTBED=NAME testbed …`.

use flowstone::files::DirSink;
use flowstone::prelude::*;
use std::path::PathBuf;
use std::sync::Once;

dataflow! {
    /// Writes numbers until it is stopped.
    ///
    /// Says `ready` once a worker of this process has written one.
    flow endless(
        /// Where to write
        out: PathBuf,
        /// The number to start with
        #[default = "0"]
        start_at: u64,
    ) {
        input("numbers", polling(1ms, {
            let mut next = start_at;
            move || {
                next += 1;
                Ok(Poll::Items(vec![next - 1]))
            }
        }))
            -> redistribute("spread")
            -> inspect("ready", |_| READY.call_once(|| println!("ready")))
            -> map("line", |n| n.to_string())
            -> output("out", DirSink::new(out));
    }

    /// Has a step that never comes back.
    flow stuck() {
        input("numbers", iter(0..3u64))
            -> inspect("forever", |_| {
                println!("ready");
                loop {
                    std::thread::park();
                }
            })
            -> output("out", StdoutSink::new().debug());
    }

    /// Panics at the number that it is told.
    flow panicking(at: u64) {
        input("numbers", iter(0..10u64))
            -> map("careful", |n| if n == at { panic!("{n} is not to my liking") } else { n })
            -> output("out", StdoutSink::new().debug());
    }

    /// Copies a file.
    flow copying(from: PathBuf, out: PathBuf) {
        input("lines", FileSource::new(from)) -> output("copy", FileSink::new(out));
    }

    /// Counts, and has a lock.
    #[locked("testbed.lock")]
    flow locked() {
        input("numbers", iter(0..10u64))
            -> key_on(|n| n % 2)
            -> count_final("count")
            -> output("out", StdoutSink::new().debug());
    }
}

static READY: Once = Once::new();

fn main() -> flowstone::Exit {
    match std::env::var("TESTBED").as_deref() {
        Ok("endless") => endless::main(),
        Ok("stuck") => stuck::main(),
        Ok("panicking") => panicking::main(),
        Ok("copying") => copying::main(),
        Ok("locked") => locked::main(),
        _ => panic!("TESTBED is to be the name of a flow"),
    }
}
