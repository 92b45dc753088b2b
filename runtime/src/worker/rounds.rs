//! Idle time over several processes: worker 0 asks all of them what they have confirmed, and counts what they have in common.
//!
//! Each process has a clock of its own. A question leaves worker 0 before it comes to a process, and the answer leaves the
//! process before it comes to worker 0; that bounds the difference between their clocks, and a span counts from the latest
//! moment at which it can have begun to the earliest at which it can have ended. A process that has something to read answers
//! when it has nothing, so that a busy flow exchanges no messages.

use super::spans::{Span, Spans, length};
use serde::{Deserialize, Serialize};

/// Not less than this lies between two rounds, in microseconds.
const PAUSE: i64 = 10_000;

/// What a process has confirmed, by its own clock.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Answer {
    pub(crate) round: u64,
    pub(crate) spans: Vec<Span>,
    /// It adds nothing before this moment.
    pub(crate) known: i64,
    /// When the question came, and when this answer left.
    pub(crate) came: i64,
    pub(crate) left: i64,
}

/// Worker 0's side of it.
pub(crate) struct Rounds {
    processes: usize,
    spans: Spans,
    total: i64,
    /// The totals for which workers wait.
    wanted: Vec<Option<i64>>,
    /// The number of the round, and when it began.
    round: u64,
    began: i64,
    /// Which processes have not answered.
    open: Vec<bool>,
}

impl Rounds {
    pub(crate) fn new(processes: usize, workers: usize, total: i64) -> Rounds {
        let mut spans = Spans::default();
        (0..processes).for_each(|_| _ = spans.add_lane());
        let (wanted, open) = (vec![None; workers], vec![false; processes]);
        Rounds { processes, spans, total, wanted, round: 0, began: i64::MIN, open }
    }

    /// A worker waits for a total, or for none.
    pub(crate) fn want(&mut self, worker: usize, total: Option<i64>) {
        self.wanted[worker] = total;
    }

    /// When the next round is to begin; `None` while there is one, and while nobody waits.
    pub(crate) fn next(&self) -> Option<i64> {
        if self.open.contains(&true) {
            return None;
        }
        let wanted = self.wanted.iter().flatten().filter(|wanted| **wanted > self.total).min()?;
        let known = self.spans.known();
        let from = if known == i64::MAX { self.began } else { known };
        Some(from.saturating_add(wanted - self.total).max(self.began.saturating_add(PAUSE)))
    }

    /// Begins a round, whose number it gives.
    pub(crate) fn begin(&mut self, steady: i64) -> u64 {
        self.round += 1;
        self.began = steady;
        self.open.fill(true);
        self.round
    }

    /// A process has answered. The idle time, where all have and it is more than before.
    pub(crate) fn answered(&mut self, process: usize, answer: &Answer, steady: i64) -> Option<i64> {
        if answer.round != self.round || process >= self.processes || !std::mem::take(&mut self.open[process]) {
            return None;
        }
        // What is added to a moment by its clock to have the latest, and the earliest, that it can be by this one.
        let latest = steady.saturating_sub(answer.left);
        let earliest = self.began.saturating_sub(answer.came);
        let end = |at: i64| if at == i64::MAX { at } else { at.saturating_add(earliest) };
        for (from, to) in &answer.spans {
            self.spans.add(process, (from.saturating_add(latest), end(*to)));
        }
        self.spans.know(process, end(answer.known));
        if self.open.contains(&true) {
            return None;
        }
        let before = self.total;
        let Rounds { spans, total, .. } = self;
        spans.take_common(|span| *total = total.saturating_add(length(span)));
        (self.total > before).then_some(self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A process whose clock is `ahead`, and which has had nothing to read since `since`.
    fn answer(round: u64, ahead: i64, (since, until): Span, (came, left): Span) -> Answer {
        let (since, until) = (since + ahead, until + ahead);
        Answer { round, spans: vec![(since, until)], known: until, came: came + ahead, left: left + ahead }
    }

    #[test]
    fn what_all_processes_have_confirmed_counts_whatever_their_clocks_say() {
        for ahead in [-1_000_000, 0, 777_777] {
            let mut rounds = Rounds::new(2, 2, 100);
            assert_eq!(rounds.next(), None);
            rounds.want(1, Some(101));
            assert!(rounds.next().is_some_and(|at| at < 0));
            let round = rounds.begin(1000);
            assert_eq!(rounds.answered(0, &answer(round, 0, (0, 1000), (1000, 1001)), 1001), None);
            assert_eq!(rounds.next(), None);
            // The way there takes 20, the way back 30.
            let total = rounds.answered(1, &answer(round, ahead, (500, 1020), (1020, 1020)), 1050);
            assert_eq!(total, Some(100 + (1000 - 530)));
            // It is no longer waited for.
            assert_eq!(rounds.next(), None);
            rounds.want(1, Some(20_570));
            assert_eq!(rounds.next(), Some(21_000));
        }
    }

    #[test]
    fn what_one_process_has_read_meanwhile_does_not_count() {
        let mut rounds = Rounds::new(2, 2, 0);
        rounds.want(0, Some(1000));
        let round = rounds.begin(0);
        rounds.answered(0, &answer(round, 0, (0, 5000), (0, 5000)), 5000);
        let mut late = answer(round, 0, (0, 100), (0, 5000));
        late.spans.push((4900, 5000));
        late.known = 5000;
        assert_eq!(rounds.answered(1, &late, 5000), Some(200));
    }
}
