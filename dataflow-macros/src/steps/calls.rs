//! Calls that stand as an argument and take arguments by name themselves: clocks and windows.

use super::aliases;
use crate::spec::{self, Param};
use crate::words;

/// One such call, and the function of `flowstone::windows` that it becomes.
#[derive(Clone, Copy)]
pub(crate) struct CallSpec {
    pub(crate) word: &'static str,
    pub(crate) makes: Makes,
    pub(crate) params: &'static [Param],
}

/// What a call is good for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Makes {
    Aggregate,
    Clock,
    Windows,
}

impl Makes {
    /// What it makes, in a message.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Makes::Aggregate => "an aggregate",
            Makes::Clock => "a clock",
            Makes::Windows => "windows",
        }
    }
}

const AT: Param = Param::closure("at", &["item"]);
const WAIT: Param = Param::duration("wait").named().like("10s");
const LENGTH: Param = Param::duration("length").positive().like("1min");
const ALIGN_TO: Param = Param::moment("align_to");

const CALLS: &[CallSpec] = &[
    CallSpec {
        word: "event_time",
        makes: Makes::Clock,
        params: &[AT, WAIT, Param::duration("max_ahead").named().optional()],
    },
    CallSpec {
        word: "session",
        makes: Makes::Windows,
        params: &[Param::duration("gap").named().positive().like("30s")],
    },
    CallSpec {
        word: "sliding",
        makes: Makes::Windows,
        params: &[LENGTH, Param::duration("offset").named().positive().at_most("length").like("10s"), ALIGN_TO],
    },
    CallSpec { word: "system_time", makes: Makes::Clock, params: &[] },
    CallSpec { word: "tumbling", makes: Makes::Windows, params: &[LENGTH, ALIGN_TO] },
    CallSpec {
        word: "watermark",
        makes: Makes::Clock,
        params: &[AT, WAIT, Param::duration("idle").named().optional()],
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
    if let Some(message) = called_otherwise(word) {
        return message;
    }
    let otherwise = || {
        let words: Vec<_> = all().map(|call| call.word.to_owned()).collect();
        format!("; arguments by name are taken by {}", words::and(&words))
    };
    format!("unknown call `{word}`{}", words::did_you_mean(word, all().map(|call| call.word), otherwise))
}

/// What to say of a name where a clock or windows are due, where it was probably meant to be one of these.
pub(crate) fn meant(word: &str) -> Option<String> {
    let message = called_otherwise(word).or_else(|| {
        let near = find(words::nearest(word, all().map(|call| call.word))?)?;
        Some(format!("unknown call `{word}`; did you mean `{}`?", near.usage()))
    })?;
    Some(format!("{message} (a name of your own has its path here: `self::{word}`)"))
}

fn called_otherwise(word: &str) -> Option<String> {
    let here = find(aliases::call(word)?)?;
    Some(format!("`{word}` is called `{}` here; write `{}`", here.word, here.usage()))
}

impl CallSpec {
    /// How it is written: `tumbling(length)`
    pub(crate) fn usage(&self) -> String {
        format!("{}({})", self.word, spec::usage(self.params).collect::<Vec<_>>().join(", "))
    }
}
