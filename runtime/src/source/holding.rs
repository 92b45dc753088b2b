//! What the operator that reads a source does for an aligned input: it says how far its partitions are, and waits for others.

use super::Reader;
use super::align::{Alignment, Progressing};
use super::partition::Open;
use super::reading::Loop;
use crate::base::clock::Timestamp;
use crate::base::time::Time;
use crate::stream::{Push, batch};

impl<R: Reader, P: Push<R::Item>, A: Alignment<R::Item>> Loop<R, P, A> {
    /// Says how far this worker's partitions are, and up to which time each may be read.
    pub(super) fn align(&mut self) -> Vec<Timestamp> {
        let is_done = |tick: Time| !self.worker.probe.less_than(&(tick + 1));
        for open in &mut self.readers {
            open.progressing.follow(is_done);
        }
        self.leaving.retain_mut(|leaving| {
            leaving.follow(is_done);
            leaving.awaits().is_some()
        });
        let leaving = self.leaving.iter().filter_map(Progressing::stands).min();
        let stand = |open: &Open<R>| open.progressing.stands();
        let least = self.readers.iter().filter_map(stand).chain(leaving).min();
        let others = self.worker.align(self.input, least);
        let most = self.readers.iter().map(|open| open.number + 1).max().unwrap_or(0);
        let mut limits = vec![Timestamp::MAX; most];
        for open in &self.readers {
            // A partition never waits for itself.
            let here = self.readers.iter().filter(|other| other.number != open.number).filter_map(stand);
            if let Some(slowest) = here.chain(leaving).chain(others).min() {
                limits[open.number] = slowest.after(self.alignment.within());
            }
        }
        limits
    }

    /// Finishes; where the input is aligned, once the flow has processed what others wait for.
    pub(super) fn finish_when_processed(&mut self) {
        if A::ON {
            self.align();
            if !self.leaving.is_empty() {
                self.await_progress();
                return self.worker.polled(&self.source, None);
            }
        }
        self.finish();
    }

    /// Has the source activated when the flow has processed what others wait for.
    pub(super) fn await_progress(&mut self) {
        let all = self.readers.iter().map(|open| &open.progressing).chain(&self.leaving);
        if let Some(tick) = all.filter_map(Progressing::awaits).min() {
            self.worker.announce(self.source.time.get());
            self.source.awaits.set(tick + 1);
            self.source.stalled.set(true);
        }
    }

    /// Passes on what partitions hold, however far ahead it is.
    pub(super) fn release_all(&mut self) {
        for open in &mut self.readers {
            self.state.partition.set(open.number);
            batch(&mut self.push, |next| {
                while let Some(item) = open.progressing.release(Timestamp::MAX) {
                    next.push(item);
                }
            });
        }
    }
}
