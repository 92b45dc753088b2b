//! Which state can be gone on from: the newest, or the one before it where the newest is damaged and that is safe.

use super::head;
use super::manifest::Manifest;
use super::reader::PartReader;
use super::store::{PARTS, Store};
use crate::base::{RecoveryError, Wrong};

/// How often it is looked again while others commit.
const TRIES: usize = 8;

impl Store {
    /// The state that a take-over would go on from, and the damage for which it would give up a newer one. `None` where nothing
    /// was ever committed.
    ///
    /// # Errors
    /// Where the store cannot be read, or its state is damaged for good.
    pub fn sound(&self) -> Result<Option<(Manifest, Option<RecoveryError>)>, RecoveryError> {
        for again in (0..TRIES).rev() {
            let newest = self.newest()?;
            if !head::is_newest(self, newest.as_ref())? {
                continue;
            }
            let Some(newest) = newest else { break };
            match check_parts(self, &newest) {
                Ok(()) => return Ok(Some((newest, None))),
                Err(damage) if damage.is_damage() => {
                    // Whoever has the store may have cleared away what is not there.
                    if again > 0 && self.newest()?.is_some_and(|now| now.sequence != newest.sequence) {
                        continue;
                    }
                    let (before, damage) = way_back(self, &newest, damage)?;
                    return Ok(Some((before, Some(damage))));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}

/// The state before the newest, where that has `damage` and it is safe to go back.
pub(crate) fn way_back(
    store: &Store,
    newest: &Manifest,
    damage: RecoveryError,
) -> Result<(Manifest, RecoveryError), RecoveryError> {
    let no_way_back = |why, damage| {
        let (store, epoch) = (store.url().to_owned(), newest.epoch);
        Err(RecoveryError::NoWayBack { store, epoch, why, cause: Box::new(damage) })
    };
    if newest.exactly_once {
        return no_way_back("exactly-once sinks have committed output after it", damage);
    }
    let before = newest.fallback.map(|sequence| Manifest::read(store, sequence));
    let Some(Ok(Some((before, _)))) = before else {
        return no_way_back("the previous state is missing", damage);
    };
    if check_parts(store, &before).is_err() {
        return no_way_back("the previous state is damaged too", damage);
    }
    Ok((before, damage))
}

/// Checks that every part of a manifest is there and is what was committed.
pub(crate) fn check_parts(store: &Store, manifest: &Manifest) -> Result<(), RecoveryError> {
    if manifest.parts.is_empty() {
        return Ok(());
    }
    let sizes = store.list(PARTS)?;
    for part in &manifest.parts {
        let (needs, name) = (part.bytes, &part.name);
        match sizes.get(name) {
            Some(&has) if has == needs => {}
            Some(0) => return Err(store.damaged(name, Wrong::Empty.at(0))),
            Some(&has) if has < needs => return Err(store.damaged(name, Wrong::Truncated { needs, has }.at(has))),
            Some(&has) => return Err(store.damaged(name, Wrong::Trailing { needs, has }.at(needs))),
            None => return Err(RecoveryError::Missing { store: store.url().to_owned(), object: name.clone() }),
        }
    }
    if store.keeps_checksums() {
        return Ok(());
    }
    PartReader::open_all(store, &manifest.parts)?.iter().try_for_each(PartReader::check)
}
