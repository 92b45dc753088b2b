//! Where items come from, where they go, and what they pass unchanged.

use crate::spec::{Effect, Id, Output, Param, Requirement, Role, Runs, Spec, Streams, Together};

pub(super) const STEPS: &[Spec] = &[
    Spec { word: "apply", params: &[Param::expr("function")], runs: Runs::Local, ..Spec::UNARY },
    Spec {
        word: "branch",
        params: &[Param::closure("is_true", &["item"])],
        outputs: &[Output::port("trues"), Output::port("falses")],
        ..Spec::PASSES
    },
    Spec {
        word: "discard",
        role: Role::Drain,
        id: Id::Never,
        params: &[Param::text("why")],
        outputs: &[],
        ..Spec::UNARY
    },
    Spec { word: "input", params: &[Param::expr("source")], ..Spec::SOURCE },
    Spec {
        word: "inspect",
        params: &[Param::closure("look", &["item"]).or_call("inspect_print", &[Requirement::SHOWN])],
        ..Spec::PASSES
    },
    Spec {
        word: "inspect_epoch",
        params: &[Param::closure("look", &["epoch", "item"]).or_call("inspect_epoch_print", &[Requirement::SHOWN])],
        ..Spec::PASSES
    },
    Spec {
        word: "inspect_worker",
        params: &[Param::closure("look", &["worker", "item"]).or_call("inspect_worker_print", &[Requirement::SHOWN])],
        ..Spec::PASSES
    },
    Spec {
        word: "merge",
        role: Role::Gather(Streams { least: 2, most: usize::MAX, together: Together::ByPairs }),
        runs: Runs::Local,
        ..Spec::PASSES
    },
    Spec { word: "output", params: &[Param::expr("sink")], ..Spec::SINK },
    Spec { word: "raises", role: Role::Drain, outputs: &[], requires: &[Requirement::SHOWN], ..Spec::UNARY },
    Spec {
        word: "redistribute",
        runs: Runs::Anywhere,
        placed: Effect::Takes,
        requires: &[Requirement::ITEMS],
        ..Spec::PASSES
    },
    Spec {
        word: "split",
        params: &[Param::closure("side", &["item"])],
        outputs: &[Output::port("ok"), Output::port("err")],
        ..Spec::UNARY
    },
];
