//! Windows: which stretch of time a value belongs to, by which clock, and what becomes of the values of one window.

pub mod aggregate;
mod clock;
mod event_time;
mod forgotten;
mod gather;
mod keeper;
mod keyed;
mod least;
mod logic;
mod open;
mod operator;
mod session;
mod sliding;
mod system_time;
mod times;
mod tumbling;
mod watermark;
mod windowed;
mod windower;

pub use clock::{Timeline, WindowClock};
pub use event_time::{EventTime, event_time};
pub(crate) use gather::Gather;
pub use gather::{IntoMap, IntoSet, IntoVec, WindowInto, into};
pub use keeper::{ByKey, StepClock};
pub(crate) use keyed::Options;
pub use logic::WindowLogic;
pub use operator::Late;
pub(crate) use operator::window_operator;
pub use session::{Session, session};
pub use sliding::{Sliding, sliding};
pub use system_time::{SystemTimeClock, system_time};
pub use times::IsTime;
pub use tumbling::{Tumbling, tumbling};
pub use watermark::{Watermark, watermark};
pub use windowed::{Pane, Windowed};
pub use windower::{Apart, Merging, Overlap, Overlapping, Takes, Window, Windower};
