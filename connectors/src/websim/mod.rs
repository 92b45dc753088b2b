//! A simulator of web events: users who walk over the pages of a shop, after the Python package fake-web-events.
//!
//! The same seed gives the same events, wherever and whenever it runs. Event time is the simulation's own.
//!
//! ```
//! use flowstone_connectors::websim::WebEvents;
//!
//! let first: Vec<_> = WebEvents::new(7).count(100).iter().collect();
//! assert_eq!(first[0].event_type, "pageview");
//! assert!(first.iter().any(|event| event.page_url_path == "/product_a"));
//! assert_eq!(first, WebEvents::new(7).count(100).iter().collect::<Vec<_>>());
//! ```

mod event;
mod random;
mod shape;
mod source;
mod users;
mod walk;

pub use event::{SmallWebEvent, WebEvent, parse_time};
pub use shape::{Event, Full, Json, Shape, Small};
pub use source::{Events, WebEvents, WebReader};
