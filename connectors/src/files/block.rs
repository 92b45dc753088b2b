//! A block of bytes that lines share: [`Block`], filled once, and [`BlockSlice`], a counted part of it.
//!
//! A slice holds its block by a count, as an `Arc` would. Two things are different, because a source makes millions of
//! lines a second and most are gone before the next one is made:
//!
//! - the count and the bytes are one allocation, so that a slice is 16 bytes and reading through it is one step;
//! - while a block is *lent* ([`Block::lend`]), slices made, copied and dropped on the lending thread are counted without
//!   atomic operations. A slice that outlives the lending, or goes to another thread, is counted atomically.
//!
//! # How the count stays right
//! The slices of a block, with the block itself, are `refs + local` in number.
//! - `local` belongs to the thread that lends, the one whose token is in `owner`. No other thread touches it. `owner` is
//!   set and reset by that thread alone, so that a thread that finds its own token there is the one that lends, now.
//! - While the block is lent, `refs` is higher by `CREDIT`, so that it cannot reach zero whatever other threads drop.
//!   Lending ends by putting `local` into `refs` and taking the credit back.
//! - Lending is a guard on the lender's stack that borrows the block, so it ends before the block goes anywhere else.
//!
//! # What can be written when
//! Only [`Block::space`] gives a mutable view, and only where no slice is left.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::cell::Cell;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering, fence};

#[repr(C)]
struct Header {
    refs: AtomicU64,
    /// The token of the thread that lends this block; zero where nobody does.
    owner: AtomicUsize,
    /// Slices made less slices dropped by the lending thread.
    local: Cell<i64>,
    capacity: usize,
}

/// More slices than a block can ever have at once.
const CREDIT: u64 = 1 << 62;

/// The bytes begin behind the header.
const DATA: usize = size_of::<Header>();

/// A number for this thread that no other living thread has.
#[inline(always)]
fn this_thread() -> usize {
    thread_local! {
        static TOKEN: u8 = const { 0 };
    }
    TOKEN.with(|token| std::ptr::from_ref(token) as usize)
}

fn layout(capacity: usize) -> Layout {
    match Layout::from_size_align(DATA + capacity, align_of::<Header>()) {
        Ok(layout) if u32::try_from(capacity).is_ok() => layout,
        _ => panic!("a text of {capacity} bytes is longer than a line can be (4 GiB)"),
    }
}

/// A block of bytes of a fixed size.
pub(crate) struct Block(NonNull<Header>);

// SAFETY: the count is atomic but for `local`, which only the lending thread touches; the bytes are written only through
// `&mut Block` where no slice is left. Lending borrows the block mutably, so a block that is lent does not move.
unsafe impl Send for Block {}
// SAFETY: as above; nothing is written through `&Block`.
unsafe impl Sync for Block {}

impl Block {
    /// A block of `capacity` zero bytes.
    ///
    /// # Panics
    /// Where `capacity` is more than a `u32` holds.
    pub(crate) fn new(capacity: usize) -> Block {
        let layout = layout(capacity);
        // SAFETY: the layout is not empty, for it has a header.
        let Some(header) = NonNull::new(unsafe { alloc_zeroed(layout) }.cast::<Header>()) else {
            handle_alloc_error(layout)
        };
        let value = Header { refs: AtomicU64::new(1), owner: AtomicUsize::new(0), local: Cell::new(0), capacity };
        // SAFETY: fresh memory of the header's size and alignment.
        unsafe { header.write(value) };
        Block(header)
    }

    /// A block that holds `bytes` and nothing else.
    pub(crate) fn of(bytes: &[u8]) -> Block {
        let mut block = Block::new(bytes.len());
        if let Some(space) = block.space() {
            space.copy_from_slice(bytes);
        }
        block
    }

    fn header(&self) -> &Header {
        // SAFETY: the block counts as one, so the header is there.
        unsafe { self.0.as_ref() }
    }

    /// How many bytes it has.
    pub(crate) fn capacity(&self) -> usize {
        self.header().capacity
    }

    /// Its bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: `capacity` bytes follow the header, initialised from the start.
        unsafe { std::slice::from_raw_parts(data(self.0), self.capacity()) }
    }

    /// Its bytes for writing, where no slice of it is left.
    pub(crate) fn space(&mut self) -> Option<&mut [u8]> {
        // Acquire: what other threads did with their slices happened before.
        if self.header().refs.load(Ordering::Acquire) != 1 {
            return None;
        }
        // SAFETY: as in `bytes`; this is the only handle, and it is borrowed mutably.
        Some(unsafe { std::slice::from_raw_parts_mut(data(self.0), self.capacity()) })
    }

    /// Begins to lend: slices are cheap on this thread until the guard is dropped.
    #[inline]
    pub(crate) fn lend(&mut self) -> Lend<'_> {
        let header = self.header();
        header.refs.fetch_add(CREDIT, Ordering::Relaxed);
        header.owner.store(this_thread(), Ordering::Relaxed);
        Lend { block: self }
    }

    /// The whole block as one slice.
    pub(crate) fn into_slice(self) -> BlockSlice {
        let len = self.capacity() as u32;
        let slice = BlockSlice { block: self.0, start: 0, len };
        // The block's count is the slice's from here on.
        std::mem::forget(self);
        slice
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: this handle counts as one and is not used again.
        unsafe { release(self.0) }
    }
}

/// A block while it is lent.
pub(crate) struct Lend<'a> {
    block: &'a mut Block,
}

impl Lend<'_> {
    /// The bytes from `start` to `end`.
    ///
    /// # Safety
    /// `start <= end <= capacity`, on the thread that lends.
    #[inline(always)]
    pub(crate) unsafe fn slice(&self, start: usize, end: usize) -> BlockSlice {
        debug_assert!(start <= end && end <= self.block.capacity());
        let local = &self.block.header().local;
        local.set(local.get() + 1);
        BlockSlice { block: self.block.0, start: start as u32, len: (end - start) as u32 }
    }

    /// The bytes of the block.
    #[inline(always)]
    pub(crate) fn bytes(&self) -> &[u8] {
        self.block.bytes()
    }
}

impl Drop for Lend<'_> {
    #[inline]
    fn drop(&mut self) {
        let header = self.block.header();
        header.owner.store(0, Ordering::Relaxed);
        // The block itself is counted in `refs`, so the count stays above zero here.
        header.refs.fetch_add((header.local.replace(0) as u64).wrapping_sub(CREDIT), Ordering::Release);
    }
}

/// A part of a block, which it keeps alive.
pub(crate) struct BlockSlice {
    block: NonNull<Header>,
    start: u32,
    len: u32,
}

// SAFETY: the bytes are never written while a slice is left, and the count allows for any thread (see above).
unsafe impl Send for BlockSlice {}
// SAFETY: as above.
unsafe impl Sync for BlockSlice {}

impl BlockSlice {
    #[inline(always)]
    pub(crate) fn bytes(&self) -> &[u8] {
        // SAFETY: whoever made the slice saw to it that it lies within the block, which the slice keeps alive.
        unsafe { std::slice::from_raw_parts(data(self.block).add(self.start as usize), self.len as usize) }
    }

    /// The part of this slice that `part` is; `None` where it is no part of it.
    pub(crate) fn part(&self, part: &[u8]) -> Option<BlockSlice> {
        let whole = self.bytes();
        let skipped = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
        if skipped + part.len() > whole.len() {
            return None;
        }
        let mut slice = self.clone();
        slice.start += skipped as u32;
        slice.len = part.len() as u32;
        Some(slice)
    }
}

impl Clone for BlockSlice {
    #[inline(always)]
    fn clone(&self) -> Self {
        // SAFETY: this slice keeps the header alive.
        let header = unsafe { self.block.as_ref() };
        if header.owner.load(Ordering::Relaxed) == this_thread() {
            header.local.set(header.local.get() + 1);
        } else {
            header.refs.fetch_add(1, Ordering::Relaxed);
        }
        BlockSlice { ..*self }
    }
}

impl Drop for BlockSlice {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: this slice keeps the header alive.
        let header = unsafe { self.block.as_ref() };
        if header.owner.load(Ordering::Relaxed) == this_thread() {
            header.local.set(header.local.get() - 1);
        } else {
            // SAFETY: this slice counts as one and is not used again.
            unsafe { release(self.block) }
        }
    }
}

fn data(block: NonNull<Header>) -> *mut u8 {
    // SAFETY: the bytes begin right behind the header, in the same allocation.
    unsafe { block.as_ptr().cast::<u8>().add(DATA) }
}

/// Takes one from the count, and the memory back with the last one.
///
/// # Safety
/// The caller gives up one count of a block that is not lent by this thread.
unsafe fn release(block: NonNull<Header>) {
    // SAFETY: the caller's count keeps the header alive up to here.
    let header = unsafe { block.as_ref() };
    let capacity = header.capacity;
    if header.refs.fetch_sub(1, Ordering::Release) == 1 {
        // What other threads did with their slices happened before the memory goes.
        fence(Ordering::Acquire);
        // SAFETY: the last count is gone, and the layout is the one it was made with.
        unsafe { dealloc(block.as_ptr().cast::<u8>(), layout(capacity)) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails is to say where")]
mod tests {
    use super::*;

    #[test]
    fn slices_keep_the_bytes_alive() {
        let slice = Block::of(b"abcdef").into_slice();
        let part = slice.part(&slice.bytes()[2..4]).unwrap();
        drop(slice);
        assert_eq!(part.bytes(), b"cd");
        assert!(part.part(b"cd").is_none());
    }

    #[test]
    fn a_block_is_written_only_where_no_slice_is_left() {
        let mut block = Block::of(b"abc");
        let kept = {
            let lend = block.lend();
            // SAFETY: within the block.
            let (first, second) = unsafe { (lend.slice(0, 1), lend.slice(1, 3)) };
            drop(first.clone());
            drop(first);
            second
        };
        assert!(block.space().is_none());
        assert_eq!(kept.bytes(), b"bc");
        drop(kept);
        assert!(block.space().is_some());
    }

    #[test]
    fn slices_are_counted_right_between_threads() {
        let mut block = Block::of(&[7; 64]);
        let (send, receive) = std::sync::mpsc::channel::<BlockSlice>();
        let other = std::thread::spawn(move || {
            let mut kept = Vec::new();
            for (at, slice) in receive.into_iter().enumerate() {
                if at % 3 == 0 {
                    kept.push(slice.clone());
                }
                assert_eq!(slice.bytes(), [7; 4]);
            }
            kept
        });
        let mut own = Vec::new();
        for _ in 0..100 {
            let lend = block.lend();
            for at in 0..16 {
                // SAFETY: within the block.
                let slice = unsafe { lend.slice(at * 4, at * 4 + 4) };
                if at % 2 == 0 {
                    own.push(slice.clone());
                }
                send.send(slice).unwrap();
            }
            own.truncate(200);
        }
        drop(send);
        let kept = other.join().unwrap();
        assert!(block.space().is_none());
        drop((own, kept));
        assert!(block.space().is_some());
    }
}
