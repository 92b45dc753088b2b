//! A store in memory for each test.

use std::sync::atomic::{AtomicU64, Ordering};

/// The URL of a store that no other test has.
pub(crate) fn fresh(test: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("memory://{test}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
