//! Keys that come and go for thousands of epochs: nothing grows, neither in memory nor in the store.
//!
//! `FLOWSTONE_SOAK=500000 cargo test --release -p flowstone-runtime --test faults soak -- --nocapture` goes on for so many
//! epochs, and prints what it saw.

use crate::common::{objects, on};
use crate::feed::Feed;
use flowstone::error::Fault;
use flowstone::prelude::*;
use flowstone::sink::{Guarantee, Sink, SinkCx, Writer};
use futures_util::FutureExt;
use object_store::ObjectStore;
use object_store::memory::InMemory;
use object_store::path::Path;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// How many keys have state now.
static HELD: AtomicUsize = AtomicUsize::new(0);

/// A key's state, which counts itself.
#[derive(Serialize, Deserialize)]
#[serde(from = "u64")]
struct Visits(u64);

impl From<u64> for Visits {
    fn from(visits: u64) -> Visits {
        Visits::new(visits)
    }
}

impl Visits {
    fn new(visits: u64) -> Visits {
        HELD.fetch_add(1, Ordering::Relaxed);
        Visits(visits)
    }
}

impl Drop for Visits {
    fn drop(&mut self) {
        HELD.fetch_sub(1, Ordering::Relaxed);
    }
}

dataflow! {
    /// Eight guests at a time come four times each, and are forgotten.
    flow guests(log: Feed, look: Look) {
        input("log", log)
            -> key_on("guest", |n| n % 8 + n / 32 * 8)
            -> stateful_map("visits", |state: &mut Option<Visits>, _| {
                let visits = state.take().map_or(0, |visits| visits.0) + 1;
                *state = (visits < 4).then(|| Visits::new(visits));
                visits
            })
            -> output("look", look);
    }
}

/// What is kept at one time.
#[derive(Debug, Clone, Copy, Default)]
struct Kept {
    keys: usize,
    objects: usize,
    bytes: u64,
}

impl Kept {
    fn most(self, other: Kept) -> Kept {
        Kept {
            keys: self.keys.max(other.keys),
            objects: self.objects.max(other.objects),
            bytes: self.bytes.max(other.bytes),
        }
    }
}

/// A sink that drops what it gets, and looks at what is kept after each commit.
#[derive(Clone)]
struct Look {
    objects: Arc<InMemory>,
    all: Arc<Mutex<Vec<Kept>>>,
}

impl Look {
    fn kept(&self) -> Kept {
        let mut kept = Kept { keys: HELD.load(Ordering::Relaxed), ..Kept::default() };
        for folder in ["manifests", "parts"] {
            // A store in memory answers at once.
            let listed = self.objects.list_with_delimiter(Some(&Path::from(folder))).now_or_never().unwrap().unwrap();
            kept.objects += listed.objects.len();
            kept.bytes += listed.objects.iter().map(|object| object.size).sum::<u64>();
        }
        kept
    }
}

impl Sink<(u64, u64)> for Look {
    type Writer = Look;
    const GUARANTEE: Guarantee = Guarantee::ExactlyOnce;

    fn open(&self, _: &SinkCx) -> Result<Look, Fault> {
        Ok(self.clone())
    }
}

impl Writer<(u64, u64)> for Look {
    type Prepared = u64;

    fn write_batch(&mut self, items: &mut Vec<(u64, u64)>) -> Result<(), Fault> {
        items.clear();
        Ok(())
    }

    fn prepare(&mut self, epoch: u64) -> Result<u64, Fault> {
        Ok(epoch)
    }

    fn commit(&mut self, _: u64) -> Result<(), Fault> {
        self.all.lock().unwrap().push(self.kept());
        Ok(())
    }
}

#[test]
fn a_soak_leaves_nothing_behind() {
    let epochs = std::env::var("FLOWSTONE_SOAK").map_or(3000, |epochs| epochs.parse().unwrap());
    let objects = objects();
    let look = Look { objects: objects.clone(), all: Arc::default() };
    guests(Feed::that_ends(epochs), look.clone()).run(&on(objects)).unwrap();
    let all = std::mem::take(&mut *look.all.lock().unwrap());
    assert_eq!(all.len() as u64, epochs);
    let most = |some: &[Kept]| some.iter().copied().reduce(Kept::most).unwrap();
    for tenth in all.chunks(all.len() / 10) {
        println!("{:?}", most(tenth));
    }
    let whole = most(&all);
    // Eight of the open epoch and of the next, and what is read ahead.
    assert!(whole.keys <= 16, "{whole:?}");
    let (early, late) = (most(&all[..all.len() / 3]), most(&all[all.len() / 3..]));
    assert!(late.objects <= early.objects + 40, "{early:?}, later {late:?}");
    // Below 4 MiB the increments are not merged with the state.
    assert!(whole.bytes < 12 << 20, "{whole:?}");
    assert_eq!(HELD.load(Ordering::Relaxed), 0, "the flow is over");
}
