//! Steps that gather the values of each window of a key.

use crate::spec::{Param, Requirement, Spec, Word};

pub(super) const CLOCK: Param = Param::clock("clock");
pub(super) const WINDOWS: Param = Param::windows("windows");
pub(super) const ORDERED: Param = Param::flag("ordered").optional();
pub(super) const EARLY: Param = Param::duration("early").named().optional();
pub(super) const ALLOWED_LATENESS: Param = Param::duration("allowed_lateness").named().optional();

const OPTIONS: &[Param] = &[CLOCK, WINDOWS, ORDERED, EARLY, ALLOWED_LATENESS];
const COMPARED: &[Requirement] = &[Requirement::PAIRS, Requirement::KEYS, Requirement::VALUES, Requirement::ORDERED];
const COMBINE: Param = Param::closure("combine", &["a", "b"]);

const INTO: &[Word] = &[
    Word::new("vec", "windows::into::vec()"),
    Word::new("set", "windows::into::set()"),
    Word::new("map", "windows::into::map()"),
];

const GATHERED: Param =
    Param::word("into", INTO, "windows::into::vec()").of_values(Requirement { of: "TakesInto", method: "into" });
const LOGIC: Param = Param::expr("logic").of_values(Requirement { of: "TakesLogic", method: "logic" });

pub(super) const STEPS: &[Spec] = &[
    Spec {
        word: "aggregate_window",
        params: &[CLOCK, WINDOWS, ORDERED, EARLY, ALLOWED_LATENESS, Param::aggregates("of")],
        ..Spec::WINDOWED
    },
    Spec {
        word: "collect_window",
        params: &[CLOCK, WINDOWS, ORDERED, EARLY, ALLOWED_LATENESS, GATHERED],
        ..Spec::WINDOWED
    },
    Spec { word: "count_window", params: OPTIONS, ..Spec::WINDOWED },
    Spec {
        word: "fold_window",
        params: &[
            CLOCK,
            WINDOWS,
            ORDERED,
            EARLY,
            ALLOWED_LATENESS,
            Param::closure("init", &[]),
            Param::closure("fold", &["state", "value"]),
            Param::closure("merge", &["a", "b"]),
        ],
        ..Spec::WINDOWED
    },
    Spec { word: "max_window", params: OPTIONS, requires: COMPARED, ..Spec::WINDOWED },
    Spec { word: "min_window", params: OPTIONS, requires: COMPARED, ..Spec::WINDOWED },
    Spec {
        word: "reduce_window",
        params: &[CLOCK, WINDOWS, ORDERED, EARLY, ALLOWED_LATENESS, COMBINE],
        ..Spec::WINDOWED
    },
    Spec { word: "window", params: &[CLOCK, WINDOWS, ORDERED, EARLY, ALLOWED_LATENESS, LOGIC], ..Spec::WINDOWED },
];
