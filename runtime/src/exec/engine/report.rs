//! What a flow says at its end.

use crate::worker::StepCounts;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What a flow says at its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// What each output wrote, as `(id, text)`, worker by worker, for the sinks that say so.
    pub outputs: Vec<(String, String)>,
    /// What each step that has something to report had to do, by its id, over all workers of this process.
    pub steps: Vec<StepReport>,
    /// How often a timer woke an operator, over all workers of this process.
    pub wakeups: u64,
}

/// What a step had to do: one that keeps something for keys, or a sink.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StepReport {
    /// The step's id.
    pub id: String,
    /// The most keys that it has held at a time.
    pub most_keys: u64,
    /// How many keys it held when its input ended.
    pub keys_left: u64,
    /// How many items came too late for their windows.
    pub late: u64,
    /// True where nobody reads its port `.late`.
    pub late_unread: bool,
    /// How often an input or output was retried after a transient fault.
    pub retries: u64,
}

impl StepReport {
    pub(crate) fn of((id, counts): (&'static str, Arc<StepCounts>)) -> StepReport {
        let ((keys_left, most_keys), late) = (counts.keys(), counts.late());
        let late_unread = late > 0 && !counts.late_is_read.load(Ordering::Relaxed);
        StepReport { id: id.to_owned(), most_keys, keys_left, late, late_unread, retries: counts.retries() }
    }

    fn add(&mut self, other: &StepReport) {
        self.most_keys += other.most_keys;
        self.keys_left += other.keys_left;
        self.late += other.late;
        self.late_unread |= other.late_unread;
        self.retries += other.retries;
    }
}

impl Report {
    /// Adds what another process says.
    pub(crate) fn add(&mut self, other: Report) {
        self.outputs.extend(other.outputs);
        for step in other.steps {
            match self.steps.iter_mut().find(|known| known.id == step.id) {
                Some(known) => known.add(&step),
                None => self.steps.push(step),
            }
        }
        self.wakeups += other.wakeups;
    }

    /// The report as lines, without what needs no attention.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let outputs = self.outputs.iter().map(|(step, text)| format!("{step}: {text}"));
        let late = self.steps.iter().filter(|step| step.late_unread);
        let late = late.map(|step| {
            let items = if step.late == 1 { "item" } else { "items" };
            format!("{}: {} late {items}, which nobody read (`.late`)", step.id, step.late)
        });
        let retries = self.steps.iter().filter(|step| step.retries > 0);
        let retries = retries.map(|step| {
            let times = if step.retries == 1 { "once".to_owned() } else { format!("{} times", step.retries) };
            format!("{}: retried {times} after transient faults", step.id)
        });
        outputs.chain(late).chain(retries).collect()
    }
}
