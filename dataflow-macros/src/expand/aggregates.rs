//! `of = (count(), sum(|v| …))` as a closure of the maker of aggregates: `|of| (of.count(), of.sum(|v| …))`.
//!
//! The maker knows the type of the values, so that closures need not say it.

use super::value;
use crate::ast::Flow;
use crate::bind::{self, Listed};
use crate::emit::spans;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

pub(super) fn aggregates(flow: &Flow, value: &Expr) -> TokenStream {
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
        return value::expression(flow, value, crate::spec::Shape::Expr, &[]);
    };
    let (word, span) = (call.word, call.word.span());
    let (of, arguments) = (spans::maker(span), value::inner_arguments(flow, spec, &call, &[]));
    quote_spanned!(span=> #of.#word(#(#arguments),*))
}

/// Gives each of several aggregates that mention a parameter a clone of its own, for each moves it.
fn own(name: &syn::Ident, all: &mut [TokenStream]) {
    let text = name.to_string();
    let mentioning: Vec<_> = all.iter_mut().filter(|tokens| value::mentions(tokens.to_token_stream(), &text)).collect();
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
