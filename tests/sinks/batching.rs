//! Batches of the size that a sink asks for: by rows, bytes and time.

use flowstone::clock::{Clock, Timestamp};
use flowstone::error::Fault;
use flowstone::prelude::*;
use flowstone::sink::{Batching, Sink, SinkCx, Writer};
use flowstone::sinks::batched;
use flowstone::testing::{Entry, TestSource, at_every_size};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Keeps the sizes of batches, and the ends of epochs between them.
#[derive(Clone, Default)]
struct Sizes(Arc<Mutex<Vec<Call>>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Batch { worker: usize, items: usize },
    EpochEnd { worker: usize },
}

struct SizesWriter {
    sink: Sizes,
    worker: usize,
}

impl Sink<u64> for Sizes {
    type Writer = SizesWriter;

    fn open(&self, cx: &SinkCx) -> Result<SizesWriter, Fault> {
        Ok(SizesWriter { sink: self.clone(), worker: cx.worker })
    }
}

impl Writer<u64> for SizesWriter {
    type Prepared = ();

    fn write_batch(&mut self, items: &mut Vec<u64>) -> Result<(), Fault> {
        self.sink.0.lock().unwrap().push(Call::Batch { worker: self.worker, items: items.len() });
        items.clear();
        Ok(())
    }

    fn prepare(&mut self, _: u64) -> Result<(), Fault> {
        self.sink.0.lock().unwrap().push(Call::EpochEnd { worker: self.worker });
        Ok(())
    }

    fn commit(&mut self, (): ()) -> Result<(), Fault> {
        Ok(())
    }

    fn bytes_of(item: &u64) -> usize {
        *item as usize
    }
}

dataflow! {
    flow numbers(n: u64, batching: Batching, out: Sizes) {
        input("numbers", crate::below(n)) -> output("out", batched(out, batching));
    }

    flow scripted(source: TestSource<u64>, batching: Batching, out: Sizes) {
        input("script", source) -> output("out", batched(out, batching));
    }
}

#[test]
fn batches_have_as_many_rows_as_asked_for_but_for_the_last_of_an_epoch() {
    at_every_size(|config| {
        let out = Sizes::default();
        numbers(5_003, Batching::of_rows(100), out.clone()).run(config).unwrap();
        let calls = out.0.lock().unwrap();
        let mut sum = 0;
        for (at, call) in calls.iter().enumerate() {
            let Call::Batch { worker, items } = *call else { continue };
            sum += items;
            let ends = Call::EpochEnd { worker };
            let next = calls[at + 1..].iter().find(|call| match call {
                Call::Batch { worker: of, .. } | Call::EpochEnd { worker: of } => *of == worker,
            });
            assert!(items == 100 || (items < 100 && next == Some(&ends)), "{calls:?}");
        }
        assert_eq!(sum, 5_003);
    });
}

#[test]
fn a_batch_ends_with_the_item_that_fills_its_bytes() {
    let out = Sizes::default();
    // 0 1 2 3 4 | 5 6 | 7 8 | 9
    numbers(10, Batching::of_rows(100).bytes(10), out.clone()).run(&Config::default()).unwrap();
    let batch = |items| Call::Batch { worker: 0, items };
    assert_eq!(*out.0.lock().unwrap(), [batch(5), batch(2), batch(2), batch(1), Call::EpochEnd { worker: 0 }]);
}

#[test]
fn no_item_waits_for_longer_than_it_may() {
    let clock = Clock::manual(Timestamp(0));
    let out = Sizes::default();
    let seen = out.clone();
    let second = || Entry::Advance(Duration::from_secs(1));
    let script = [Entry::Items(vec![1, 2, 3]), second(), Entry::Items(vec![4]), second(), Entry::Items(vec![5])];
    let source = TestSource::script(script);
    let config = Config::default().clock(clock).snapshot_interval(Duration::from_secs(1000));
    scripted(source, Batching::of_rows(100).after(Duration::from_secs(2)), out).run(&config).unwrap();
    let batch = |items| Call::Batch { worker: 0, items };
    // The first has waited for two seconds when the clock moves the second time.
    let end = Call::EpochEnd { worker: 0 };
    assert_eq!(*seen.0.lock().unwrap(), [batch(4), batch(1), end]);
}
