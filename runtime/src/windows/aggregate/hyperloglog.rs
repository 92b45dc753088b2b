//! A sketch that counts different things in little memory: HyperLogLog, with the estimate of Ertl (2017).

use foldhash::quality::FixedState;
use serde::{Deserialize, Serialize};
use std::hash::{BuildHasher, Hash};

/// So many bits of a hash choose a register.
const BITS: u32 = 12;
const REGISTERS: usize = 1 << BITS;
/// The highest rank that the other bits of a hash can have: a place more than there are bits.
const RANKS: usize = (64 - BITS) as usize + 1;
/// As long as there are at most so many different hashes, they are kept themselves.
const FEW: usize = 128;

/// About how many different things it has been shown.
///
/// Up to 128 different ones it counts them exactly, in 8 bytes each. Beyond that it takes 4 KiB, whatever comes, and its
/// standard error is 1.04 / √4096, or 1.6 %: in 95 of 100 cases it is off by less than 3.3 %, in 997 of 1000 by less than
/// 4.9 %. Merging two gives what showing everything to one would have given.
///
/// ```
/// use flowstone::windows::aggregate::HyperLogLog;
///
/// let mut users = HyperLogLog::default();
/// for hit in 0..100_000 {
///     users.add(&(hit % 20_000));
/// }
/// assert!(users.count().abs_diff(20_000) < 1_000);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HyperLogLog(Sketch);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Sketch {
    /// The hashes, in order.
    Few(Vec<u64>),
    /// For each register the highest rank: the place of the first one among the hash's other bits.
    Many(Vec<u8>),
}

impl Default for HyperLogLog {
    fn default() -> Self {
        HyperLogLog(Sketch::Few(Vec::new()))
    }
}

impl HyperLogLog {
    /// Shows it one more.
    #[inline(always)]
    pub fn add<T: Hash>(&mut self, value: &T) {
        self.add_hash(FixedState::with_seed(0).hash_one(value));
    }

    fn add_hash(&mut self, hash: u64) {
        match &mut self.0 {
            Sketch::Few(hashes) => {
                let Err(place) = hashes.binary_search(&hash) else { return };
                hashes.insert(place, hash);
                if hashes.len() > FEW {
                    let mut registers = vec![0; REGISTERS];
                    hashes.iter().for_each(|hash| raise(&mut registers, *hash));
                    self.0 = Sketch::Many(registers);
                }
            }
            Sketch::Many(registers) => raise(registers, hash),
        }
    }

    /// Takes in all that `other` was shown.
    pub fn merge(&mut self, other: HyperLogLog) {
        match (&mut self.0, other.0) {
            (Sketch::Many(registers), Sketch::Many(others)) => {
                for (register, other) in registers.iter_mut().zip(others) {
                    *register = other.max(*register);
                }
            }
            (_, Sketch::Few(hashes)) => hashes.into_iter().for_each(|hash| self.add_hash(hash)),
            (Sketch::Few(hashes), others @ Sketch::Many(_)) => {
                let hashes = std::mem::take(hashes);
                self.0 = others;
                hashes.into_iter().for_each(|hash| self.add_hash(hash));
            }
        }
    }

    /// About how many different ones there were.
    #[must_use]
    pub fn count(&self) -> u64 {
        match &self.0 {
            Sketch::Few(hashes) => hashes.len() as u64,
            Sketch::Many(registers) => estimate(registers).round() as u64,
        }
    }
}

#[inline(always)]
fn raise(registers: &mut [u8], hash: u64) {
    // The bit below the others bounds the rank where all of them are zero.
    let rank = ((hash << BITS) | (1 << (BITS - 1))).leading_zeros() as u8 + 1;
    if let Some(register) = registers.get_mut((hash >> (64 - BITS)) as usize) {
        *register = rank.max(*register);
    }
}

/// Ertl's improved raw estimate: no bias anywhere, and no table of corrections.
fn estimate(registers: &[u8]) -> f64 {
    let mut with = [0.0; RANKS + 1];
    for rank in registers {
        with[usize::from(*rank).min(RANKS)] += 1.0;
    }
    let all = REGISTERS as f64;
    let mut sum = all * tau(1.0 - with[RANKS] / all);
    for number in with[1..RANKS].iter().rev() {
        sum = 0.5 * (sum + number);
    }
    sum += all * sigma(with[0] / all);
    all * all / (2.0 * std::f64::consts::LN_2 * sum)
}

/// The part of registers that nothing has come to.
fn sigma(mut x: f64) -> f64 {
    let (mut weight, mut sum) = (1.0, x);
    loop {
        x *= x;
        let before = sum;
        sum += x * weight;
        weight += weight;
        // Where all are empty it grows to infinity, and the estimate is zero.
        if sum == before || sum.is_infinite() {
            return sum;
        }
    }
}

/// The part of registers that are at their end.
fn tau(mut x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut weight, mut sum) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = sum;
        weight *= 0.5;
        sum -= (1.0 - x).powi(2) * weight;
        if sum == before {
            return sum / 3.0;
        }
    }
}
