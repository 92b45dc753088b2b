//! Steps that look at one item, or one batch, at a time.

use crate::spec::{Effect, Output, Param, Spec};

const ITEM: &[&str] = &["item"];
const VALUE: &[&str] = &["value"];

pub(super) const STEPS: &[Spec] = &[
    Spec {
        word: "enrich_cached",
        params: &[
            Param::expr("ttl").named(),
            Param::expr("size").named(),
            Param::closure("key", ITEM),
            Param::closure("lookup", &["key"]),
        ],
        ..Spec::UNARY
    },
    Spec { word: "filter", params: &[Param::closure("keep", ITEM)], ..Spec::PASSES },
    Spec { word: "filter_map", params: &[Param::closure("f", ITEM)], ..Spec::UNARY },
    Spec { word: "filter_map_value", params: &[Param::closure("f", VALUE)], ..Spec::VALUES },
    Spec { word: "filter_value", params: &[Param::closure("keep", VALUE)], ..Spec::VALUES },
    Spec { word: "flat_map", params: &[Param::closure("f", ITEM)], ..Spec::UNARY },
    Spec { word: "flat_map_value", params: &[Param::closure("f", VALUE)], ..Spec::VALUES },
    Spec { word: "flatten", ..Spec::UNARY },
    Spec { word: "flatten_value", ..Spec::VALUES },
    Spec { word: "key_on", params: &[Param::closure("key", ITEM)], keyed: Effect::Gives, ..Spec::UNARY },
    Spec { word: "key_rm", ..Spec::UNARY },
    Spec { word: "map", params: &[Param::closure("f", ITEM)], ..Spec::UNARY },
    Spec { word: "map_batch", params: &[Param::closure("f", &["items"])], ..Spec::UNARY },
    Spec { word: "map_value", params: &[Param::closure("f", VALUE)], ..Spec::VALUES },
    Spec {
        word: "try_map",
        params: &[Param::closure("f", ITEM)],
        outputs: &[Output::MAIN, Output::port("err")],
        ..Spec::UNARY
    },
];
