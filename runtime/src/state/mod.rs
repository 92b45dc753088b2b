//! Keyed state: the one core that carries every stateful step.
//!
//! A step is a [`Logic`]: what to do with a value, a due timer, the end of an epoch, the end of the input. The core owns
//! the rest: it places keys on workers, finds a key's state, keeps timers, and works through one epoch at a time, so
//! that state can be written down between two epochs.

mod apart;
mod associative;
mod calls;
mod changed;
mod combine;
mod core;
mod due;
mod fingerprint;
mod fused;
mod kept;
mod logic;
mod mark;
mod operator;
mod record;
mod shape;
mod step;
mod table;

pub(crate) use associative::{Adding, Counting, Merge, Merging, Reducing};
pub(crate) use calls::Calls;
pub(crate) use combine::{Combine, combine_values};
pub(crate) use fingerprint::fingerprint;
pub(crate) use kept::{Kept, Keyed};
pub use logic::{After, Logic};
pub(crate) use mark::Mark;
pub(crate) use operator::{
    EachKey, Keep, Placement, Sent, behind_exchange, send_by_key, stateful_operator, stays, step_operator,
};
pub(crate) use record::{Owed, Record, Recorded, Tables};
pub(crate) use step::{Plain, Step, Timeline};
pub(crate) use table::{Drain, Slotted};
