//! The mistakes of one derive, gathered.

/// Everything wrong with the input.
#[derive(Default)]
pub(super) struct Errors(Vec<syn::Error>);

impl Errors {
    pub(super) fn push(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    pub(super) fn at(&mut self, tokens: impl quote::ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }
}

impl Errors {
    pub(super) fn into_compile_errors(self) -> impl Iterator<Item = proc_macro2::TokenStream> {
        self.0.into_iter().map(syn::Error::into_compile_error)
    }
}
