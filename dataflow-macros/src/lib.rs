//! The compiler of the `dataflow!` language, and `#[derive(Record)]`.

mod record;

use proc_macro::TokenStream;

/// Derives the Arrow schema, column builders and readers of a struct.
#[proc_macro_derive(Record, attributes(record))]
pub fn derive_record(input: TokenStream) -> TokenStream {
    record::derive(input.into()).into()
}
