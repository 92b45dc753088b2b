//! The compiler of the `dataflow!` language, and `#[derive(Record)]`.

mod ast;
mod bind;
mod check;
mod driver;
mod durations;
mod emit;
mod errors;
mod expand;
mod lock;
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

/// What `#[derive(Record)]` is without the feature `parquet`: an error that names it.
#[doc(hidden)]
#[proc_macro_derive(RecordIsOff, attributes(record))]
pub fn derive_record_is_off(_input: TokenStream) -> TokenStream {
    let message = "`#[derive(Record)]` needs the feature `parquet` of `flowstone`, which is off; run `cargo add flowstone --features parquet`";
    syn::Error::new(proc_macro2::Span::call_site(), message).to_compile_error().into()
}

/// Derives the Arrow schema, column builders and readers of a struct.
#[proc_macro_derive(Record, attributes(record))]
pub fn derive_record(input: TokenStream) -> TokenStream {
    record::derive(input.into()).into()
}
