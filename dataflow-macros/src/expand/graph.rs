//! The graph of a flow as a constant.

use crate::ast::Flow;
use crate::emit::paths;
use crate::parse::{doc_text, text_of};
use crate::plan::{Edge, Plan, PlannedStep};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

/// The constant of a planned flow.
pub(super) fn constant(plan: &Plan) -> TokenStream {
    let steps: Vec<_> = plan.steps.iter().map(step).collect();
    let edges: Vec<_> = plan.edges.iter().map(edge).collect();
    of(plan.flow, &steps, &edges)
}

/// The constant of a flow with mistakes: its name and what its doc comment says.
pub(super) fn empty(flow: &Flow) -> TokenStream {
    of(flow, &[], &[])
}

fn of(flow: &Flow, steps: &[TokenStream], edges: &[TokenStream]) -> TokenStream {
    let (graph, name) = (path("Graph"), plain(&flow.name));
    let docs = flow.attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let doc = doc_text(docs.filter_map(text_of).map(|text| text.value()));
    quote!(#graph { name: #name, doc: #doc, steps: &[#(#steps),*], edges: &[#(#edges),*] })
}

fn step(step: &PlannedStep) -> TokenStream {
    let path = path("Step");
    let (id, word, operator, keyed, stateful) =
        (&step.id, step.spec.word, step.operator, step.keyed, step.spec.stateful);
    quote!(#path { id: #id, word: #word, operator: #operator, keyed: #keyed, stateful: #stateful })
}

fn edge(edge: &Edge) -> TokenStream {
    let (path, way) = (path("Edge"), path("Way"));
    let variant = format_ident!("{}", format!("{:?}", edge.way), span = Span::mixed_site());
    let (from, port, to) = (edge.from, edge.port, edge.to);
    quote!(#path { from: #from, port: #port, to: #to, way: #way::#variant })
}

fn path(name: &str) -> TokenStream {
    paths::graph(Span::mixed_site(), name)
}

/// An identifier's name without `r#`.
pub(super) fn plain(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}
