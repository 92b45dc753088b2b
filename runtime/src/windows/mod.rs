//! Windows: which interval of time a value belongs to, by which clock, and what becomes of the values of one window.

pub mod aggregate;
mod assign;
mod by_key;
mod clocks;
mod preaggregate;
mod shared_clock;
mod step;

pub(crate) use aggregate::Gather;
pub use aggregate::{IntoMap, IntoSet, IntoVec, WindowInto, WindowLogic, into};
pub use assign::{
    Apart, Merging, Overlap, Overlapping, Pane, Session, Sliding, Takes, Tumbling, Window, Windowed, Windower, session,
    sliding, tumbling,
};
pub(crate) use by_key::{InTime, Options};
pub use clocks::{
    ByKey, EventTime, GivesTime, IsTime, StepClock, SystemTimeClock, Timeline, Watermark, WindowClock, event_time,
    system_time, watermark,
};
pub(crate) use clocks::{Stamper, StamperCx, WatermarkTracker};
pub use step::Late;
pub(crate) use step::{stamped, window_operator, windows_behind, with_late};
