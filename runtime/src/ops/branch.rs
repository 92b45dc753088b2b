//! `branch`: two streams, by a condition.

use crate::stream::{Chain, Down, Edges, Port, Push, Stage, Stream, named};

/// Sends items for which `f` is true to the port `.trues`, the others to `.falses`. Placement is kept.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow sorted(even: TestSink<u64>, odd: TestSink<u64>) {
///         numbers = input("numbers", iter(1..=4)) -> branch("is_even", |n| n % 2 == 0);
///         numbers.trues -> output("even", even);
///         numbers.falses -> output("odd", odd);
///     }
/// }
/// let (even, odd) = (TestSink::new(), TestSink::new());
/// sorted(even.clone(), odd.clone()).run(&Config::default()).unwrap();
/// assert_eq!((even.take(), odd.take()), (vec![2, 4], vec![1, 3]));
/// ```
pub fn branch<'s, T, B, C, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    f: F,
) -> (Stream<'s, T, B, impl Chain<'s, T>>, Stream<'s, T, B, Edges<'s, T>>)
where
    T: 'static,
    B: 'static,
    C: Chain<'s, T>,
    F: Fn(&T) -> bool + 'static,
{
    let placed = up.placed;
    let (push, falses) = up.port();
    (up.stage(Branch { id, f, falses: push }).placed(placed), falses.placed(placed))
}

struct Branch<T, F> {
    id: &'static str,
    f: F,
    falses: Port<T>,
}

impl<T: 'static, F: Fn(&T) -> bool> Stage<T> for Branch<T, F> {
    type Out = T;

    #[inline(always)]
    fn run<P: Push<T>>(&mut self, item: T, next: &mut Down<'_, T, P>) {
        if named(self.id, || (self.f)(&item)) {
            next.push(item);
        } else {
            self.falses.push(item);
        }
    }

    fn flush<P: Push<T>>(&mut self, _next: &mut Down<'_, T, P>) {
        self.falses.flush();
    }
}
