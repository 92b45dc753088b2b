//! Every stream is used, and every port that must be.

use crate::errors::Errors;
use crate::resolve::{Graph, Made, Node, Port};
use crate::spec::Spec;
use crate::words;

/// Reports streams and ports that nothing reads.
pub(super) fn outputs(errors: &mut Errors, graph: &Graph) {
    for name in &graph.names {
        let ident = name.ident;
        match name.made {
            Made::Unknown => {}
            _ if name.excused => {}
            Made::Step(node) if is_end(&graph.nodes[node]) => {}
            Made::Step(_) | Made::Alias(_) if !name.used => {
                let ports = match name.made {
                    Made::Step(node) => free(graph, node),
                    _ => Vec::new(),
                };
                let message = match ports.as_slice() {
                    [] | [""] => {
                        format!("stream `{ident}` is never used; write `{ident} -> discard(\"why\");` or remove it")
                    }
                    _ => unused_ports(&ident.to_string(), &ports),
                };
                errors.at(ident.span(), message);
            }
            Made::Alias(_) => {}
            Made::Step(node) => {
                let ports = free(graph, node);
                if !ports.is_empty() {
                    errors.at(ident.span(), unused_ports(&ident.to_string(), &ports));
                }
            }
        }
    }
    for (number, node) in graph.nodes.iter().enumerate() {
        if let (Some(spec), false) = (node.spec, node.place.last) {
            mid_chain(errors, graph, number, node, spec);
        }
    }
}

/// A step in mid-chain: what follows reads its main output, and nothing can read the others.
fn mid_chain(errors: &mut Errors, graph: &Graph, number: usize, node: &Node, spec: &Spec) {
    let ports = free(graph, number);
    if ports.is_empty() || !spec.has_main() || spec.role.is_end() {
        return;
    }
    let broken_after = graph.flow.statements.get(node.statement).is_some_and(|statement| statement.broken);
    let ports: Vec<_> = ports.iter().filter(|port| !(broken_after && port.is_empty())).collect();
    if let Some(port) = ports.iter().find(|port| !port.is_empty()) {
        let message = format!(
            "`.{port}` of `{}` is not used; name the stream, `name = … {};`, then `name.{port} -> discard(\"why\");` and go on with `name -> …`",
            spec.word,
            spec.usage()
        );
        errors.at(node.call.word.span(), message);
    }
}

/// The outputs that must be used and are not.
fn free(graph: &Graph, node: usize) -> Vec<&'static str> {
    let outputs = graph.nodes[node].spec.map_or(&[][..], |spec| spec.outputs).iter().enumerate();
    let free = outputs.filter(|(output, of)| of.must_use && !graph.taken.contains(&Port { node, output: *output }));
    free.map(|(_, output)| output.port).collect()
}

fn unused_ports(name: &str, ports: &[&str]) -> String {
    let full = |port: &&str| if port.is_empty() { name.to_owned() } else { format!("{name}.{port}") };
    let full: Vec<_> = ports.iter().map(full).collect();
    let fixes: Vec<_> = full.iter().map(|port| format!("{port} -> discard(\"why\");")).collect();
    let verb = if full.len() == 1 { "is" } else { "are" };
    format!("{} {verb} not used; use it or write `{}`", words::and(&full), fixes.join(" "))
}

fn is_end(node: &Node) -> bool {
    node.spec.is_some_and(|spec| spec.role.is_end())
}
