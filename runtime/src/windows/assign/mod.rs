//! Which windows a time belongs to, and what a window emits.

mod session;
mod sliding;
mod tumbling;
mod windowed;
mod windower;

pub use session::{Session, session};
pub use sliding::{Sliding, sliding};
pub use tumbling::{Tumbling, tumbling};
pub use windowed::{Pane, Windowed};
pub(crate) use windower::Kind;
pub use windower::{Apart, Merging, Overlap, Overlapping, Takes, Window, Windower};
