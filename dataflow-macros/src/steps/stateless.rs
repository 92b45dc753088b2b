//! Steps that look at one item, or one batch, at a time.

use crate::spec::{About, Effect, Output, Param, Requirement, Spec};

const ITEM: &[&str] = &["item"];
const VALUE: &[&str] = &["value"];

pub(super) const STEPS: &[Spec] = &[
    Spec {
        word: "enrich_cached",
        params: &[
            Param::duration("ttl").named().like("1min"),
            Param::expr("size").named().positive().like("1000"),
            Param::closure("key", ITEM).free().about(About::GivesKey),
            Param::closure("lookup", &["key"]).free(),
        ],
        ..Spec::UNARY
    },
    Spec { word: "filter", params: &[Param::closure("keep", ITEM)], ..Spec::PASSES },
    Spec { word: "filter_map", params: &[Param::closure("f", ITEM)], ..Spec::UNARY },
    Spec { word: "filter_map_value", params: &[Param::closure("f", VALUE)], ..Spec::VALUES },
    Spec { word: "filter_value", params: &[Param::closure("keep", VALUE)], ..Spec::VALUES },
    Spec { word: "flat_map", params: &[Param::closure("f", ITEM).free()], ..Spec::UNARY },
    Spec { word: "flat_map_value", params: &[Param::closure("f", VALUE).free()], ..Spec::VALUES },
    Spec { word: "flatten", requires: &[Requirement::LISTS], ..Spec::UNARY },
    Spec { word: "flatten_value", requires: &[Requirement::PAIRS, Requirement::LIST_VALUES], ..Spec::VALUES },
    Spec {
        word: "key_on",
        params: &[Param::closure("key", ITEM).free().about(About::GivesKey)],
        keyed: Effect::Gives,
        gives: &[Requirement::KEYS],
        ..Spec::UNARY
    },
    Spec { word: "key_rm", requires: &[Requirement::PAIRS], ..Spec::UNARY },
    Spec { word: "map", params: &[Param::closure("f", ITEM).free()], ..Spec::UNARY },
    Spec { word: "map_batch", params: &[Param::closure("f", &["items"]).free()], ..Spec::UNARY },
    Spec { word: "map_value", params: &[Param::closure("f", VALUE).free()], ..Spec::VALUES },
    Spec {
        word: "try_map",
        params: &[Param::closure("f", ITEM)],
        outputs: &[Output::MAIN, Output::port("err")],
        ..Spec::UNARY
    },
];
