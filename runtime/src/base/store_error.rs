//! What can go wrong with a recovery store: [`RecoveryError`], and [`FormatError`] for the bytes of one object.

use std::error::Error as StdError;

/// The object that names the manifest committed last.
pub(crate) const HEAD: &str = "head";

/// Why a recovery store could not do what was asked. `Display` prints this error alone; its causes are behind `source()`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecoveryError {
    /// The store cannot be opened by this URL.
    #[error("cannot open the recovery store `{url}`: {what}")]
    Open {
        /// The URL as it was given.
        url: String,
        /// What is wrong with it, and what would be right.
        what: String,
        /// The cause, where there is one.
        #[source]
        cause: Option<Box<dyn StdError + Send + Sync>>,
    },
    /// The outside world failed the store, again and again.
    #[error("cannot {doing} `{object}` in the recovery store `{store}`")]
    Io {
        /// The store's URL.
        store: String,
        /// What was to be done: `read`, `write`, `list`, `remove`.
        doing: &'static str,
        /// The object or the folder.
        object: String,
        /// What the store said.
        #[source]
        cause: Box<dyn StdError + Send + Sync>,
    },
    /// An object that a manifest speaks of is not there.
    #[error("`{object}` is missing in the recovery store `{store}`")]
    Missing {
        /// The store's URL.
        store: String,
        /// The object.
        object: String,
    },
    /// An object is not what it was when it was written, or was never one of ours.
    #[error("`{object}` in the recovery store `{store}` is damaged")]
    Damaged {
        /// The store's URL.
        store: String,
        /// The object.
        object: String,
        /// What is wrong with it, and where.
        #[source]
        cause: FormatError,
    },
    /// The newest state is damaged, and going back to the one before it would put out again what is out already.
    #[error(
        "the state of epoch {epoch} in the recovery store `{store}` cannot be read, nor is it safe to go back: {why}"
    )]
    NoWayBack {
        /// The store's URL.
        store: String,
        /// The epoch that was committed last.
        epoch: u64,
        /// Why the state before it is no way out.
        why: &'static str,
        /// What is wrong with the newest state.
        #[source]
        cause: Box<RecoveryError>,
    },
    /// Manifests that were committed are not there: what sinks have put out since would be put out again.
    #[error(
        "{} is missing in the recovery store `{store}`: `{witness}` is later than {}",
        .object.as_ref().map_or_else(|| "the newest manifest".to_owned(), |object| format!("`{object}`")),
        .newest.as_ref().map_or_else(|| "no manifest at all".to_owned(), |newest| format!("`{newest}`, the newest there is"))
    )]
    Lost {
        /// The store's URL.
        store: String,
        /// The manifest that is missing, where its number is known. Later ones may have been there too.
        object: Option<String>,
        /// The object that shows that it was there.
        witness: String,
        /// The newest manifest that is there.
        newest: Option<String>,
    },
    /// Another execution of the flow has taken over: this one must stop.
    #[error(
        "another execution ({by:016x}) has taken over the recovery store `{store}`; epoch {epoch} is not committed"
    )]
    Fenced {
        /// The store's URL.
        store: String,
        /// The execution that has the store now.
        by: u64,
        /// The epoch whose commit was refused.
        epoch: u64,
    },
    /// The store has the state of another flow.
    #[error("the recovery store `{store}` has the state of flow `{found}`, not of `{flow}`")]
    OtherFlow {
        /// The store's URL.
        store: String,
        /// The flow that was to be run.
        flow: String,
        /// The flow whose state it is.
        found: String,
    },
    /// Whether an earlier commit of this execution went through is not known, and this is another one.
    #[error(
        "it is not known whether epoch {pending} is committed in the recovery store `{store}`; epoch {epoch} cannot be"
    )]
    Uncertain {
        /// The store's URL.
        store: String,
        /// The epoch whose commit failed.
        pending: u64,
        /// The epoch that was to be committed instead.
        epoch: u64,
    },
    /// A key with its state, or a list of them, is larger than the format can hold.
    #[error("a snapshot of step `{step}` is too large: {bytes} bytes, and {limit} is the most")]
    TooLarge {
        /// The step's id.
        step: String,
        /// Its size in bytes.
        bytes: u64,
        /// The largest possible.
        limit: u64,
    },
}

impl RecoveryError {
    /// What the user can do about it, where there is something to be said.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        Some(match self {
            RecoveryError::Damaged { cause: FormatError { wrong: Wrong::Version { .. }, .. }, .. } => {
                "run the flow with the version of Flowstone that wrote the store, or a newer one"
            }
            RecoveryError::Damaged { object, .. } if object == HEAD => {
                "put it back from a copy; or remove `head`, if you know that `manifests` is complete: the flow writes it again"
            }
            RecoveryError::Damaged { .. } | RecoveryError::Missing { .. } | RecoveryError::NoWayBack { .. } => {
                "put the store back from a copy of it, or begin with an empty store and read the input again"
            }
            RecoveryError::Lost { .. } => {
                "put the missing object back from a copy, or begin with an empty store and empty outputs; going on from \
                 the older state would put out again what sinks have put out since"
            }
            RecoveryError::Fenced { .. } => {
                "leave this one stopped: the newer execution continues from the last commit"
            }
            RecoveryError::OtherFlow { .. } => "give each flow a store of its own",
            RecoveryError::Uncertain { .. } => "start the flow again: it finds out what is committed",
            RecoveryError::TooLarge { .. } => "spread the state over more keys",
            RecoveryError::Io { .. } | RecoveryError::Open { .. } => return None,
        })
    }

    /// True where the bytes in the store are at fault, so that an older state may still be good.
    #[must_use]
    pub(crate) fn is_damage(&self) -> bool {
        matches!(self, RecoveryError::Damaged { .. } | RecoveryError::Missing { .. })
    }
}

/// What is wrong with the bytes of an object, and at which of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{wrong} (at byte {at})")]
pub struct FormatError {
    /// The offset in the object at which it shows.
    pub at: u64,
    /// What is wrong.
    pub wrong: Wrong,
}

/// The ways in which an object can be wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Wrong {
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It does not begin as our objects do.
    #[error("it is no object of a recovery store")]
    Foreign,
    /// It ends too early.
    #[error("it has {has} bytes of {needs}")]
    Truncated {
        /// The bytes there should be.
        needs: u64,
        /// The bytes there are.
        has: u64,
    },
    /// It goes on after its end.
    #[error("it has {has} bytes, and should have {needs}")]
    Trailing {
        /// The bytes there should be.
        needs: u64,
        /// The bytes there are.
        has: u64,
    },
    /// A later version of the format.
    #[error("it is of format version {found}, and this program reads up to {newest}")]
    Version {
        /// The version that it says.
        found: u16,
        /// The newest that can be read.
        newest: u16,
    },
    /// A checksum tells that bytes have changed.
    #[error("the checksum of its {of} is wrong")]
    Checksum {
        /// The part of the object.
        of: &'static str,
    },
    /// It is another object than the manifest speaks of.
    #[error("it is another {what} than the one committed")]
    Other {
        /// What differs.
        what: &'static str,
    },
    /// What it says makes no sense, though its checksums are right.
    #[error("{0}")]
    Invalid(&'static str),
}

impl Wrong {
    /// The error that it is at an offset.
    pub(crate) fn at(self, at: u64) -> FormatError {
        FormatError { at, wrong: self }
    }
}
