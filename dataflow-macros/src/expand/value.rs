//! One argument to one expression.

use super::aggregates;
use super::closures;
use super::graph::plain;
use crate::ast::Flow;
use crate::bind::{self, Inner, Value};
use crate::durations;
use crate::emit::{paths, spans};
use crate::spec::{Param, Presence, Shape};
use crate::steps::calls::{self, CallSpec};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Ident, Token};

/// The arguments of a call, and the `let`s that stand before it.
///
/// A parameter of the flow can stand in any number of arguments, and the flow can be built any number of times: each
/// argument has a clone of its own of what it mentions. The last argument to mention a parameter takes the clone that is
/// made before the call, so that it stands in the call as it was written, where rustc points at it alone.
///
/// `over` is the variable that knows the type of the stream's values, for closures that look at them.
pub(super) fn arguments(
    flow: &Flow,
    params: &[Param],
    values: &[Option<Value>],
    over: Option<&Ident>,
) -> (TokenStream, Vec<TokenStream>) {
    let given = params.iter().zip(values).filter_map(|(param, value)| argument(flow, param, *value, over));
    let mut arguments: Vec<_> = given.collect();
    let mut before = TokenStream::new();
    for parameter in &flow.parameters {
        let text = parameter.name.to_string();
        let mentioning = arguments.iter_mut().filter(|argument| mentions((*argument).clone(), &text));
        let mut mentioning: Vec<_> = mentioning.collect();
        if mentioning.pop().is_none() {
            continue;
        }
        let name = &parameter.name;
        if !mentioning.is_empty() {
            let all = spans::hidden(&format!("all_{}", plain(name)));
            before.extend(quote_spanned!(spans::generated(name.span())=> let #all = &#name;));
            for argument in mentioning {
                let (clone, span) = (clone_of(name, &all), argument.span());
                *argument = quote_spanned!(span=> { #clone #argument });
            }
        }
        before.extend(clone_of(name, name));
    }
    (before, arguments)
}

/// Whether a closure among the arguments looks at the values of the stream.
pub(super) fn looks_at_values(params: &[Param], values: &[Option<Value>]) -> bool {
    params.iter().zip(values).any(|(param, value)| match value {
        Some(Value::Expr(value)) if matches!(param.shape, Shape::OverValues) => {
            let call = bind::inner_call(value);
            let spec = call.as_ref().and_then(|call| calls::find(&call.word.to_string()));
            spec.is_some_and(|spec| spec.params.iter().any(|param| matches!(param.shape, Shape::Closure(_))))
        }
        _ => false,
    })
}

/// A variable of the parameter's own name that holds a clone of it, taken from `all`.
fn clone_of(name: &Ident, all: &Ident) -> TokenStream {
    let span = spans::generated(name.span());
    quote_spanned!(span=> #[allow(unused_mut, unused_variables)] let mut #name = #all.get();)
}

/// The expression for `param`; `None` where nothing stands in its place.
fn argument(flow: &Flow, param: &Param, value: Option<Value>, over: Option<&Ident>) -> Option<TokenStream> {
    match (value, param.presence) {
        (None, Presence::Optional) => {
            let span = Span::mixed_site();
            Some(quote_spanned!(span=> ::core::option::Option::None))
        }
        (None, Presence::Means(path)) => Some(paths::meant(Span::mixed_site(), path)),
        (None, _) => None,
        (Some(value), presence) => {
            let tokens = match value {
                Value::Text(text) => text.to_token_stream(),
                Value::Expr(value) => match bind::word_of(param, value) {
                    Some(word) => paths::meant(value.span(), word.means),
                    None => expression(flow, value, param.shape, over),
                },
            };
            let span = spans::generated(tokens.span());
            Some(match presence {
                Presence::Optional => quote_spanned!(span=> ::core::option::Option::Some(#tokens)),
                _ => tokens,
            })
        }
    }
}

pub(super) fn expression(flow: &Flow, value: &Expr, shape: Shape, over: Option<&Ident>) -> TokenStream {
    if let Shape::Aggregates = shape {
        return aggregates::aggregates(flow, value);
    }
    if let Some(call) = bind::inner_call(value) {
        return inner(flow, &call, over.filter(|_| matches!(shape, Shape::OverValues)));
    }
    let tokens = match value {
        Expr::Closure(closure) if closure.capture.is_none() => {
            // What a step runs outlives the function in which it is written. The keyword has a place of the user's own:
            // a closure that begins in the macro would be reported on all of it.
            let mut closure = closure.clone();
            closure.capture = Some(Token![move](closure.inputs_begin.span()));
            closures::untyped(closure).to_token_stream()
        }
        Expr::Closure(closure) => closures::untyped(closure.clone()).to_token_stream(),
        Expr::Path(path) => match shape {
            Shape::Closure(of) => closures::calling(path, of.len()),
            _ => path.to_token_stream(),
        },
        other => other.to_token_stream(),
    };
    durations::rewrite(tokens).tokens
}

fn inner(flow: &Flow, call: &Inner, over: Option<&Ident>) -> TokenStream {
    let (word, span) = (call.word, call.word.span());
    let Some(spec) = calls::find(&word.to_string()) else { return TokenStream::new() };
    let (function, arguments) = (paths::window(span, word), inner_arguments(flow, spec, call, over));
    quote_spanned!(span=> #function(#(#arguments),*))
}

/// The arguments of a call inside an argument.
pub(super) fn inner_arguments(flow: &Flow, spec: &CallSpec, call: &Inner, over: Option<&Ident>) -> Vec<TokenStream> {
    let bound = bind::inner(spec, call);
    let places = spec.params.iter().zip(&bound.values);
    let argument = |(param, value): (&Param, &Option<Value>)| {
        let argument = argument(flow, param, *value, None)?;
        let over = over.filter(|_| matches!(param.shape, Shape::Closure(_)));
        let Some(over) = over else { return Some(argument) };
        let (span, typed) = (spans::generated(call.word.span()), paths::over(call.word.span()));
        Some(quote_spanned!(span=> #typed(#over, #argument)))
    };
    places.filter_map(argument).collect()
}

/// Whether `name` stands anywhere in `tokens`, be it as `{name}` in a format string.
pub(super) fn mentions(tokens: TokenStream, name: &str) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => ident == name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        TokenTree::Literal(literal) => {
            let text = literal.to_string();
            text.contains(&format!("{{{name}}}")) || text.contains(&format!("{{{name}:"))
        }
        TokenTree::Punct(_) => false,
    })
}
