//! Heads that bring values of several streams together by their keys.

use super::windows::{ALLOWED_LATENESS, CLOCK, EARLY, ORDERED, WINDOWS};
use crate::spec::{Output, Param, Requirement, Role, Spec, Streams, Together, Word};

const FIRST: Word = Word::new("first", "joins::First");
const LAST: Word = Word::new("last", "joins::Last");
const PRODUCT: Word = Word { requires: &[Requirement::CLONED], ..Word::new("product", "joins::Product") };
const INSERT: &[Word] = &[FIRST, LAST, PRODUCT];

const COMPLETE: Word = Word::new("complete", "joins::Complete");
const AT_END: Word = Word::new("final", "joins::Final");
const RUNNING: Word = Word { requires: &[Requirement::CLONED], ..Word::new("running", "joins::Running") };
const EMIT: &[Word] = &[COMPLETE, Word { requires: &[Requirement::ENDING], ..AT_END }, RUNNING];
/// A window ends whether the stream does or not.
const EMIT_IN_WINDOW: &[Word] = &[COMPLETE, AT_END, RUNNING];

const INNER: Word = Word::new("inner", "joins::Inner");
const LEFT: Word = Word::new("left", "joins::Left");
const RIGHT: Word = Word::new("right", "joins::Right");
const FULL: Word = Word::new("full", "joins::Full");
/// A complete row lacks no side.
const LACKING: Option<(&str, &[&str])> = Some(("emit", &["final", "running"]));
const KIND: &[Word] = &[
    INNER,
    Word { only_with: LACKING, ..LEFT },
    Word { only_with: LACKING, ..RIGHT },
    Word { only_with: LACKING, ..FULL },
];
/// There, rows are final unless it is said otherwise.
const NOT_COMPLETE: Option<(&str, &[&str])> = Some(("emit", &["", "final", "running"]));
const KIND_IN_WINDOW: &[Word] = &[
    INNER,
    Word { only_with: NOT_COMPLETE, ..LEFT },
    Word { only_with: NOT_COMPLETE, ..RIGHT },
    Word { only_with: NOT_COMPLETE, ..FULL },
];

/// Times are those of each side.
const CLOCKS: Param = CLOCK.like("event_time((|a| …, |b| …), wait = 10s)");
const TTL: Param = Param::duration("ttl").named().optional();

const fn two(together: Together) -> Role {
    Role::Gather(Streams { least: 2, most: 2, together })
}

pub(super) const STEPS: &[Spec] = &[
    Spec {
        word: "enrich",
        role: two(Together::AsTuple(Requirement::SAME_KEY, &[Requirement::CLONED])),
        params: &[TTL],
        ..Spec::JOIN
    },
    Spec {
        word: "join",
        params: &[
            Param::word("insert", INSERT, "joins::Last"),
            Param::word("emit", EMIT, "joins::Complete"),
            Param::word("kind", KIND, "joins::Usual"),
            TTL,
        ],
        ..Spec::JOIN
    },
    Spec {
        word: "join_window",
        params: &[
            CLOCKS,
            WINDOWS,
            ORDERED,
            EARLY,
            ALLOWED_LATENESS,
            Param::word("insert", INSERT, "joins::Last"),
            Param::word("emit", EMIT_IN_WINDOW, "joins::Final"),
            Param::word("kind", KIND_IN_WINDOW, "joins::Usual"),
        ],
        outputs: &[Output::MAIN, Output::LATE],
        ..Spec::JOIN
    },
    Spec {
        word: "join_within",
        role: two(Together::AsTuple(Requirement::SAME_KEY, &[])),
        params: &[Param::stretch("within"), CLOCKS],
        requires: &[Requirement::PAIRS, Requirement::KEYS, Requirement::VALUES, Requirement::CLONED],
        outputs: &[Output::MAIN, Output::LATE],
        ..Spec::JOIN
    },
];
