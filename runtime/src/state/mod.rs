//! Keyed state: the one core that carries every stateful step.
//!
//! A step is a [`Logic`]: what to do with a value, a due timer, the end of an epoch, the end of the input. The core owns
//! the rest: it places keys on workers, finds a key's state, keeps timers, and works through one epoch at a time, so
//! that state can be written down between two epochs.

mod combine;
mod core;
mod due;
mod logic;
mod operator;
#[allow(dead_code)] // Joins and snapshots, which come next, use the rest.
mod step;
mod table;

pub(crate) use combine::{Combine, combine_values};
pub use logic::{After, Logic};
#[allow(unused_imports)]
pub(crate) use operator::{Placement, Rows, behind_exchange, send_by_key, stateful_operator};
#[allow(unused_imports)]
pub(crate) use step::{Step, Timeline};
