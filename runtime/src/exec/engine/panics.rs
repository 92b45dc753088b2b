//! What becomes of a panic: an error that names the step, and nothing else on the screen.

use crate::base::error::Error;
use crate::stream::{Caught, message_of, note_location};
use crate::worker::Shared;
use std::any::Any;
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, Weak};

/// Clusters of this process and the addresses of their processes, for the panics of timely's network threads.
static CLUSTERS: Mutex<Vec<(Weak<Shared>, Vec<String>)>> = Mutex::new(Vec::new());

/// How many clusters run whose processes are threads of this one: those report the loss of a process themselves.
static LOCAL: AtomicUsize = AtomicUsize::new(0);

/// A cluster within this process, for as long as it lives.
pub(crate) struct Local(());

/// Keeps the panics of timely's network threads quiet for as long as what is returned lives.
pub(crate) fn watch_local() -> Local {
    LOCAL.fetch_add(1, Ordering::SeqCst);
    Local(())
}

impl Drop for Local {
    fn drop(&mut self) {
        LOCAL.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A hook for panics.
type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// Puts a hook in front of the program's own, which keeps quiet about panics that the runner reports itself, unless it is there.
/// Every run does so, since the program may have put a hook of its own in its place.
pub(crate) fn install_hook() {
    /// Where the hook is that was installed last.
    static INSTALLED: Mutex<usize> = Mutex::new(0);
    let address = |hook: &Hook| std::ptr::from_ref(&**hook).cast::<()>().addr();
    let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
    let now = std::panic::take_hook();
    if address(&now) == *installed {
        return std::panic::set_hook(now);
    }
    let hook: Hook = Box::new(move |info| {
        let watched = note_location(|| info.location().map(ToString::to_string));
        if !watched && !network_thread_died(info.payload()) {
            now(info);
        }
    });
    *installed = address(&hook);
    std::panic::set_hook(hook);
}

/// The error that a worker's panic amounts to.
pub(crate) fn error_of(panic: &(dyn Any + Send), worker: usize) -> Error {
    let Caught { step, message, location } = Caught::of(panic);
    // A queue to a network thread that has died, which is the loss of the process at its other end.
    if step.is_none() && location.as_ref().is_some_and(|location| location.contains("/timely_communication-")) {
        return Error::Cluster {
            what: format!("worker {worker} has lost the connection to another process"),
            help: "see the error of the other process; start all processes again once it is fixed".into(),
            cause: Some(std::io::Error::other(message)),
        };
    }
    let (step, key) = step.unwrap_or(("(the runtime)", None));
    Error::Panic { step: step.to_owned(), key, worker, message, location }
}

/// Has the panics of timely's network threads end the flows of this process's clusters.
pub(crate) fn watch_cluster(shared: &std::sync::Arc<Shared>, addresses: Vec<String>) {
    let mut clusters = CLUSTERS.lock().unwrap_or_else(PoisonError::into_inner);
    clusters.retain(|(shared, _)| shared.strong_count() > 0);
    clusters.push((std::sync::Arc::downgrade(shared), addresses));
}

/// Timely's network threads panic when a connection breaks, and are named after the process at its other end.
fn network_thread_died(panic: &(dyn Any + Send)) -> bool {
    let thread = std::thread::current();
    let peer = thread.name().and_then(|name| {
        name.strip_prefix("timely:recv-").or_else(|| name.strip_prefix("timely:send-"))?.parse::<usize>().ok()
    });
    let Some(peer) = peer else { return false };
    let cause = std::io::Error::other(message_of(panic));
    let clusters = CLUSTERS.lock().unwrap_or_else(PoisonError::into_inner);
    let Some((shared, addresses)) = clusters.iter().rev().find_map(|(shared, addresses)| {
        let shared = shared.upgrade()?;
        addresses.get(peer).map(|_| (shared, addresses))
    }) else {
        return LOCAL.load(Ordering::SeqCst) > 0;
    };
    shared.fail(Error::Cluster {
        what: format!("process {peer} ({}) is gone", addresses[peer]),
        help: "see what it printed; start all processes again once it is fixed".into(),
        cause: Some(cause),
    });
    true
}
