//! Steps that keep something per key.

use crate::spec::{Effect, Param, Runs, Spec};

const COMBINE: Param = Param::closure("combine", &["a", "b"]);

pub(super) const STEPS: &[Spec] = &[
    Spec { word: "collect", params: &[Param::expr("max_size").named(), Param::expr("timeout").named()], ..Spec::KEYED },
    Spec { word: "count_final", ..Spec::KEYED },
    Spec { word: "dedupe", params: &[Param::expr("ttl").named().optional()], ..Spec::KEYED },
    Spec {
        word: "fold_final",
        params: &[Param::closure("init", &[]), Param::closure("fold", &["state", "value"])],
        ..Spec::KEYED
    },
    Spec { word: "max_final", ..Spec::KEYED },
    Spec { word: "min_final", ..Spec::KEYED },
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
    Spec { word: "reduce_final", params: &[COMBINE], ..Spec::KEYED },
    Spec { word: "stateful", params: &[Param::expr("logic")], ..Spec::KEYED },
    Spec { word: "stateful_flat_map", params: &[Param::closure("f", &["state", "value"])], ..Spec::KEYED },
    Spec { word: "stateful_map", params: &[Param::closure("f", &["state", "value"])], ..Spec::KEYED },
    Spec { word: "top_k", params: &[Param::expr("n"), Param::closure("by", &["value"])], ..Spec::KEYED },
];
