//! What can go wrong while a flow runs: the [`Fault`] of a source or sink, and the [`Error`] that ends a flow.

use crate::snapshot::RecoveryError;
use std::error::Error as StdError;
use std::fmt;
use std::io;

/// What a source or a sink says when the outside world fails it.
///
/// It says what could not be done, where (partition, position), why (the cause) and what to do (the help). The runner
/// adds the step's id. `Display` prints `what` and where; the cause is the error's `source()`.
///
/// ```
/// use flowstone_runtime::error::Fault;
///
/// let cause = std::io::Error::from(std::io::ErrorKind::NotFound);
/// let fault = Fault::new("cannot open the file").partition("events.jsonl").cause(cause).help("check the path");
/// assert_eq!(fault.to_string(), "cannot open the file (partition `events.jsonl`)");
/// ```
#[derive(Debug)]
pub struct Fault(Box<FaultDetails>);

/// Boxed, so that the many functions that may fail pass a pointer.
#[derive(Debug)]
struct FaultDetails {
    what: String,
    partition: Option<String>,
    position: Option<String>,
    help: Option<String>,
    transient: bool,
    fenced: bool,
    cause: Option<Box<dyn StdError + Send + Sync>>,
}

impl Fault {
    /// A fault that says what could not be done: lower case, no full stop.
    pub fn new(what: impl Into<String>) -> Fault {
        let what = what.into();
        Fault(Box::new(FaultDetails {
            what,
            partition: None,
            position: None,
            help: None,
            transient: false,
            fenced: false,
            cause: None,
        }))
    }

    /// The partition in which it happened: a file's path, say.
    #[must_use]
    pub fn partition(mut self, partition: impl Into<String>) -> Fault {
        self.0.partition = Some(partition.into());
        self
    }

    /// The same, where none has been named yet.
    #[must_use]
    pub(crate) fn in_partition(self, partition: &str) -> Fault {
        if self.0.partition.is_some() { self } else { self.partition(partition) }
    }

    /// The position at which it happened: `line 3`, `byte 120`, `offset 7`.
    #[must_use]
    pub fn position(mut self, position: impl Into<String>) -> Fault {
        self.0.position = Some(position.into());
        self
    }

    /// Why it happened.
    #[must_use]
    pub fn cause(mut self, cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Fault {
        self.0.cause = Some(cause.into());
        self
    }

    /// What the user can do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Fault {
        self.0.help = Some(help.into());
        self
    }

    /// Says that the fault can pass by itself, so that trying again makes sense.
    #[must_use]
    pub fn transient(mut self) -> Fault {
        self.0.transient = true;
        self
    }

    /// True where trying again makes sense.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.0.transient
    }

    /// Says that a newer execution of the flow has the output by now, so that this one must change nothing.
    ///
    /// ```
    /// use flowstone_runtime::error::Fault;
    ///
    /// let fault = Fault::new("a newer execution writes this file").partition("out.txt").fenced();
    /// assert!(fault.is_fenced());
    /// ```
    #[must_use]
    pub fn fenced(mut self) -> Fault {
        self.0.fenced = true;
        self
    }

    /// True where a newer execution of the flow has the output.
    #[must_use]
    pub fn is_fenced(&self) -> bool {
        self.0.fenced
    }

    /// Says how often it was tried.
    #[must_use]
    pub(crate) fn after_tries(mut self, tries: u32) -> Fault {
        if tries > 1 {
            self.0.what = format!("{}, {tries} times in a row", self.0.what);
        }
        self
    }

    /// The fault and its causes, for a warning.
    pub(crate) fn one_line(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(&format!(": {error}"));
            cause = error.source();
        }
        text
    }

    /// What the user can do about it, if the source or sink knows.
    #[must_use]
    pub fn help_text(&self) -> Option<&str> {
        self.0.help.as_deref()
    }
}

/// For `?` in a source or sink. It is [transient](Fault::transient) where a network fails, which may pass; use
/// [`Fault::new`] with the error as its [`cause`](Fault::cause) to say what could not be done.
///
/// ```
/// use flowstone_runtime::error::Fault;
///
/// fn size(path: &str) -> Result<u64, Fault> {
///     Ok(std::fs::metadata(path)?.len())
/// }
/// assert!(!size("no such file").unwrap_err().is_transient());
/// ```
impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Fault {
        use io::ErrorKind::*;
        let passes = matches!(
            error.kind(),
            ConnectionRefused
                | ConnectionReset
                | ConnectionAborted
                | NotConnected
                | HostUnreachable
                | NetworkUnreachable
                | NetworkDown
                | TimedOut
                | WouldBlock
                | Interrupted
        );
        let fault = Fault::new("an operation of the system failed").cause(error);
        if passes { fault.transient() } else { fault }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.what)?;
        match (&self.0.partition, &self.0.position) {
            (Some(partition), Some(position)) => write!(f, " (partition `{partition}`, {position})"),
            (Some(partition), None) => write!(f, " (partition `{partition}`)"),
            (None, Some(position)) => write!(f, " ({position})"),
            (None, None) => Ok(()),
        }
    }
}

impl StdError for Fault {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as &(dyn StdError + 'static))
    }
}

/// Why a flow stopped before its input ended. `Display` prints this error alone; [`Error::report`] the chain.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A source failed.
    #[error("input `{step}` failed on worker {worker}")]
    Source {
        /// The step's id.
        step: String,
        /// The worker that read.
        worker: usize,
        /// What failed.
        #[source]
        fault: Fault,
    },
    /// A sink failed.
    #[error("output `{step}` failed on worker {worker}")]
    Sink {
        /// The step's id.
        step: String,
        /// The worker that wrote.
        worker: usize,
        /// What failed.
        #[source]
        fault: Fault,
    },
    /// A step's state could not be stored, or not be read back.
    #[error("the state of step `{step}` failed on worker {worker}")]
    State {
        /// The step's id.
        step: String,
        /// The worker that has it.
        worker: usize,
        /// What failed.
        #[source]
        fault: Fault,
    },
    /// The recovery store failed, or is not fit for this flow.
    #[error("recovery failed")]
    Recovery(#[from] RecoveryError),
    /// A closure of the user's panicked.
    #[error("step `{step}` panicked on worker {worker}{}{}: {message}", of_key(.key), at(.location))]
    Panic {
        /// The step's id.
        step: String,
        /// The key of the value, as JSON, where the step keeps state by key.
        key: Option<String>,
        /// The worker on which it ran.
        worker: usize,
        /// What it said.
        message: String,
        /// `file:line:column` of the panic, where known.
        location: Option<String>,
    },
    /// An item reached a `raises` step.
    #[error("step `{step}` got an item on worker {worker}: {item}")]
    Raised {
        /// The step's id.
        step: String,
        /// The worker on which it ran.
        worker: usize,
        /// The item, as its `Debug` prints it.
        item: String,
    },
    /// The processes of a cluster did not find each other, or one of them died.
    #[error("{what}")]
    Cluster {
        /// What happened, with the process and its address.
        what: String,
        /// What the user can do about it.
        help: String,
        /// The cause, where there is one.
        #[source]
        cause: Option<std::io::Error>,
    },
    /// A step does not keep what the flow's lock, `#[locked("flow.lock")]`, says.
    #[error("step `{step}` keeps {} by its lock {path}, and {} now", kept(.locked), kept(.now))]
    Locked {
        /// The step's id.
        step: String,
        /// The lock's file.
        path: String,
        /// What the step looked like when the lock was written; `None` where it is not in the lock.
        locked: Option<String>,
        /// What it looks like in this build; `None` where there is no such step.
        now: Option<String>,
    },
    /// The flow was asked to run in a way that makes no sense.
    #[error("{what}")]
    Config {
        /// What makes no sense, and what would.
        what: String,
    },
}

fn kept(fingerprint: &Option<String>) -> String {
    fingerprint.as_ref().map_or_else(|| "nothing".to_owned(), |fingerprint| format!("`{fingerprint}`"))
}

fn of_key(key: &Option<String>) -> String {
    key.as_ref().map(|key| format!(" for key {key}")).unwrap_or_default()
}

fn at(location: &Option<String>) -> String {
    location.as_ref().map(|location| format!(" at {location}")).unwrap_or_default()
}

impl Error {
    /// The error with its causes and the help there is, a line each.
    #[must_use]
    pub fn report(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str("\n  caused by: ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        if let Some(help) = self.help() {
            text.push_str("\n  help: ");
            text.push_str(help);
        }
        text
    }

    /// True where a newer execution of the flow has taken over: in the recovery store, or what a sink writes to.
    #[must_use]
    pub fn is_fenced(&self) -> bool {
        match self {
            Error::Recovery(error) => matches!(error, RecoveryError::Fenced { .. }),
            Error::Sink { fault, .. } => fault.is_fenced(),
            _ => false,
        }
    }

    fn help(&self) -> Option<&str> {
        match self {
            Error::Source { fault, .. } | Error::Sink { fault, .. } | Error::State { fault, .. } => fault.help_text(),
            Error::Cluster { help, .. } => Some(help),
            Error::Locked { .. } => Some(
                "undo the change, or renew the lock: FLOWSTONE_LOCK=renew cargo run -- lock; \
                 then `check` says what becomes of stored state",
            ),
            Error::Recovery(error) => error.help(),
            _ => None,
        }
    }
}
