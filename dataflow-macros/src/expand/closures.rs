//! Closures that are what their step takes whatever is wrong in them, so that what is wrong is one error inside of them.
//!
//! A closure of another type than its step takes is reported by the step, and by every step behind it whose stream is
//! made of it. A mistake in a closure's body is reported there, once, and the closure is of its step's type all the same.

use crate::emit::{paths, spans};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprClosure, ExprPath, Pat, parse_quote_spanned};

/// The closure with the types of its parameters in its body: `|n: u64| n + 1` as `|a| { let n: u64 = fit(a, Typed); n + 1 }`.
pub(super) fn untyped(mut closure: ExprClosure) -> ExprClosure {
    let mut before = TokenStream::new();
    for (at, input) in closure.inputs.iter_mut().enumerate() {
        let Pat::Type(typed) = &*input else { continue };
        let argument = spans::argument(at, typed.pat.span());
        let fit = paths::fit(typed.pat.span(), &typed.ty, argument.to_token_stream());
        before.extend(quote_spanned!(typed.pat.span()=> let #typed = #fit;));
        *input = parse_quote_spanned!(typed.pat.span()=> #argument);
    }
    if !before.is_empty() {
        let body = &closure.body;
        let span = spans::generated(body.span());
        *closure.body = Expr::Verbatim(quote_spanned!(span=> { #before #body }));
    }
    closure
}

/// A closure of so many arguments that calls the function at `path`.
pub(super) fn calling(path: &ExprPath, arguments: usize) -> TokenStream {
    let span = path.path.segments.last().map_or_else(Span::call_site, |last| last.ident.span());
    let arguments: Vec<_> = (0..arguments).map(|at| spans::argument(at, span)).collect();
    let path = path.to_token_stream();
    quote_spanned!(span=> move |#(#arguments),*| #path(#(#arguments),*))
}
