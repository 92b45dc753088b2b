//! Ids: there where state or position is found again by them, and each one once.

use crate::errors::Errors;
use crate::resolve::Graph;
use crate::spec::Id;
use std::collections::BTreeSet;

/// Checks the ids of a flow's steps.
pub(super) fn ids(errors: &mut Errors, graph: &Graph) {
    let mut seen = BTreeSet::new();
    for node in &graph.nodes {
        let (Some(spec), Some(parens)) = (node.spec, &node.call.parens) else { continue };
        match (&parens.text, spec.id) {
            (_, Id::Never) | (None, Id::Optional) => {}
            // What is wrong with the arguments may be the id.
            (None, Id::Needed) if parens.broken || node.bound.no_literal => {}
            (None, Id::Needed) => {
                let message = format!("`{}` needs an id; write `{}`", spec.word, spec.usage());
                errors.at(node.call.word.span(), message);
            }
            (Some(text), _) if text.value().trim().is_empty() => {
                errors.at(text.span(), format!("an id cannot be empty; write `{}`", spec.usage()));
            }
            (Some(text), _) if !seen.insert(text.value()) => {
                let message = format!("id `{}` is used twice in this flow; choose another", text.value());
                errors.at(text.span(), message);
            }
            (Some(_), _) => {}
        }
    }
}
