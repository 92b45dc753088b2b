//! What a snapshot is owed of a slot, in 32 bits: slots lie in their tables by the million.

/// In which epoch a slot changed of which it has not been written, and what else is to be known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct DirtyFlag(u32);

/// Where an earlier epoch's snapshot has the slot.
const STORED: u32 = 1;
/// Where its step has put it out since it changed.
const EMITTED: u32 = 2;
/// Where its timer is still to be set.
const UNSET: u32 = 4;
const EPOCH: u32 = 8;
/// All but the epoch.
const REST: u32 = EPOCH - 1;

/// The number of an epoch, among those of a [`Recorder`](super::record::Record): 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Epoch(u32);

impl Epoch {
    pub(super) const NONE: Epoch = Epoch(0);
    pub(super) const FIRST: Epoch = Epoch(EPOCH);

    pub(super) fn next(self) -> Epoch {
        // Those that are not written are of two epochs at most, so that the numbers may begin again.
        Epoch(self.0.wrapping_add(EPOCH).max(EPOCH))
    }

    /// Whether the slot has changed in this epoch, and has not been put out since.
    #[inline(always)]
    pub(super) fn is_last_of(self, flag: DirtyFlag) -> bool {
        flag.0 & !(STORED | UNSET) == self.0
    }

    /// Whether this is the epoch in which the slot changed last.
    #[inline(always)]
    pub(super) fn is_of(self, flag: DirtyFlag) -> bool {
        flag.0 & !REST == self.0
    }
}

impl DirtyFlag {
    /// That of a slot which an earlier epoch's snapshot has.
    pub(super) const OF_STORED: DirtyFlag = DirtyFlag(STORED);

    /// The slot has changed in this epoch, or is written where that is none.
    #[inline(always)]
    pub(super) fn set_changed(&mut self, epoch: Epoch) {
        self.0 = self.0 & REST | epoch.0;
    }

    #[inline(always)]
    pub(super) fn is_stored(self) -> bool {
        self.0 & STORED != 0
    }

    pub(super) fn set_stored(&mut self) {
        self.0 |= STORED;
    }

    #[inline(always)]
    pub(super) fn is_unset(self) -> bool {
        self.0 & UNSET != 0
    }

    #[inline(always)]
    pub(super) fn set_unset(&mut self, unset: bool) {
        self.set(UNSET, unset);
    }

    #[inline(always)]
    pub(crate) fn is_emitted(self) -> bool {
        self.0 & EMITTED != 0
    }

    #[inline(always)]
    pub(crate) fn set_emitted(&mut self, emitted: bool) {
        self.set(EMITTED, emitted);
    }

    #[inline(always)]
    fn set(&mut self, bit: u32, on: bool) {
        self.0 = self.0 & !bit | if on { bit } else { 0 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_is_told_from_the_others_whatever_else_is_known() {
        let (mut flag, second) = (DirtyFlag::default(), Epoch::FIRST.next());
        assert!(Epoch::NONE.is_of(flag));
        flag.set_changed(Epoch::FIRST);
        flag.set_emitted(true);
        flag.set_unset(true);
        flag.set_stored();
        assert!(Epoch::FIRST.is_of(flag) && !second.is_of(flag) && flag.is_emitted() && flag.is_stored());
        assert!(!Epoch::FIRST.is_last_of(flag));
        flag.set_changed(second);
        flag.set_emitted(false);
        assert!(flag.is_unset());
        assert!(second.is_of(flag) && second.is_last_of(flag) && flag.is_stored() && !flag.is_emitted());
    }

    #[test]
    fn the_numbers_of_epochs_begin_again_behind_the_last() {
        let last = Epoch(!REST);
        assert_eq!(last.next(), Epoch::FIRST);
    }
}
