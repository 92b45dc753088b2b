//! `enrich_cached`: a look-up for each item, with a cache in front.

use crate::base::clock::{Clock, Timestamp};
use crate::stream::{Chain, Down, Push, Stage, Stream, named};
use foldhash::fast::RandomState;
use lru::LruCache;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::time::Duration;

/// Adds to each item what `lookup` knows of its `key`: the items become pairs `(item, found)`.
///
/// Each worker has its own cache: a result is reused for `ttl`, and at most `size` keys are cached, those most recently
/// used. The time is read once per batch.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// fn country_of(ip: &String) -> &'static str {
///     if ip.starts_with("10.") { "here" } else { "abroad" }
/// }
///
/// dataflow! {
///     flow located(out: TestSink<(String, &'static str)>) {
///         input("ips", iter(["10.0.0.1".to_string()]))
///             -> enrich_cached("country", ttl = 1min, size = 1000, key = |ip| ip.clone(), lookup = country_of)
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// located(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [("10.0.0.1".to_string(), "here")]);
/// ```
pub fn enrich_cached<'s, T, B, C, K, W, F, L>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    ttl: Duration,
    size: usize,
    key: F,
    lookup: L,
) -> Stream<'s, (T, W), B, impl Chain<'s, (T, W)>>
where
    T: 'static,
    B: 'static,
    C: Chain<'s, T>,
    K: Hash + Eq + 'static,
    W: Clone + 'static,
    F: Fn(&T) -> K + 'static,
    L: Fn(&K) -> W + 'static,
{
    let size = NonZeroUsize::new(size).unwrap_or(NonZeroUsize::MIN);
    let cache = LruCache::with_hasher(size, RandomState::default());
    let clock = up.cx.worker.clock.clone();
    up.stage(EnrichCached { id, ttl, key, lookup, cache, clock, now: None })
}

struct EnrichCached<K, W, F, L> {
    id: &'static str,
    ttl: Duration,
    key: F,
    lookup: L,
    cache: LruCache<K, (W, Timestamp), RandomState>,
    clock: Clock,
    /// The time, once it has been read for this batch.
    now: Option<Timestamp>,
}

impl<T, K, W, F, L> Stage<T> for EnrichCached<K, W, F, L>
where
    K: Hash + Eq,
    W: Clone,
    F: Fn(&T) -> K,
    L: Fn(&K) -> W,
{
    type Out = (T, W);

    #[inline(always)]
    fn run<P: Push<(T, W)>>(&mut self, item: T, next: &mut Down<'_, (T, W), P>) {
        let now = *self.now.get_or_insert_with(|| self.clock.now());
        let key = named(self.id, || (self.key)(&item));
        if let Some((found, at)) = self.cache.get(&key)
            && now.since(*at) <= self.ttl
        {
            let found = found.clone();
            return next.push((item, found));
        }
        let found = named(self.id, || (self.lookup)(&key));
        self.cache.put(key, (found.clone(), now));
        next.push((item, found));
    }

    fn flush<P: Push<(T, W)>>(&mut self, _next: &mut Down<'_, (T, W), P>) {
        self.now = None;
    }
}
