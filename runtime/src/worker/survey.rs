//! A flow looked at without being run: what its steps keep, and whether they can read what is stored.

use crate::base::error::Fault;
use crate::snapshot::{RecoveryError, Resume, StepInfo};
use std::cell::RefCell;

/// What is noted down while the flow is put together, and nothing is opened.
pub(crate) struct Survey {
    /// The state to be read, of all keys; `None` where none is.
    resume: Option<Resume>,
    found: RefCell<Vec<Found>>,
}

/// A step that keeps something.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) id: &'static str,
    pub(crate) fingerprint: String,
    /// How many keys it found, or why it could not read one.
    pub(crate) keys: Result<u64, Fault>,
}

impl Survey {
    pub(crate) fn new(resume: Option<Resume>) -> Survey {
        Survey { resume, found: RefCell::default() }
    }

    /// Notes a step down: `read` decodes a key and its state.
    pub(crate) fn step(
        &self,
        id: &'static str,
        fingerprint: String,
        read: impl Fn(&[u8], &[u8]) -> Result<(), Fault>,
    ) -> Result<(), RecoveryError> {
        let mut keys = Ok(0);
        if let Some(resume) = &self.resume {
            resume.entries(id, |key, state| {
                if let Ok(count) = &mut keys {
                    match read(key, state) {
                        Ok(()) => *count += 1,
                        Err(fault) => keys = Err(fault),
                    }
                }
                Ok::<_, RecoveryError>(())
            })?;
        }
        self.found.borrow_mut().push(Found { id, fingerprint, keys });
        Ok(())
    }

    /// What has been found, by step.
    pub(crate) fn take(&self) -> Vec<Found> {
        self.found.take()
    }
}

/// What the store is told of the steps.
pub(crate) fn infos(found: &[Found], word_of: impl Fn(&str) -> String) -> Vec<StepInfo> {
    let info = |found: &Found| StepInfo {
        id: found.id.to_owned(),
        word: word_of(found.id),
        fingerprint: found.fingerprint.clone(),
    };
    found.iter().map(info).collect()
}
