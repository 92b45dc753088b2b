//! `#[derive(Record)]`: parse, then expand. Mistakes in attributes are all reported, and the rest expands all the same,
//! so that one mistake does not bring on others.

mod ast;
mod case;
mod enums;
mod structs;
#[cfg(test)]
mod tests;

use ast::Input;
use proc_macro2::TokenStream;
use quote::quote;

pub(crate) fn derive(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let input = match syn::parse2::<syn::DeriveInput>(input) {
        Ok(input) => Input::parse(input, &mut errors),
        Err(error) => {
            errors.push(error);
            None
        }
    };
    let code = match &input {
        Some(Input::Struct(input)) => structs::expand(input),
        Some(Input::Enum(input)) => enums::expand(input),
        None => TokenStream::new(),
    };
    let errors = errors.0.into_iter().map(|error| error.into_compile_error());
    quote! { #(#errors)* #code }
}

/// Everything wrong with the input.
#[derive(Default)]
struct Errors(Vec<syn::Error>);

impl Errors {
    fn push(&mut self, error: syn::Error) {
        self.0.push(error);
    }

    fn at(&mut self, tokens: impl quote::ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }
}

/// `code` in a scope of its own, in which `__f` is the module that it names things in.
fn scope(path: &syn::Path, code: &TokenStream) -> TokenStream {
    quote! {
        #[doc(hidden)]
        #[allow(missing_docs, unreachable_pub, private_interfaces, private_bounds, unused_qualifications, clippy::all, clippy::pedantic)]
        const _: () = {
            use #path::__private::arrow as __f;
            #[allow(unused_imports)]
            use __f::{Append as _, ColumnBuilder as _, ColumnReader as _};
            #code
        };
    }
}
