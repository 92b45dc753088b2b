//! `#[derive(Record)]`: parse, then expand. Mistakes in attributes are all reported, and the rest expands all the same,
//! so that one mistake does not bring on others.

mod ast;
mod case;
mod enums;
mod errors;
mod scope;
mod structs;
#[cfg(test)]
mod tests;

use ast::Input;
use errors::Errors;
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
    let errors = errors.into_compile_errors();
    quote! { #(#errors)* #code }
}
