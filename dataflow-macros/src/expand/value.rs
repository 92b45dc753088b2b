//! One argument to one expression.

use crate::ast::Flow;
use crate::bind::{self, Inner, Value};
use crate::durations;
use crate::emit::{paths, spans};
use crate::spec::{Param, Presence};
use crate::steps::calls;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Token};

/// The expression for `param`; `None` where nothing stands in its place.
pub(super) fn argument(flow: &Flow, param: &Param, value: Option<Value>) -> Option<TokenStream> {
    match (value, param.presence) {
        (None, Presence::Optional) => {
            let span = Span::mixed_site();
            Some(quote_spanned!(span=> ::core::option::Option::None))
        }
        (None, _) => None,
        (Some(value), presence) => {
            let tokens = match value {
                Value::Text(text) => text.to_token_stream(),
                Value::Expr(value) => expression(flow, value),
            };
            let span = spans::generated(tokens.span());
            Some(match presence {
                Presence::Optional => quote_spanned!(span=> ::core::option::Option::Some(#tokens)),
                _ => tokens,
            })
        }
    }
}

fn expression(flow: &Flow, value: &Expr) -> TokenStream {
    if let Some(call) = bind::inner_call(value) {
        return inner(flow, &call);
    }
    let tokens = match value {
        Expr::Closure(closure) if closure.capture.is_none() => {
            // What a step runs outlives the function in which it is written.
            let mut closure = closure.clone();
            closure.capture = Some(Token![move](spans::generated(closure.inputs_begin.span())));
            closure.to_token_stream()
        }
        other => other.to_token_stream(),
    };
    let (tokens, _) = durations::rewrite(tokens);
    with_parameters(flow, tokens)
}

fn inner(flow: &Flow, call: &Inner) -> TokenStream {
    let (word, span) = (call.word, call.word.span());
    let Some(spec) = calls::find(&word.to_string()) else { return TokenStream::new() };
    let bound = bind::inner(spec, call);
    let places = spec.params.iter().zip(&bound.values);
    let arguments: Vec<_> = places.filter_map(|(param, value)| argument(flow, param, *value)).collect();
    let function = paths::window(span, word);
    quote_spanned!(span=> #function(#(#arguments),*))
}

/// `tokens` with a clone of their own of each of the flow's parameters that they mention: a parameter can stand in any
/// number of arguments, and the flow can be built any number of times.
fn with_parameters(flow: &Flow, tokens: TokenStream) -> TokenStream {
    let mentioned = flow.parameters.iter().filter(|parameter| mentions(tokens.clone(), &parameter.name.to_string()));
    let clones: Vec<_> = mentioned
        .map(|parameter| {
            let name = &parameter.name;
            let span = spans::generated(name.span());
            quote_spanned!(span=> #[allow(unused_variables)] let #name = ::core::clone::Clone::clone(&#name);)
        })
        .collect();
    if clones.is_empty() {
        return tokens;
    }
    let span = spans::generated(tokens.span());
    let clones = quote!(#(#clones)*);
    quote_spanned!(span=> { #clones #tokens })
}

/// Whether `name` stands anywhere in `tokens`, be it as `{name}` in a format string.
fn mentions(tokens: TokenStream, name: &str) -> bool {
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
