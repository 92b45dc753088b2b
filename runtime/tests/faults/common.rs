//! The flow of these tests, and stores to run it on.

use flowstone::prelude::*;
use flowstone::recovery::Store;
use flowstone::testing::{Entry, TestSink, TestSource};
use object_store::ObjectStore;
use object_store::memory::InMemory;
use std::sync::Arc;
use std::time::Duration;

pub(crate) type Amount = (String, u64);

dataflow! {
    /// The running total of each key until it is above 20, when it is forgotten; and the amounts in threes.
    pub(crate) flow audit(amounts: TestSource<Amount>, totals: TestSink<Amount>, lists: TestSink<(String, Vec<u64>)>) {
        amounts = input("amounts", amounts);
        amounts
            -> stateful_map("total", |state: &mut Option<u64>, amount| {
                let total = state.unwrap_or(0) + amount;
                *state = (total <= 20).then_some(total);
                total
            })
            -> output("totals", totals);
        amounts -> collect("threes", max_size = 3, timeout = 1h) -> output("lists", lists);
    }
}

/// Amounts of a few keys: `batches` batches of two.
pub(crate) fn amounts(partition: &str, batches: u64) -> Vec<Entry<Amount>> {
    let amount = |n: u64| (format!("{partition}{}", n * n % 5), n);
    (1..=batches).map(|n| Entry::Items(vec![amount(2 * n), amount(2 * n + 1)])).collect()
}

/// The committed output of the flow.
#[derive(Clone, Default)]
pub(crate) struct Outputs {
    pub(crate) totals: TestSink<Amount>,
    pub(crate) lists: TestSink<(String, Vec<u64>)>,
}

impl Outputs {
    pub(crate) fn flow(&self, source: &TestSource<Amount>) -> Flow {
        audit(source.clone(), self.totals.clone(), self.lists.clone())
    }

    /// Takes what is committed, each key's in its order.
    pub(crate) fn take(&self) -> (Vec<Amount>, Vec<(String, Vec<u64>)>) {
        (by_key(self.totals.take_committed()), by_key(self.lists.take_committed()))
    }
}

/// Items in the order of their keys, each key's as they came.
pub(crate) fn by_key<V>(mut items: Vec<(String, V)>) -> Vec<(String, V)> {
    items.sort_by(|(a, _), (b, _)| a.cmp(b));
    items
}

/// What runs on `objects`; a fault that can pass is tried again at once. Every batch is an epoch.
pub(crate) fn on(objects: Arc<dyn ObjectStore>) -> Config {
    on_store(Store::impatient("model", objects).unwrap())
}

pub(crate) fn on_store(store: Store) -> Config {
    Config::default().recovery_store(store).snapshot_interval(Duration::ZERO).each_batch_an_epoch()
}

/// A store that nobody else has.
pub(crate) fn objects() -> Arc<InMemory> {
    Arc::new(InMemory::new())
}
