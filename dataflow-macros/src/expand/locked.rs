//! A flow and its lock: the file's text goes into the program, which compares the types of what its steps keep.

use crate::emit::paths;
use crate::lock::{self, LockLocation, VARIABLE};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::LitStr;

/// The `body` of a flow that makes a `Flow` with its lock. What it names of files and variables is what cargo builds the
/// program anew for.
pub(super) fn locked(path: &LitStr, body: &TokenStream) -> TokenStream {
    let locked = paths::private(Span::mixed_site(), "locked");
    let (path, file) = match lock::place(path) {
        LockLocation::Package(path) => {
            let inner = format!("/{path}");
            (path, quote!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #inner)))
        }
        LockLocation::Elsewhere(path) => (path.clone(), quote!(#path)),
    };
    let text = match lock::renewing() {
        true => quote!(::core::option::Option::None),
        false => quote!(::core::option::Option::Some(::core::include_str!(#file))),
    };
    quote! {
        const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(#VARIABLE);
        #locked({ #body }, #path, #text)
    }
}
