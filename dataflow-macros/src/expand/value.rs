//! One argument to one expression.

use super::closures;
use super::graph::plain;
use crate::ast::Flow;
use crate::bind::{self, Inner, Listed, Value};
use crate::durations;
use crate::emit::{paths, spans};
use crate::spec::{Param, Presence, Shape};
use crate::steps::calls::{self, CallSpec};
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprRange, Ident, RangeLimits, Token, UnOp};

/// The arguments of a call, and the `let`s that stand before it.
///
/// A parameter of the flow can stand in any number of arguments, and the flow can be built any number of times: each
/// argument has a clone of its own of what it mentions. The last argument to mention a parameter takes the clone that is
/// made before the call, so that it stands in the call as it was written, where rustc points at it alone.
///
/// `over` are the variables that know the types of the streams' values, for closures that look at them: one a stream.
pub(super) fn arguments(
    flow: &Flow,
    params: &[Param],
    values: &[Option<Value>],
    over: &[Ident],
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

/// Whether the types of the values of so many streams are needed: by a closure in a clock, or for a question to an argument.
pub(super) fn looks_at_values(params: &[Param], values: &[Option<Value>], streams: usize) -> bool {
    params.iter().zip(values).any(|(param, value)| match value {
        _ if param.of_values.is_some() && requires(param, streams) => true,
        Some(Value::Expr(value)) if matches!(param.shape, Shape::Clock) => {
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
fn argument(flow: &Flow, param: &Param, value: Option<Value>, over: &[Ident]) -> Option<TokenStream> {
    match (value, param.presence) {
        (None, Presence::Optional) => {
            let span = Span::mixed_site();
            Some(quote_spanned!(span=> ::core::option::Option::None))
        }
        (None, Presence::Means(path)) => Some(asked(param, paths::meant(Span::mixed_site(), path), over)),
        // What is missing in a flow with a mistake: an editor counts the arguments.
        (None, Presence::Needed) => Some(missing()),
        (None, Presence::Else(..)) => None,
        (Some(value), presence) => {
            let tokens = match value {
                Value::Text(text) => text.to_token_stream(),
                Value::Expr(value) => match bind::word_of(param, value) {
                    Some(word) => paths::meant(value.span(), word.means),
                    None => expression(flow, value, param.shape, over),
                },
            };
            let span = spans::generated(tokens.span());
            let tokens = match param.shape {
                Shape::Moment => {
                    let moment = paths::check_item(tokens.span(), "moment");
                    quote_spanned!(tokens.span()=> #moment(#tokens))
                }
                _ => tokens,
            };
            let tokens = asked(param, tokens, over);
            Some(match presence {
                Presence::Optional => quote_spanned!(span=> ::core::option::Option::Some(#tokens)),
                _ => tokens,
            })
        }
    }
}

/// The argument, asked whether it goes with the values of the stream, or of each of several. Whether a clock goes with those
/// of several is asked by the step itself, in rustc's words.
fn asked(param: &Param, tokens: TokenStream, over: &[Ident]) -> TokenStream {
    let Some(ask) = param.of_values.filter(|_| requires(param, over.len())) else { return tokens };
    let span = tokens.span();
    over.iter().fold(tokens, |tokens, values| {
        let (check, typed) = (paths::check(span, ask), paths::check_item(span, "Typed"));
        let values = spans::at(values, span);
        quote_spanned!(span=> #check(#tokens, #values, #typed))
    })
}

fn requires(param: &Param, streams: usize) -> bool {
    streams == 1 || matches!(param.shape, Shape::Windows)
}

/// A value of any type, where there is none.
fn missing() -> TokenStream {
    quote_spanned!(Span::mixed_site()=> loop {})
}

fn expression(flow: &Flow, value: &Expr, shape: Shape, over: &[Ident]) -> TokenStream {
    if let Shape::Aggregates = shape {
        return aggregates(flow, value);
    }
    if let Some(call) = bind::inner_call(value) {
        return inner(flow, &call, if matches!(shape, Shape::Clock) { over } else { &[] });
    }
    if let (Shape::Stretch, Expr::Range(range)) = (shape, value) {
        return stretch(range);
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

/// `-5s..5s` as `within(End::Before(…), End::After(…), false)`.
fn stretch(range: &ExprRange) -> TokenStream {
    let span = range.span();
    let end = |value: &Option<Box<Expr>>| {
        let (variant, value) = match value.as_deref() {
            Some(Expr::Unary(unary)) if matches!(unary.op, UnOp::Neg(_)) => ("Before", unary.expr.to_token_stream()),
            other => ("After", other.to_token_stream()),
        };
        let (end, variant) = (paths::joins(span, "End"), Ident::new(variant, span));
        let value = durations::rewrite(value).tokens;
        quote_spanned!(span=> #end::#variant(#value))
    };
    let (within, from, to) = (paths::joins(span, "within"), end(&range.start), end(&range.end));
    let inclusive = matches!(range.limits, RangeLimits::Closed(_));
    quote_spanned!(span=> #within(#from, #to, #inclusive))
}

fn inner(flow: &Flow, call: &Inner, over: &[Ident]) -> TokenStream {
    let (word, span) = (call.word, call.word.span());
    let Some(spec) = calls::find(&word.to_string()) else { return missing() };
    let (function, arguments) = (paths::window(span, word), inner_arguments(flow, spec, call, over));
    quote_spanned!(span=> #function(#(#arguments),*))
}

/// The arguments of a call inside an argument.
fn inner_arguments(flow: &Flow, spec: &CallSpec, call: &Inner, over: &[Ident]) -> Vec<TokenStream> {
    let bound = bind::inner(spec, call);
    let places = spec.params.iter().zip(&bound.values);
    let argument = |(param, value): (&Param, &Option<Value>)| {
        let of_values = matches!(param.shape, Shape::Closure(_));
        let (span, typed) = (spans::generated(call.word.span()), paths::over(call.word.span()));
        let timed = paths::check_item(call.word.span(), "timed");
        if let (true, [_, _, ..], Some(Value::Expr(Expr::Tuple(all)))) = (of_values, over, value) {
            let all = all.elems.iter().map(|value| expression(flow, value, param.shape, &[]));
            let each = paths::joins(call.word.span(), "each");
            return Some(quote_spanned!(span=> #each((#(#timed(#over, #all)),*))));
        }
        let argument = argument(flow, param, *value, &[])?;
        match over {
            [over] if of_values => Some(quote_spanned!(span=> #typed(#over, #argument))),
            _ => Some(argument),
        }
    };
    places.filter_map(argument).collect()
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

/// `of = (count(), sum(|v| …))` as a closure of the maker of aggregates: `|of| (of.count(), of.sum(|v| …))`.
///
/// The maker knows the type of the values, so that closures need not say it.
fn aggregates(flow: &Flow, value: &Expr) -> TokenStream {
    let span = value.span();
    let of = spans::maker(span);
    let made = match bind::listed(value) {
        Listed::One(value) => one(flow, value),
        Listed::Tuple(all) => {
            let mut all: Vec<_> = all.into_iter().map(|value| one(flow, value)).collect();
            for parameter in &flow.parameters {
                own(&parameter.name, &mut all);
            }
            quote_spanned!(span=> (#(#all,)*))
        }
    };
    quote_spanned!(span=> move |#of| #made)
}

fn one(flow: &Flow, value: &Expr) -> TokenStream {
    let Some((spec, call)) = bind::known(value) else {
        return expression(flow, value, Shape::Expr, &[]);
    };
    let (word, span) = (call.word, call.word.span());
    let (of, arguments) = (spans::maker(span), inner_arguments(flow, spec, &call, &[]));
    quote_spanned!(span=> #of.#word(#(#arguments),*))
}

/// Gives each of several aggregates that mention a parameter a clone of its own, for each moves it.
fn own(name: &syn::Ident, all: &mut [TokenStream]) {
    let text = name.to_string();
    let mentioning: Vec<_> = all.iter_mut().filter(|tokens| mentions(tokens.to_token_stream(), &text)).collect();
    if mentioning.len() < 2 {
        return;
    }
    for aggregate in mentioning {
        let (span, generated) = (aggregate.span(), spans::generated(name.span()));
        let clone =
            quote_spanned!(generated=> #[allow(unused_mut)] let mut #name = ::core::clone::Clone::clone(&#name););
        let made = std::mem::take(aggregate);
        let body = quote!(#clone #made);
        *aggregate = quote_spanned!(span=> { #body });
    }
}
