//! Keyed state: the one core that carries every stateful step.
//!
//! A step is a [`Logic`]: what to do with a value, a due timer, the end of an epoch, the end of the input. The core owns
//! the rest: it places keys on workers, finds a key's state, keeps timers, and works through one epoch at a time, so
//! that state can be written down between two epochs.

mod combine;
mod logic;
mod operator;
mod table;

pub(crate) use combine::{Combine, combine_values};
pub use logic::{After, Logic};
pub(crate) use operator::{Placement, stateful_operator};
