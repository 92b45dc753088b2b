//! The items of a flow around its body: the same whether it was sound or not.

use super::graph::plain;
use crate::ast::{Flow, Parameter};
use crate::emit::{paths, spans};
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Ident};

/// The function, the struct of the same name with the graph, and, where there are no generics, what `main` needs.
pub(super) fn items(flow: &Flow, graph: &TokenStream, body: &TokenStream, sound: bool) -> TokenStream {
    let (function, of_struct) = (function(flow, body, sound), of_struct(flow, graph));
    let main = flow.generics.params.is_empty().then(|| main(flow, sound));
    quote!(#function #of_struct #main)
}

fn function(flow: &Flow, body: &TokenStream, sound: bool) -> TokenStream {
    let Flow { attributes, visibility, name, generics, parameters, .. } = flow;
    let clause = &generics.where_clause;
    let (names, types): (Vec<_>, Vec<_>) = parameters.iter().map(|of| (&of.name, &of.ty)).unzip();
    let result = paths::flow(Span::mixed_site());
    let made = spans::hidden("flow");
    // For everybody, or for editors alone: in words of one length, so that what follows is at the same place.
    let who = if sound { quote!(all()) } else { quote!(any()) };
    let otherwise = (!sound).then(|| {
        let unbuildable = paths::private(Span::mixed_site(), "unbuildable");
        quote! {
            #[cfg(not(rust_analyzer))]
            let #made = {
                let _ = (#(&#names,)*);
                #unbuildable()
            };
        }
    });
    quote! {
        #(#attributes)*
        #[allow(
            unexpected_cfgs,
            clippy::let_and_return,
            clippy::needless_pass_by_value,
            clippy::redundant_closure,
            clippy::redundant_closure_for_method_calls,
            clippy::too_many_arguments
        )]
        #visibility fn #name #generics(#(#names: #types),*) -> #result #clause {
            #[cfg(any(#who, rust_analyzer))]
            let #made = { #body };
            #otherwise
            #made
        }
    }
}

/// `let name = …(name);` for each parameter: what it must be is asked where its type stands.
pub(super) fn parameters(flow: &Flow) -> impl Iterator<Item = TokenStream> {
    flow.parameters.iter().map(|Parameter { name, ty, .. }| {
        let span = ty.span();
        let (check, mut value) = (paths::parameter(span), name.clone());
        value.set_span(name.span().located_at(span));
        quote_spanned!(span=> let #name = #check(#value);)
    })
}

fn of_struct(flow: &Flow, graph: &TokenStream) -> TokenStream {
    let (visibility, name) = (&flow.visibility, &flow.name);
    let (docs, gates) = (with(flow, &["doc"]), with(flow, &["cfg"]));
    let ty = paths::graph(Span::mixed_site(), "Graph");
    let allows = allows();
    quote! {
        #(#gates)*
        #(#docs)*
        #allows
        #visibility struct #name {}

        #(#gates)*
        #[automatically_derived]
        #allows
        impl #name {
            /// The graph of this flow.
            #visibility const GRAPH: #ty = #graph;
        }
    }
}

/// Without parameters where the flow is not `sound`: what is wrong may be one of them.
fn main(flow: &Flow, sound: bool) -> TokenStream {
    let name = &flow.name;
    let gates = with(flow, &["cfg"]);
    let span = Span::mixed_site();
    let (main, result, graph) = (paths::main(span), paths::flow(span), paths::graph(span, "Graph"));
    let parameter = paths::private(span, "Parameter");
    let parameters = if sound { flow.parameters.as_slice() } else { &[] };
    let types = parameters.iter().map(|of| &of.ty);
    let rows = parameters.iter().map(row);
    let places: Vec<_> = (0..parameters.len()).map(|at| format_ident!("parameter_{at}", span = span)).collect();
    let all = spans::hidden("parameters");
    let made = if sound {
        quote!(#name(#(#places),*))
    } else {
        let unbuildable = paths::private(span, "unbuildable");
        quote!(#unbuildable())
    };
    let allows = allows();
    quote! {
        #(#gates)*
        #[automatically_derived]
        #allows
        impl #main for #name {
            type Parameters = (#(#types,)*);
            const GRAPH: &'static #graph = &#name::GRAPH;
            const PARAMETERS: &'static [#parameter] = &[#(#rows),*];
            fn flow(#all: Self::Parameters) -> #result {
                let (#(#places,)*) = #all;
                #made
            }
        }
    }
}

fn row(parameter: &Parameter) -> TokenStream {
    let path = paths::private(Span::mixed_site(), "Parameter");
    let (name, doc) = (plain(&parameter.name), &parameter.doc);
    let default = match &parameter.default {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    };
    quote!(#path { name: #name, doc: #doc, default: #default })
}

/// What the user's lints would say of items that they did not write.
fn allows() -> TokenStream {
    quote! {
        #[allow(
            dead_code,
            deprecated,
            missing_copy_implementations,
            missing_debug_implementations,
            missing_docs,
            non_camel_case_types,
            unreachable_pub,
            unused_qualifications,
            clippy::let_unit_value,
            clippy::unused_unit
        )]
    }
}

fn with<'a>(flow: &'a Flow, names: &[&str]) -> Vec<&'a Attribute> {
    let named = |attribute: &&Attribute| {
        let path = attribute.path();
        names.iter().any(|name| path.get_ident().is_some_and(|ident: &Ident| ident == name))
    };
    flow.attributes.iter().filter(named).collect()
}
