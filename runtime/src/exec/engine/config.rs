//! How a flow is run: workers, processes, the clock, the length of an epoch.

use crate::base::clock::Clock;
use crate::base::error::Error;
use crate::snapshot::{RecoveryError, Store};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

/// How a flow is run. The default is one worker in this process.
///
/// ```
/// use flowstone::prelude::*;
/// use std::time::Duration;
///
/// let config = Config::default().workers(2).snapshot_interval(Duration::from_secs(5));
/// # let _ = config;
/// ```
#[derive(Debug, Clone)]
pub struct Config {
    pub(crate) workers: usize,
    pub(crate) process: usize,
    pub(crate) addresses: Vec<String>,
    pub(crate) peer_timeout: Duration,
    pub(crate) snapshot_interval: Duration,
    pub(crate) clock: Clock,
    pub(crate) lockstep: bool,
    pub(crate) each_batch: bool,
    pub(crate) signals: bool,
    pub(crate) progress: bool,
    pub(crate) recovery: Option<RecoveryLocation>,
    pub(crate) drop_state: Vec<String>,
    pub(crate) verbose: bool,
    pub(crate) perturbed: Option<u64>,
    /// How many processes run as threads of this one.
    pub(crate) processes_here: usize,
    /// Where this process listens, where that is open already.
    pub(crate) listener: Option<Arc<TcpListener>>,
}

/// Where the recovery store is.
#[derive(Debug, Clone)]
pub(crate) enum RecoveryLocation {
    Url(String),
    Open(Store),
}

impl Default for Config {
    fn default() -> Self {
        Config {
            workers: 1,
            process: 0,
            addresses: Vec::new(),
            peer_timeout: Duration::from_secs(60),
            snapshot_interval: Duration::from_secs(10),
            clock: Clock::system(),
            lockstep: false,
            each_batch: false,
            signals: false,
            progress: false,
            recovery: None,
            drop_state: Vec::new(),
            verbose: false,
            perturbed: None,
            processes_here: 1,
            listener: None,
        }
    }
}

impl Config {
    /// The number of worker threads in this process.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers;
        self
    }

    /// Runs as process number `process` of a cluster: `addresses` has a `host:port` for each process, the same list in
    /// all of them. Every process must have the same number of workers.
    #[must_use]
    pub fn cluster(mut self, process: usize, addresses: Vec<String>) -> Self {
        self.process = process;
        self.addresses = addresses;
        self
    }

    /// How long to wait at startup for the other processes: 60 s by default.
    #[must_use]
    pub fn peer_timeout(mut self, timeout: Duration) -> Self {
        self.peer_timeout = timeout;
        self
    }

    /// Stores snapshots at `url` and resumes from the newest one there: a directory, `s3://BUCKET/PREFIX` (feature
    /// `s3`), or `memory://NAME` for tests. All processes of a cluster use the same one.
    #[must_use]
    pub fn recovery(mut self, url: impl Into<String>) -> Self {
        self.recovery = Some(RecoveryLocation::Url(url.into()));
        self
    }

    /// Stores snapshots in an open store and resumes from the newest one there: [`recovery`](Config::recovery) for a
    /// store without a URL, such as a model of one in a test, made by [`Store::new`].
    ///
    /// ```
    /// use flowstone::prelude::*;
    /// use flowstone::recovery::Store;
    ///
    /// let store = Store::open("memory://kept")?;
    /// let config = Config::default().recovery_store(store);
    /// # let _ = config;
    /// # Ok::<(), flowstone::recovery::RecoveryError>(())
    /// ```
    #[must_use]
    pub fn recovery_store(mut self, store: Store) -> Self {
        self.recovery = Some(RecoveryLocation::Open(store));
        self
    }

    /// Discards the state of step `id`: the first commit drops it from the recovery store.
    #[must_use]
    pub fn drop_state(mut self, id: impl Into<String>) -> Self {
        self.drop_state.push(id.into());
        self
    }

    /// How long an epoch lasts: 10 s by default. Zero makes every batch of a source an epoch; with recovery an epoch stays
    /// open until the previous one is committed, so that a slow store leads to fewer and larger epochs.
    #[must_use]
    pub fn snapshot_interval(mut self, interval: Duration) -> Self {
        self.snapshot_interval = interval;
        self
    }

    /// The flow's clock. With a manual one the flow also runs in [`lockstep`](Config::lockstep), so that what a
    /// test's script does before it moves the clock is done with when the clock moves; see
    /// [`free_running`](Config::free_running).
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.lockstep |= !clock.is_system();
        self.clock = clock;
        self
    }

    /// For tests: reads one batch of a source, waits until the flow is done with it, reads the next.
    #[must_use]
    pub fn lockstep(mut self) -> Self {
        self.lockstep = true;
        self
    }

    /// For tests: takes [`lockstep`](Config::lockstep) back, for a manual clock that several threads move.
    #[must_use]
    pub fn free_running(mut self) -> Self {
        self.lockstep = false;
        self
    }

    /// For tests: runs the flow as a cluster of so many processes, each a thread of this one, connected over the loopback
    /// interface as processes on several machines would be. Each has [`workers`](Config::workers) workers. The report is that
    /// of all.
    ///
    /// ```
    /// use flowstone::prelude::*;
    /// use flowstone::testing::TestSink;
    ///
    /// dataflow! {
    ///     flow sums(out: TestSink<(bool, u64)>) {
    ///         input("numbers", iter(0..9u64)) -> key_on("even", |n| n % 2 == 0) -> count_final("count") -> output("out", out);
    ///     }
    /// }
    /// let out = TestSink::new();
    /// sums(out.clone()).run(&Config::default().workers(2).processes_here(2)).unwrap();
    /// assert_eq!(out.sorted(), [(false, 4), (true, 5)]);
    /// ```
    #[must_use]
    pub fn processes_here(mut self, processes: usize) -> Self {
        self.processes_here = processes;
        self
    }

    /// For tests: lets a seed choose what is otherwise left to chance, where timely allows it: which worker runs next, how
    /// many items go in one batch, in which order the batches of different workers arrive, and how long they are held back.
    /// Some are encoded and decoded on the way, as they are between processes. A flow's results must not depend on it; a
    /// run with one process, the same seed and a manual clock is the same each time.
    ///
    /// ```
    /// use flowstone::prelude::*;
    /// use flowstone::testing::TestSink;
    ///
    /// dataflow! {
    ///     flow sums(out: TestSink<(bool, u64)>) {
    ///         input("numbers", iter(0..9u64)) -> key_on("even", |n| n % 2 == 0) -> count_final("count") -> output("out", out);
    ///     }
    /// }
    /// for seed in 0..10 {
    ///     let out = TestSink::new();
    ///     sums(out.clone()).run(&Config::default().workers(3).perturbed(seed)).unwrap();
    ///     assert_eq!(out.sorted(), [(false, 4), (true, 5)]);
    /// }
    /// ```
    #[must_use]
    pub fn perturbed(mut self, seed: u64) -> Self {
        self.perturbed = Some(seed);
        self
    }

    /// For tests: with a [snapshot interval](Config::snapshot_interval) of zero and recovery every batch is an epoch, even if
    /// the store is slow: a source then waits until the epoch before the last is committed.
    #[must_use]
    pub fn each_batch_an_epoch(mut self) -> Self {
        self.each_batch = true;
        self
    }

    /// Has SIGINT, SIGTERM and SIGHUP end the flow cleanly. [`Main::main`](crate::exec::Main::main) does so; a program that runs
    /// several flows should not.
    #[must_use]
    pub fn handle_signals(mut self) -> Self {
        self.signals = true;
        self
    }

    /// Reports on standard error, at startup, where the flow resumes and what each output guarantees.
    #[must_use]
    pub fn verbose(mut self) -> Self {
        self.verbose = true;
        self
    }

    /// Shows a progress bar where standard error is a terminal and the sources know their size.
    #[must_use]
    pub fn show_progress(mut self) -> Self {
        self.progress = true;
        self
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let wrong = |what: String| Err(Error::Config { what });
        if self.workers == 0 {
            return wrong("a flow needs at least one worker; write `-w 1` or omit it".into());
        }
        if !self.addresses.is_empty() && self.process >= self.addresses.len() {
            let (process, last) = (self.process, self.addresses.len() - 1);
            return wrong(format!("there is no process {process}: the addresses are those of processes 0 to {last}"));
        }
        Ok(())
    }

    /// The recovery store, opened, in a flow that has one.
    pub(crate) fn store(&self) -> Result<Option<Store>, RecoveryError> {
        match &self.recovery {
            None => Ok(None),
            Some(RecoveryLocation::Url(url)) => Store::open(url).map(Some),
            Some(RecoveryLocation::Open(store)) => Ok(Some(store.clone())),
        }
    }

    /// The workers of this process.
    pub(crate) fn here(&self) -> std::ops::Range<usize> {
        self.process * self.workers..(self.process + 1) * self.workers
    }

    pub(crate) fn processes(&self) -> usize {
        self.addresses.len().max(1)
    }
}
