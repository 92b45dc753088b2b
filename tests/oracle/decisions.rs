//! Where Flowstone decides otherwise than Bytewax, and why.

use serde_json::{Value, json};

/// Cases that have no counterpart here, with the reason.
pub(crate) const SKIPPED: &[(&str, &str)] = &[(
    "stateful_batch",
    "how items fall into batches has no meaning here: `stateful` is called once a value, and covers what such a logic does",
)];

/// What comes out here instead, and after which entries.
pub(crate) fn instead_of(case: &str) -> Option<(Value, Value)> {
    match case {
        // The timeout counts from a list's first item, so that the time an item waits is bounded; there it begins again
        // at each item. The list of 1 is due at 500 ms, between entries 2 and 4.
        "collect_timeout_restarts_on_every_item" => {
            Some((json!([["a", [1, 2]], ["a", [3]], ["a", [4]]]), json!([3, 5, "eof"])))
        }
        _ => None,
    }
}
