//! Workload (a): integers through map, filter, map, flat_map, filter, map, and their sum.

#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

mod common;

use common::{Race, rounds, scaled};
use flowstone::prelude::*;
use flowstone::testing::TestSink;
use timely::container::CapacityContainerBuilder;
use timely::dataflow::channels::pact::Pipeline;
use timely::dataflow::operators::generic::Operator;
use timely::dataflow::operators::generic::operator::source;

#[inline(always)]
fn mix(n: u64) -> u64 {
    n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 7
}

#[inline(always)]
fn not_fifth(n: &u64) -> bool {
    !n.is_multiple_of(5)
}

#[inline(always)]
fn pair(n: u64) -> [u64; 2] {
    [n, n >> 3]
}

#[inline(always)]
fn even(n: &u64) -> bool {
    n.is_multiple_of(2)
}

dataflow! {
    flow chain(n: u64, out: TestSink<((), u64)>) {
        input("numbers", per_worker(move |worker, workers| share_of(n, worker, workers)))
            -> map(mix)
            -> filter(not_fifth)
            -> map(|n| n ^ 0x55)
            -> flat_map(pair)
            -> filter(even)
            -> map(|n| ((), n.wrapping_add(1)))
            -> reduce_final("sum", u64::wrapping_add)
            -> output("out", out);
    }
}

fn share_of(n: u64, worker: usize, workers: usize) -> std::ops::Range<u64> {
    let (worker, workers) = (worker as u64, workers as u64);
    n * worker / workers..n * (worker + 1) / workers
}

fn flowstone(n: u64, workers: usize) -> u64 {
    let out = TestSink::new();
    chain(n, out.clone()).run(&Config::default().workers(workers)).unwrap();
    out.take()[0].1
}

fn plain(n: u64) -> u64 {
    let mut sum = 0u64;
    for n in 0..n {
        let n = mix(n);
        if !not_fifth(&n) {
            continue;
        }
        for n in pair(n ^ 0x55) {
            if even(&n) {
                sum = sum.wrapping_add(n.wrapping_add(1));
            }
        }
    }
    sum
}

/// The whole chain inside of the source, as an expert writes it.
fn timely_tuned(n: u64) -> u64 {
    timely::execute_directly(move |worker| {
        let (send, receive) = std::sync::mpsc::channel();
        worker.dataflow::<u64, _, _>(|scope| {
            source::<_, CapacityContainerBuilder<Vec<u64>>, _, _>(scope, "numbers", move |capability, info| {
                let activator = scope_activator(scope, &info);
                let (mut capability, mut next, mut sum) = (Some(capability), 0, 0u64);
                move |output| {
                    if let Some(held) = &mut capability {
                        let end = (next + 1_000_000).min(n);
                        for n in next..end {
                            let n = mix(n);
                            if not_fifth(&n) {
                                for n in pair(n ^ 0x55) {
                                    if even(&n) {
                                        sum = sum.wrapping_add(n.wrapping_add(1));
                                    }
                                }
                            }
                        }
                        next = end;
                        held.downgrade(&next);
                        if next == n {
                            output.session(held).give(sum);
                            capability = None;
                        } else {
                            activator.activate();
                        }
                    }
                }
            })
            .sink(Pipeline, "sum", move |(input, _)| {
                input.for_each(|_, sums| sums.drain(..).for_each(|sum| send.send(sum).unwrap()));
            });
        });
        while worker.step() {}
        receive.recv().unwrap()
    })
}

fn scope_activator<'s>(
    scope: timely::dataflow::Scope<'s, u64>,
    info: &timely::dataflow::operators::generic::OperatorInfo,
) -> timely::scheduling::Activator {
    scope.activator_for(info.address.clone())
}

/// One operator a step, as timely's documentation shows it.
fn timely_idiomatic(n: u64) -> u64 {
    use timely::dataflow::operators::vec::{Filter, Map};
    timely::execute_directly(move |worker| {
        let (send, receive) = std::sync::mpsc::channel();
        worker.dataflow::<u64, _, _>(|scope| {
            source::<_, CapacityContainerBuilder<Vec<u64>>, _, _>(scope, "numbers", move |capability, info| {
                let activator = scope_activator(scope, &info);
                let (mut capability, mut next) = (Some(capability), 0);
                move |output| {
                    if let Some(held) = &mut capability {
                        let end = (next + 16_384).min(n);
                        output.session(held).give_iterator(next..end);
                        next = end;
                        held.downgrade(&next);
                        if next == n {
                            capability = None;
                        } else {
                            activator.activate();
                        }
                    }
                }
            })
            .map(mix)
            .filter(not_fifth)
            .map(|n| n ^ 0x55)
            .flat_map(pair)
            .filter(even)
            .map(|n| n.wrapping_add(1))
            .unary_frontier::<CapacityContainerBuilder<Vec<u64>>, _, _, _>(Pipeline, "sum", |capability, _| {
                let (mut capability, mut sum) = (Some(capability), 0u64);
                move |(input, frontier), output| {
                    input.for_each(|_, numbers| sum = numbers.drain(..).fold(sum, u64::wrapping_add));
                    if frontier.is_empty()
                        && let Some(held) = capability.take()
                    {
                        output.session(&held).give(sum);
                    }
                }
            })
            .sink(Pipeline, "out", move |(input, _)| {
                input.for_each(|_, sums| sums.drain(..).for_each(|sum| send.send(sum).unwrap()));
            });
        });
        while worker.step() {}
        receive.recv().unwrap()
    })
}

fn main() {
    let n = scaled(200_000_000);
    Race::new("(a) a chain of stateless steps", n, |answer| answer)
        .with("plain loop", || plain(n))
        .with("timely, hand-tuned", || timely_tuned(n))
        .with("timely, one operator a step", || timely_idiomatic(n))
        .with("flowstone", || flowstone(n, 1))
        .with("flowstone, 2 workers", || flowstone(n, 2))
        .run(rounds());
}
