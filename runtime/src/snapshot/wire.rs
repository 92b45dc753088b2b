//! Numbers and byte strings in the objects of a recovery store: writing them, and reading them without trust.

use crate::base::{FormatError, Wrong};

/// Writes what [`Reader`] reads: little-endian numbers, byte strings behind their length.
pub(crate) trait Put {
    fn put_u16(&mut self, n: u16);
    fn put_u32(&mut self, n: u32);
    fn put_u64(&mut self, n: u64);
    /// Seven bits a byte, the lowest first; the top bit says that another byte follows.
    fn put_varint(&mut self, n: u64);
    /// The length as a varint, then the bytes.
    fn put_bytes(&mut self, bytes: &[u8]);
}

impl Put for Vec<u8> {
    fn put_u16(&mut self, n: u16) {
        self.extend_from_slice(&n.to_le_bytes());
    }

    fn put_u32(&mut self, n: u32) {
        self.extend_from_slice(&n.to_le_bytes());
    }

    fn put_u64(&mut self, n: u64) {
        self.extend_from_slice(&n.to_le_bytes());
    }

    #[inline]
    fn put_varint(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.push(n as u8 | 0x80);
            n >>= 7;
        }
        self.push(n as u8);
    }

    fn put_bytes(&mut self, bytes: &[u8]) {
        self.put_varint(bytes.len() as u64);
        self.extend_from_slice(bytes);
    }
}

/// Reads bytes front to back. Whatever is not there is an error, and nothing is allocated.
#[derive(Clone)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    base: u64,
}

impl<'a> Reader<'a> {
    /// Reads `bytes`, which stand at offset `base` of their object.
    pub(crate) fn new(bytes: &'a [u8], base: u64) -> Self {
        Reader { bytes, at: 0, base }
    }

    /// An error at the byte to be read next.
    pub(crate) fn wrong(&self, wrong: Wrong) -> FormatError {
        wrong.at(self.base + self.at as u64)
    }

    /// Where the byte to be read next is in what was given.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at == self.bytes.len()
    }

    #[inline]
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], FormatError> {
        let rest = &self.bytes[self.at..];
        match rest.get(..count) {
            Some(taken) => {
                self.at += count;
                Ok(taken)
            }
            None => Err(self.wrong(Wrong::Truncated { needs: count as u64, has: rest.len() as u64 })),
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], FormatError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, FormatError> {
        Ok(self.array::<1>()?[0])
    }

    pub(crate) fn u16(&mut self) -> Result<u16, FormatError> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, FormatError> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, FormatError> {
        self.array().map(u64::from_le_bytes)
    }

    #[inline]
    pub(crate) fn varint(&mut self) -> Result<u64, FormatError> {
        let mut n = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            n |= bits << shift;
            if byte < 0x80 {
                return Ok(n);
            }
        }
        Err(self.wrong(Wrong::Invalid("a number is too large")))
    }

    /// A varint that must be a length of what is still there.
    #[inline]
    pub(crate) fn length(&mut self) -> Result<usize, FormatError> {
        let needs = self.varint()?;
        let has = (self.bytes.len() - self.at) as u64;
        if needs > has {
            return Err(self.wrong(Wrong::Truncated { needs, has }));
        }
        Ok(needs as usize)
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], FormatError> {
        let length = self.length()?;
        self.take(length)
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, FormatError> {
        let bytes = self.bytes()?;
        std::str::from_utf8(bytes).map_err(|_| self.wrong(Wrong::Invalid("a name is not UTF-8")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_come_back_and_nonsense_does_not() {
        for n in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
            let mut bytes = Vec::new();
            bytes.put_varint(n);
            let mut reader = Reader::new(&bytes, 0);
            assert_eq!((reader.varint(), reader.is_empty()), (Ok(n), true));
            assert!(Reader::new(&bytes[..bytes.len() - 1], 0).varint().is_err());
        }
        assert!(Reader::new(&[0xff; 10], 0).varint().is_err());
        assert!(Reader::new(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2], 0).varint().is_err());
    }
}
