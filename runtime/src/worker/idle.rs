//! Idle time, as one process knows it: how long every source of the flow has had nothing to read. By it the watermarks of
//! `event_time` advance.
//!
//! Only what has been confirmed counts. A source confirms the time since a poll that found nothing when a later poll finds
//! nothing either, and begins to do so once everything that it read before has been processed. So nothing else can be taken
//! for idleness: no start, stop, backlog, retry or wait for a sink, since no poll finds nothing then. A process counts what
//! all its sources have confirmed; with several processes, worker 0 counts what all processes have (see
//! [`rounds`](super::rounds)).

use super::rounds::Answer;
use super::spans::{Span, Spans, length, push};
use crate::base::clock::Timestamp;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The idle time of the flow. All moments but the totals are by [`Clock::steady`](crate::clock::Clock::steady).
#[derive(Default)]
pub(crate) struct Idle {
    /// True where a step of the flow goes by it.
    used: AtomicBool,
    /// The idle time so far.
    total: AtomicI64,
    /// When all sources were last asked to look whether there is something to read.
    asked: AtomicI64,
    /// True where the flow runs in lockstep and in one process. What a script does to the clock counts as idle time then,
    /// whatever is left of the script: the flow is done with each batch before the next is read.
    lockstep: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// How many workers of this process have not been built.
    unbuilt: usize,
    /// True once a stop has been requested: no time counts after that.
    frozen: bool,
    /// The moment up to which time has been counted in lockstep.
    counted: Option<i64>,
    /// True where other processes have to confirm it too.
    shared: bool,
    spans: Spans,
    /// Since when each source has had nothing to read; `None` while it may have something.
    since: Vec<Option<i64>>,
    /// The totals for which the workers of this process wait.
    wanted: Vec<i64>,
    /// What this process has confirmed and not reported.
    confirmed: VecDeque<Span>,
    question: Option<Question>,
}

/// What worker 0 has asked, and when that came.
#[derive(Clone, Copy)]
struct Question {
    round: u64,
    came: i64,
}

/// Stands for no total.
const NONE: i64 = i64::MAX;

impl Idle {
    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The workers of this process are about to be built. Until then nothing counts.
    pub(crate) fn start(&self, workers: usize, lockstep: bool, processes: usize) {
        let mut state = self.locked();
        state.unbuilt = workers;
        state.wanted = vec![NONE; workers];
        self.lockstep.store(lockstep && processes == 1, Ordering::Relaxed);
        state.shared = processes > 1;
    }

    /// Continues from what the execution before had.
    pub(crate) fn resume(&self, total: i64) {
        self.total.store(total, Ordering::SeqCst);
    }

    /// A step of the flow goes by idle time.
    pub(crate) fn set_used(&self) {
        self.used.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_used(&self) -> bool {
        self.used.load(Ordering::Relaxed)
    }

    fn is_lockstep(&self) -> bool {
        self.lockstep.load(Ordering::Relaxed)
    }

    /// A source on a worker of this process; its number.
    pub(crate) fn add_source(&self) -> usize {
        let mut state = self.locked();
        state.since.push(None);
        state.spans.add_lane()
    }

    /// A worker of this process has been built, with all its sources.
    pub(crate) fn built(&self, steady: i64) {
        let mut state = self.locked();
        state.unbuilt = state.unbuilt.saturating_sub(1);
        state.counted = Some(steady);
    }

    /// From now on no time counts.
    pub(crate) fn freeze(&self) {
        self.locked().frozen = true;
    }

    /// The idle time so far.
    pub(crate) fn total(&self, steady: impl FnOnce() -> i64) -> Timestamp {
        if self.is_lockstep() {
            let mut state = self.locked();
            let now = steady();
            let before = state.counted.replace(now).unwrap_or(now);
            if state.counts() {
                self.total.fetch_add(now.saturating_sub(before).max(0), Ordering::SeqCst);
            }
        }
        Timestamp(self.total.load(Ordering::SeqCst))
    }

    /// Worker 0 has counted so much. True where a worker of this process waits for it.
    pub(crate) fn raise(&self, total: i64) -> bool {
        self.total.fetch_max(total, Ordering::SeqCst);
        self.locked().wanted.iter().any(|wanted| *wanted <= total)
    }

    /// A source has something to read, or may have.
    pub(crate) fn busy(&self, source: usize) {
        self.locked().since[source] = None;
    }

    /// A source has nothing to read from now on. True where all have nothing, and somebody waits for that.
    pub(crate) fn begins(&self, source: usize, steady: i64) -> bool {
        let mut state = self.locked();
        state.since[source] = Some(steady);
        state.is_idle() && (state.question.is_some() || state.wanted.iter().any(|wanted| *wanted != NONE))
    }

    /// A source had nothing to read for this span, which may end before it begins: then it is known so far, and had none. True where somebody waits for what that comes to.
    pub(crate) fn confirm(&self, source: usize, span: Span) -> bool {
        let mut state = self.locked();
        state.spans.add(source, span);
        if !state.counts() || self.is_lockstep() {
            return false;
        }
        let State { spans, confirmed, shared, .. } = &mut *state;
        let mut more = 0;
        spans.take_common(|span| match shared {
            true => push(confirmed, span),
            false => more += length(span),
        });
        let total = self.total.fetch_add(more, Ordering::SeqCst) + more;
        state.answers() || (more > 0 && state.wanted.iter().any(|wanted| *wanted <= total))
    }

    /// A worker of this process waits for a total, or for none; true where that is news.
    pub(crate) fn want(&self, worker: usize, total: Option<Timestamp>) -> bool {
        let total = total.map_or(NONE, |total| total.0);
        let mut state = self.locked();
        let before = state.wanted.get_mut(worker).map(|wanted| std::mem::replace(wanted, total));
        before.is_some_and(|before| before != total)
    }

    /// The first moment at which the idle time can have come to `total`, if the sources look then and find nothing. `None`
    /// where one of them may have something to read, where they have been asked to look, and where other processes have a say.
    pub(crate) fn reaches(&self, total: Timestamp) -> Option<i64> {
        let state = self.locked();
        let left = total.0.saturating_sub(self.total.load(Ordering::SeqCst)).max(0);
        if self.is_lockstep() {
            return state.counted.filter(|_| state.counts()).map(|counted| counted.saturating_add(left));
        }
        if state.shared || !state.is_idle() {
            return None;
        }
        let since = state.since.iter().flatten().copied().max()?;
        let at = since.max(state.spans.known()).saturating_add(left);
        (at > self.asked()).then_some(at)
    }

    /// Asks all sources to look whether there is something to read.
    pub(crate) fn ask(&self, steady: i64) {
        self.asked.fetch_max(steady, Ordering::SeqCst);
    }

    /// When all sources were last asked to look.
    pub(crate) fn asked(&self) -> i64 {
        self.asked.load(Ordering::SeqCst)
    }

    /// Worker 0 asks what this process has confirmed.
    pub(crate) fn question(&self, round: u64, steady: i64) {
        self.locked().question = Some(Question { round, came: steady });
        self.ask(steady);
    }

    /// What this process has confirmed, where worker 0 has asked and all sources have found nothing since.
    pub(crate) fn answer(&self, steady: impl FnOnce() -> i64) -> Option<Answer> {
        let mut state = self.locked();
        if !state.answers() {
            return None;
        }
        let Question { round, came } = state.question.take()?;
        let spans = std::mem::take(&mut state.confirmed).into();
        Some(Answer { round, spans, known: state.spans.known(), came, left: steady() })
    }
}

impl State {
    /// True after the start and before a stop.
    fn counts(&self) -> bool {
        !self.frozen && self.unbuilt == 0
    }

    /// True while all sources have nothing to read.
    fn is_idle(&self) -> bool {
        self.counts() && self.since.iter().all(Option::is_some)
    }

    /// True where worker 0 has asked and is to hear.
    fn answers(&self) -> bool {
        self.question.is_some_and(|question| self.is_idle() && self.spans.known() >= question.came)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn idle(sources: usize) -> Idle {
        let idle = Idle::default();
        idle.start(1, false, 1);
        idle.set_used();
        (0..sources).for_each(|_| _ = idle.add_source());
        idle.built(0);
        idle
    }

    fn total(idle: &Idle) -> i64 {
        idle.total(|| 0).0
    }

    #[test]
    fn time_counts_where_all_sources_have_confirmed_it() {
        let idle = idle(2);
        idle.begins(0, 10);
        idle.confirm(0, (10, 50));
        assert_eq!((total(&idle), idle.reaches(Timestamp(5))), (0, None));
        idle.begins(1, 30);
        assert_eq!(idle.reaches(Timestamp(5)), Some(35));
        idle.confirm(1, (30, 40));
        assert_eq!((total(&idle), idle.reaches(Timestamp(25))), (10, Some(55)));
        idle.busy(0);
        idle.confirm(1, (40, 60));
        assert_eq!((total(&idle), idle.reaches(Timestamp(25))), (20, None));
    }

    #[test]
    fn a_source_that_has_ended_has_nothing_and_where_all_have_ended_no_time_counts() {
        let idle = idle(2);
        idle.begins(0, 10);
        idle.confirm(0, (10, i64::MAX));
        idle.begins(1, 20);
        idle.confirm(1, (20, 30));
        assert_eq!(total(&idle), 10);
        idle.confirm(1, (20, i64::MAX));
        assert_eq!(total(&idle), 10);
    }

    #[test]
    fn nothing_counts_before_all_workers_are_built_or_after_a_stop() {
        let idle = Idle::default();
        idle.start(2, false, 1);
        let first = idle.add_source();
        idle.built(0);
        idle.begins(first, 0);
        idle.confirm(first, (0, 100));
        let second = idle.add_source();
        idle.built(100);
        idle.begins(second, 200);
        idle.confirm(first, (100, 300));
        idle.confirm(second, (200, 250));
        assert_eq!(total(&idle), 50);
        idle.freeze();
        idle.confirm(first, (300, 400));
        idle.confirm(second, (250, 400));
        assert_eq!((total(&idle), idle.reaches(Timestamp(60))), (50, None));
    }

    #[test]
    fn sources_are_asked_once_for_a_moment() {
        let idle = idle(1);
        idle.begins(0, 10);
        assert_eq!(idle.reaches(Timestamp(5)), Some(15));
        idle.ask(15);
        // They have been asked and have not looked.
        assert_eq!(idle.reaches(Timestamp(5)), None);
        idle.confirm(0, (10, 12));
        assert_eq!(idle.reaches(Timestamp(5)), None);
        idle.confirm(0, (12, 15));
        assert_eq!((total(&idle), idle.reaches(Timestamp(8))), (5, Some(18)));
    }
}
