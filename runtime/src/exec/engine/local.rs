//! A cluster whose processes are threads of this one, connected over the loopback interface: for tests.

use super::config::Config;
use super::panics;
use super::report::Report;
use crate::base::error::Error;
use crate::worker::Shared;
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

/// Runs one process of a flow.
type RunProcess<'a> = &'a (dyn Fn(&Config, Arc<Shared>) -> Result<Report, Error> + Sync);

/// Runs all processes of a flow; the first error that is not only the loss of another process counts.
pub(crate) fn run(config: &Config, run_process: RunProcess<'_>) -> Result<Report, Error> {
    let bind = |_| TcpListener::bind("127.0.0.1:0").and_then(|listener| Ok((listener.local_addr()?, listener)));
    let bound: Result<Vec<_>, _> = (0..config.processes_here).map(bind).collect();
    let bound = bound.map_err(|cause| Error::Cluster {
        what: "cannot listen on the loopback interface".into(),
        help: "run fewer processes in this one".into(),
        cause: Some(cause),
    })?;
    let addresses: Vec<String> = bound.iter().map(|(address, _)| address.to_string()).collect();
    let processes: Vec<Arc<Shared>> = bound.iter().map(|_| Arc::default()).collect();
    let _local = panics::watch_local();
    let run_one = |process: usize, listener: TcpListener| {
        let mut config = config.clone().cluster(process, addresses.clone());
        config.processes_here = 1;
        config.listener = Some(Arc::new(listener));
        let result = run_process(&config, Arc::clone(&processes[process]));
        if result.is_err() {
            for (other, shared) in processes.iter().enumerate().filter(|(other, _)| *other != process) {
                shared.fail(Error::Cluster {
                    what: format!("process {process} has failed, and process {other} with it"),
                    help: "see the error of the other process".into(),
                    cause: None,
                });
            }
        }
        result
    };
    let results: Vec<Result<Report, Error>> = thread::scope(|scope| {
        let start = |(process, (_, listener))| scope.spawn(move || run_one(process, listener));
        let threads: Vec<_> = bound.into_iter().enumerate().map(start).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| match thread.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        threads.into_iter().map(join).collect()
    });
    let mut all = Report::default();
    let mut lost = None;
    for result in results {
        match result {
            Ok(report) => all.add(report),
            // One with a cause says more than that another process has failed.
            Err(error @ Error::Cluster { cause: Some(_), .. }) => lost = Some(error),
            Err(error @ Error::Cluster { .. }) => lost = lost.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    lost.map_or(Ok(all), Err)
}
