//! Text files by line: [`FileSource`], [`DirSource`] and [`FollowSource`] read them, [`FileSink`] and [`DirSink`] write
//! them.
//!
//! A [`Line`] is a part of the block that was read, not a `String`. An item is written by its [`Text`] form.

pub(crate) mod block;
mod claim;
pub(crate) mod fault;
mod follow;
pub(crate) mod format;
mod line;
pub(crate) mod list;
pub(crate) mod owner;
pub(crate) mod sink;
mod source;
pub(crate) mod split;
pub(crate) mod staging;
pub(crate) mod text;

pub use follow::{FollowPosition, FollowReader, FollowSource};
pub use format::{AsDebug, AsDisplay, AsText, Format, With};
pub use line::{ByteLine, Line};
pub use sink::{DirSink, FileSink, FileWriter};
pub use source::{DirSource, FilePosition, FileReader, FileSource};
pub use split::LineKind;
pub use staging::Prepared;
pub use text::Text;
