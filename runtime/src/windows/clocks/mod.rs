//! Clocks: by what time a value goes, and how far time has come.

mod clock;
mod event_time;
mod halves;
mod least;
mod rows;
mod system_time;
mod times;
mod watermark;

pub use clock::{Timeline, WindowClock};
pub use event_time::{EventTime, event_time};
pub use halves::{ByKey, StepClock};
pub(crate) use halves::{Stamper, StamperCx, WatermarkTracker};
pub(crate) use rows::{PartialBatch, PartialRow, Row, WindowRow};
pub use system_time::{SystemTimeClock, system_time};
pub use times::{GivesTime, IsTime};
pub use watermark::{Watermark, watermark};
