//! What steps ask of a stream, each question with a message of its own, and how one mistake stays one error.
//!
//! The macro asks before the step: `ops::redistribute(CarriesData::items(stream), "id")`. Steps themselves can be called
//! without any of this; they ask the same by their bounds, in rustc's words.
//!
//! What comes out where a bound does not hold must not be reported again by every step behind it. So its types are
//! [`If<W, …>`](If), with a witness `W` that rustc knows only where the bound holds; where it does not, rustc knows nothing of
//! them. Items can become known again by what is done with them further on, but nothing else says whether a stream ends: that
//! is why it is `B` that is asked, and an unknown `B` answers nothing.
//!
//! A bound with one blanket impl is taken for granted by rustc, which then reports what *that* impl lacks, trait by trait.
//! Between two impls it has to choose: it finds that neither holds, and reports the bound itself, once, in its own words.
//! That is why most of them have a second impl, for which there is no type.

mod arguments;
mod closures;
mod joins;
mod pairs;
mod windows;

pub use crate::base::witness::{Both, Fails, ForAll, Holds, If, Witness};
pub use crate::windows::GivesTime;
pub use arguments::*;
pub use closures::*;
pub use joins::{ClonesValues, Differs, SharesKey};
pub use pairs::{KeyOf, ValueOf};
pub use windows::{AreWindows, IsClock, IsMoment, IsWindowInto, IsWindowLogic, Values, moment, over, timed, values_of};

use crate::base::bound::Bounded;
use crate::base::data::{Data, Key};
use crate::base::witness::Never;
use crate::sink::Sink;
use crate::source::Source;
use crate::state::Logic;
use crate::stream::{Edges, Stream};
use std::fmt::Debug;

/// What an answer gives back: the stream, as far as it is known.
type Known<'s, W, T, B, C> = Stream<'s, If<W, T>, If<W, B>, If<W, C>>;

/// Asks for items that are pairs of a key and a value.
#[diagnostic::on_unimplemented(
    message = "this step needs a keyed stream, and this one carries `{T}`",
    label = "needs items `(key, value)`",
    note = "put `-> key_on(\"id\", |item| …)` before it"
)]
pub trait CarriesPairs<T, W: Witness>: Sized {
    /// A keyed stream.
    #[inline(always)]
    fn pairs<'s, C>(stream: Stream<'s, T, Self, C>) -> Known<'s, W, T, Self, C> {
        stream.known::<W, _, _>()
    }
}

#[diagnostic::do_not_recommend]
impl<B, K, V> CarriesPairs<(K, V), Holds> for B {}

/// Asks for keys that are a [`Key`].
#[diagnostic::on_unimplemented(
    message = "`{K}` cannot be a key",
    label = "a key is `Hash + Eq + Clone + Serialize + Deserialize + Send`",
    note = "write `#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]` on its type, or make a key of text or whole numbers"
)]
pub trait CarriesKeys<K, W: Witness>: Sized {
    /// A stream whose items can be brought together by their keys.
    #[inline(always)]
    fn keys<'s, T: KeyOf<K>, C>(stream: Stream<'s, T, Self, C>) -> Known<'s, W, T, Self, C> {
        stream.known::<W, _, _>()
    }
}

#[diagnostic::do_not_recommend]
impl<B, K: Key> CarriesKeys<K, Holds> for B {}

#[diagnostic::do_not_recommend]
impl<B, K: Key + Never> CarriesKeys<K, Fails> for B {}

/// Asks for items, or values, that are [`Data`].
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be sent to another worker or stored",
    label = "needs `Serialize + Deserialize + Send`",
    note = "write `#[derive(Serialize, Deserialize)]` on its type, or convert it to a type that has both before this step"
)]
pub trait CarriesData<T, W: Witness>: Sized {
    /// A stream whose items can be sent.
    #[inline(always)]
    fn items<'s, C>(stream: Stream<'s, T, Self, C>) -> Known<'s, W, T, Self, C> {
        stream.known::<W, _, _>()
    }

    /// A stream whose values can be sent and stored.
    #[inline(always)]
    fn values<'s, I: ValueOf<T>, C>(stream: Stream<'s, I, Self, C>) -> Known<'s, W, I, Self, C> {
        stream.known::<W, _, _>()
    }
}

#[diagnostic::do_not_recommend]
impl<B, T: Data> CarriesData<T, Holds> for B {}

#[diagnostic::do_not_recommend]
impl<B, T: Data + Never> CarriesData<T, Fails> for B {}

/// Asks for values, or ranks, of which one is the greatest.
#[diagnostic::on_unimplemented(
    message = "`{V}` has no total order",
    label = "needs `Ord`",
    note = "write `#[derive(PartialEq, Eq, PartialOrd, Ord)]` on its type; for `f64`, write `-> reduce_final(\"id\", f64::max)`, in windows `-> reduce_window(\"id\", clock = …, windows = …, f64::max)`"
)]
pub trait CarriesOrder<V, W: Witness>: Sized {
    /// A stream whose values have an order.
    #[inline(always)]
    fn ordered<'s, T: ValueOf<V>, C>(stream: Stream<'s, T, Self, C>) -> Known<'s, W, T, Self, C> {
        stream.known::<W, _, _>()
    }
}

#[diagnostic::do_not_recommend]
impl<B, V: Ord> CarriesOrder<V, Holds> for B {}

#[diagnostic::do_not_recommend]
impl<B, V: Ord + Never> CarriesOrder<V, Fails> for B {}

/// Asks for items that can be cloned: of a stream that several steps read.
#[diagnostic::on_unimplemented(
    message = "this stream is used more than once, but its items `{T}` cannot be cloned",
    label = "each reader of this stream gets every item",
    note = "write `#[derive(Clone)]` on the type, or share each item: `-> map(\"id\", std::rc::Rc::new)`"
)]
pub trait CarriesClones<T, W: Witness>: Sized {
    /// A stream that can be shared.
    #[inline(always)]
    fn shared<'s, C>(stream: Stream<'s, T, Self, C>) -> Known<'s, W, T, Self, C> {
        stream.known::<W, _, _>()
    }
}

#[diagnostic::do_not_recommend]
impl<B, T: Clone> CarriesClones<T, Holds> for B {}

#[diagnostic::do_not_recommend]
impl<B, T: Clone + Never> CarriesClones<T, Fails> for B {}

/// Asks for items that can be shown as text.
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be printed",
    label = "needs `Debug`",
    note = "write `#[derive(Debug)]` on its type"
)]
pub trait CarriesDebug<T, W: Witness>: Sized {
    /// A stream whose items can be shown.
    #[inline(always)]
    fn shown<'s, C>(stream: Stream<'s, T, Self, C>) -> Known<'s, W, T, Self, C> {
        stream.known::<W, _, _>()
    }
}

#[diagnostic::do_not_recommend]
impl<B, T: Debug> CarriesDebug<T, Holds> for B {}

#[diagnostic::do_not_recommend]
impl<B, T: Debug + Never> CarriesDebug<T, Fails> for B {}

/// Asks for items, or values, that can be iterated over.
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be flattened",
    label = "needs lists or other iterables",
    note = "remove this step, or turn the items into lists before it"
)]
pub trait CarriesLists<T, W: Witness>: Sized {
    /// A stream of lists.
    #[inline(always)]
    fn lists<'s, C>(stream: Stream<'s, T, Self, C>) -> Known<'s, W, T, Self, C> {
        stream.known::<W, _, _>()
    }

    /// A stream whose values are lists.
    #[inline(always)]
    fn list_values<'s, I: ValueOf<T>, C>(stream: Stream<'s, I, Self, C>) -> Known<'s, W, I, Self, C> {
        stream.known::<W, _, _>()
    }
}

#[diagnostic::do_not_recommend]
impl<B, T: IntoIterator> CarriesLists<T, Holds> for B {}

#[diagnostic::do_not_recommend]
impl<B, T: IntoIterator + Never> CarriesLists<T, Fails> for B {}

/// Asks for items of a type: what a type assertion, `name: Type = chain`, says.
#[diagnostic::on_unimplemented(
    message = "this stream carries `{U}`, not `{T}`",
    label = "it carries `{U}`",
    note = "write `{U}` here, or turn the items into `{T}`: `-> map(\"id\", |item| …)`"
)]
pub trait Carries<T, U, W: Witness>: Sized {
    /// A stream of the type that was asserted.
    #[inline(always)]
    fn asserted<'s, C>(stream: Stream<'s, U, Self, C>) -> Stream<'s, T, If<W, Self>, If<W, C>> {
        stream.known::<W, _, _>()
    }
}

#[diagnostic::do_not_recommend]
impl<B, T> Carries<T, T, Holds> for B {}

/// What `apply` asks of its argument.
#[diagnostic::on_unimplemented(
    message = "`apply` takes a function from a stream to a stream",
    label = "not such a function",
    note = "for a function over items, write `-> map(\"id\", function)`"
)]
pub trait IsStep<'s, T, B, U, E, D, W>: FnOnce(Stream<'s, T, B, Edges<'s, T>>) -> Stream<'s, U, E, D> {}

#[diagnostic::do_not_recommend]
impl<'s, T, B, U, E, D, F> IsStep<'s, T, B, U, E, D, Holds> for F where
    F: FnOnce(Stream<'s, T, B, Edges<'s, T>>) -> Stream<'s, U, E, D>
{
}

#[diagnostic::do_not_recommend]
impl<'s, T, B, U, E, D, F> IsStep<'s, T, B, U, E, D, Fails> for F where
    F: FnOnce(Stream<'s, T, B, Edges<'s, T>>) -> Stream<'s, U, E, D> + Never
{
}

/// Asks for a stream that ends.
#[diagnostic::on_unimplemented(
    message = "this step waits for the end of its input, but this stream never ends",
    label = "needs a stream that ends",
    note = "use a step that emits continuously, such as `-> reduce_epoch(\"id\", |a, b| …)` or `-> count_window(\"id\", clock = system_time(), windows = tumbling(1min))`, or a source that ends"
)]
pub trait Ends {}

#[diagnostic::do_not_recommend]
impl Ends for Bounded {}

/// Asks for a stream that ends, and says whether it does.
#[diagnostic::on_unimplemented(
    message = "this step waits for the end of its input, but this stream never ends",
    label = "needs a stream that ends",
    note = "use a step that emits continuously, such as `-> reduce_epoch(\"id\", |a, b| …)` or `-> count_window(\"id\", clock = system_time(), windows = tumbling(1min))`, or a source that ends"
)]
pub trait IsBounded<W: Witness>: Sized {
    /// A stream that ends.
    #[inline(always)]
    fn ending<'s, T, C>(stream: Stream<'s, T, Self, C>) -> Known<'s, W, T, Self, C> {
        stream.known::<W, _, _>()
    }
}

#[diagnostic::do_not_recommend]
impl IsBounded<Holds> for Bounded {}

/// What a stateful step asks of the state that its closure is handed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored as state: it must be `Serialize + Deserialize + Send`, so that a snapshot can hold it",
    note = "write `#[derive(Serialize, Deserialize)]` on the type of the state"
)]
pub trait IsState<W: Witness>: Data {}

#[diagnostic::do_not_recommend]
impl<S: Data> IsState<Holds> for S {}

#[diagnostic::do_not_recommend]
impl<S: Data + Never> IsState<Fails> for S {}

/// What `input` asks of its argument: a [`Source`] of items `T`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a source",
    label = "`input` needs a source here",
    note = "for a file write `FileSource::new(path)`, for a collection or an iterator `iter(…)`; a source of records needs `#[derive(Record)]` on their type"
)]
pub trait IsSource<T, B, W: Witness>: Source<Item = T, Bound = B> {}

#[diagnostic::do_not_recommend]
impl<S: Source> IsSource<S::Item, S::Bound, Holds> for S {}

#[diagnostic::do_not_recommend]
impl<S: Source + Never> IsSource<S::Item, S::Bound, Fails> for S {}

/// What `output` asks of its argument: a [`Sink`] that takes items `T`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not take items `{T}`",
    label = "`output` needs a sink for `{T}` here",
    note = "turn the items into what the sink takes: `-> map(\"id\", |item| …)`; Parquet takes what has `#[derive(Record)]`, a sink of text takes anything with `.debug()`; a file is written by `FileSink::new(path)`"
)]
pub trait IsSink<T, W>: Sink<T> {}

#[diagnostic::do_not_recommend]
impl<T, S: Sink<T>> IsSink<T, Holds> for S {}

#[diagnostic::do_not_recommend]
impl<T, S: Sink<T> + Never> IsSink<T, Fails> for S {}

/// What `output` asks of its items: that they can go to the thread on which the sink writes.
#[diagnostic::on_unimplemented(
    message = "items `{Self}` cannot be sent to the sink's writer thread",
    label = "`output` needs items that are `Send`",
    note = "use `Arc` in place of `Rc`, or turn the items into what the sink writes: `-> map(\"id\", |item| …)`"
)]
pub trait CanBeWritten<W>: Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> CanBeWritten<Holds> for T {}

#[diagnostic::do_not_recommend]
impl<T: Send + Never + 'static> CanBeWritten<Fails> for T {}

/// What `stateful` asks of its argument: a [`Logic`] for keys `K` and values `V`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a logic for keys `{K}` and values `{V}`",
    label = "needs `impl Logic<{K}, {V}>`",
    note = "write `impl Logic<{K}, {V}> for {Self}`, or use `stateful_map` with a closure"
)]
pub trait IsLogic<K, V, U, W: Witness>: Logic<K, V, Out = U> {}

#[diagnostic::do_not_recommend]
impl<K, V, L: Logic<K, V>> IsLogic<K, V, L::Out, Holds> for L {}

#[diagnostic::do_not_recommend]
impl<K, V, L: Logic<K, V> + Never> IsLogic<K, V, L::Out, Fails> for L {}

/// A flow, as it takes its parameters.
pub struct Parameters;

/// What a flow asks of a parameter: that every worker can get a clone of it.
#[diagnostic::on_unimplemented(
    message = "a flow's parameter must be `Clone + Send + Sync`, and `{P}` is not",
    label = "every worker gets a clone of this parameter",
    note = "put it into an `Arc` (for `Rc<RefCell<T>>` write `Arc<Mutex<T>>` and `.lock().unwrap()`, for `Rc<Cell<u64>>` write `Arc<AtomicU64>` and `.load(Ordering::Relaxed)`), or pass what it is made from (a path, an address) and make it in the flow"
)]
pub trait Accepts<P, W: Witness> {
    /// The parameter, as far as it is known.
    fn parameter(parameter: P) -> Parameter<P, W>;
}

#[diagnostic::do_not_recommend]
impl<P: Clone + Send + Sync + 'static> Accepts<P, Holds> for Parameters {
    fn parameter(parameter: P) -> Parameter<P, Holds> {
        Parameter(parameter)
    }
}

#[diagnostic::do_not_recommend]
impl<P: Clone + Send + Sync + Never + 'static> Accepts<P, Fails> for Parameters {
    fn parameter(parameter: P) -> Parameter<P, Fails> {
        Parameter(parameter)
    }
}

/// A parameter of a flow, of which each step has a clone.
pub struct Parameter<P, W: Witness>(If<W, P>);

impl<P, W: Witness> Parameter<P, W> {
    /// One clone.
    pub fn get(&self) -> P
    where
        W: Copies<P>,
    {
        W::copy(&self.0)
    }
}

/// What knows how to clone parameters.
pub trait Copies<P>: Witness {
    /// A clone of `parameter`.
    fn copy(parameter: &If<Self, P>) -> P;
}

impl<P: Clone> Copies<P> for Holds {
    fn copy(parameter: &P) -> P {
        parameter.clone()
    }
}
