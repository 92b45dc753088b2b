//! `fold_window`: the values of a window folded into another.

use crate::base::clock::Timestamp;
use crate::base::data::{Data, KeyedData};
use crate::check::{AreWindows, Both, IsClock};
use crate::check::{If, IsState, Witness};
use crate::stream::{Chain, Stream};
use crate::windows::{Late, Options, WindowLogic, Windowed, window_operator};
use std::time::Duration;

/// Folds the values of each of a key's windows into what `init` makes. `merge` combines two sessions, of which the first
/// began earlier; other windows never merge.
///
/// See [`window`](super::window()) for what all
/// window steps have in common.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow texts(out: TestSink<(bool, Windowed<String>)>) {
///         input("seconds", iter([1, 30, 20, 75]))
///             -> key_on("key", |_| true)
///             -> fold_window("text",
///                    clock = event_time(|second| second * 1_000_000, wait = 30s),
///                    windows = tumbling(1min),
///                    String::new,
///                    |text, second| format!("{text} {second}"),
///                    |a, b| format!("{a}{b}"))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// texts(out.clone()).run(&Config::default()).unwrap();
/// let texts: Vec<String> = out.take().into_iter().map(|(_, window)| window.value).collect();
/// assert_eq!(texts, [" 1 20 30", " 75"]);
/// ```
#[allow(clippy::too_many_arguments, reason = "in the language they have names")]
pub fn fold_window<'s, T, B, C, A, W, H: Witness, I: Witness, J: Witness, S: 'static, N, F, M>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    clock: A,
    windows: W,
    ordered: Option<bool>,
    early: Option<Duration>,
    allowed_lateness: Option<Duration>,
    init: N,
    fold: F,
    merge: M,
) -> (
    Stream<
        's,
        (T::Key, Windowed<S>),
        If<Both<J, Both<H, I>>, B>,
        If<Both<J, Both<H, I>>, impl Chain<'s, (T::Key, Windowed<S>)>>,
    >,
    Stream<'s, (T::Key, T::Value), If<Both<J, Both<H, I>>, B>, If<Both<J, Both<H, I>>, Late<'s, (T::Key, T::Value)>>>,
)
where
    T: KeyedData,
    B: 'static,
    C: Chain<'s, T>,
    A: IsClock<T::Value, H>,
    W: AreWindows<T::Value, I>,
    N: Fn() -> S + 'static,
    F: Fn(S, T::Value) -> S + 'static,
    M: Fn(S, S) -> S + 'static,
    Option<S>: IsState<J>,
{
    let options = Options::new(ordered, early, allowed_lateness);
    let (out, late) = window_operator(up, id, clock.into_clock(), windows, options, Fold { init, fold, merge });
    (out.known::<Both<J, Both<H, I>>, _, _>(), late.known::<Both<J, Both<H, I>>, _, _>())
}

struct Fold<N, F, M> {
    init: N,
    fold: F,
    merge: M,
}

impl<V, S, N, F, M> WindowLogic<V> for Fold<N, F, M>
where
    S: 'static,
    Option<S>: Data,
    N: Fn() -> S + 'static,
    F: Fn(S, V) -> S + 'static,
    M: Fn(S, S) -> S + 'static,
{
    /// `None` only while a closure has the value in its hands.
    type State = Option<S>;
    type Out = S;

    #[inline(always)]
    fn start(&self, _at: Timestamp, value: V, _emit: &mut impl FnMut(S)) -> Option<S> {
        Some((self.fold)((self.init)(), value))
    }

    #[inline(always)]
    fn on_value(&self, state: &mut Option<S>, _at: Timestamp, value: V, _emit: &mut impl FnMut(S)) {
        let folded = state.take().unwrap_or_else(&self.init);
        *state = Some((self.fold)(folded, value));
    }

    fn merge(&self, state: &mut Option<S>, other: Option<S>) {
        *state = match (state.take(), other) {
            (Some(state), Some(other)) => Some((self.merge)(state, other)),
            (state, other) => state.or(other),
        };
    }

    fn on_close(&self, state: Option<S>, emit: &mut impl FnMut(S)) {
        state.into_iter().for_each(emit);
    }
}
