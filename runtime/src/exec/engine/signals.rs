//! SIGINT, SIGTERM and SIGHUP: the first ends the flow cleanly, the second at once.

use crate::worker::Shared;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError, Weak};

static RUNNING: Mutex<Vec<Weak<Shared>>> = Mutex::new(Vec::new());

/// The exit code of a program that a second signal ended.
const INTERRUPTED: i32 = 130;

/// True where the program ends with its flow: the first signal that comes after the flow's end changes nothing.
static ENDS_WITH_FLOW: AtomicBool = AtomicBool::new(false);

/// The program ends with the flow that it runs next.
pub(crate) fn end_with_flow() {
    ENDS_WITH_FLOW.store(true, Ordering::SeqCst);
}

/// Has a signal stop this flow.
pub(crate) fn stop_on_signal(shared: &Arc<Shared>) {
    static ONCE: Once = Once::new();
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    running.retain(|shared| shared.strong_count() > 0);
    running.push(Arc::downgrade(shared));
    drop(running);
    ONCE.call_once(|| {
        let handler = || {
            let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
            let running: Vec<_> = running.iter().filter_map(Weak::upgrade).collect();
            if running.is_empty() && ENDS_WITH_FLOW.swap(false, Ordering::SeqCst) {
                return;
            }
            let firsts = running.iter().filter(|shared| shared.stop_by_signal()).count();
            if firsts == 0 || firsts < running.len() {
                std::process::exit(INTERRUPTED);
            }
            if std::io::stderr().is_terminal() {
                eprintln!("stopping: finishing items in flight; signal again to stop at once");
            }
        };
        if let Err(error) = ctrlc::set_handler(handler) {
            eprintln!("warning: signals will stop this flow at once: cannot install a handler: {error}");
        }
    });
}
