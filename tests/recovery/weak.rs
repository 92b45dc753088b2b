//! A sink in front of another that is slow, fails for reasons that pass and hangs for a while, as the seed says.

use flowstone::error::Fault;
use flowstone::sink::{Guarantee, Retry, Sink, SinkCx, Writer};
use std::time::Duration;

#[path = "random.rs"]
mod random;

use random::Random;

/// The sink that it stands in front of; without `WEAK=SEED` in the environment it does nothing else.
pub(crate) struct Weak<S>(pub(crate) S);

pub(crate) struct WeakWriter<W> {
    writer: W,
    random: Option<Random>,
}

impl<T, S: Sink<T>> Sink<T> for Weak<S> {
    type Writer = WeakWriter<S::Writer>;
    const GUARANTEE: Guarantee = S::GUARANTEE;

    fn retry(&self) -> Retry {
        Retry::new().first(Duration::from_millis(1)).longest(Duration::from_millis(8))
    }

    fn open(&self, cx: &SinkCx) -> Result<Self::Writer, Fault> {
        let seed: Option<u64> = std::env::var("WEAK").ok().and_then(|seed| seed.parse().ok());
        let of_step = cx.step.bytes().map(u64::from).sum::<u64>() * 64 + cx.worker as u64;
        Ok(WeakWriter { writer: self.0.open(cx)?, random: seed.map(|seed| Random::new((seed << 32) + of_step)) })
    }
}

impl<W> WeakWriter<W> {
    /// Before a call, or after one that can be made again.
    fn weaken(&mut self) -> Result<(), Fault> {
        let Some(random) = &mut self.random else { return Ok(()) };
        match random.below(64) {
            0 => std::thread::sleep(Duration::from_millis(50 + random.below(200))),
            1..=4 => std::thread::sleep(Duration::from_millis(1 + random.below(4))),
            5..=12 => return Err(Fault::new("the disk is away").transient()),
            _ => {}
        }
        Ok(())
    }
}

impl<T, W: Writer<T>> Writer<T> for WeakWriter<W> {
    type Prepared = W::Prepared;

    fn write_batch(&mut self, items: &mut Vec<T>) -> Result<(), Fault> {
        self.weaken()?;
        if self.random.as_mut().is_some_and(|random| random.below(8) == 0) {
            // It takes some of them and then fails.
            let rest = items.split_off(items.len() / 2);
            self.writer.write_batch(items)?;
            *items = rest;
            self.weaken()?;
        }
        self.writer.write_batch(items)
    }

    fn prepare(&mut self, epoch: u64) -> Result<W::Prepared, Fault> {
        self.weaken()?;
        self.writer.prepare(epoch)
    }

    fn commit(&mut self, prepared: W::Prepared) -> Result<(), Fault> {
        self.weaken()?;
        self.writer.commit(prepared)?;
        // It is done, and the answer is lost: it is done again.
        self.weaken()
    }

    fn recover(&mut self) -> Result<(), Fault> {
        self.weaken()?;
        self.writer.recover()
    }

    fn close(&mut self) -> Result<(), Fault> {
        self.weaken()?;
        self.writer.close()
    }
}
