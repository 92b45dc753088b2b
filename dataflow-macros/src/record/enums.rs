//! An enum without fields: a dictionary of its variants' names.

use super::ast::Enum;
use super::scope::scope;
use proc_macro2::TokenStream;
use quote::quote;

pub(super) fn expand(input: &Enum) -> TokenStream {
    let name = &input.name;
    let names = input.variants.iter().map(|(_, name)| name);
    let variants: Vec<_> = input.variants.iter().map(|(variant, _)| variant).collect();
    let indices: Vec<usize> = (0..variants.len()).collect();
    let key = if variants.len() <= 1 << 7 {
        quote! { __f::Int8Type }
    } else {
        quote! { __f::Int16Type }
    };
    let rest = (!input.all).then(|| quote! { _ => 0 });
    let code = quote! {
        #[automatically_derived]
        impl __f::Variants for #name {
            const NAMES: &'static [&'static str] = &[#(#names),*];

            #[inline]
            fn index(&self) -> usize {
                match self { #(Self::#variants => #indices,)* #rest }
            }

            #[inline]
            fn at(index: usize) -> __f::Option<Self> {
                match index {
                    #(#indices => __f::Option::Some(Self::#variants),)*
                    _ => __f::Option::None,
                }
            }
        }

        #[automatically_derived]
        impl __f::Field for #name {
            type Builder = __f::Named<#name, #key>;
            type Reader = __f::VariantReader<#name>;
        }

        #[automatically_derived]
        impl __f::ListItem for #name {}

        #[automatically_derived]
        impl __f::PartitionValue for #name {
            fn write(value: &Self, text: &mut __f::String) -> bool {
                text.push_str(<Self as __f::Variants>::NAMES[__f::Variants::index(value)]);
                true
            }

            #[inline]
            fn key(value: &Self, key: &mut __f::Vec<u8>) {
                __f::variant_key(__f::Variants::index(value), key);
            }
        }
    };
    scope(&input.path, &code)
}
