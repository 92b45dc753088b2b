//! What a step, or a call inside an argument, says of one of its arguments.

use super::Requirement;

/// An argument.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Param {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) presence: Presence,
    /// Whether it is only given as `name = value`.
    pub(crate) named: bool,
    /// Whether a closure gives a value that may be of any type: rustc takes it for `()` where it was forgotten.
    pub(crate) free: bool,
    /// Whether it must be more than zero.
    pub(crate) positive: bool,
    /// Another argument of the same call than which it must not be more.
    pub(crate) at_most: Option<&'static str>,
    /// A value as an example, where one says more than `…`.
    pub(crate) like: Option<&'static str>,
    /// What is known of what its closure takes or gives.
    pub(crate) about: About,
    /// What is asked of its type, with the type of the stream's values beside it.
    pub(crate) of_values: Option<Requirement>,
}

/// What is known of a closure beside its arguments' names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum About {
    Nothing,
    /// It gives a key, which cannot borrow from what it takes.
    GivesKey,
    /// It takes first the state of a key, whose type may stand nowhere.
    TakesState,
}

/// What kind of argument it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Any expression.
    Expr,
    /// A duration.
    Duration,
    /// A string; a literal as a rule.
    Text,
    /// A function. Where a closure is written, it has these parameters.
    Closure(&'static [&'static str]),
    /// An aggregate, or a tuple of them.
    Aggregates,
    /// A clock: any expression; closures in its calls by name look at the values of the step's keyed stream.
    Clock,
    /// Windows: any expression.
    Windows,
    /// A moment: whatever counts as a time.
    Moment,
    /// A stretch of time around a moment: `-5s..5s`.
    Stretch,
    /// `true` or `false`.
    Bool,
    /// One of these words.
    Word(&'static [Word]),
}

/// A word as an argument: what comes out may have another type with each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word {
    pub(crate) word: &'static str,
    /// The value that it stands for: a path in `flowstone`, with `()` behind it where that is a function.
    pub(crate) means: &'static str,
    /// What it asks of each stream that the step reads.
    pub(crate) requires: &'static [Requirement],
    /// Another argument, and the words of it without which this one means nothing; empty where it may be left out.
    pub(crate) only_with: Option<(&'static str, &'static [&'static str])>,
}

impl Word {
    pub(crate) const fn new(word: &'static str, means: &'static str) -> Word {
        Word { word, means, requires: &[], only_with: None }
    }
}

/// What it means to leave an argument out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Presence {
    /// A mistake.
    Needed,
    /// `None` is passed, and `Some(…)` where it is given.
    Optional,
    /// This other function is called, without the argument; it asks this of the stream.
    Else(&'static str, &'static [Requirement]),
    /// This value is passed, written as that of a [`Word`].
    Means(&'static str),
}

impl Param {
    pub(crate) const fn expr(name: &'static str) -> Param {
        Param {
            name,
            shape: Shape::Expr,
            presence: Presence::Needed,
            named: false,
            free: false,
            positive: false,
            at_most: None,
            like: None,
            about: About::Nothing,
            of_values: None,
        }
    }

    pub(crate) const fn duration(name: &'static str) -> Param {
        Param { shape: Shape::Duration, ..Param::expr(name) }
    }

    pub(crate) const fn text(name: &'static str) -> Param {
        Param { shape: Shape::Text, ..Param::expr(name) }
    }

    pub(crate) const fn flag(name: &'static str) -> Param {
        Param { shape: Shape::Bool, ..Param::expr(name) }.named()
    }

    pub(crate) const fn closure(name: &'static str, of: &'static [&'static str]) -> Param {
        Param { shape: Shape::Closure(of), ..Param::expr(name) }
    }

    pub(crate) const fn aggregates(name: &'static str) -> Param {
        Param { shape: Shape::Aggregates, ..Param::expr(name) }.named()
    }

    pub(crate) const fn stretch(name: &'static str) -> Param {
        Param { shape: Shape::Stretch, ..Param::expr(name) }.named()
    }

    pub(crate) const fn clock(name: &'static str) -> Param {
        Param { shape: Shape::Clock, ..Param::expr(name) }
            .named()
            .of_values(Requirement { of: "TakesClock", method: "clock" })
            .like("event_time(|item| …, wait = 10s)")
    }

    pub(crate) const fn windows(name: &'static str) -> Param {
        Param { shape: Shape::Windows, ..Param::expr(name) }
            .named()
            .of_values(Requirement { of: "TakesWindows", method: "windows" })
            .like("tumbling(1min)")
    }

    pub(crate) const fn moment(name: &'static str) -> Param {
        Param { shape: Shape::Moment, ..Param::expr(name) }.named().optional()
    }

    /// An argument, by name, that is one of these words; `or` is passed where it is left out.
    pub(crate) const fn word(name: &'static str, words: &'static [Word], or: &'static str) -> Param {
        Param { shape: Shape::Word(words), presence: Presence::Means(or), ..Param::expr(name).named() }
    }

    pub(crate) const fn named(self) -> Param {
        Param { named: true, ..self }
    }

    pub(crate) const fn optional(self) -> Param {
        Param { presence: Presence::Optional, ..self }
    }

    pub(crate) const fn or_call(self, function: &'static str, requires: &'static [Requirement]) -> Param {
        Param { presence: Presence::Else(function, requires), ..self }
    }

    pub(crate) const fn free(self) -> Param {
        Param { free: true, ..self }
    }

    pub(crate) const fn positive(self) -> Param {
        Param { positive: true, ..self }
    }

    pub(crate) const fn at_most(self, other: &'static str) -> Param {
        Param { at_most: Some(other), ..self }
    }

    pub(crate) const fn like(self, value: &'static str) -> Param {
        Param { like: Some(value), ..self }
    }

    pub(crate) const fn of_values(self, ask: Requirement) -> Param {
        Param { of_values: Some(ask), ..self }
    }

    pub(crate) const fn about(self, about: About) -> Param {
        Param { about, ..self }
    }

    /// What a message calls it: its name, or how it is written where its name would say nothing.
    pub(crate) fn called(&self) -> String {
        match self.shape {
            Shape::Closure(_) if !self.named => self.usage(),
            _ => self.name.to_owned(),
        }
    }

    /// How it is written: `max_size = …`, `|item| …`
    pub(crate) fn usage(&self) -> String {
        let value = match self.shape {
            Shape::Aggregates => "(count(), …)".to_owned(),
            Shape::Stretch => "-5s..5s".to_owned(),
            Shape::Expr | Shape::Duration | Shape::Clock | Shape::Windows | Shape::Moment => match self.like {
                Some(value) => value.to_owned(),
                None if self.named => "…".to_owned(),
                None => self.name.to_owned(),
            },
            Shape::Bool => "false".to_owned(),
            Shape::Text => format!("\"{}\"", self.name),
            Shape::Closure(of) => format!("|{}| …", of.join(", ")),
            Shape::Word(words) => words.iter().map(|word| word.word).collect::<Vec<_>>().join("|"),
        };
        if self.named { format!("{} = {value}", self.name) } else { value }
    }
}

/// How the arguments that must be there are written.
pub(crate) fn usage(params: &[Param]) -> impl Iterator<Item = String> {
    let free = |param: &&Param| matches!(param.presence, Presence::Optional | Presence::Means(_));
    params.iter().filter(move |param| !free(param)).map(Param::usage)
}
