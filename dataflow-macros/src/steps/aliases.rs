//! Words of other engines (Bytewax, Flink, Kafka Streams, iterators), and what the same thing is called here.

/// Sorted by the other engine's word.
pub(crate) const ALIASES: &[(&str, &str)] = &[
    ("aggregate", "reduce"),
    ("batch", "collect"),
    ("buffer", "collect"),
    ("chunks", "collect"),
    ("concat", "merge"),
    ("count", "count_final"),
    ("debug", "inspect"),
    ("deduplicate", "dedupe"),
    ("distinct", "dedupe"),
    ("drop", "discard"),
    ("filter_values", "filter_value"),
    ("flat_map_batch", "map_batch"),
    ("flat_map_values", "flat_map_value"),
    ("flat_transform", "stateful_flat_map"),
    ("flatten_values", "flatten_value"),
    ("fold", "fold_final"),
    ("for_each", "inspect"),
    ("foreach", "inspect"),
    ("from", "input"),
    ("group_by", "key_on"),
    ("group_by_key", "key_on"),
    ("inspect_debug", "inspect"),
    ("key_by", "key_on"),
    ("map_partitions", "map_batch"),
    ("map_values", "map_value"),
    ("map_with_state", "stateful_map"),
    ("max", "max_final"),
    ("min", "min_final"),
    ("partition", "branch"),
    ("peek", "inspect"),
    ("print", "inspect"),
    ("process", "stateful"),
    ("read", "input"),
    ("rebalance", "redistribute"),
    ("repartition", "redistribute"),
    ("scan", "stateful_map"),
    ("select_key", "key_on"),
    ("shuffle", "redistribute"),
    ("sink", "output"),
    ("source", "input"),
    ("stateful_batch", "stateful"),
    ("tap", "inspect"),
    ("to", "output"),
    ("transform", "stateful_flat_map"),
    ("try_filter_map", "try_map"),
    ("union", "merge"),
    ("unkey", "key_rm"),
    ("write", "output"),
];

/// The word here for a word there.
pub(crate) fn here(word: &str) -> Option<&'static str> {
    ALIASES.iter().find(|(other, _)| *other == word).map(|(_, here)| *here)
}

/// Clocks and windows of other engines. Sorted like the others.
pub(crate) const CALLS: &[(&str, &str)] = &[
    ("EventClock", "event_time"),
    ("EventTimeSessionWindows", "session"),
    ("SessionWindow", "session"),
    ("SessionWindower", "session"),
    ("SlidingEventTimeWindows", "sliding"),
    ("SlidingWindow", "sliding"),
    ("SlidingWindower", "sliding"),
    ("SystemClock", "system_time"),
    ("TumblingEventTimeWindows", "tumbling"),
    ("TumblingWindow", "tumbling"),
    ("TumblingWindower", "tumbling"),
    ("event_clock", "event_time"),
    ("hop", "sliding"),
    ("hopping", "sliding"),
    ("processing_time", "system_time"),
    ("sessions", "session"),
    ("system_clock", "system_time"),
    ("tumble", "tumbling"),
    ("wall_clock", "system_time"),
];

/// Arguments of other engines' steps, clocks and windows: each is looked for among those of the call at hand. Sorted
/// like the others.
pub(crate) const ARGUMENTS: &[(&str, &str)] = &[
    ("advance", "offset"),
    ("alignment", "align_to"),
    ("batch_size", "max_size"),
    ("builder", "init"),
    ("delay", "wait"),
    ("duration", "length"),
    ("emit_mode", "emit"),
    ("every", "offset"),
    ("folder", "fold"),
    ("gap_duration", "gap"),
    ("grace", "wait"),
    ("hop", "offset"),
    ("inactivity", "gap"),
    ("insert_mode", "insert"),
    ("lateness", "allowed_lateness"),
    ("logic_builder", "logic"),
    ("max_out_of_orderness", "wait"),
    ("merger", "merge"),
    ("mode", "emit"),
    ("reducer", "combine"),
    ("size", "length"),
    ("slide", "offset"),
    ("step", "offset"),
    ("timeout", "gap"),
    ("timestamp", "at"),
    ("ts_getter", "at"),
    ("wait_for_system_duration", "wait"),
    ("window", "windows"),
    ("windower", "windows"),
];

/// Words of arguments: what a user of collections or of SQL would write.
pub(crate) const WORDS: &[(&str, &str)] = &[
    ("HashMap", "map"),
    ("HashSet", "set"),
    ("Vec", "vec"),
    ("all", "product"),
    ("changes", "running"),
    ("dict", "map"),
    ("list", "vec"),
    ("outer", "full"),
];

/// The call here for a call there.
pub(crate) fn call(word: &str) -> Option<&'static str> {
    CALLS.iter().find(|(other, _)| *other == word).map(|(_, here)| *here)
}

/// The arguments here that an argument there may be.
pub(crate) fn arguments(name: &str) -> impl Iterator<Item = &'static str> {
    ARGUMENTS.iter().filter(move |(other, _)| *other == name).map(|(_, here)| *here)
}

/// The words here that a word there may be.
pub(crate) fn words(word: &str) -> impl Iterator<Item = &'static str> {
    WORDS.iter().filter(move |(other, _)| *other == word).map(|(_, here)| *here)
}
