//! `discard`: the end of a chain on purpose.

use crate::base::time::EpochEnd;
use crate::stream::{Chain, Push, Stream};

/// Ends a chain whose items nobody wants. `why` is for the reader of the flow.
pub fn discard<'s, T, B, C>(up: Stream<'s, T, B, C>, _why: &'static str)
where
    T: 'static,
    B: 'static,
    C: Chain<'s, T>,
{
    up.op.end(&up.cx);
    up.build(Drop);
}

struct Drop;

impl<T> Push<T> for Drop {
    const HOLDS: bool = false;

    type Local = ();

    fn open(&mut self) {}

    #[inline(always)]
    fn push(&mut self, (): &mut (), _item: T) {}

    fn close(&mut self, (): ()) {}

    fn flush(&mut self) {}

    fn end_epoch(&mut self, _end: EpochEnd) {}
}
