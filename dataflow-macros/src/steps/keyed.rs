//! Steps that keep something per key.

use crate::spec::{About, Effect, Param, Requirement, Runs, Spec};

const COMBINE: Param = Param::closure("combine", &["a", "b"]);
const UPDATE: Param = Param::closure("f", &["state", "value"]).free().about(About::TakesState);
const FINAL: &[Requirement] = &[Requirement::PAIRS, Requirement::KEYS, Requirement::VALUES, Requirement::ENDING];
const ORDERED: &[Requirement] =
    &[Requirement::PAIRS, Requirement::KEYS, Requirement::VALUES, Requirement::ORDERED, Requirement::ENDING];

pub(super) const STEPS: &[Spec] = &[
    // Only what values come to is sent and stored, whatever they are.
    Spec {
        word: "aggregate_final",
        params: &[Param::aggregates("of")],
        requires: &[Requirement::PAIRS, Requirement::KEYS, Requirement::ENDING],
        ..Spec::KEYED
    },
    Spec {
        word: "collect",
        params: &[
            Param::expr("max_size").named().positive().like("100"),
            Param::duration("timeout").named().like("1s"),
        ],
        ..Spec::KEYED
    },
    // Only counts are sent and stored, whatever the values are.
    Spec {
        word: "count_final",
        requires: &[Requirement::PAIRS, Requirement::KEYS, Requirement::ENDING],
        ..Spec::KEYED
    },
    Spec { word: "dedupe", params: &[Param::duration("ttl").named().optional()], ..Spec::KEYED },
    Spec {
        word: "fold_final",
        params: &[Param::closure("init", &[]), Param::closure("fold", &["state", "value"])],
        requires: FINAL,
        ..Spec::KEYED
    },
    Spec { word: "max_final", requires: ORDERED, ..Spec::KEYED },
    Spec { word: "min_final", requires: ORDERED, ..Spec::KEYED },
    Spec { word: "reduce", params: &[COMBINE, Param::closure("is_complete", &["value"])], ..Spec::KEYED },
    // What an epoch brought is gone when it closes: no snapshot holds it.
    Spec { word: "reduce_epoch", params: &[COMBINE], stateful: false, ..Spec::KEYED },
    Spec {
        word: "reduce_epoch_local",
        params: &[COMBINE],
        runs: Runs::Local,
        placed: Effect::Takes,
        stateful: false,
        ..Spec::KEYED
    },
    Spec { word: "reduce_final", params: &[COMBINE], requires: FINAL, ..Spec::KEYED },
    Spec { word: "stateful", params: &[Param::expr("logic")], ..Spec::KEYED },
    Spec { word: "stateful_flat_map", params: &[UPDATE], ..Spec::KEYED },
    Spec { word: "stateful_map", params: &[UPDATE], ..Spec::KEYED },
    Spec {
        word: "top_k",
        params: &[Param::expr("n").positive(), Param::closure("by", &["value"]).free()],
        ..Spec::KEYED
    },
];
