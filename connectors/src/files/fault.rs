//! Faults of the file system, with what the user can do about them.

use flowstone_runtime::error::Fault;
use std::io::{Error, ErrorKind};
use std::path::Path;

/// The fault of not being able to do `what` with the file called `name`.
#[cold]
pub(crate) fn io(what: &str, name: &str, error: Error) -> Fault {
    let help = help(&error);
    let fault = Fault::new(what).partition(name).cause(error);
    match help {
        Some(help) => fault.help(help),
        None => fault,
    }
}

/// The fault of not being able to do `what` with the file at `path`.
#[cold]
pub(crate) fn at(what: &str, path: &Path, error: Error) -> Fault {
    io(what, &path.display().to_string(), error)
}

fn help(error: &Error) -> Option<String> {
    let help = match error.kind() {
        ErrorKind::NotFound => {
            let here = std::env::current_dir().map(|here| format!(" at {}", here.display())).unwrap_or_default();
            return Some(format!("check the path; relative paths start{here}"));
        }
        ErrorKind::PermissionDenied => "check who may read and write it",
        ErrorKind::IsADirectory => "it is a directory; `DirSource` and `DirSink` take one",
        ErrorKind::NotADirectory => "a part of the path is a file, not a directory",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on the disk, and run it again",
        ErrorKind::ReadOnlyFilesystem => "the file system is mounted read-only; choose another place",
        _ => return None,
    };
    Some(help.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_says_what_to_do() {
        let fault = io("cannot write", "out.txt", ErrorKind::StorageFull.into());
        assert_eq!(fault.to_string(), "cannot write (partition `out.txt`)");
        assert_eq!(fault.help_text(), Some("make room on the disk, and run it again"));
    }
}
