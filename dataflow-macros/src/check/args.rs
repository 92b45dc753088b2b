//! Arguments: count, names, closures, durations.

use crate::bind::{self, Value};
use crate::errors::Errors;
use crate::resolve::Graph;
use crate::spec::{self, Role, Shape, Streams};
use crate::steps::calls;
use crate::words;
use quote::ToTokens;
use syn::Expr;

/// Reports clocks of several streams that have no function for each.
pub(super) fn clocks(errors: &mut Errors, graph: &Graph) {
    for node in &graph.nodes {
        let Some(spec) = node.spec else { continue };
        // Of too many streams it is said that they are.
        let Role::Gather(Streams { least, most, .. }) = spec.role else { continue };
        if !(least..=most).contains(&node.bound.streams.len()) {
            continue;
        }
        for (param, value) in spec.params.iter().zip(&node.bound.values) {
            let (Shape::Clock, Some(Value::Expr(value))) = (param.shape, value) else { continue };
            let Some(call) = bind::inner_call(value) else { continue };
            let Some(inner) = calls::find(&call.word.to_string()) else { continue };
            let bound = bind::inner(inner, &call);
            for (param, value) in inner.params.iter().zip(&bound.values) {
                let (Shape::Closure(of), Some(Value::Expr(value))) = (param.shape, value) else { continue };
                let streams = node.bound.streams.len();
                let closures = match value {
                    Expr::Tuple(all) => all.elems.len(),
                    _ => 1,
                };
                if let Expr::Tuple(all) = value {
                    let each = all.elems.iter().flat_map(|closure| bind::no_closure_for(inner.word, param, closure));
                    each.for_each(|problem| errors.push(problem));
                }
                if closures != streams {
                    let one = match value {
                        Expr::Closure(closure) => words::code(closure.to_token_stream()),
                        _ => format!("|{}| …", of.join(", ")),
                    };
                    let each = format!("({})", vec![one; streams].join(", "));
                    let others = inner.params.iter().filter(|other| other.name != param.name);
                    let others: Vec<_> = others.copied().collect();
                    let all: Vec<_> = std::iter::once(each).chain(spec::usage(&others)).collect();
                    let message = format!(
                        "`{}` takes the time of each of its {streams} streams with a separate closure; write `{}({})`",
                        spec.word,
                        inner.word,
                        all.join(", ")
                    );
                    errors.over(value, message);
                }
            }
        }
    }
}

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
