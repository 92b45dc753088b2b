//! The recovery store: how what was committed survives, and how one execution at a time commits.
//!
//! # What is in a store
//!
//! `parts/`: what one worker has to say of one epoch: the keys that changed with their state, positions of sources, what
//! sinks have prepared. `manifests/`: numbered lists of the parts that make up a committed state. Objects are never
//! changed. `docs/snapshot-format.md` has their bytes.
//!
//! # What is durable when
//!
//! 1. Every worker writes its part of an epoch; each write is durable when it returns.
//! 2. When all have, one of them puts the manifest of the next number, if there is none of that number yet. That is the
//!    commit. Asserted by: the tests of this module, which stop an execution at every single operation.
//! 3. Only then do sinks commit what they prepared. Until a later manifest says that they have (`sunk`), a resume is
//!    handed what was prepared, and commits it again: sinks must bear that. Cannot be checked here.
//!
//! # Why one execution at a time
//!
//! Manifests are numbered without gaps, and an execution puts only the number after its own last one. A new execution
//! takes over by putting the number after the newest, with the same state. So whoever had the store finds the number
//! taken at its next commit, is told [`RecoveryError::Fenced`], and stops.
//!
//! An execution that was asleep for long may find its next number free, because it was used and removed since. Manifests
//! are removed from the oldest on; so its own last manifest is gone too, and it looks at that after each put, before it
//! believes it has committed.
//!
//! That protects the store. What sinks do happens outside of it, and can happen late: see [`Fence`](crate::sink::Fence).
//!
//! # Why a manifest that is lost is missed
//!
//! A store whose newest manifests were removed from outside would be gone on from an older state, and sinks would put out
//! again what they have put out. `head.rs` says what gives it away.
//!
//! # What is removed
//!
//! All but the newest manifest, the one with the state before, and the parts of both: see `clean.rs`. What a newer
//! execution has written is never touched.
//!
//! # What a store must promise
//!
//! Put-if-absent; what was put or removed is seen by all at once; what was put stays. Local directories, S3 and what is
//! made after it do. Cannot be checked here.

mod background;
mod blocks;
mod clean;
mod commit;
mod compact;
mod coordinator;
mod format;
mod head;
mod leftovers;
mod lists;
mod manifest;
mod merge;
mod part;
mod part_name;
mod participants;
mod reader;
mod resume;
mod sound;
mod store;
mod wire;

pub use crate::base::{FormatError, RecoveryError, Wrong};
pub use format::FORMAT_VERSION;
pub use lists::{NamedValue, Prepared, SourcePosition};
pub use manifest::{Manifest, PartRef, StepInfo};
pub use resume::Resume;
pub use store::Store;

// What writes to a store: the dataflow does, a program that only looks has no use for it.
#[doc(hidden)]
pub use commit::{Commit, Execution, TakeOver};
#[doc(hidden)]
pub use compact::{Compacted, Compaction};
#[doc(hidden)]
pub use part::{EncodedPart, ExecutionId, PartBuilder};

pub(crate) use background::{Answers, Background, Durable, Job};
pub(crate) use coordinator::{Coordinator, Order};
pub(crate) use participants::{IDLE, Output, Participant, Snapshots};
