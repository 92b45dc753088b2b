//! Heads that bring values of several streams together by their keys.

use crate::spec::{Ask, Param, Spec, Word};

const INSERT: &[Word] = &[
    Word::new("first", "joins::First"),
    Word::new("last", "joins::Last"),
    Word { asks: &[Ask::CLONED], ..Word::new("product", "joins::Product") },
];

const EMIT: &[Word] = &[
    Word::new("complete", "joins::Complete"),
    Word { asks: &[Ask::ENDING], ..Word::new("final", "joins::Final") },
    Word { asks: &[Ask::CLONED], ..Word::new("running", "joins::Running") },
];

/// A complete row lacks no side.
const LACKING: Option<(&str, &[&str])> = Some(("emit", &["final", "running"]));

const KIND: &[Word] = &[
    Word::new("inner", "joins::Inner"),
    Word { only_with: LACKING, ..Word::new("left", "joins::Left") },
    Word { only_with: LACKING, ..Word::new("right", "joins::Right") },
    Word { only_with: LACKING, ..Word::new("full", "joins::Full") },
];

pub(super) const STEPS: &[Spec] = &[Spec {
    word: "join",
    params: &[
        Param::word("insert", INSERT, "joins::Last"),
        Param::word("emit", EMIT, "joins::Complete"),
        Param::word("kind", KIND, "joins::Usual"),
        Param::duration("ttl").named().optional(),
    ],
    ..Spec::JOIN
}];
