//! One step to one `let`.

use super::{late, value};
use crate::bind::{self, Value};
use crate::emit::{paths, spans};
use crate::plan::{Plan, PlannedStep};
use crate::resolve::Port;
use crate::spec::{Id, Presence, Requirement, Role, Streams, Together};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

/// `let __flowstone_3 = ::flowstone::ops::map(__flowstone_2, "id", |item| …);`
///
/// `left` says how many readers of each output are still to come: all but the last read a clone.
pub(super) fn step(plan: &Plan, number: usize, left: &mut [Vec<usize>]) -> TokenStream {
    let step = &plan.steps[number];
    let span = step.call.word.span();
    let place = |at: usize| step.streams.get(at).map_or(span, |stream| stream.span());
    let inputs = step.inputs.iter().enumerate();
    let inputs: Vec<_> = inputs.map(|(at, port)| input(*port, place(at), left)).collect();
    let call = call(plan, number, &inputs);
    let variables: Vec<_> = (0..step.readers.len()).map(|output| spans::variable(number, output, span)).collect();
    let generated = spans::generated(span);
    let bound: Vec<_> = variables
        .iter()
        .zip(&step.readers)
        .map(|(variable, readers)| if *readers == 0 { quote_spanned!(generated=> _) } else { quote!(#variable) })
        .collect();
    let made = match bound.as_slice() {
        [] => return quote_spanned!(generated=> #call;),
        [one] => quote_spanned!(generated=> let #one = #call;),
        several => quote_spanned!(generated=> let (#(#several),*) = #call;),
    };
    let given = step.spec.gives.iter().zip(&variables).filter(|_| step.readers.first().is_some_and(|n| *n > 0));
    let given = given.map(|(ask, variable)| {
        let check = paths::check(span, *ask);
        quote_spanned!(generated=> let #variable = #check(#variable);)
    });
    let asserted = step.asserts.iter().filter_map(|(output, item)| {
        let variable = variables.get(*output).filter(|_| step.readers.get(*output).is_some_and(|n| *n > 0))?;
        let span = item.span();
        let asserted = paths::asserted(span, item);
        let read = spans::variable(number, *output, span);
        Some(quote_spanned!(span=> let #variable = #asserted(#read);))
    });
    let shared = variables.iter().zip(&step.readers).filter(|(_, readers)| **readers > 1).map(|(variable, _)| {
        let (share, check) = (paths::helper(span, "share"), paths::check(span, Requirement::SHARED));
        quote_spanned!(generated=> let #variable = #share(#check(#variable));)
    });
    let state = late::made(step, number);
    quote!(#state #made #(#given)* #(#asserted)* #(#shared)*)
}

/// The variable that the step at `span` reads, or a clone of it while others are still to read it.
fn input(port: Port, span: Span, left: &mut [Vec<usize>]) -> TokenStream {
    let variable = spans::variable(port.node, port.output, span);
    let left = &mut left[port.node][port.output];
    *left -= 1;
    if *left == 0 {
        return quote!(#variable);
    }
    quote_spanned!(span=> ::core::clone::Clone::clone(&#variable))
}

fn call(plan: &Plan, number: usize, inputs: &[TokenStream]) -> TokenStream {
    let step = &plan.steps[number];
    let (word, turbofish) = (&step.call.word, &step.call.turbofish);
    let span = word.span();
    let other = step.spec.params.iter().zip(&step.values).find_map(|(param, value)| match (param.presence, value) {
        (Presence::Else(function, requires), None) => Some((Ident::new(function, span), requires)),
        _ => None,
    });
    let mut requires: Vec<Requirement> = step.spec.requires.to_vec();
    for ask in other.iter().flat_map(|(_, requires)| *requires).chain(of_words(step)) {
        if !requires.contains(ask) {
            requires.push(*ask);
        }
    }
    // What is wrong with one of several streams is said where that one stands.
    let place = |at: usize| step.streams.get(at).map_or(span, |stream| stream.span());
    let asked = |(at, input): (usize, &TokenStream)| {
        requires.iter().fold(input.clone(), |input, ask| {
            let check = paths::check(place(at), *ask);
            quote_spanned!(place(at)=> #check(#input))
        })
    };
    let mut inputs: Vec<_> = inputs.iter().enumerate().map(asked).collect();
    let mut first = TokenStream::new();
    if let Role::Gather(Streams { together: Together::AsTuple(with_first, others), .. }) = step.spec.role {
        (first, inputs) = sides(inputs, with_first, others, place);
    }
    // A closure in a clock is typed before the step is called with it: by the stream, which stands in a variable for that.
    let mut over = Vec::new();
    if value::looks_at_values(step.spec.params, &step.values, inputs.len()) {
        for (at, input) in inputs.iter_mut().enumerate() {
            let (stream, values) = (spans::hidden(&format!("stream_{at}")), spans::values(at, place(at)));
            let of = paths::values_of(place(at));
            first.extend(quote_spanned!(spans::generated(span)=> let #stream = #input; let #values = #of(&#stream);));
            *input = stream.to_token_stream();
            over.push(values);
        }
    }
    let function = paths::op(span, other.as_ref().map_or(word, |(function, _)| function));
    let id = id(step);
    let asked = late::asked(step, number);
    let values = step.values.iter().zip(&asked).map(|(value, asked)| asked.as_ref().map(Value::Expr).or(*value));
    let values: Vec<_> = values.collect();
    let (before, arguments) = value::arguments(plan.flow, step.spec.params, &values, &over);
    let before = quote!(#first #before);
    let call = match (step.spec.role, inputs.as_slice()) {
        (Role::Source, _) => {
            let cx = spans::hidden("cx");
            quote_spanned!(span=> #function #turbofish(#cx, #id #(#arguments),*))
        }
        (Role::Gather(Streams { together: Together::AsTuple(..), .. }), _) => {
            quote_spanned!(span=> #function #turbofish((#(#inputs),*), #id #(#arguments),*))
        }
        (Role::Gather(_), [first, others @ ..]) => others.iter().fold(
            first.clone(),
            |all, next| quote_spanned!(span=> #function #turbofish(#all, #next, #id #(#arguments),*)),
        ),
        _ => quote_spanned!(span=> #function #turbofish(#(#inputs,)* #id #(#arguments),*)),
    };
    if before.is_empty() { call } else { quote_spanned!(span=> { #before #call }) }
}

/// Streams that are read together, each in a variable of its own, and these: all but the first are asked `with_first` and the
/// `others`, each where it stands.
fn sides(
    inputs: Vec<TokenStream>,
    with_first: Requirement,
    others: &[Requirement],
    place: impl Fn(usize) -> Span,
) -> (TokenStream, Vec<TokenStream>) {
    let mut before = TokenStream::new();
    for (at, input) in inputs.iter().enumerate() {
        let (span, own) = (place(at), spans::side(at, place(at)));
        let asked = others.iter().filter(|_| at > 0).fold(input.clone(), |input, ask| {
            let check = paths::check(span, *ask);
            quote_spanned!(span=> #check(#input))
        });
        let (check, first) = (paths::check(span, with_first), spans::side(0, span));
        let asked = if at == 0 { asked } else { quote_spanned!(span=> #check(&#first, #asked)) };
        before.extend(quote_spanned!(spans::generated(span)=> let #own = #asked;));
    }
    (before, (0..inputs.len()).map(|at| spans::side(at, place(at)).to_token_stream()).collect())
}

/// What the words among the arguments ask.
fn of_words(step: &PlannedStep) -> impl Iterator<Item = &'static Requirement> {
    let given = step.spec.params.iter().zip(&step.values).filter_map(|(param, value)| match value {
        Some(Value::Expr(value)) => bind::word_of(param, value),
        _ => None,
    });
    given.flat_map(|word| word.requires)
}

/// The id with the comma behind it, where the function takes one.
fn id(step: &PlannedStep) -> TokenStream {
    if step.spec.id == Id::Never {
        return TokenStream::new();
    }
    if let Some(text) = step.call.parens.as_ref().and_then(|parens| parens.text.as_ref()) {
        return quote!(#text,);
    }
    let mut id = Literal::string(&step.id);
    id.set_span(spans::generated(step.call.word.span()));
    quote!(#id,)
}
