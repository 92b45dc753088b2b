//! Faults that say what to do about them.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::path::Path;

use flowstone_runtime::error::Fault;

/// What could not be done with `path`, and why.
pub(crate) fn fault(what: &str, path: &Path, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Fault {
    let cause = cause.into();
    let help = io_kind(&*cause).and_then(help);
    let fault = Fault::new(format!("{what} `{}`", path.display())).cause(cause);
    match help {
        Some(help) => fault.help(help),
        None => fault,
    }
}

/// The kind of the input or output error that is behind `error`, if there is one.
fn io_kind(error: &(dyn Error + 'static)) -> Option<ErrorKind> {
    let mut error = Some(error);
    while let Some(at) = error {
        if let Some(io) = at.downcast_ref::<io::Error>() {
            return Some(io.kind());
        }
        // An external error's source is what it wraps, for some; others hold it without saying so.
        if let Some(::parquet::errors::ParquetError::External(inner)) = at.downcast_ref() {
            error = Some(&**inner);
            continue;
        }
        error = at.source();
    }
    None
}

fn help(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "the disk is full: make room, or write elsewhere; nothing unfinished was left among the files"
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "let this user write there, or choose another directory"
        }
        ErrorKind::NotFound => "check the path",
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => "a file is in the way: choose another directory",
        ErrorKind::InvalidFilename => {
            "a directory is named by a column's value, and names are at most 255 bytes: partition by a shorter one"
        }
        _ => return None,
    })
}
