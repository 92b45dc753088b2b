//! Arguments: count, names, closures, durations.

use crate::errors::Errors;
use crate::resolve::Graph;
use crate::spec::{Role, Streams};
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
        if let Role::Gather(Streams { most, .. }) = spec.role
            && let Some(stream) = node.bound.streams.get(most)
        {
            let number = words::count(most, "stream");
            let fix = match most {
                2 => format!("write `{}`", spec.usage()),
                _ => format!("name what some of them make, `name = {};`, and read that here", spec.usage()),
            };
            errors.over(stream, format!("`{}` takes at most {number}, and this is one more; {fix}", spec.word));
        }
    }
}
