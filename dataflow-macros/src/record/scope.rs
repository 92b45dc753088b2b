//! The scope in which derived code stands.

use proc_macro2::TokenStream;
use quote::quote;

/// `code` in a scope of its own, in which `__f` is the module that it names things in.
pub(super) fn scope(path: &syn::Path, code: &TokenStream) -> TokenStream {
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
