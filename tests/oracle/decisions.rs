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

/// What comes out of windows here instead: `output`, `output_after`, `meta` where it is another, and `late`.
///
/// An item is late where every window that it belongs to has closed, and not where it is behind the watermark.
pub(crate) fn windows_instead_of(case: &str) -> Option<Value> {
    match case {
        // 5500 is behind the watermark, and its window is open.
        "tumbling_idle_then_late" => Some(json!({
            "output": [
                {"key": "a", "window": 0, "value": [[5000, 1], [5500, 2], [6500, 3]]},
                {"key": "a", "window": 3, "value": [[30000, 4]]}
            ],
            "output_after": [4, "eof"],
            "late": []
        })),
        // So is 3000.
        "tumbling_late_while_window_open" => Some(json!({
            "output": [{"key": "a", "window": 0, "value": [[3000, 2], [5000, 1], [5000, 3], [9000, 4]]}],
            "output_after": ["eof"],
            "late": []
        })),
        // The values of a window are combined in the order of their times, as they are collected and folded.
        "tumbling_reduce_arrival_order" => Some(json!({
            "output": [
                {"key": "a", "window": 0, "value": [9000, "qpr"]},
                {"key": "a", "window": 3, "value": [30000, "s"]}
            ],
            "output_after": [3, "eof"],
            "late": []
        })),
        // What comes slowly goes in as long as its window is open.
        "tumbling_slow_arrival_is_late" => Some(json!({
            "output": [{"key": "a", "window": 0, "value": [[1000, 1], [2000, 2], [3000, 3], [7000, 4]]}],
            "output_after": ["eof"],
            "late": []
        })),
        // The watermark holds at 6000, and the window is open all the time.
        "tumbling_system_clock_backwards" => Some(json!({
            "output": [{"key": "a", "window": 0, "value": [[5000, 1], [5500, 2], [5900, 3], [6000, 4]]}],
            "output_after": ["eof"],
            "late": []
        })),
        // 3900 is behind the watermark of 4000, and both of its windows are open.
        "sliding_out_of_order_wait" => Some(json!({
            "output": [
                {"key": "a", "window": -1, "value": [[3900, 4]]},
                {"key": "a", "window": 0, "value": [[3900, 4], [6000, 3], [8000, 1]]},
                {"key": "a", "window": 1, "value": [[6000, 3], [8000, 1], [14000, 2]]},
                {"key": "a", "window": 2, "value": [[14000, 2]]},
                {"key": "a", "window": 5, "value": [[31000, 5]]},
                {"key": "a", "window": 6, "value": [[31000, 5]]}
            ],
            "output_after": [4, 4, 4, 4, "eof", "eof"],
            "late": []
        })),
        // Sessions are merged before the item between them is folded.
        "session_merge_fold_order" => Some(json!({
            "output": [
                {"key": "a", "window": 1, "value": "(y+x)z"},
                {"key": "a", "window": 2, "value": "w"}
            ],
            "output_after": [3, "eof"],
            "late": []
        })),
        _ => None,
    }
}
