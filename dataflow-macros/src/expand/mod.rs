//! Plan to Rust: one call of `ops::WORD` a step, each bound to a hidden variable.

mod call;
mod closures;
mod graph;
mod items;
mod keys;
mod late;
mod locked;
mod value;

use crate::emit::{paths, spans};
use crate::plan::Plan;
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

/// The items of a flow.
pub(crate) fn flow(plan: &Plan) -> TokenStream {
    items::items(plan.flow, &graph::constant(plan), &body(plan), true)
}

/// The same items for a flow with mistakes, so that these stay the only ones reported. Its steps before the first
/// mistake are there for editors alone: to rustc their types may be incomplete without those that follow.
///
/// They stand where they stand in a sound flow: an editor completes from an expansion with a name at the cursor, and looks
/// for types at the same place of the expansion without it, which is a flow with a mistake as a rule.
pub(crate) fn stand_in(plan: &Plan) -> TokenStream {
    items::items(plan.flow, &graph::empty(plan.flow), &body(plan), false)
}

fn body(plan: &Plan) -> TokenStream {
    let span = plan.flow.name.span();
    let name = &plan.flow.name;
    let (make, cx) = (paths::private(span, "flow"), spans::hidden("cx"));
    let (context, steps) = (paths::private(Span::mixed_site(), "Cx"), steps(plan));
    let generated = spans::generated(span);
    let parameters = items::parameters(plan.flow);
    let body = quote_spanned! {generated=>
        #(#parameters)*
        #make(&#name::GRAPH, move |#cx: &#context<'_>| { #steps })
    };
    match &plan.flow.lock {
        Some(path) => locked::locked(path, &body),
        None => body,
    }
}

fn steps(plan: &Plan) -> TokenStream {
    let mut left: Vec<Vec<usize>> = plan.steps.iter().map(|step| step.readers.clone()).collect();
    (0..plan.steps.len()).map(|number| call::step(plan, number, &mut left)).chain(late::known(plan)).collect()
}
