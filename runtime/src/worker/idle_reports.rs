//! What one worker does for the flow's idle time: tracks its sources, has them polled when it matters, reports to worker 0.

use super::control::{ControlMessage, IdleMessage};
use super::rounds::Rounds;
use super::{SourceState, WorkerCx};
use crate::base::time::next_tick;
use std::time::Duration;

impl WorkerCx {
    /// A source has been polled. `nothing` is when the first of its partitions was last polled and reported nothing, or `None`
    /// where one of them may have something to read.
    pub(crate) fn polled(&self, source: &SourceState, nothing: Option<i64>) {
        let idle = &source.idle;
        if !self.shared.idle.is_used() || idle.nothing.replace(nothing) == nothing {
            return;
        }
        if nothing.is_none() {
            if idle.since.take().is_some() {
                self.shared.idle.busy(idle.number);
            }
            return;
        }
        if let Some(read) = idle.read.get()
            && self.probe.less_equal(&read)
        {
            // Sources that have nothing to read must move on too, or the ends never catch up.
            self.announce(next_tick(read));
        }
        self.confirm(source);
    }

    /// Confirms the time in which a source had nothing to read, once all that it had read has been processed.
    fn confirm(&self, source: &SourceState) {
        let idle = &source.idle;
        let Some(nothing) = idle.nothing.get() else { return };
        let mut awaited = false;
        let since = match idle.since.get() {
            Some(since) => since,
            None if idle.read.get().is_some_and(|read| self.probe.less_equal(&read)) => return,
            None => {
                let now = self.clock.steady();
                idle.since.set(Some(now));
                awaited |= self.shared.idle.begins(idle.number, now);
                now
            }
        };
        // A poll before what had been read was processed confirms nothing, but says how far the source is known.
        awaited |= self.shared.idle.confirm(idle.number, (since, nothing));
        if awaited {
            self.shared.wake();
        }
    }

    /// Does what there is to do for the flow's idle time, between two steps of the worker.
    pub(crate) fn follow_idle(&self) {
        let idle = &self.shared.idle;
        if !idle.is_used() {
            return;
        }
        for source in self.sources.borrow().iter() {
            if source.idle.since.get().is_none() {
                self.confirm(source);
            }
        }
        self.want();
        if let Some(at) = self.timers.next_idle().and_then(|wanted| idle.reaches(wanted)) {
            let now = self.clock.steady();
            if at <= now {
                idle.ask(now);
                self.shared.wake();
            }
        }
        if self.peers > self.here.len() {
            self.talk();
        }
        let asked = idle.asked();
        if asked > self.idling.asked.replace(asked) {
            self.activate_sources();
        }
    }

    /// Says for which total this worker waits.
    fn want(&self) {
        let wanted = self.timers.next_idle();
        if self.idling.wanted.replace(wanted) != wanted {
            self.shared.idle.want(self.index - self.here.start, wanted);
        }
        if self.peers == self.here.len() {
            return;
        }
        // Worker 0 asks too early where a timer was moved to a later moment, and hears of that then.
        let total = self.moment().idle;
        let reported = self.idling.reported.get();
        let known = reported.is_some_and(|reported| reported > total && wanted.is_none_or(|wanted| wanted >= reported));
        if wanted != reported && !known {
            self.idling.reported.set(wanted);
            let message = IdleMessage::Wanted { worker: self.index, total: wanted.map(|wanted| wanted.0) };
            self.idling.outbox.borrow_mut().push(message);
        }
    }

    /// Asks the other processes, and answers.
    fn talk(&self) {
        let mut message = self.idling.outbox.take();
        if self.index == self.here.start
            && let Some(answer) = self.shared.idle.answer(|| self.clock.steady())
        {
            message.push(IdleMessage::Answer { process: self.index / self.here.len(), answer });
        }
        if let Some(rounds) = self.idling.rounds.borrow_mut().as_mut() {
            let now = self.clock.steady();
            if rounds.next().is_some_and(|at| at <= now) {
                message.push(IdleMessage::Question { round: rounds.begin(now) });
            }
        }
        message.into_iter().for_each(|message| self.broadcast(ControlMessage::Idle(message)));
    }

    /// Takes note of what another worker says.
    pub(super) fn receive_idle(&self, message: IdleMessage) {
        let leads = self.index == self.here.start;
        match message {
            IdleMessage::Wanted { worker, total } => {
                if let Some(rounds) = self.idling.rounds.borrow_mut().as_mut() {
                    rounds.want(worker, total);
                }
            }
            IdleMessage::Question { round } if leads => {
                self.shared.idle.question(round, self.clock.steady());
                self.shared.wake();
            }
            IdleMessage::Answer { process, answer } => {
                if let Some(rounds) = self.idling.rounds.borrow_mut().as_mut()
                    && let Some(total) = rounds.answered(process, &answer, self.clock.steady())
                {
                    self.idling.outbox.borrow_mut().push(IdleMessage::Total(total));
                }
            }
            IdleMessage::Total(total) if leads => {
                if self.shared.idle.raise(total) {
                    self.shared.wake();
                }
            }
            IdleMessage::Question { .. } | IdleMessage::Total(_) => {}
        }
    }

    /// How long it is until something is to be done for the flow's idle time.
    pub(crate) fn idle_sleep(&self) -> Option<Duration> {
        let by_source = self.timers.next_idle().and_then(|wanted| match wanted <= self.moment().idle {
            true => Some(i64::MIN),
            false => self.shared.idle.reaches(wanted),
        });
        let by_round = self.idling.rounds.borrow().as_ref().and_then(Rounds::next);
        let at = by_source.into_iter().chain(by_round).min()?;
        let left = at.saturating_sub(self.clock.steady());
        Some(Duration::from_micros(u64::try_from(left).unwrap_or(0)))
    }
}
