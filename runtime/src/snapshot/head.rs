//! What shows that a manifest was lost: the head, which every commit writes, and the names of parts.
//!
//! A commit writes its manifest and then the object `head`, which holds the manifest's number and nothing else; only after
//! that is it reported as committed. So a head that names a later number than the newest manifest there is proves that the
//! manifest of that number was there, and that sinks may have acted on it. An execution that has lost the store and writes
//! its head late takes the number back to an earlier one, until the next commit: that hides a loss, and never reports one
//! that is none.
//!
//! Stores that were written before there was a head, and those whose head is restored together with the manifests, have the
//! names of their parts: a part's generation is the number of a manifest, and a merged part is of a committed epoch.

use super::format::{HEADER_BYTES, Head, Kind, ObjectWriter, Origin};
use super::manifest::Manifest;
use super::part_name::PartName;
use super::store::{HEAD, PARTS, Store};
use crate::base::{RecoveryError, Wrong};

/// Writes down that `manifest` is committed.
pub(crate) fn write(store: &Store, manifest: &Manifest) -> Result<(), RecoveryError> {
    let object = ObjectWriter::new(Kind::Head, manifest.origin()).finish(std::iter::empty());
    store.put(HEAD, &[object.head.into(), object.body.into()])
}

/// What the head says was committed last; `None` where there is no head.
fn read(store: &Store) -> Result<Option<Origin>, RecoveryError> {
    let Some(bytes) = store.get(HEAD)? else { return Ok(None) };
    let head = Head::read(&bytes, bytes.len() as u64).map_err(|cause| store.damaged(HEAD, cause))?;
    if head.kind != Kind::Head {
        return Err(store.damaged(HEAD, Wrong::Other { what: "kind of object" }.at(HEADER_BYTES as u64)));
    }
    Ok(Some(head.origin))
}

/// Fails where something in the store is later than `newest`, the newest manifest that was listed. Others may have
/// committed since: then the answer is false.
pub(crate) fn is_newest(store: &Store, newest: Option<&Manifest>) -> Result<bool, RecoveryError> {
    // Manifest 0 is that of a store in which there is nothing.
    let (known, epoch) = newest.map_or((0, 0), |newest| (newest.sequence, newest.epoch));
    let Some((lost, witness)) = later_than(store, known, epoch)? else { return Ok(true) };
    if Manifest::list(store)?.last().copied().unwrap_or(0) != known {
        return Ok(false);
    }
    let newest = (known > 0).then(|| Manifest::name(known));
    Err(RecoveryError::Lost { store: store.url().to_owned(), object: lost.map(Manifest::name), witness, newest })
}

/// The number of a manifest later than `known`, where it can be seen, and the object that shows that there was one.
fn later_than(store: &Store, known: u64, epoch: u64) -> Result<Option<(Option<u64>, String)>, RecoveryError> {
    if let Some(head) = read(store)?
        && head.number > known
    {
        return Ok(Some((Some(head.number), HEAD.to_owned())));
    }
    let mut later = None;
    for name in store.list(PARTS)?.into_keys() {
        let Some(part) = PartName::read(&name) else { continue };
        if part.generation > known {
            later = Some((Some(part.generation), name));
        } else if part.job.is_some() && part.epoch > epoch && later.is_none() {
            later = Some((None, name));
        }
    }
    Ok(later)
}
