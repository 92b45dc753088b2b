//! The compiler of the `dataflow!` language, and `#[derive(Record)]`.

mod ast;
mod bind;
mod check;
mod driver;
mod durations;
mod emit;
mod errors;
mod expand;
mod parse;
mod plan;
mod record;
mod resolve;
mod spec;
mod steps;
#[cfg(test)]
mod tests;
mod words;

use proc_macro::TokenStream;

#[doc = include_str!("language.md")]
#[proc_macro]
pub fn dataflow(input: TokenStream) -> TokenStream {
    driver::expand(input.into()).into()
}

/// Derives the Arrow schema, column builders and readers of a struct.
#[proc_macro_derive(Record, attributes(record))]
pub fn derive_record(input: TokenStream) -> TokenStream {
    record::derive(input.into()).into()
}
