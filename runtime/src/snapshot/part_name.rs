//! What the name of a part says: see `docs/snapshot-format.md`.

use super::store::PARTS;

/// What a part's name says.
pub(crate) struct PartName {
    pub(crate) generation: u64,
    pub(crate) epoch: u64,
    /// Of a merged part: the compaction that wrote it.
    pub(crate) job: Option<u64>,
}

impl PartName {
    /// Names are `parts/GENERATION-EPOCH-wWORKER` and `parts/GENERATION-EPOCH-mJOB-SLICE`. Others are not ours.
    pub(crate) fn read(name: &str) -> Option<PartName> {
        let mut fields = name.strip_prefix(PARTS)?.strip_prefix('/')?.split('-');
        let (generation, epoch, writer) = (fields.next()?, fields.next()?, fields.next()?);
        let job = match writer.split_at_checked(1)? {
            ("w", worker) => worker.parse::<u64>().ok().map(|_| None)?,
            ("m", job) => Some(job.parse().ok()?),
            _ => return None,
        };
        Some(PartName { generation: generation.parse().ok()?, epoch: epoch.parse().ok()?, job })
    }
}
