//! The steps: one function a word of the language, each callable by hand.
//!
//! A step takes the stream before it, its id and its arguments, and gives the stream behind it. The macro writes such
//! calls and nothing else.
//!
//! How steps behave:
//! - a panic in a closure of the user's stops the flow with the step's id;
//! - data that a closure refuses is no failure of the flow: [`try_map`] and [`split`] send it to a port of its own;
//! - a failing source or sink stops the flow after what it had not committed has been dropped;
//! - stateless steps keep the order of items; a stateful step keeps the order of each key's items.

mod aggregate_final;
mod apply;
mod branch;
mod collect;
mod combining;
mod count_final;
mod dedupe;
mod discard;
mod enrich_cached;
mod filter;
mod filter_map;
mod filter_map_value;
mod filter_value;
mod flat_map;
mod flat_map_value;
mod flatten;
mod flatten_value;
mod fold_final;
mod input;
mod inspect;
mod inspect_epoch;
mod inspect_worker;
mod key_on;
mod key_rm;
mod map;
mod map_batch;
mod map_value;
mod max_final;
mod merge;
mod min_final;
mod output;
mod raises;
mod redistribute;
mod reduce;
mod reduce_epoch;
mod reduce_epoch_local;
mod reduce_final;
mod share;
mod split;
mod stateful;
mod stateful_flat_map;
mod stateful_map;
mod top_k;
mod try_map;

pub use aggregate_final::aggregate_final;
pub use apply::apply;
pub use branch::branch;
pub use collect::collect;
pub use count_final::count_final;
pub use dedupe::dedupe;
pub use discard::discard;
pub use enrich_cached::enrich_cached;
pub use filter::filter;
pub use filter_map::filter_map;
pub use filter_map_value::filter_map_value;
pub use filter_value::filter_value;
pub use flat_map::flat_map;
pub use flat_map_value::flat_map_value;
pub use flatten::flatten;
pub use flatten_value::flatten_value;
pub use fold_final::fold_final;
pub use input::input;
pub use inspect::{inspect, inspect_print};
pub use inspect_epoch::{inspect_epoch, inspect_epoch_print};
pub use inspect_worker::{inspect_worker, inspect_worker_print};
pub use key_on::key_on;
pub use key_rm::key_rm;
pub use map::map;
pub use map_batch::map_batch;
pub use map_value::map_value;
pub use max_final::max_final;
pub use merge::{SameItem, merge};
pub use min_final::min_final;
pub use output::output;
pub use raises::raises;
pub use redistribute::redistribute;
pub use reduce::reduce;
pub use reduce_epoch::reduce_epoch;
pub use reduce_epoch_local::reduce_epoch_local;
pub use reduce_final::reduce_final;
pub use share::share;
pub use split::split;
pub use stateful::stateful;
pub use stateful_flat_map::stateful_flat_map;
pub use stateful_map::stateful_map;
pub use top_k::top_k;
pub use try_map::try_map;
