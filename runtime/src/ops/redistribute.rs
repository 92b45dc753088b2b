//! `redistribute`: items spread over the workers.

use crate::base::data::Data;
use crate::base::time::EpochEnd;
use crate::stream::{Chain, Op, Push, Received, RoutePush, Stream};

/// Spreads items over all workers, one run of items to each in turn, so that later work is divided where a source has
/// fewer partitions than there are workers.
///
/// Items that went to different workers leave in any order, even those of one key.
pub fn redistribute<'s, T, B, C>(up: Stream<'s, T, B, C>, id: &'static str) -> Stream<'s, T, B, impl Chain<'s, T>>
where
    T: Data,
    B: 'static,
    C: Chain<'s, T>,
{
    let cx = up.cx();
    let (route, stream, pool) = RoutePush::new(&cx, &up.op);
    let workers = cx.workers();
    up.build(Spread { route, workers, target: cx.worker(), run: 0 });
    let op = Op::new(id);
    Stream::new(cx, op, Received { stream, pool })
}

/// How many items in a row go to one worker: fewer for sources that bring little at a time, or one worker gets it all.
const RUN: usize = 32;

struct Spread<T> {
    route: RoutePush<T>,
    workers: usize,
    target: usize,
    run: usize,
}

impl<T: Data> Push<T> for Spread<T> {
    const HOLDS: bool = false;

    type Local = Vec<T>;

    #[inline(always)]
    fn open(&mut self) -> Vec<T> {
        self.route.open()
    }

    #[inline(always)]
    fn close(&mut self, own: Vec<T>) {
        self.route.close(own);
    }

    #[inline(always)]
    fn push(&mut self, own: &mut Vec<T>, item: T) {
        self.route.send(own, self.target, item);
        self.run += 1;
        if self.run == RUN {
            self.run = 0;
            self.target = (self.target + 1) % self.workers;
        }
    }

    fn flush(&mut self) {
        self.route.flush();
        self.run = 0;
        self.target = (self.target + 1) % self.workers;
    }

    fn end_epoch(&mut self, _end: EpochEnd) {}
}
