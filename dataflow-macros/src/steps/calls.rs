//! Calls that stand as an argument and take arguments by name themselves: clocks and windows.

use crate::spec::{self, Param};
use crate::words;

/// One such call, and the function of `flowstone::windows` that it becomes.
pub(crate) struct CallSpec {
    pub(crate) word: &'static str,
    pub(crate) params: &'static [Param],
}

const EVENT: &[&str] = &["item"];

const CALLS: &[CallSpec] = &[
    CallSpec {
        word: "event_time",
        params: &[
            Param::closure("at", EVENT),
            Param::duration("wait").named(),
            Param::duration("max_ahead").named().optional(),
        ],
    },
    CallSpec { word: "session", params: &[Param::duration("gap").named()] },
    CallSpec {
        word: "sliding",
        params: &[
            Param::duration("length"),
            Param::duration("offset").named(),
            Param::expr("align_to").named().optional(),
        ],
    },
    CallSpec { word: "system_time", params: &[] },
    CallSpec { word: "tumbling", params: &[Param::duration("length"), Param::expr("align_to").named().optional()] },
    CallSpec {
        word: "watermark",
        params: &[
            Param::closure("at", EVENT),
            Param::duration("wait").named(),
            Param::duration("idle").named().optional(),
        ],
    },
];

/// All calls.
pub(crate) fn all() -> impl Iterator<Item = &'static CallSpec> {
    CALLS.iter()
}

/// The call of this word.
pub(crate) fn find(word: &str) -> Option<&'static CallSpec> {
    all().find(|call| call.word == word)
}

/// What to say of a call that takes arguments by name and is none of these.
pub(crate) fn unknown(word: &str) -> String {
    let otherwise = || {
        let words: Vec<_> = all().map(|call| call.word.to_owned()).collect();
        format!("; arguments by name are taken by {}", words::and(&words))
    };
    format!("unknown call `{word}`{}", words::did_you_mean(word, all().map(|call| call.word), otherwise))
}

impl CallSpec {
    /// How it is written: `tumbling(length)`
    pub(crate) fn usage(&self) -> String {
        format!("{}({})", self.word, spec::usage(self.params).collect::<Vec<_>>().join(", "))
    }
}
