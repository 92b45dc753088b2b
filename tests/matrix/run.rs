//! One execution of a flow: its processes are started, disturbed, and waited for.

use crate::cell::{Mix, Size};
use crate::data::Data;
use crate::program::{Ended, Running, free_addresses, program};
use crate::random::Random;
use std::path::Path;
use std::time::{Duration, Instant};

/// The longest that an execution may take to end. What takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(40);

/// How often addresses are looked for again that another program was faster to take.
const PORT_ATTEMPTS: usize = 5;

/// What is done to an execution.
#[derive(Debug, Clone)]
pub(crate) struct Disturbance {
    pub(crate) after: Duration,
    pub(crate) what: What,
    /// The process it is done to; `None` for all of them, as Ctrl-C in a terminal does.
    pub(crate) to: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    Kill,
    Signal(&'static str),
    /// SIGINT twice: at once.
    Interrupts,
}

impl Disturbance {
    /// One that belongs to the mix, at some moment of an execution that takes so long.
    pub(crate) fn of(mix: Mix, takes: Duration, size: Size, random: &mut Random) -> Disturbance {
        let stop = match random.below(5) {
            0 | 1 => What::Signal("TERM"),
            2 => What::Signal("INT"),
            3 => What::Signal("HUP"),
            _ => What::Interrupts,
        };
        let what = match mix {
            Mix::Killed => What::Kill,
            Mix::Mixed if random.below(2) == 0 => What::Kill,
            _ => stop,
        };
        let to = (what == What::Kill || random.below(2) == 0).then(|| random.below(size.0 as u64) as usize);
        let most = takes.as_micros() as u64 * (1 + size.0 as u64) / 2 + 50_000;
        Disturbance { after: Duration::from_micros(random.below(most)), what, to }
    }

    /// Does it, to those who are still there.
    fn strike(&self, running: &mut [Running]) {
        for (process, running) in running.iter_mut().enumerate() {
            if self.to.is_some_and(|to| to != process) {
                continue;
            }
            match self.what {
                What::Kill => running.kill(),
                What::Signal(signal) => running.signal(signal),
                What::Interrupts => {
                    running.signal("INT");
                    running.signal("INT");
                }
            }
        }
    }

    /// True where a process of a cluster to which this was done may end so.
    fn explains(&self, process: usize, ended: &Ended) -> bool {
        let struck = self.to.is_none_or(|to| to == process);
        match ended.code {
            Some(0) => true,
            None => struck,
            Some(130) => struck && self.what == What::Interrupts,
            Some(1) => ["is gone", "did not connect within"].iter().any(|what| ended.err.contains(what)),
            Some(_) => false,
        }
    }
}

/// How a flow is started.
pub(crate) struct Start<'a> {
    pub(crate) flow: &'static str,
    pub(crate) data: &'a Data,
    /// Where data, output and store are.
    pub(crate) folder: &'a Path,
    pub(crate) size: Size,
    /// With recovery: how long an epoch lasts.
    pub(crate) epochs: Option<&'static str>,
}

impl Start<'_> {
    fn processes(&self, out: &Path) -> Vec<Running> {
        let Size(processes, workers) = self.size;
        let addresses = if processes > 1 { free_addresses(processes) } else { Vec::new() };
        let process = |process| {
            let mut program = program("matrixbed")
                .env("MATRIX", self.flow)
                .env("MATRIX_PACE", &self.data.pace.to_string())
                .arg("--data")
                .arg(self.folder.join("data"))
                .arg("--out")
                .arg(out)
                .args(&format!("--sizes {} -w {workers} --peer-timeout 5s", self.data.sizes));
            if let Some(epochs) = self.epochs {
                program = program.arg("-r").arg(self.folder.join("store")).args(&format!("-s {epochs}"));
            }
            if processes > 1 {
                program = program.in_cluster(process, &addresses);
            }
            program.start()
        };
        (0..processes).map(process).collect()
    }

    /// Runs it to its end, undisturbed.
    pub(crate) fn run(&self, out: &Path) -> Result<Duration, String> {
        for _ in 0..PORT_ATTEMPTS {
            let start = Instant::now();
            let ended = wait(self.processes(out))?;
            if ended.iter().any(lacks_its_port) {
                continue;
            }
            let failed = ended.iter().find(|ended| ended.code != Some(0));
            return failed
                .map_or(Ok(start.elapsed()), |ended| Err(format!("an undisturbed execution failed: {ended:?}")));
        }
        Err("no address could be had".to_owned())
    }

    /// Runs it, disturbed. True where the disturbance met an execution that had not ended.
    pub(crate) fn disturbed(&self, out: &Path, disturbance: &Disturbance) -> Result<bool, String> {
        let mut running = self.processes(out);
        let watched = disturbance.to.unwrap_or(0);
        let met = !running[watched].ends_within(disturbance.after);
        if met {
            disturbance.strike(&mut running);
        }
        let ended = wait(running)?;
        if ended.iter().any(lacks_its_port) {
            return Ok(false);
        }
        for (process, ended) in ended.iter().enumerate() {
            if !(if met { disturbance.explains(process, ended) } else { ended.code == Some(0) }) {
                return Err(format!("process {process} of {} ended so: {ended:?} ({disturbance:?})", self.size));
            }
        }
        Ok(met)
    }
}

/// True where another program was faster to take the address, or a process of another round, which runs at the same time, calls
/// there.
fn lacks_its_port(ended: &Ended) -> bool {
    ["cannot listen at", "runs another flow"].iter().any(|what| ended.err.contains(what))
}

/// Waits for all of them.
fn wait(mut running: Vec<Running>) -> Result<Vec<Ended>, String> {
    let deadline = Instant::now() + PATIENCE;
    for process in 0..running.len() {
        if !running[process].ends_within(deadline.saturating_duration_since(Instant::now())) {
            running.iter_mut().for_each(Running::kill);
            let ended: Vec<Ended> = running.into_iter().map(Running::end).collect();
            return Err(format!("process {process} did not end within {PATIENCE:?}: {ended:?}"));
        }
    }
    Ok(running.into_iter().map(Running::end).collect())
}
