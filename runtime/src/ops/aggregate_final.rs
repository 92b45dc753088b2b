//! `aggregate_final`: several aggregates of each key, out at the end of the input.

use crate::base::clock::Timestamp;
use crate::base::data::Keyed;
use crate::check::{Ends, If, Witness};
use crate::state::{Combine, Placement, combine_values};
use crate::state::{Merge, Merging};
use crate::stream::{Chain, Stream};
use crate::windows::aggregate::{Aggregate, IsAggregate, Of, add_to, merge_into};
use std::marker::PhantomData;
use std::rc::Rc;

/// Computes several [aggregates](crate::windows::aggregate) of each key's values in one pass.
///
/// Values are aggregated where they are produced; only the results are sent to the worker that owns the key. There is no time
/// here: `first`, `last` and `collect` use the order of arrival, which is not fixed with several workers.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow lengths(out: TestSink<(char, (u64, f64, String))>) {
///         input("words", iter(["to", "be", "or", "not", "too"]))
///             -> key_on("initial", |word| word.chars().next().unwrap_or(' '))
///             -> aggregate_final("lengths", of = (count(), mean(|word| word.len()), last(|word| word.to_string())))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// lengths(out.clone()).run(&Config::default()).unwrap();
/// let to = ('t', (2, 2.5, "too".to_string()));
/// assert!(out.take().contains(&to));
/// ```
pub fn aggregate_final<'s, T, B, C, A: IsAggregate<T::Value, U, W>, U: 'static, W: Witness, M>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    of: M,
) -> Stream<'s, (T::Key, U), If<W, B>, If<W, impl Chain<'s, (T::Key, U)>>>
where
    T: Keyed,
    B: Ends + 'static,
    C: Chain<'s, T>,
    M: FnOnce(Of<T::Value>) -> A,
{
    let of = Rc::new(of(Of::new()));
    let merge = Adding { of: of.clone(), value: PhantomData };
    combine_values(up, id, Placement::ByKey, Adding { of, value: PhantomData }, Merging::until_end(merge))
        .known::<W, _, _>()
}

struct Adding<V, A> {
    of: Rc<A>,
    value: PhantomData<fn(&V)>,
}

impl<V: 'static, A: Aggregate<V>> Combine<V> for Adding<V, A> {
    /// `None` before the first value.
    type Acc = Option<A::State>;

    #[inline(always)]
    fn empty(&self) -> Option<A::State> {
        None
    }

    fn is_empty(&self, acc: &Option<A::State>) -> bool {
        acc.is_none()
    }

    #[inline(always)]
    fn add(&self, acc: &mut Option<A::State>, value: V) {
        add_to(&*self.of, acc, Timestamp::default(), &value);
    }
}

impl<V: 'static, A: Aggregate<V>> Merge<Option<A::State>> for Adding<V, A> {
    type Out = A::Out;

    fn merge(&self, acc: &mut Option<A::State>, more: Option<A::State>) {
        merge_into(&*self.of, acc, more);
    }

    fn out(&self, acc: Option<A::State>) -> Option<A::Out> {
        acc.map(|acc| self.of.finish(acc))
    }
}
