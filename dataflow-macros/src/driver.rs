//! The order of the phases: parse, resolve, check, plan, expand. No other file knows it.

use crate::ast::Flow;
use crate::errors::Errors;
use crate::resolve::Graph;
use crate::{check, expand, parse, plan, resolve};
use proc_macro2::TokenStream;

/// The whole compiler: the tokens of one macro call to items.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut items = compile(&mut errors, tokens);
    // Behind the items, so that these stand at the same place in a flow with a mistake as without.
    items.extend(errors.into_compile_errors());
    items
}

fn compile(errors: &mut Errors, tokens: TokenStream) -> TokenStream {
    let flows = parse::flows(errors, tokens);
    check::flows(errors, &flows);
    let first = |at: usize| !flows.iter().take(at).any(|other| other.name == flows[at].name);
    (0..flows.len()).filter(|at| first(*at)).map(|at| flow(errors, &flows[at])).collect()
}

/// The graph of a flow, and what is wrong with it.
pub(crate) fn graph<'f>(errors: &mut Errors, flow: &'f Flow) -> Graph<'f> {
    if flow.guessed {
        let mut unsaid = Errors::default();
        let graph = resolve::resolve(&mut unsaid, flow);
        unsaid.forget();
        return graph;
    }
    let before = errors.len();
    let graph = resolve::resolve(errors, flow);
    check::graph(errors, &graph);
    // Of a flow with mistakes it is not known yet which steps it will have.
    if flow.parsed && errors.len() == before {
        check::lock(errors, &graph);
    }
    graph
}

fn flow(errors: &mut Errors, flow: &Flow) -> TokenStream {
    let before = errors.len();
    let plan = plan::plan(&graph(errors, flow));
    let sound = flow.parsed && errors.len() == before;
    if sound { expand::flow(&plan) } else { expand::stand_in(&plan) }
}
