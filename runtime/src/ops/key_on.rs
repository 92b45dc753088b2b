//! `key_on`: into a keyed stream.

use crate::stream::{Chain, Down, Push, Stage, Stream, named};

/// Gives each item a key: the stream becomes one of pairs `(key, item)`.
///
/// The key can be of any type that is a [`Key`](crate::data::Key). Nothing is sent yet; the next stateful step sends each key's items to the worker that owns the key.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow by_length(out: TestSink<(usize, &'static str)>) {
///         input("words", iter(["to", "be", "not"])) -> key_on("length", |word| word.len()) -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// by_length(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [(2, "to"), (2, "be"), (3, "not")]);
/// ```
pub fn key_on<'s, T, B, C, K, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    f: F,
) -> Stream<'s, (K, T), B, impl Chain<'s, (K, T)>>
where
    T: 'static,
    B: 'static,
    C: Chain<'s, T>,
    K: 'static,
    F: Fn(&T) -> K + 'static,
{
    up.stage(KeyOn { id, f })
}

struct KeyOn<F> {
    id: &'static str,
    f: F,
}

impl<T, K, F: Fn(&T) -> K> Stage<T> for KeyOn<F> {
    type Out = (K, T);

    #[inline(always)]
    fn run<P: Push<(K, T)>>(&mut self, item: T, next: &mut Down<'_, (K, T), P>) {
        let key = named(self.id, || (self.f)(&item));
        next.push((key, item));
    }
}
