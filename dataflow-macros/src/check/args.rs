//! Arguments: count, names, closures, durations.

use crate::errors::Errors;
use crate::resolve::Graph;
use crate::words;

/// Reports what sorting the arguments into their places has found.
pub(super) fn arguments(errors: &mut Errors, graph: &Graph) {
    for node in &graph.nodes {
        node.bound.problems.iter().for_each(|problem| errors.push(problem.clone()));
        let Some(spec) = node.spec else { continue };
        let least = spec.role.streams();
        if node.bound.complete && node.place.first && node.bound.streams.len() < least {
            let number = words::count(least, "stream");
            let message = format!("`{}` needs at least {number}; write `{}`", spec.word, spec.usage());
            errors.at(node.call.word.span(), message);
        }
    }
}
