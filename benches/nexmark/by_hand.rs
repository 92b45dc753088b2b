//! What the queries on timely share: a source with stateless steps inside, and an operator for each stage with state.
//!
//! A timestamp is the number of a stretch of event time (of a window, say); the frontier is the watermark.

use super::common::rows::Rows;
use super::shared::{Event, Events};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use std::collections::VecDeque;
use std::hash::BuildHasher;
use timely::ExchangeData;
use timely::container::CapacityContainerBuilder;
use timely::dataflow::channels::pact::{Exchange, ParallelizationContract, Pipeline};
use timely::dataflow::operators::Capability;
use timely::dataflow::operators::generic::Operator;
use timely::dataflow::operators::generic::operator::source;
use timely::dataflow::{Scope, StreamVec};

pub(crate) type Time = u64;
/// The frontier when nothing more comes.
pub(crate) const END: Time = Time::MAX;
pub(crate) type Map<V> = HashMap<u64, V, FixedState>;

/// A query, as the function that builds its dataflow.
pub(crate) type ByHand<R> = for<'s> fn(Scope<'s, Time>, Share) -> StreamVec<'s, Time, R>;

/// What a worker knows.
#[derive(Clone, Copy)]
pub(crate) struct Share {
    events: Events,
    index: usize,
    peers: usize,
}

/// Runs a query and gives its rows.
pub(crate) fn rows<R: Send + 'static>(query: ByHand<R>, events: Events, workers: usize) -> Vec<R> {
    let config = match workers {
        1 => timely::Config::thread(),
        _ => timely::Config::process(workers),
    };
    let out = Rows::new();
    let kept = out.clone();
    let guards = timely::execute(config, move |worker| {
        let share = Share { events, index: worker.index(), peers: worker.peers() };
        let kept = kept.clone();
        worker.dataflow::<Time, _, _>(|scope| {
            query(scope, share).sink(Pipeline, "out", move |(input, _)| input.for_each(|_, rows| kept.keep(rows)));
        });
        while worker.step() {}
    });
    guards.unwrap().join().into_iter().for_each(Result::unwrap);
    out.take()
}

/// Events read, and all that are to be kept handed on in vectors of about this many.
const BATCH: usize = 1024;

/// A source that hands on what `keep` makes of events; `time` says in which stretch an event is.
pub(crate) fn read<'s, T: 'static>(
    scope: Scope<'s, Time>,
    share: Share,
    time: impl Fn(&Event) -> Time + 'static,
    keep: impl Fn(Event) -> Option<T> + 'static,
) -> StreamVec<'s, Time, T> {
    source::<_, CapacityContainerBuilder<Vec<T>>, _, _>(scope, "events", move |held, info| {
        let activator = scope.activator_for(info.address.clone());
        let mut held = Some(held);
        let mut events = share.events.share(share.index, share.peers);
        let mut batch = Vec::new();
        move |output| {
            let Some(capability) = &mut held else { return };
            for _ in 0..8 {
                batch.reserve(BATCH);
                let mut newest = None;
                for event in events.by_ref().take(BATCH) {
                    newest = Some(time(&event));
                    batch.extend(keep(event));
                }
                // What is older than the frontier must be on its way before the frontier moves.
                let moves = newest.is_none_or(|newest| newest > *capability.time());
                if !batch.is_empty() && (moves || batch.len() >= BATCH) {
                    output.session(&capability).give_container(&mut batch);
                }
                match newest {
                    None => {
                        held = None;
                        return;
                    }
                    Some(newest) if moves => capability.downgrade(&newest),
                    Some(_) => {}
                }
            }
            activator.activate();
        }
    })
}

/// For queries without windows.
pub(crate) fn no_time(_: &Event) -> Time {
    0
}

/// What an operator with state does.
pub(crate) trait Stage: 'static {
    type In: ExchangeData;
    type Out: 'static;

    fn add(&mut self, item: Self::In, out: &mut Vec<Self::Out>);

    /// All of before `time` has come.
    fn close(&mut self, time: Time, out: &mut Vec<Self::Out>);

    /// Before each run of items.
    fn tick(&mut self, _out: &mut Vec<Self::Out>) {}
}

/// A stage whose state is by key: behind an exchange, if there is another worker.
pub(crate) fn by_key<'s, S: Stage>(
    items: StreamVec<'s, Time, S::In>,
    share: Share,
    key: impl Fn(&S::In) -> u64 + 'static,
    stage: S,
) -> StreamVec<'s, Time, S::Out> {
    match share.peers {
        1 => local(items, Pipeline, stage),
        _ => local(items, Exchange::new(move |item: &S::In| FixedState::default().hash_one(key(item))), stage),
    }
}

/// An operator that holds one capability, for the oldest stretch it may have something of.
pub(crate) fn local<'s, S: Stage, P: ParallelizationContract<Time, Vec<S::In>>>(
    items: StreamVec<'s, Time, S::In>,
    pact: P,
    mut stage: S,
) -> StreamVec<'s, Time, S::Out> {
    items.unary_frontier::<CapacityContainerBuilder<Vec<S::Out>>, _, _, _>(pact, "stage", |_, _| {
        let (mut out, mut held, mut closed) = (Vec::new(), None, 0);
        move |(input, frontier), output| {
            stage.tick(&mut out);
            input.for_each(|capability, items| {
                if held.as_ref().is_none_or(|held: &Capability<Time>| capability.time() < held.time()) {
                    held = Some(capability.retain(0));
                }
                items.drain(..).for_each(|item| stage.add(item, &mut out));
            });
            let frontier = frontier.frontier().first().copied().unwrap_or(END);
            if frontier > closed {
                stage.close(frontier, &mut out);
                closed = frontier;
            }
            if let Some(capability) = &held
                && !out.is_empty()
            {
                output.session(capability).give_container(&mut out);
            }
            match &mut held {
                _ if frontier == END => held = None,
                Some(held) if *held.time() < frontier => held.downgrade(&frontier),
                _ => {}
            }
        }
    })
}

/// Windows that are open, side by side, the oldest first.
#[derive(Default)]
pub(crate) struct Ring<W> {
    oldest: u64,
    open: VecDeque<W>,
}

impl<W: Default> Ring<W> {
    #[inline(always)]
    pub(crate) fn at(&mut self, window: u64) -> &mut W {
        // What is before the oldest wraps around and is not found.
        let at = window.wrapping_sub(self.oldest) as usize;
        if at >= self.open.len() {
            self.make_room(window);
        }
        &mut self.open[(window - self.oldest) as usize]
    }

    #[cold]
    fn make_room(&mut self, window: u64) {
        if self.open.is_empty() {
            self.oldest = window;
        }
        while self.oldest > window {
            self.open.push_front(W::default());
            self.oldest -= 1;
        }
        while self.oldest + self.open.len() as u64 <= window {
            self.open.push_back(W::default());
        }
    }

    pub(crate) fn oldest(&self) -> Option<u64> {
        (!self.open.is_empty()).then_some(self.oldest)
    }

    /// The oldest window, if it is from before `time`.
    pub(crate) fn pop_before(&mut self, time: Time) -> Option<(u64, W)> {
        let oldest = self.oldest;
        let closed = if oldest < time { self.open.pop_front()? } else { return None };
        self.oldest += 1;
        Some((oldest, closed))
    }
}
