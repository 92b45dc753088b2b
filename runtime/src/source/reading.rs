//! The operator that reads a source: its partitions on one worker, tick by tick.

use super::align::{Alignment, MOST_HELD, Progressing, Unaligned};
use super::partition::{Ended, Open, Ready, open_partitions};
use super::positions::Positions;
use super::{Next, Progress, Reader, Source, SourceCx, Waker};
use crate::base::bound::Boundedness;
use crate::base::clock::Timestamp;
use crate::base::error::{Error, Fault};
use crate::base::time::{EpochEnd, Time, epoch_of, next_tick, start_of};
use crate::snapshot::Output;
use crate::stream::{Chain, Cx, Op, OpState, Push, batch, named};
use crate::worker::{SourceState, TimerId, WorkerCx};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// The beginning of a chain that reads a source.
pub(crate) struct Reading<S, A = Unaligned> {
    id: &'static str,
    source: S,
    alignment: A,
}

impl<S> Reading<S> {
    pub(crate) fn new(id: &'static str, source: S) -> Self {
        Reading { id, source, alignment: Unaligned }
    }
}

impl<S, A> Reading<S, A> {
    pub(crate) fn aligned(id: &'static str, source: S, alignment: A) -> Self {
        Reading { id, source, alignment }
    }
}

impl<'s, S: Source + 'static, A: Alignment<S::Item>> Chain<'s, S::Item> for Reading<S, A> {
    const READS: bool = true;

    fn build<P: Push<S::Item> + 'static>(self, cx: &Cx<'s>, op: Op<'s>, push: P) {
        let builder = op.take_builder(cx);
        let address = builder.operator_info().address;
        let activator = cx.scope.activator_for(Rc::clone(&address));
        let remote = cx.scope.worker().sync_activator_for(address.to_vec());
        let waker = Waker::new(move || {
            // The worker is gone when this fails, and with it the need to wake it.
            let _ = remote.activate();
        });
        let worker = Rc::clone(&cx.worker);
        worker.guarantees.source(self.id, S::REPLAYS);
        let open = SourceCx { worker: worker.index, workers: worker.peers, clock: worker.clock.clone(), waker };
        let mut positions = Positions::new(self.id, &worker);
        let state = op.state();
        let readers = match open_partitions(&self.source, &open, &mut positions, &worker, &state, A::ON) {
            Ok(readers) => readers,
            Err(fault) => {
                worker.fail(Error::Source { step: self.id.into(), worker: worker.index, fault });
                Vec::new()
            }
        };
        let timer = worker.timers.add(activator.clone());
        let source = worker.add_source(activator);
        let ended = Rc::new(Ended { id: self.id, readers: RefCell::default() });
        worker.add_output(Rc::clone(&ended) as Rc<dyn Output>);
        let input = if A::ON { worker.add_aligned() } else { 0 };
        let mut reading = Loop::<S::Reader, P, A> {
            id: self.id,
            worker,
            source,
            state: Rc::clone(&state),
            timer,
            readers,
            ended,
            committed: None,
            push,
            alignment: self.alignment,
            input,
            leaving: Vec::new(),
            positions,
            budget: FIRST_BUDGET,
            ticks: VecDeque::new(),
            overdue: false,
            spent: Duration::ZERO,
            ends: S::Bound::ENDS,
            read: Progress::default(),
        };
        builder.build(move |capabilities| {
            state.set(capabilities);
            move |_frontiers| reading.run()
        });
    }
}

/// The reading loop of one input on one worker.
pub(super) struct Loop<R: Reader, P, A> {
    id: &'static str,
    pub(super) worker: Rc<WorkerCx>,
    pub(super) source: Rc<SourceState>,
    pub(super) state: Rc<OpState>,
    timer: TimerId,
    pub(super) readers: Vec<Open<R>>,
    ended: Rc<Ended<R>>,
    /// The last epoch of whose commit the readers have been notified.
    committed: Option<u64>,
    pub(super) push: P,
    pub(super) alignment: A,
    /// Its number among the aligned inputs.
    pub(super) input: usize,
    /// Partitions that have ended while what they brought is under way, where the input is aligned.
    pub(super) leaving: Vec<Progressing<R::Item, R::Position>>,
    positions: Positions,
    /// How many items to ask for at once, so that a batch takes about `BATCH_TIME`.
    budget: usize,
    /// The ticks that may still be under way, oldest first.
    ticks: VecDeque<Time>,
    /// True where every batch is an epoch, and this one has not ended with its batch since the one before is not committed.
    overdue: bool,
    /// How long reading has taken in this epoch.
    spent: Duration,
    ends: bool,
    /// What the partitions came to that have been read.
    read: Progress,
}

/// How long a tick lasts: long enough that progress tracking costs nothing, short enough that other operators and the
/// stop signal do not wait.
const TICK_TIME: Duration = Duration::from_micros(250);
const BATCH_TIME: Duration = Duration::from_micros(125);
/// Where every batch is an epoch, batches are one epoch until reading them took so long: a commit takes longer, and an execution
/// that does not live for long is to commit more than an item.
const LEAST_EPOCH: Duration = Duration::from_millis(5);
/// When reading took so long in such an epoch, it waits until it may end: what waits for a slow store stays bounded.
const MOST_EPOCH: Duration = Duration::from_millis(100);
/// One, since nothing is known yet: an item may take seconds, and a signal waits for the batch.
const FIRST_BUDGET: usize = 1;
const MOST_BUDGET: usize = 1 << 16;
/// How many ticks may be under way before the source waits for the ends of the flow.
const TICKS_UNDER_WAY: usize = 4;
/// How often a transient fault is retried, the pause doubling each time.
const MOST_RETRIES: u32 = 8;
const FIRST_PAUSE: Duration = Duration::from_millis(100);

impl<R: Reader, P: Push<R::Item>, A: Alignment<R::Item>> Loop<R, P, A> {
    fn run(&mut self) {
        if self.source.done.get() || self.worker.shared.aborting() {
            return;
        }
        self.notify_committed();
        self.push.begin();
        let (least, next_epoch) = self.worker.least_time();
        self.advance(least);
        if self.overdue {
            self.end_or_extend_epoch();
        }
        if self.worker.all_stopping() {
            return self.finish();
        }
        if self.readers.is_empty() {
            return self.finish_when_processed();
        }
        if self.worker.stopping() {
            // It is activated when all workers know.
            return;
        }
        if self.must_wait() {
            return self.worker.polled(&self.source, None);
        }
        let limits = if A::ON { self.align() } else { Vec::new() };
        let read = self.read_tick(&limits);
        self.push.flush();
        self.show_progress();
        if self.readers.is_empty() {
            if A::ON {
                self.end_tick();
            }
            return self.finish_when_processed();
        }
        if read {
            self.end_tick();
            self.source.activator.activate();
        } else {
            if self.overdue {
                self.spent = LEAST_EPOCH;
                self.end_or_extend_epoch();
            }
            self.wait(next_epoch);
            if A::ON {
                self.await_progress();
            }
        }
        let nothing = self.readers.iter().map(|open| open.nothing).min().flatten();
        self.worker.polled(&self.source, nothing);
    }

    /// Notifies the readers of what has been committed since.
    fn notify_committed(&mut self) {
        let committed = self.worker.committed();
        if let Some(epoch) = committed.filter(|_| committed != self.committed) {
            self.committed = committed;
            self.readers.iter_mut().for_each(|open| open.commit(self.id, epoch));
        }
    }

    /// Reads from every partition that is ready, round by round, for about as long as a tick lasts.
    fn read_tick(&mut self, limits: &[Timestamp]) -> bool {
        let start = Instant::now();
        let (now, steady) = (self.worker.clock.now(), self.worker.clock.steady());
        let mut read = false;
        loop {
            let mut more = false;
            let mut at = 0;
            while at < self.readers.len() {
                let waits = matches!(self.readers[at].ready, Ready::At(moment) if moment > now);
                if waits && !(A::ON && self.readers[at].progressing.is_holding()) {
                    at += 1;
                    continue;
                }
                let before = Instant::now();
                let (push, alignment, open) = (&mut self.push, &self.alignment, &mut self.readers[at]);
                self.state.partition.set(open.number);
                let mut gave = false;
                let limit = if A::ON { limits[open.number] } else { Timestamp::MAX };
                if A::ON && open.progressing.is_holding() {
                    batch(push, |next| {
                        while let Some(item) = open.progressing.release(limit) {
                            gave = true;
                            next.push(item);
                        }
                    });
                    open.moved |= gave;
                    read |= gave;
                    if open.progressing.is_holding() {
                        open.nothing = None;
                        at += 1;
                        continue;
                    }
                    if open.progressing.ends {
                        if !self.end_partition(at) {
                            return false;
                        }
                        continue;
                    }
                    if waits {
                        at += 1;
                        continue;
                    }
                }
                if A::ON {
                    open.progressing.begin(open.reader.position());
                }
                let budget = if A::ON { self.budget.min(MOST_HELD) } else { self.budget };
                let Open { reader, progressing, .. } = open;
                let next = batch(push, |next| {
                    named(self.id, || {
                        reader.next_batch(budget, &mut |item| {
                            gave = true;
                            if A::ON {
                                let time = alignment.time(&item);
                                if let Some(item) = progressing.take(item, time, limit) {
                                    next.push(item);
                                }
                            } else {
                                next.push(item);
                            }
                        })
                    })
                });
                read |= gave;
                open.nothing = None;
                open.moved = true;
                match next {
                    Ok(next) => {
                        open.failures = 0;
                        if !gave && matches!(next, Next::At(_) | Next::Wake) {
                            open.nothing = Some(steady);
                        }
                        if A::ON {
                            open.progressing.follow_poll(gave, next);
                        }
                        match next {
                            Next::More => {
                                more = true;
                                open.ready = Ready::Now;
                            }
                            Next::At(moment) => open.ready = Ready::At(moment),
                            Next::Wake | Next::Pending => open.ready = Ready::OnWake,
                            Next::End if A::ON && open.progressing.is_holding() => open.progressing.ends = true,
                            Next::End => {
                                if !self.end_partition(at) {
                                    return false;
                                }
                                continue;
                            }
                        }
                    }
                    Err(fault) if fault.is_transient() && open.failures < MOST_RETRIES => {
                        let pause = FIRST_PAUSE * 2u32.pow(open.failures);
                        open.failures += 1;
                        self.worker.shared.counts.of(self.id).add_retry();
                        open.ready = Ready::At(now.after(pause));
                    }
                    Err(fault) => {
                        let fault = fault.in_partition(&open.name);
                        self.fail(fault);
                        return false;
                    }
                }
                self.fit_budget(before.elapsed());
                at += 1;
            }
            let single =
                self.worker.lockstep || self.worker.epoch_interval.is_zero() || self.worker.perturbed.is_some();
            if !more || single || start.elapsed() >= TICK_TIME || self.worker.shared.aborting() {
                return more || read;
            }
        }
    }

    /// A partition has been read. False where its position cannot be encoded.
    fn end_partition(&mut self, at: usize) -> bool {
        let mut ended = self.readers.remove(at);
        let whole = ended.reader.progress().map_or(0, |progress| progress.total);
        self.read.done += whole;
        self.read.total += whole;
        let position = ended.reader.position();
        if let Err(fault) = self.positions.ended(&ended.name, &position) {
            self.fail(fault);
            return false;
        }
        self.state.end_partition(ended.number);
        ended.uncommitted.stands(epoch_of(self.source.time.get()), position);
        if A::ON {
            self.leaving.push(std::mem::replace(&mut ended.progressing, Progressing::new(0)));
        }
        self.ended.readers.borrow_mut().push(ended);
        true
    }

    fn fit_budget(&mut self, took: Duration) {
        self.spent += took;
        if let Some(perturbed) = &self.worker.perturbed {
            self.budget = perturbed.capacity();
            return;
        }
        if took < BATCH_TIME / 2 {
            self.budget = (self.budget * 2).min(MOST_BUDGET);
        } else if took > BATCH_TIME * 2 {
            self.budget = (self.budget / 2).max(1);
        }
    }

    /// Moves on to `time`, ending the epoch where `time` is in a later one.
    fn advance(&mut self, time: Time) {
        let now = self.source.time.get();
        if time > now {
            // Before its first epoch it stands at time 0, an epoch of no execution or of another one.
            if epoch_of(time) > epoch_of(now) && epoch_of(now) >= self.worker.first_epoch {
                self.end_epoch(EpochEnd::of(epoch_of(now), Some(epoch_of(time))));
            }
            if epoch_of(time) > epoch_of(now) {
                (self.overdue, self.spent) = (false, Duration::ZERO);
            }
            self.state.downgrade(time);
            self.source.time.set(time);
        }
    }

    /// All of an epoch has been read: says so, and where the partitions stand.
    fn end_epoch(&mut self, end: EpochEnd) {
        self.push.end_epoch(end);
        self.push.flush();
        let mut standing = Vec::new();
        for open in self.readers.iter_mut().filter(|open| open.moved) {
            open.moved = false;
            open.uncommitted.stands(end.epoch, open.reader.position());
            if self.positions.is_on() {
                match open.position() {
                    Ok(position) => standing.push((open.name.clone(), position)),
                    Err(fault) => return self.fail(fault),
                }
            }
        }
        self.positions.end_epoch(end, standing);
    }

    /// Begins the next tick, or the next epoch where every batch is one.
    fn end_tick(&mut self) {
        let now = self.source.time.get();
        self.source.idle.set_read(now);
        self.ticks.push_back(now);
        if A::ON {
            self.readers
                .iter_mut()
                .map(|open| &mut open.progressing)
                .chain(&mut self.leaving)
                .for_each(|one| one.end_tick(now));
        }
        self.advance(next_tick(now));
        if self.worker.epoch_interval.is_zero() {
            self.end_or_extend_epoch();
        }
    }

    /// Begins the next epoch, or leaves this one open until the one before it is committed: what is read during a slow commit
    /// is committed together, not in as many epochs as there were batches. The worker activates the source at the commit.
    fn end_or_extend_epoch(&mut self) {
        let epoch = epoch_of(self.source.time.get());
        self.overdue = !self.positions.may_end(epoch, self.spent >= LEAST_EPOCH, &self.worker);
        if !self.overdue {
            let next = start_of(epoch + 1);
            self.advance(next);
            self.worker.announce(next);
        }
    }

    /// True where too much is under way: the source is activated again when the ends of the flow have caught up.
    fn must_wait(&mut self) -> bool {
        if self.positions.must_wait(epoch_of(self.source.time.get()), self.spent >= MOST_EPOCH, &self.worker) {
            return true;
        }
        let most = if self.worker.lockstep { 0 } else { TICKS_UNDER_WAY };
        while self.ticks.len() > most {
            let oldest = self.ticks[self.ticks.len() - 1 - most] + 1;
            if self.worker.probe.less_than(&oldest) {
                // Sources that have nothing to read must move on too, or the ends never catch up.
                self.worker.announce(self.source.time.get());
                self.source.awaits.set(oldest);
                self.source.stalled.set(true);
                return true;
            }
            self.ticks.drain(..self.ticks.len() - most);
        }
        false
    }

    /// Sleeps until a partition is ready or the next epoch begins.
    fn wait(&mut self, next_epoch: Option<Timestamp>) {
        let polls = self.readers.iter().filter_map(|open| match open.ready {
            Ready::At(moment) => Some(moment),
            Ready::Now | Ready::OnWake => None,
        });
        self.worker.timers.set(self.timer, polls.chain(next_epoch).min());
    }

    pub(super) fn finish(&mut self) {
        if A::ON && !self.positions.is_on() {
            // Nobody will read it again.
            self.release_all();
        }
        self.end_epoch(EpochEnd::of(epoch_of(self.source.time.get()), None));
        self.end();
    }

    fn fail(&mut self, fault: Fault) {
        let (step, worker) = (self.id.to_owned(), self.worker.index);
        self.worker.fail(Error::Source { step, worker, fault });
    }

    fn end(&mut self) {
        if A::ON {
            self.worker.align(self.input, None);
        }
        self.state.clear();
        self.ended.readers.borrow_mut().append(&mut self.readers);
        self.worker.timers.set(self.timer, None);
        self.source.done.set(true);
        // It will never have anything again. Where the flow is stopped no time counts any more.
        self.source.idle.set_read(self.source.time.get());
        self.worker.polled(&self.source, Some(i64::MAX));
    }

    fn show_progress(&mut self) {
        if !self.ends {
            return;
        }
        let sum = self
            .readers
            .iter()
            .filter_map(|open| open.reader.progress())
            .fold(self.read, |sum, one| Progress { done: sum.done + one.done, total: sum.total + one.total });
        let before = self.source.progress.replace(sum);
        self.worker.shared.add_progress(before, sum);
    }
}
