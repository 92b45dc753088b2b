//! What a step says of itself. Every pass reads it here; none asks for a step by its word.

mod param;

pub(crate) use param::{About, Param, Presence, Shape, Word, usage};

/// One step of the language.
#[derive(Clone, Copy)]
pub(crate) struct Spec {
    /// The word in the language, and the name of the function in `runtime::ops`.
    pub(crate) word: &'static str,
    pub(crate) role: Role,
    pub(crate) id: Id,
    /// The arguments after the id, in the order of the function's parameters.
    pub(crate) params: &'static [Param],
    /// What comes out. The first leaves in the same operator, the others over an edge.
    pub(crate) outputs: &'static [Output],
    pub(crate) runs: Runs,
    /// Whether its items are pairs with a key.
    pub(crate) keyed: Effect,
    /// Whether its items are on the worker that owns their key.
    pub(crate) placed: Effect,
    /// Whether it keeps state that a snapshot holds.
    pub(crate) stateful: bool,
    /// What it asks of the stream that it reads, one after the other.
    pub(crate) requires: &'static [Requirement],
    /// What is asked of the stream that it gives.
    pub(crate) gives: &'static [Requirement],
}

/// A question to the types of a stream: a trait of `runtime::check`, and its method that gives the stream back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Requirement {
    pub(crate) of: &'static str,
    pub(crate) method: &'static str,
}

impl Requirement {
    /// Items are pairs.
    pub(crate) const PAIRS: Requirement = Requirement { of: "CarriesPairs", method: "pairs" };
    /// Keys can be hashed, stored and sent.
    pub(crate) const KEYS: Requirement = Requirement { of: "CarriesKeys", method: "keys" };
    /// Items can be stored and sent.
    pub(crate) const ITEMS: Requirement = Requirement { of: "CarriesData", method: "items" };
    /// Values can be stored and sent.
    pub(crate) const VALUES: Requirement = Requirement { of: "CarriesData", method: "values" };
    /// Keys are of the type that the first of several streams has.
    pub(crate) const SAME_KEY: Requirement = Requirement { of: "SharesKey", method: "shares" };
    /// Values can be cloned.
    pub(crate) const CLONED: Requirement = Requirement { of: "ClonesValues", method: "cloned" };
    /// Values have an order.
    pub(crate) const ORDERED: Requirement = Requirement { of: "CarriesOrder", method: "ordered" };
    /// The stream ends.
    pub(crate) const ENDING: Requirement = Requirement { of: "IsBounded", method: "ending" };
    /// Items can be shown as text.
    pub(crate) const SHOWN: Requirement = Requirement { of: "CarriesDebug", method: "shown" };
    /// Items can be cloned.
    pub(crate) const SHARED: Requirement = Requirement { of: "CarriesClones", method: "shared" };
    /// Items can be taken apart.
    pub(crate) const LISTS: Requirement = Requirement { of: "CarriesLists", method: "lists" };
    /// Values can be taken apart.
    pub(crate) const LIST_VALUES: Requirement = Requirement { of: "CarriesLists", method: "list_values" };
}

/// The named streams that a head is made of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Streams {
    pub(crate) least: usize,
    pub(crate) most: usize,
    pub(crate) together: Together,
}

/// How several streams become the arguments of a function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Together {
    /// Two at a time: what the first two make and the third, and so on.
    ByPairs,
    /// All at once, as a tuple. Each but the first is asked the first question with the first stream beside it, and then the
    /// others.
    AsTuple(Requirement, &'static [Requirement]),
}

/// Where a step can stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    /// At the head, where items come from.
    Source,
    /// At the head, made of several named streams.
    Gather(Streams),
    /// After `->`.
    Step,
    /// After `->`, where items leave the flow.
    Sink,
    /// After `->`, where items end without leaving.
    Drain,
}

impl Role {
    pub(crate) fn is_head(self) -> bool {
        matches!(self, Role::Source | Role::Gather(_))
    }

    /// How many streams it is made of at least.
    pub(crate) fn streams(self) -> usize {
        match self {
            Role::Gather(streams) => streams.least,
            _ => 0,
        }
    }

    pub(crate) fn is_end(self) -> bool {
        matches!(self, Role::Sink | Role::Drain)
    }
}

/// Whether a step has an id.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Id {
    /// State or position are found again by it.
    Needed,
    /// One is made where none is given.
    Optional,
    /// A string that stands first is an argument.
    Never,
}

/// Where a step runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Runs {
    /// In the operator that makes its items.
    Fused,
    /// In an operator of its own on the same worker.
    Local,
    /// In an operator of its own, on the worker that owns the key.
    ByKey,
    /// In an operator of its own, on any worker.
    Anywhere,
}

/// What a step does to a property of the stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Effect {
    Gives,
    Keeps,
    Takes,
}

impl Effect {
    /// Whether what comes out has the property.
    pub(crate) fn apply(self, before: bool) -> bool {
        match self {
            Effect::Gives => true,
            Effect::Keeps => before,
            Effect::Takes => false,
        }
    }
}

/// Something that comes out of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Output {
    /// Empty for the main one: the stream itself.
    pub(crate) port: &'static str,
    /// Whether it must be used or discarded.
    pub(crate) must_use: bool,
}

impl Output {
    pub(crate) const MAIN: Output = Output::port("");
    /// What comes too late; it need not be used.
    pub(crate) const LATE: Output = Output { port: "late", must_use: false };

    pub(crate) const fn port(port: &'static str) -> Output {
        Output { port, must_use: true }
    }
}

impl Spec {
    /// A stateless step: fused, id optional, and what comes out is something else than what came in.
    pub(crate) const UNARY: Spec = Spec {
        word: "",
        role: Role::Step,
        id: Id::Optional,
        params: &[],
        outputs: &[Output::MAIN],
        runs: Runs::Fused,
        keyed: Effect::Takes,
        placed: Effect::Takes,
        stateful: false,
        requires: &[],
        gives: &[],
    };

    /// A stateless step that passes its items on as they are.
    pub(crate) const PASSES: Spec = Spec { keyed: Effect::Keeps, placed: Effect::Keeps, ..Spec::UNARY };

    /// A stateless step on the values of a keyed stream.
    pub(crate) const VALUES: Spec =
        Spec { keyed: Effect::Gives, placed: Effect::Keeps, requires: &[Requirement::PAIRS], ..Spec::UNARY };

    /// A step with state per key.
    pub(crate) const KEYED: Spec = Spec {
        id: Id::Needed,
        runs: Runs::ByKey,
        keyed: Effect::Gives,
        placed: Effect::Gives,
        stateful: true,
        requires: &[Requirement::PAIRS, Requirement::KEYS, Requirement::VALUES],
        ..Spec::UNARY
    };

    /// A step with state per key and window, and a port for what is late.
    pub(crate) const WINDOWED: Spec = Spec { outputs: &[Output::MAIN, Output::LATE], ..Spec::KEYED };

    /// A head that brings values of several streams together by their keys.
    pub(crate) const JOIN: Spec = Spec {
        role: Role::Gather(Streams { least: 2, most: 6, together: Together::AsTuple(Requirement::SAME_KEY, &[]) }),
        ..Spec::KEYED
    };

    /// A head that reads from outside.
    pub(crate) const SOURCE: Spec = Spec { role: Role::Source, id: Id::Needed, runs: Runs::Local, ..Spec::UNARY };

    /// An end that writes to the outside.
    pub(crate) const SINK: Spec =
        Spec { role: Role::Sink, id: Id::Needed, outputs: &[], runs: Runs::Local, ..Spec::UNARY };

    /// Whether there is an output that is the stream itself.
    pub(crate) fn has_main(&self) -> bool {
        self.outputs.iter().any(|output| output.port.is_empty())
    }

    /// The ports by name.
    pub(crate) fn ports(&self) -> impl Iterator<Item = &'static str> {
        self.outputs.iter().map(|output| output.port).filter(|port| !port.is_empty())
    }

    /// How it is written: `-> collect("id", max_size = …, timeout = …)`
    pub(crate) fn usage(&self) -> String {
        let mut args = Vec::new();
        if self.id == Id::Needed || (self.id == Id::Optional && !self.params.is_empty()) {
            args.push("\"id\"".to_owned());
        }
        args.extend(["a", "b", "c"].iter().take(self.role.streams()).map(ToString::to_string));
        args.extend(usage(self.params));
        let arrow = if self.role.is_head() { "" } else { "-> " };
        format!("{arrow}{}({})", self.word, args.join(", "))
    }
}
