//! Random numbers that are the same on every machine and in every version: [`Random`].

/// The generator SplitMix64.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    /// The numbers of `seed`; those of another `stream` have nothing to do with them.
    pub(super) fn new(seed: u64, stream: u64) -> Random {
        Random(mix(seed) ^ mix(stream.wrapping_add(STEP)))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        mix(self.0)
    }

    /// A number below `bound`.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// A number from `-most` to `most`.
    pub(super) fn around_zero(&mut self, most: i64) -> i64 {
        self.below(most.unsigned_abs() * 2 + 1) as i64 - most
    }

    /// True with a probability of `share`.
    pub(super) fn happens(&mut self, share: f64) -> bool {
        self.below(1 << 32) < (share * (1u64 << 32) as f64) as u64
    }

    /// One of `choices`, each as likely as the others.
    pub(super) fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }

    /// One of `choices` by their weights, which are in units of 1/100 and make 100.
    pub(super) fn weighted<T: Copy>(&mut self, choices: &[(T, u8)]) -> T {
        let mut left = self.below(100);
        for &(choice, weight) in choices {
            match left.checked_sub(weight.into()) {
                Some(rest) => left = rest,
                None => return choice,
            }
        }
        choices[choices.len() - 1].0
    }

    /// A version 4 UUID.
    pub(super) fn uuid(&mut self) -> Uuid {
        Uuid(u128::from(self.next()) << 64 | u128::from(self.next()))
    }
}

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A random UUID.
#[derive(Debug, Clone, Copy)]
pub(super) struct Uuid(u128);

impl std::fmt::Display for Uuid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bits = self.0 & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
        let part = |from: u32, len: u32| (bits >> from) & ((1u128 << len) - 1);
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            part(96, 32),
            part(80, 16),
            part(64, 16),
            part(48, 16),
            part(0, 48)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_never_change() {
        let mut random = Random::new(7, 0);
        let found = [random.next(), random.next()];
        assert_eq!(found, [3_370_826_928_119_983_353, 12_337_948_700_613_807_856]);
    }

    #[test]
    fn uuids_are_of_version_4() {
        let text = Random::new(1, 1).uuid().to_string();
        assert_eq!(text.len(), 36);
        assert_eq!(text.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&text.as_bytes()[19]), "{text}");
    }
}
