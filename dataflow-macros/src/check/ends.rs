//! Heads stand first, ends stand last, and every chain has a purpose.

use crate::ast::Head;
use crate::errors::Errors;
use crate::resolve::{Graph, Node};
use crate::spec::{Role, Spec};
use crate::words;

/// Every step stands where it can.
pub(super) fn heads_and_ends(errors: &mut Errors, graph: &Graph) {
    for node in &graph.nodes {
        if let Some(spec) = node.spec {
            place(errors, graph, node, spec);
        }
    }
    for statement in &graph.flow.statements {
        let Head::Stream(stream) = &statement.head else { continue };
        if statement.steps.is_empty() && statement.name.is_none() && !statement.broken {
            let name = &stream.name;
            errors.at(name.span(), format!("nothing is done with `{name}` here; write `{name} -> …`"));
        }
    }
}

fn place(errors: &mut Errors, graph: &Graph, node: &Node, spec: &Spec) {
    let (word, span) = (spec.word, node.call.word.span());
    let Some(statement) = graph.flow.statements.get(node.statement) else { return };
    if node.place.first && !spec.role.is_head() {
        errors.at(span, format!("`{word}` cannot start a chain; write `stream {}`", spec.usage()));
        return;
    }
    if !node.place.first && spec.role.is_head() {
        errors.at(span, format!("`{word}` starts a chain and cannot follow `->`; write `name = {};`", spec.usage()));
        return;
    }
    if spec.role.is_end() {
        if !node.place.last {
            errors.at(span, format!("`{word}` ends a chain, so nothing can follow it; write `;` here, and name the stream before it to use it twice"));
        } else if let Some(name) = &statement.name {
            errors.at(name.span(), format!("`{word}` ends a chain, so there is nothing to name; leave out `{name} =`"));
        }
    } else if node.place.last && statement.name.is_none() && !statement.broken {
        let message = if spec.has_main() {
            format!(
                "the chain goes nowhere after `{word}`; add `-> output(\"id\", sink)` or `-> discard(\"why\")`, or name it, `name = …`"
            )
        } else {
            let ports: Vec<_> = spec.ports().map(|port| format!("name.{port}")).collect();
            format!("the chain goes nowhere after `{word}`; name it, `name = …`, and use {}", words::and(&ports))
        };
        errors.at(span, message);
    } else if !node.place.last && !spec.has_main() {
        let ports: Vec<_> = spec.ports().map(|port| format!("name.{port}")).collect();
        let message = format!(
            "`{word}` has no main output, so nothing can follow it; end the statement here, `name = … {};`, and continue from {}",
            spec.usage(),
            words::and(&ports)
        );
        errors.at(span, message);
    }
}

/// A flow reads from somewhere and writes to somewhere.
pub(super) fn inputs_and_outputs(errors: &mut Errors, graph: &Graph) {
    // What is missing may be what another mistake stands for.
    let unclear = |node: &Node| {
        let Some(spec) = node.spec else { return true };
        let headless = node.place.first != spec.role.is_head() || node.bound.streams.len() < spec.role.streams();
        let named = graph.flow.statements.get(node.statement).is_some_and(|statement| statement.name.is_some());
        headless || (node.place.last && !named && !spec.role.is_end())
    };
    let lost = |node: &Node| node.inputs.contains(&None);
    if !graph.flow.parsed || graph.nodes.iter().any(lost) || graph.nodes.iter().any(unclear) {
        return;
    }
    let has = |role: Role| graph.nodes.iter().any(|node| node.spec.is_some_and(|spec| spec.role == role));
    let name = &graph.flow.name;
    let fix = "write `input(\"id\", source) -> … -> output(\"id\", sink);`";
    let message = match (has(Role::Source), has(Role::Sink)) {
        (true, true) => return,
        (false, true) => format!("flow `{name}` has no input; {fix}"),
        (true, false) => format!("flow `{name}` has no output; {fix}"),
        (false, false) => format!("flow `{name}` has no input and no output; {fix}"),
    };
    errors.at(name.span(), message);
}
