//! What may be removed from a store: manifests and parts that nothing refers to.

use std::collections::BTreeSet;

/// What may be removed once nothing refers to it.
#[derive(Debug, Default)]
pub(crate) struct Leftovers {
    pub(crate) manifests: BTreeSet<u64>,
    pub(crate) parts: BTreeSet<String>,
    pub(super) cleanings: u64,
}

impl Leftovers {
    /// All manifests of earlier executions.
    pub(crate) fn of_others(sequences: Vec<u64>) -> Self {
        Leftovers { manifests: sequences.into_iter().collect(), ..Leftovers::default() }
    }
}
