//! What rustc cannot know: one small pass for each kind of rule.

mod args;
mod captures;
mod ends;
mod header;
mod ids;
mod lock;
mod state;
mod unused;

pub(crate) use lock::lock;

use crate::ast::Flow;
use crate::errors::Errors;
use crate::resolve::Graph;

/// The rules over all flows of a macro call.
pub(crate) fn flows(errors: &mut Errors, flows: &[Flow]) {
    header::names(errors, flows);
}

/// The rules within one flow.
pub(crate) fn graph(errors: &mut Errors, graph: &Graph) {
    header::parameters(errors, graph.flow);
    args::arguments(errors, graph);
    args::clocks(errors, graph);
    captures::captures(errors, graph);
    state::state(errors, graph);
    ids::ids(errors, graph);
    ends::heads_and_ends(errors, graph);
    ends::inputs_and_outputs(errors, graph);
    unused::outputs(errors, graph);
}
