//! Arguments as given, sorted into the places that a spec names.

mod aggregates;
mod shape;
mod stretch;

use crate::ast::{Call, Parens};
use crate::durations;
use crate::spec::{Id, Param, Presence, Role, Shape, Spec};
use crate::steps::aliases;
use crate::steps::calls::{self, CallSpec, Makes};
use crate::words;
use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::{Expr, Ident, LitStr};

pub(crate) use aggregates::{Listed, known, listed};
pub(crate) use shape::{Inner, changes, inner_call, no_closure_for, word_of};

/// The arguments of one call in the order of its spec, and what is wrong with them.
#[derive(Default)]
pub(crate) struct Bound<'a> {
    /// One place a parameter.
    pub(crate) values: Vec<Option<Value<'a>>>,
    /// The streams that a gathering head is made of.
    pub(crate) streams: Vec<&'a Expr>,
    pub(crate) problems: Vec<syn::Error>,
    /// True where something stands for the id that cannot be one.
    pub(crate) no_literal: bool,
    /// False where some arguments could not be parsed.
    pub(crate) complete: bool,
}

/// What was given for a parameter.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    Text(&'a LitStr),
    Expr(&'a Expr),
}

impl ToTokens for Value<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Value::Text(text) => text.to_tokens(tokens),
            Value::Expr(value) => value.to_tokens(tokens),
        }
    }
}

/// Sorts the arguments of a step.
pub(crate) fn step<'a>(spec: &Spec, call: &'a Call) -> Bound<'a> {
    let Some(parens) = &call.parens else {
        let message = format!("`{}` needs parentheses; write `{}`", spec.word, spec.usage());
        return Bound { problems: vec![syn::Error::new(call.word.span(), message)], ..Bound::default() };
    };
    let gathers = matches!(spec.role, Role::Gather(_));
    let positional = |arg: &&crate::ast::Arg| gathers && arg.name.is_none();
    let streams: Vec<&Expr> = parens.args.iter().filter(positional).map(|arg| &arg.value).collect();
    let mut given = first_text(spec.id, parens);
    let others = parens.args.iter().filter(|arg| !positional(arg));
    given.extend(others.map(|arg| (arg.name.as_ref(), Value::Expr(&arg.value))));
    let no_literal = no_literal(spec, parens, &given);
    if no_literal.is_some() {
        given.remove(0);
    }
    let target = Target { word: spec.word, span: call.word.span(), params: spec.params, usage: spec.usage() };
    let mut bound = Bound { streams, ..target.sort(given, !parens.broken) };
    bound.no_literal = no_literal.is_some();
    bound.problems.extend(no_literal);
    bound
}

/// An argument too many at the front: an id that is no literal.
fn no_literal(spec: &Spec, parens: &Parens, given: &[(Option<&Ident>, Value)]) -> Option<syn::Error> {
    let places = spec.params.iter().filter(|param| !param.named).count();
    let by_place = given.iter().filter(|(name, _)| name.is_none()).count();
    let one_more = parens.text.is_none() && spec.id != Id::Never && by_place == places + 1;
    match given.first() {
        Some((None, Value::Expr(value))) if one_more && !matches!(value, Expr::Closure(_) | Expr::Lit(_)) => {
            let message = format!("the id of `{}` must be a string literal; write `{}`", spec.word, spec.usage());
            Some(syn::Error::new_spanned(value, message))
        }
        _ => None,
    }
}

fn of_call(spec: &CallSpec, call: &Inner) -> Vec<syn::Error> {
    inner(spec, call).problems
}

/// Sorts the arguments of a call inside an argument.
pub(crate) fn inner<'a>(spec: &CallSpec, call: &Inner<'a>) -> Bound<'a> {
    let given = call.args.iter().map(|(name, value)| (*name, Value::Expr(value))).collect();
    let target = Target { word: spec.word, span: call.word.span(), params: spec.params, usage: spec.usage() };
    target.sort(given, true)
}

/// The string that stands first, where it is an argument and no id.
fn first_text(id: Id, parens: &Parens) -> Vec<(Option<&Ident>, Value<'_>)> {
    parens.text.iter().filter(|_| id == Id::Never).map(|text| (None, Value::Text(text))).collect()
}

/// `value` for `param`, or an example where it is a call that the language does not know.
fn by_its_name(param: &Param, value: Value) -> String {
    let example = param.usage();
    let call = as_call(value).filter(|_| needs(param).is_some());
    let known = call.is_none_or(|call| calls::find(&call.word.to_string()).is_some());
    match known {
        true => format!("{} = {}", param.name, words::code(value.to_token_stream())),
        false if param.named => example,
        false => format!("{} = {example}", param.name),
    }
}

/// What kind of call `param` needs.
fn needs(param: &Param) -> Option<Makes> {
    match param.shape {
        Shape::Clock => Some(Makes::Clock),
        Shape::Windows => Some(Makes::Windows),
        _ => None,
    }
}

/// What `value` makes, where it is a call that the language knows.
fn makes(value: Value) -> Option<Makes> {
    calls::find(&as_call(value)?.word.to_string()).map(|call| call.makes)
}

fn as_call(value: Value<'_>) -> Option<Inner<'_>> {
    match value {
        Value::Expr(value) => shape::as_call(value),
        Value::Text(_) => None,
    }
}

/// What arguments are sorted for.
struct Target<'s> {
    word: &'s str,
    span: Span,
    params: &'s [Param],
    usage: String,
}

impl Target<'_> {
    fn sort<'a>(&self, given: Vec<(Option<&'a Ident>, Value<'a>)>, complete: bool) -> Bound<'a> {
        let mut bound = Bound { values: vec![None; self.params.len()], complete, ..Bound::default() };
        let (by_name, by_place): (Vec<_>, Vec<_>) = given.into_iter().partition(|(name, _)| name.is_some());
        for (name, value) in by_name {
            if let Some(name) = name {
                self.by_name(&mut bound, name, value);
            }
        }
        let fewer = by_place.len() < self.params.iter().filter(|param| !param.named).count();
        for (_, value) in by_place {
            match self.by_arity(&bound, value).filter(|_| fewer) {
                Some(place) => bound.values[place] = Some(value),
                None => self.by_place(&mut bound, value),
            }
        }
        if complete {
            self.missing(&mut bound);
        }
        for (param, value) in self.params.iter().zip(&bound.values) {
            if let Some(Value::Expr(value)) = value {
                bound.problems.extend(match param.shape {
                    Shape::Aggregates => aggregates::problems(self.word, param, value, of_call),
                    _ => shape::problems(self.word, param, value, of_call),
                });
            }
        }
        bound.problems.extend(self.too_long(&bound));
        bound.problems.extend(self.wrong_kind(&bound));
        let alone =
            self.params.iter().zip(&bound.values).filter_map(|(param, value)| self.alone(&bound, param, *value));
        let alone: Vec<_> = alone.collect();
        bound.problems.extend(alone);
        bound
    }

    fn by_name<'a>(&self, bound: &mut Bound<'a>, name: &Ident, value: Value<'a>) {
        let place = self.params.iter().position(|param| name == param.name);
        let message = match place.and_then(|place| bound.values.get_mut(place)) {
            Some(free @ None) => {
                *free = Some(value);
                return;
            }
            Some(Some(_)) => format!("`{name}` is given twice; remove one"),
            None => {
                let known = self.params.iter().map(|param| param.name);
                let otherwise = || format!("; write `{}`", self.usage);
                let written = name.to_string();
                let mut other = aliases::arguments(&written).filter_map(|here| self.param(here));
                let hint = match other.next() {
                    Some(param) => format!("; write `{}`", by_its_name(param, value)),
                    None => words::did_you_mean(&written, known, otherwise),
                };
                format!("`{}` has no argument `{name}`{hint}", self.word)
            }
        };
        bound.problems.push(syn::Error::new(name.span(), message));
    }

    /// The first free place for a closure of so many arguments: where one is missing, the others are still what they are.
    fn by_arity(&self, bound: &Bound, value: Value) -> Option<usize> {
        let Value::Expr(Expr::Closure(closure)) = value else { return None };
        let fits = |param: &Param| matches!(param.shape, Shape::Closure(of) if of.len() == closure.inputs.len());
        let mut places = self.params.iter().zip(&bound.values);
        places.position(|(param, value)| !param.named && value.is_none() && fits(param))
    }

    fn by_place<'a>(&self, bound: &mut Bound<'a>, value: Value<'a>) {
        let free = self.params.iter().zip(&mut bound.values).find(|(param, value)| !param.named && value.is_none());
        if let Some((_, free)) = free {
            *free = Some(value);
            return;
        }
        let fits = |param: &Param| makes(value).is_none_or(|makes| needs(param).is_none_or(|needs| needs == makes));
        let mut left =
            self.params.iter().zip(&mut bound.values).filter(|(param, value)| param.named && value.is_none());
        let message = match left.find(|(param, _)| fits(param)) {
            Some((param, free)) => {
                // Its place is taken, so that it is not missed as well.
                *free = Some(value);
                format!("`{}` takes this by name; write `{}`", self.word, by_its_name(param, value))
            }
            None => {
                let number = words::count(self.params.len(), "argument");
                format!("`{}` takes {number}, and this is one more; write `{}`", self.word, self.usage)
            }
        };
        bound.problems.push(syn::Error::new_spanned(value, message));
    }

    fn param(&self, name: &str) -> Option<&Param> {
        self.params.iter().find(|param| param.name == name)
    }

    /// A duration that is longer than another one allows, where both are literals.
    fn too_long(&self, bound: &Bound) -> Option<syn::Error> {
        let given = |name: &str| {
            let place = self.params.iter().position(|param| param.name == name)?;
            match bound.values.get(place)? {
                Some(Value::Expr(value)) => Some((*value, durations::length(value)?)),
                _ => None,
            }
        };
        self.params.iter().find_map(|param| {
            let most = param.at_most?;
            let ((value, length), (other, limit)) = (given(param.name)?, given(most)?);
            (length > limit && limit > 0).then(|| {
                let (name, other) = (param.name, other.to_token_stream());
                let message = format!(
                    "`{name}` of `{}` is longer than its `{most}`, so that some times are in no window; write `{name} = {other}` or less",
                    self.word
                );
                syn::Error::new_spanned(value, message)
            })
        })
    }

    /// Windows for a clock, a clock for windows, or the two exchanged.
    fn wrong_kind(&self, bound: &Bound) -> Option<syn::Error> {
        let wrong = self.params.iter().zip(&bound.values).filter_map(|(param, value)| {
            let (value, needs) = ((*value)?, needs(param)?);
            let makes = makes(value).filter(|makes| *makes != needs)?;
            Some((param, value, makes))
        });
        let wrong: Vec<_> = wrong.collect();
        let (value, message) = match wrong.as_slice() {
            [] => return None,
            [(param, value, makes)] => {
                let call = as_call(*value)?.word;
                let (made, needed) = (makes.text(), needs(param)?.text());
                let message =
                    format!("`{call}` makes {made}, and `{}` is {needed}; write `{}`", param.name, param.usage());
                (value, message)
            }
            [(first, value, _), (second, other, _), ..] => {
                let code = |value: &Value| words::code(value.to_token_stream());
                let (a, b) = (first.name, second.name);
                let message =
                    format!("`{a}` and `{b}` are swapped; write `{a} = {}, {b} = {}`", code(other), code(value));
                (value, message)
            }
        };
        Some(syn::Error::new_spanned(value, message))
    }

    /// A word that means nothing without a word of another argument.
    fn alone(&self, bound: &Bound, param: &Param, value: Option<Value>) -> Option<syn::Error> {
        let Value::Expr(written) = value? else { return None };
        let word = shape::word_of(param, written)?;
        let (other, words) = word.only_with?;
        let beside = self.params.iter().zip(&bound.values).find(|(param, _)| param.name == other);
        let beside = beside.and_then(|(param, value)| match value {
            Some(Value::Expr(value)) => shape::word_of(param, value),
            _ => None,
        });
        if words.contains(&beside.map_or("", |beside| beside.word)) {
            return None;
        }
        let needed: Vec<_> =
            words.iter().filter(|word| !word.is_empty()).map(|word| format!("{other} = {word}")).collect();
        let (name, word) = (param.name, word.word);
        let message = format!("`{name} = {word}` needs {}; add one of them, or remove this", words::or(&needed));
        Some(syn::Error::new_spanned(written, message))
    }

    fn missing(&self, bound: &mut Bound) {
        // An argument with a slip in its name is not missing as well.
        if !bound.problems.is_empty() {
            return;
        }
        let places = self.params.iter().zip(&bound.values);
        // The other function that is called for an argument that is given, and the argument's name.
        let with = self.params.iter().zip(&bound.values).find_map(|(param, value)| match param.presence {
            Presence::With(function) if value.is_some() => Some((function, param.name)),
            _ => None,
        });
        let needed = |param: &Param| match param.presence {
            Presence::Needed => true,
            Presence::With(function) => with.is_some_and(|(given, _)| given == function),
            _ => false,
        };
        let missing = places.filter(|(param, value)| value.is_none() && needed(param));
        // Of several closures each is told by its name.
        let closure = |param: &&Param| matches!(param.shape, Shape::Closure(_));
        let several = self.params.iter().filter(closure).count() > 1;
        let called = |param: &Param| match several && closure(&param) && !param.named {
            true => format!("{} = {}", param.name, param.usage()),
            false => param.called(),
        };
        let missing: Vec<_> = missing.map(|(param, _)| called(param)).collect();
        if !missing.is_empty() {
            let message = match with {
                Some((_, name)) => {
                    let all: Vec<_> = self.params.iter().filter(|param| needed(param)).map(Param::usage).collect();
                    let (missing, word, all) = (words::and(&missing), self.word, all.join(", "));
                    format!("`{}` needs {missing} beside it; write `{word}(\"id\", {all})`", name)
                }
                None => format!("`{}` needs {}; write `{}`", self.word, words::and(&missing), self.usage),
            };
            bound.problems.push(syn::Error::new(self.span, message));
        }
    }
}
