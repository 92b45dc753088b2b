//! Every stream is used, and every port that must be.

use crate::errors::Errors;
use crate::resolve::{Graph, Made, Name, Node, Port};
use crate::spec::Spec;
use crate::words;

/// Reports streams and ports that nothing reads.
pub(super) fn outputs(errors: &mut Errors, graph: &Graph) {
    let excused = |name: &Name| name.excused || (graph.lost && !name.used);
    for name in graph.names.iter().filter(|name| !excused(name)) {
        let ports = match name.made {
            Made::Unknown => continue,
            Made::Step(node) => free(graph, node),
            Made::Alias(_) if name.used => continue,
            Made::Alias(_) => vec![""],
        };
        let ident = name.ident;
        match ports.as_slice() {
            [] => {}
            [""] if !name.used => {
                let message =
                    format!("stream `{ident}` is never used; write `{ident} -> discard(\"why\");` or remove it");
                errors.at(ident.span(), message);
            }
            ports => errors.at(ident.span(), unused_ports(&ident.to_string(), ports)),
        }
    }
    for (number, node) in graph.nodes.iter().enumerate() {
        if let (Some(spec), false) = (node.spec, node.place.last) {
            mid_chain(errors, &free(graph, number), node, spec);
        }
    }
}

/// A step in mid-chain: what follows reads its main output, and nothing can read the others.
fn mid_chain(errors: &mut Errors, free: &[&str], node: &Node, spec: &Spec) {
    let port = free.iter().find(|port| !port.is_empty() && spec.has_main());
    if let Some(port) = port {
        let (word, usage) = (spec.word, spec.usage());
        let message = format!(
            "`.{port}` of `{word}` is not used; end the statement here and name it: \
             `name = … {usage}; name.{port} -> discard(\"why\"); name -> …`"
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
    let (verb, them) = if full.len() == 1 { ("is", "it") } else { ("are", "them") };
    format!("{} {verb} not used; use {them} or write `{}`", words::and(&full), fixes.join(" "))
}
