//! `split`: two streams of their own types, by a `Result`.

use crate::stream::{Chain, Down, Edges, Port, Push, Stage, Stream, named};

/// Sends what `f` returns as `Ok` to the port `.ok`, what it returns as `Err` to `.err`: each side has its own type.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow parsed(good: TestSink<u64>, bad: TestSink<String>) {
///         texts = input("texts", iter(["1", "x"]))
///             -> split("parse", |text| text.parse::<u64>().map_err(|_| text.to_uppercase()));
///         texts.ok -> output("good", good);
///         texts.err -> output("bad", bad);
///     }
/// }
/// let (good, bad) = (TestSink::new(), TestSink::new());
/// parsed(good.clone(), bad.clone()).run(&Config::default()).unwrap();
/// assert_eq!((good.take(), bad.take()), (vec![1], vec!["X".to_string()]));
/// ```
pub fn split<'s, T, B, C, U, V, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    f: F,
) -> (Stream<'s, U, B, impl Chain<'s, U>>, Stream<'s, V, B, Edges<'s, V>>)
where
    T: 'static,
    B: 'static,
    C: Chain<'s, T>,
    U: 'static,
    V: 'static,
    F: Fn(T) -> Result<U, V> + 'static,
{
    let (push, others) = up.port();
    (up.stage(Split { id, f, others: push }), others)
}

struct Split<V, F> {
    id: &'static str,
    f: F,
    others: Port<V>,
}

impl<T, U, V: 'static, F: Fn(T) -> Result<U, V>> Stage<T> for Split<V, F> {
    type Out = U;

    #[inline(always)]
    fn run<P: Push<U>>(&mut self, item: T, next: &mut Down<'_, U, P>) {
        match named(self.id, || (self.f)(item)) {
            Ok(out) => next.push(out),
            Err(other) => self.others.push(other),
        }
    }

    fn flush<P: Push<U>>(&mut self, _next: &mut Down<'_, U, P>) {
        self.others.flush();
    }
}
