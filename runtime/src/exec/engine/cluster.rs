//! How the processes of a cluster find each other: connections with a time limit, and a greeting that is checked.

use super::config::Config;
use super::panics;
use crate::base::data::hash_key;
use crate::base::error::Error;
use crate::base::graph::Graph;
use crate::snapshot::ExecutionId;
use crate::stream;
use crate::worker::Shared;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, ToSocketAddrs};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};
use timely::communication::allocator::AllocatorBuilder;
use timely::communication::allocator::ProcessBuilder;
use timely::communication::allocator::zero_copy::initialize::{CommsGuard, initialize_networking_from_sockets};
use timely::communication::{Config as Communication, Hooks};

/// The network of one process, if it has one.
pub(crate) struct Network(Option<CommsGuard>);

impl Network {
    /// Waits until everything has been sent and the other processes have done the same.
    pub(crate) fn close(self) {
        if let Some(guard) = self.0 {
            // The guard panics where one of its threads did; that has been reported by then.
            let _ = stream::watch(|| catch_unwind(AssertUnwindSafe(move || drop(guard))));
        }
    }
}

/// The allocators of this process's workers, connected to those of the other processes; and the execution of the recovery
/// store that they are, which is `id` on process 0.
pub(crate) fn connect(
    config: &Config,
    graph: &'static Graph,
    shared: &Arc<Shared>,
    id: Option<ExecutionId>,
) -> Result<(Vec<AllocatorBuilder>, Network, Option<ExecutionId>), Error> {
    if config.processes() == 1 {
        let threads = match config.workers {
            1 => Communication::Thread,
            workers => Communication::Process(workers),
        };
        let (builders, _) = threads.try_build().map_err(|what| Error::Config { what })?;
        return Ok((builders, Network(None), id));
    }
    let (sockets, id) = connect_all(config, &greeting(config, graph), id, shared)?;
    let closers: Vec<TcpStream> = sockets.iter().flatten().filter_map(|socket| socket.try_clone().ok()).collect();
    // A process that gives up closes its connections, so that the others notice.
    shared.on_abort(move || {
        for socket in closers {
            let _ = socket.shutdown(Shutdown::Both);
        }
    });
    if config.listener.is_none() {
        panics::watch_cluster(shared, config.addresses.clone());
    }
    let hooks = Hooks::default();
    let threads = ProcessBuilder::new_typed_vector(config.workers, hooks.refill.clone(), None);
    let (builders, guard) = initialize_networking_from_sockets(threads, sockets, config.process, config.workers, hooks)
        .map_err(|cause| Error::Cluster {
            what: "the connections to the other processes could not be used".into(),
            help: "start all processes again".into(),
            cause: Some(cause),
        })?;
    Ok((builders.into_iter().map(AllocatorBuilder::Tcp).collect(), Network(Some(guard)), id))
}

/// A connection to each other process: this one calls those before it and is called by those after it.
///
/// Who is called answers with the execution. Process 0 knows it; every other has called process 0 before it is called itself.
fn connect_all(
    config: &Config,
    greeting: &Greeting,
    mut id: Option<ExecutionId>,
    shared: &Shared,
) -> Result<(Vec<Option<TcpStream>>, Option<ExecutionId>), Error> {
    let me = config.process;
    let deadline = Instant::now() + config.peer_timeout;
    let listener = listen(config)?;
    let mut sockets: Vec<Option<TcpStream>> = config.addresses.iter().map(|_| None).collect();
    for (process, socket) in sockets.iter_mut().enumerate().take(me) {
        let (connected, answer) = call(config, greeting, process, deadline, shared)?;
        *socket = Some(connected);
        id = answer;
    }
    while let Some(missing) = (me + 1..sockets.len()).find(|&process| sockets[process].is_none()) {
        match listener.accept() {
            Ok((socket, from)) => {
                match greeted(config, greeting, socket.try_clone(), deadline, id) {
                    Ok(process) => sockets[process] = Some(socket),
                    Err(Refused::Peer(what)) => {
                        return Err(cluster(
                            format!("a connection from {from} does not belong to this flow: {what}"),
                            None,
                        ));
                    }
                    // A health check, a port scan, a peer that was killed: its successor may come.
                    Err(Refused::Silent(error)) => {
                        eprintln!("warning: a connection from {from} closed before it identified itself: {error}");
                    }
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                if Instant::now() > deadline || shared.aborting() {
                    return Err(never_came(config, missing, None));
                }
                pause();
            }
            Err(error) => return Err(cluster("waiting for the other processes failed".into(), Some(error))),
        }
    }
    Ok((sockets, id))
}

/// Between two looks for a peer while a cluster starts.
fn pause() {
    std::thread::park_timeout(Duration::from_millis(5));
}

fn listen(config: &Config) -> Result<TcpListener, Error> {
    let address = &config.addresses[config.process];
    let bound = match &config.listener {
        Some(listener) => listener.try_clone(),
        None => TcpListener::bind(address),
    };
    let bound = bound.and_then(|listener| {
        listener.set_nonblocking(true)?;
        Ok(listener)
    });
    bound.map_err(|cause| Error::Cluster {
        what: format!("cannot listen at {address}, the address of this process"),
        help: "use a port that is free, in `-a` of every process; is another process with the same `-i` running?"
            .into(),
        cause: Some(cause),
    })
}

/// What a process says first: which it is, of how many, with how many workers, and which flow it runs.
type Greeting = [u8; 28];

fn greeting(config: &Config, graph: &Graph) -> Greeting {
    let mut bytes = [0; 28];
    let flow = hash_key(&format!("{} {graph:?}", env!("CARGO_PKG_VERSION")));
    bytes[20..].copy_from_slice(&flow.to_le_bytes());
    bytes[..8].copy_from_slice(b"flowstn2");
    for (at, number) in [config.process, config.processes(), config.workers].into_iter().enumerate() {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        bytes[8 + 4 * at..12 + 4 * at].copy_from_slice(&number.to_le_bytes());
    }
    bytes
}

fn call(
    config: &Config,
    greeting: &Greeting,
    process: usize,
    deadline: Instant,
    shared: &Shared,
) -> Result<(TcpStream, Option<ExecutionId>), Error> {
    let address = &config.addresses[process];
    loop {
        let resolved = address.to_socket_addrs().map(|mut found| found.next());
        let attempt = match resolved {
            Ok(Some(to)) => TcpStream::connect_timeout(&to, Duration::from_secs(1)),
            Ok(None) => Err(std::io::Error::other("the name has no address")),
            Err(error) => Err(error),
        };
        let error = match attempt.map(|socket| greet(greeting, socket, deadline)) {
            Ok(Ok(connected)) => return Ok(connected),
            Ok(Err(error)) if Instant::now() < deadline => {
                // It was there, and has failed, or refused this process.
                return Err(Error::Cluster {
                    what: format!("process {process} ({address}) is gone"),
                    help: "see what it printed; start all processes again once it is fixed".into(),
                    cause: Some(error),
                });
            }
            Ok(Err(error)) | Err(error) => error,
        };
        if Instant::now() > deadline || shared.aborting() {
            return Err(never_came(config, process, Some(error)));
        }
        pause();
    }
}

fn greet(
    greeting: &Greeting,
    mut socket: TcpStream,
    deadline: Instant,
) -> std::io::Result<(TcpStream, Option<ExecutionId>)> {
    socket.set_nodelay(true)?;
    socket.write_all(greeting)?;
    let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(100));
    socket.set_read_timeout(Some(left))?;
    let mut bytes = [0; 17];
    socket.read_exact(&mut bytes)?;
    socket.set_read_timeout(None)?;
    Ok((socket, answered(&bytes)))
}

/// The answer to a greeting: 1 and the execution of the recovery store, or zeros where there is none.
type Answer = [u8; 17];

fn answer(id: Option<ExecutionId>) -> Answer {
    let mut bytes = [0; 17];
    if let Some(ExecutionId { generation, execution }) = id {
        bytes[0] = 1;
        bytes[1..9].copy_from_slice(&generation.to_le_bytes());
        bytes[9..].copy_from_slice(&execution.to_le_bytes());
    }
    bytes
}

fn answered(bytes: &Answer) -> Option<ExecutionId> {
    let number = |at: usize| bytes[at..at + 8].iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
    (bytes[0] == 1).then(|| ExecutionId { generation: number(1), execution: number(9) })
}

/// Why a connection is none of this flow's.
enum Refused {
    /// It ended before it had said who it is.
    Silent(std::io::Error),
    /// In words, what is wrong with its greeting.
    Peer(String),
}

/// The number of the process that calls, which gets its answer.
fn greeted(
    config: &Config,
    expected: &Greeting,
    socket: std::io::Result<TcpStream>,
    deadline: Instant,
    id: Option<ExecutionId>,
) -> Result<usize, Refused> {
    let mut bytes = [0; 28];
    let read = socket.and_then(|socket| {
        let mut reading = &socket;
        socket.set_nonblocking(false)?;
        socket.set_nodelay(true)?;
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(100));
        socket.set_read_timeout(Some(left))?;
        reading.read_exact(&mut bytes)?;
        socket.set_read_timeout(None)?;
        Ok(socket)
    });
    let mut socket = read.map_err(Refused::Silent)?;
    let number = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]) as usize;
    if bytes[..8] != expected[..8] {
        return Err(Refused::Peer("it does not use this version's protocol".into()));
    }
    let (process, processes, workers) = (number(8), number(12), number(16));
    if (processes, workers) != (config.processes(), config.workers) {
        let (mine, of) = (config.processes(), config.workers);
        return Err(Refused::Peer(format!(
            "process {process} was started with -n {processes} -w {workers}, this one with -n {mine} -w {of}; use the same for all"
        )));
    }
    if bytes[20..] != expected[20..] {
        return Err(Refused::Peer(format!(
            "process {process} runs another flow, or another build of it; use the same program for all"
        )));
    }
    if process <= config.process || process >= processes {
        return Err(Refused::Peer(format!("it claims to be process {process}; give each process its own `-i`")));
    }
    socket.write_all(&answer(id)).map_err(Refused::Silent)?;
    Ok(process)
}

fn cluster(what: String, cause: Option<std::io::Error>) -> Error {
    Error::Cluster {
        what,
        help: "start all processes with the same `-n`, `-w` and `-a`, each with its own `-i`".into(),
        cause,
    }
}

fn never_came(config: &Config, process: usize, cause: Option<std::io::Error>) -> Error {
    let (address, waited) = (&config.addresses[process], config.peer_timeout);
    cluster(format!("process {process} ({address}) did not connect within {waited:?}"), cause)
}
