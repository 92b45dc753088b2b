//! What joins give, through the macro and on several workers, against joins written down plainly.

#![allow(clippy::unwrap_used, reason = "a test that fails is to say where")]

mod modes;
mod plain;

use flowstone::clock::{Clock, Timestamp};
use flowstone::prelude::*;

/// One batch after the other, on a clock that stands at zero until a script moves it.
fn lockstep(config: &Config) -> Config {
    config.clone().lockstep().clock(Clock::manual(Timestamp(0)))
}
