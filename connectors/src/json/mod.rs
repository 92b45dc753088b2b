//! Lines of JSON: [`parse`] and [`view`] read them, [`to_line`] and [`JsonLinesSink`] write them.
//!
//! ```
//! use flowstone::prelude::*;
//! use flowstone::testing::TestSink;
//! use flowstone_connectors::json;
//! use flowstone_connectors::files::{Line, Text};
//!
//! #[derive(Debug, Clone, PartialEq, serde::Deserialize)]
//! struct Hit { page: String, user: u32 }
//!
//! dataflow! {
//!     flow hits(lines: Vec<Line>, good: TestSink<Hit>, bad: TestSink<String>) {
//!         hits = input("lines", iter(lines)) -> try_map("parse", json::parse::<Hit>);
//!         hits.err -> map(|failed| failed.to_line()) -> output("bad", bad);
//!         hits -> output("good", good);
//!     }
//! }
//!
//! let lines = [r#"{"page": "/home", "user": 7}"#, r#"{"page": "/home", "user": }"#].map(Line::from).to_vec();
//! let (good, bad) = (TestSink::new(), TestSink::new());
//! hits(lines, good.clone(), bad.clone()).run(&Config::default()).unwrap();
//! assert_eq!(good.take(), [Hit { page: "/home".into(), user: 7 }]);
//! assert_eq!(bad.take(), [
//!     "{\"page\": \"/home\", \"user\": }: expected value at column 27, near `age\": \"/home\", \"user\": }`"
//! ]);
//! ```

mod error;
mod sink;
mod view;

pub use error::JsonError;
pub use sink::{AsJson, JsonLinesSink};
pub use view::{Borrowed, View, view};

#[doc(inline)]
pub use crate::json_borrowed as borrowed;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Makes a value of a line of JSON: `-> try_map("parse", json::parse::<WebEvent>)`.
///
/// # Errors
/// Where the line is not JSON, or not of that form: the error says where, and the port `.err` of `try_map` has the line
/// with it.
///
/// ```
/// use flowstone_connectors::json;
///
/// assert_eq!(json::parse::<Vec<u32>>("[1, 2]").unwrap(), [1, 2]);
///
/// let error = json::parse::<Vec<u32>>("[1, two]").unwrap_err();
/// assert_eq!(error.to_string(), "expected ident at column 6, near `[1, two]`");
/// ```
#[inline]
pub fn parse<T: DeserializeOwned>(line: &(impl AsRef<str> + ?Sized)) -> Result<T, JsonError> {
    let line = line.as_ref();
    serde_json::from_str(line).map_err(|error| JsonError::reading(&error, line))
}

/// Makes a line of JSON of a value.
///
/// # Errors
/// Where the value has no such form: a map whose keys are no text, say.
///
/// ```
/// use flowstone_connectors::json;
///
/// assert_eq!(json::to_line(&("/home", 7)).unwrap(), r#"["/home",7]"#);
/// ```
pub fn to_line<T: Serialize + ?Sized>(value: &T) -> Result<String, JsonError> {
    serde_json::to_string(value).map_err(|error| JsonError::writing(&error))
}
