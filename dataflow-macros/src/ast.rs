//! The syntax tree: what was written, with its spans, before anything is known about what it means.

use proc_macro2::Span;
use std::collections::BTreeSet;
use syn::{AngleBracketedGenericArguments, Attribute, Expr, Generics, Ident, LitStr, Type, Visibility};

/// `/// Doc. #[locked("path")] pub flow name<T>(parameters) where T: … { statements }`
pub(crate) struct Flow {
    /// Without `#[locked(…)]`.
    pub(crate) attributes: Vec<Attribute>,
    /// Where its lock is, from the source file.
    pub(crate) lock: Option<LitStr>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    /// With the where clause.
    pub(crate) generics: Generics,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) statements: Vec<Statement>,
    /// False where something in it could not be parsed: what looks unused may be used there.
    pub(crate) parsed: bool,
    /// True where its statements are what an editor's user probably means: nothing is said of them.
    pub(crate) guessed: bool,
    /// Every identifier in the parts that could not be parsed.
    pub(crate) mentioned: BTreeSet<String>,
}

/// `/// Doc. #[default = "text"] name: Type`
pub(crate) struct Parameter {
    pub(crate) doc: String,
    pub(crate) default: Option<LitStr>,
    pub(crate) name: Ident,
    pub(crate) ty: Type,
}

/// `name: Type = head -> step -> step;`
pub(crate) struct Statement {
    pub(crate) name: Option<Ident>,
    pub(crate) item: Option<Type>,
    pub(crate) head: Head,
    pub(crate) steps: Vec<Call>,
    /// True where parsing gave up after the last step that is here.
    pub(crate) broken: bool,
}

/// What a chain begins with.
pub(crate) enum Head {
    Call(Call),
    Stream(StreamRef),
    /// Nothing that could be parsed.
    Missing,
}

/// `name` or `name.port`
pub(crate) struct StreamRef {
    pub(crate) name: Ident,
    pub(crate) port: Option<Ident>,
}

/// `word::<Types>("id", argument, name = argument)`
pub(crate) struct Call {
    pub(crate) word: Ident,
    pub(crate) turbofish: Option<AngleBracketedGenericArguments>,
    /// `None` where there are no parentheses.
    pub(crate) parens: Option<Parens>,
}

/// What stands between the parentheses of a call.
pub(crate) struct Parens {
    /// A string literal that stands first: the id, or, for steps that take none, the first argument.
    pub(crate) text: Option<LitStr>,
    pub(crate) args: Vec<Arg>,
    /// The closing parenthesis.
    pub(crate) close: Span,
    /// True where some of it could not be parsed, so that nothing can be said of what is missing.
    pub(crate) broken: bool,
}

/// `value` or `name = value`
pub(crate) struct Arg {
    pub(crate) name: Option<Ident>,
    pub(crate) value: Expr,
}
