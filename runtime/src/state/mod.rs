//! Keyed state: the one core that carries every stateful step.
//!
//! A step is a [`Logic`]: what to do with a value, a due timer, the end of an epoch, the end of the input. The core owns
//! the rest: it places keys on workers, finds a key's state, keeps timers, and works through one epoch at a time, so
//! that state can be written down between two epochs.

mod associative;
mod backend;
mod calls;
mod combine;
mod core;
mod dirty_set;
mod due;
mod fingerprint;
mod flag;
mod fused;
mod keyed_step;
mod logic;
mod operator;
mod recorder;
mod shape;
mod standalone;
mod table;

pub(crate) use associative::{Adding, Counting, Merge, Merging, Reducing};
pub(crate) use backend::{HashedRow, StateBackend};
pub(crate) use calls::Calls;
pub(crate) use combine::{Combine, combine_values};
pub(crate) use fingerprint::fingerprint;
pub(crate) use flag::DirtyFlag;
pub(crate) use keyed_step::{KeyedStep, Plain, TimeDomain};
pub use logic::{After, Logic};
pub(crate) use operator::{
    BackendFactory, PerKey, Placement, Sent, after_exchange, send_by_key, stateful_operator, stays, step_operator,
};
pub(crate) use recorder::{DirtySets, Recorder, Tables, TrackedTable};
pub(crate) use table::{Drain, Slotted};
