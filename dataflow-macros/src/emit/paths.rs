//! The only place that spells paths of the runtime.

use crate::spec::Requirement;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

/// `::flowstone::ops::WORD`
pub(crate) fn op(span: Span, word: &impl ToTokens) -> TokenStream {
    quote_spanned!(span=> ::flowstone::ops::#word)
}

/// `::flowstone::ops::NAME`, of a function that stands for a step without being its word.
pub(crate) fn helper(span: Span, name: &str) -> TokenStream {
    op(span, &Ident::new(name, span))
}

/// `::flowstone::check::CarriesKeys::keys`
pub(crate) fn check(span: Span, ask: Requirement) -> TokenStream {
    let (of, method) = (Ident::new(ask.of, span), Ident::new(ask.method, span));
    quote_spanned!(span=> ::flowstone::check::#of::#method)
}

/// `::flowstone::check::NAME`
pub(crate) fn check_item(span: Span, name: &str) -> TokenStream {
    let name = Ident::new(name, span);
    quote_spanned!(span=> ::flowstone::check::#name)
}

/// `::flowstone::check::Carries::<Type, _, _>::asserted`
pub(crate) fn asserted(span: Span, item: &impl ToTokens) -> TokenStream {
    quote_spanned!(span=> ::flowstone::check::Carries::<#item, _, _>::asserted)
}

/// `<::flowstone::check::Parameters as ::flowstone::check::Accepts<_, _>>::parameter`
pub(crate) fn parameter(span: Span) -> TokenStream {
    quote_spanned!(span=> <::flowstone::check::Parameters as ::flowstone::check::Accepts<_, _>>::parameter)
}

/// `<_ as ::flowstone::check::Fits<Type, _>>::fit(argument, ::flowstone::check::Typed)`
pub(crate) fn fit(span: Span, of: &impl ToTokens, argument: TokenStream) -> TokenStream {
    quote_spanned!(span=> <_ as ::flowstone::check::Fits<#of, _>>::fit(#argument, ::flowstone::check::Typed))
}

/// `<_ as ::flowstone::check::FitsState<Type, _>>::fit(state, ::flowstone::check::Typed)`
pub(crate) fn fit_state(span: Span, of: &impl ToTokens, state: TokenStream) -> TokenStream {
    quote_spanned!(span=> <_ as ::flowstone::check::FitsState<#of, _>>::fit(#state, ::flowstone::check::Typed))
}

/// `::flowstone::check::IsOwned::own`
pub(crate) fn own(span: Span) -> TokenStream {
    quote_spanned!(span=> ::flowstone::check::IsOwned::own)
}

/// `::flowstone::check::over`
pub(crate) fn over(span: Span) -> TokenStream {
    quote_spanned!(span=> ::flowstone::check::over)
}

/// `::flowstone::check::values_of`
pub(crate) fn values_of(span: Span) -> TokenStream {
    quote_spanned!(span=> ::flowstone::check::values_of)
}

/// `::flowstone::joins::NAME`
pub(crate) fn joins(span: Span, name: &str) -> TokenStream {
    let name = Ident::new(name, span);
    quote_spanned!(span=> ::flowstone::joins::#name)
}

/// `::flowstone::windows::WORD`
pub(crate) fn window(span: Span, word: &impl ToTokens) -> TokenStream {
    quote_spanned!(span=> ::flowstone::windows::#word)
}

/// `::flowstone::PATH`, or a call of it, of what a word of the language stands for.
pub(crate) fn meant(span: Span, path: &str) -> TokenStream {
    let function = path.strip_suffix("()");
    let parts = function.unwrap_or(path).split("::").map(|part| Ident::new(part, span));
    let call = function.map(|_| quote_spanned!(span=> ()));
    quote_spanned!(span=> ::flowstone #(:: #parts)* #call)
}

/// `::flowstone::__private::NAME`
pub(crate) fn private(span: Span, name: &str) -> TokenStream {
    let name = Ident::new(name, span);
    quote_spanned!(span=> ::flowstone::__private::#name)
}

/// `::flowstone::graph::NAME`
pub(crate) fn graph(span: Span, name: &str) -> TokenStream {
    let name = Ident::new(name, span);
    quote_spanned!(span=> ::flowstone::graph::#name)
}

/// `::flowstone::Flow`
pub(crate) fn flow(span: Span) -> TokenStream {
    quote_spanned!(span=> ::flowstone::Flow)
}

/// `::flowstone::Main`
pub(crate) fn main(span: Span) -> TokenStream {
    quote_spanned!(span=> ::flowstone::Main)
}
