//! Keyed state: the one core that carries every stateful step.
//!
//! A step is a [`Logic`]: what to do with a value, a due timer, the end of an epoch, the end of the input. The core owns
//! the rest: it places keys on workers, finds a key's state, keeps timers, and works through one epoch at a time, so
//! that state can be written down between two epochs.

mod apart;
mod calls;
mod changed;
mod combine;
mod core;
mod due;
mod fingerprint;
mod fused;
mod logic;
mod operator;
mod record;
mod shape;
#[allow(dead_code)] // Joins, which come next, use the rest.
mod step;
mod table;

pub(crate) use combine::{Combine, combine_values};
pub(crate) use fingerprint::fingerprint;
pub use logic::{After, Logic};
#[allow(unused_imports)]
pub(crate) use operator::{Placement, Sent, behind_exchange, send_by_key, stateful_operator, step_operator};
#[allow(unused_imports)]
pub(crate) use step::{Plain, Step, Timeline};
