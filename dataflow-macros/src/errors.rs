//! The mistakes of one expansion: collected by every pass, rendered together at the end.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use std::fmt::Display;

/// Collects mistakes. The first parameter of every pass that can find some.
#[derive(Default)]
pub(crate) struct Errors {
    found: Vec<syn::Error>,
}

impl Errors {
    /// A mistake at one place.
    pub(crate) fn at(&mut self, span: Span, message: impl Display) {
        self.found.push(syn::Error::new(span, message));
    }

    /// A mistake that covers all of `tokens`.
    pub(crate) fn over(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.found.push(syn::Error::new_spanned(tokens, message));
    }

    /// What another parser found.
    pub(crate) fn push(&mut self, error: syn::Error) {
        self.found.extend(error);
    }

    /// How many there are so far: a pass compares it to learn whether a part was sound.
    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    /// Says nothing of them.
    pub(crate) fn forget(mut self) {
        self.found.clear();
    }

    /// One `compile_error!` each, in the order in which they were found.
    pub(crate) fn into_compile_errors(mut self) -> TokenStream {
        std::mem::take(&mut self.found).iter().map(syn::Error::to_compile_error).collect()
    }

    /// Line, column and text of each, in the order of the source.
    #[cfg(test)]
    pub(crate) fn into_lines(mut self) -> Vec<String> {
        let line = |error: &syn::Error| {
            let start = error.span().start();
            (start.line, start.column + 1, error.to_string())
        };
        let mut lines: Vec<_> = std::mem::take(&mut self.found).iter().map(line).collect();
        lines.sort();
        lines.into_iter().map(|(line, column, text)| format!("{line}:{column} {text}")).collect()
    }
}

impl Drop for Errors {
    /// A pass that drops mistakes unread would let a wrong flow through.
    fn drop(&mut self) {
        debug_assert!(self.found.is_empty() || std::thread::panicking(), "mistakes were found and not reported");
    }
}
