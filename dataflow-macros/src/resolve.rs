//! Syntax tree to graph: which step reads what, and which names stand for which streams.

use crate::ast::{Arg, Call, Flow, Head, Parens, Statement, StreamRef};
use crate::bind::{self, Bound};
use crate::errors::Errors;
use crate::spec::{Role, Spec};
use crate::steps;
use crate::words;
use quote::{ToTokens, quote};
use std::collections::BTreeSet;
use syn::{Expr, Ident, Member, Type};

/// The steps of a flow and what they read, with the mistakes still in it.
pub(crate) struct Graph<'a> {
    pub(crate) flow: &'a Flow,
    /// In the order in which they are written.
    pub(crate) nodes: Vec<Node<'a>>,
    pub(crate) names: Vec<Name<'a>>,
    /// Outputs that something reads.
    pub(crate) taken: BTreeSet<Port>,
    /// True where something reads a stream that there is not.
    pub(crate) lost: bool,
}

/// One step.
pub(crate) struct Node<'a> {
    pub(crate) call: &'a Call,
    /// `None` where the word is no step.
    pub(crate) spec: Option<&'static Spec>,
    pub(crate) bound: Bound<'a>,
    pub(crate) statement: usize,
    pub(crate) place: ChainPosition,
    /// `None` where it could not be found out what is read.
    pub(crate) inputs: Vec<Option<Port>>,
    /// The types that are asserted, each of an output.
    pub(crate) asserts: Vec<(usize, &'a Type)>,
}

/// Where in its chain a step stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChainPosition {
    pub(crate) first: bool,
    pub(crate) last: bool,
}

/// An output of a step.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Port {
    pub(crate) node: usize,
    pub(crate) output: usize,
}

/// A named stream.
pub(crate) struct Name<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) statement: usize,
    pub(crate) made: Made,
    pub(crate) used: bool,
    /// True where a mistake that is reported elsewhere may be why it looks unused.
    pub(crate) excused: bool,
}

/// What a name stands for.
#[derive(Clone, Copy)]
pub(crate) enum Made {
    /// Something that a mistake keeps from being known.
    Unknown,
    /// All outputs of a step.
    Step(usize),
    /// One output under another name.
    Alias(Port),
}

/// Builds the graph; reports what concerns names.
pub(crate) fn resolve<'a>(errors: &mut Errors, flow: &'a Flow) -> Graph<'a> {
    let named = flow.statements.iter().enumerate();
    let names = named.filter_map(|(statement, written)| {
        let ident = written.name.as_ref()?;
        let excused = flow.mentioned.contains(&ident.to_string());
        Some(Name { ident, statement, made: Made::Unknown, used: false, excused })
    });
    let graph = Graph { flow, nodes: Vec::new(), names: names.collect(), taken: BTreeSet::new(), lost: false };
    let mut resolver = Resolver { errors, graph };
    for (number, statement) in flow.statements.iter().enumerate() {
        resolver.statement(number, statement);
    }
    resolver.graph
}

struct Resolver<'e, 'a> {
    errors: &'e mut Errors,
    graph: Graph<'a>,
}

impl<'a> Resolver<'_, 'a> {
    fn statement(&mut self, number: usize, statement: &'a Statement) {
        let mut stream = match &statement.head {
            Head::Missing => None,
            Head::Stream(stream) => self.reference(stream, number),
            Head::Call(call) => self.node(call, number, None, statement.steps.is_empty()),
        };
        for (at, call) in statement.steps.iter().enumerate() {
            stream = self.node(call, number, Some(stream), at + 1 == statement.steps.len());
        }
        if let Some(name) = self.graph.names.iter().position(|name| name.statement == number) {
            self.name(name, statement, stream);
        }
    }

    /// Says what the name of a statement stands for, whose chain gives `stream`.
    fn name(&mut self, name: usize, statement: &'a Statement, stream: Option<Port>) {
        if self.graph.names.iter().take(name).any(|other| other.ident == self.graph.names[name].ident) {
            let ident = self.graph.names[name].ident;
            self.errors.at(ident.span(), format!("stream `{ident}` is defined twice; give one of them another name"));
            self.graph.names[name].excused = true;
        }
        let calls = usize::from(matches!(statement.head, Head::Call(_))) + statement.steps.len();
        let made = match (stream, calls, self.graph.nodes.len().checked_sub(1)) {
            _ if statement.broken => Made::Unknown,
            (Some(port), 0, _) => Made::Alias(port),
            (_, 1.., Some(last)) if self.graph.nodes[last].spec.is_some() => Made::Step(last),
            _ => Made::Unknown,
        };
        self.graph.names[name].made = made;
        match (&statement.item, stream, made) {
            (Some(item), Some(port), _) => self.graph.nodes[port.node].asserts.push((port.output, item)),
            (Some(item), None, Made::Step(node)) if !self.is_end(node) => {
                let word = &self.graph.nodes[node].call.word;
                let message = format!("`{word}` has no main output whose type could be declared; remove this");
                self.errors.over(item, message);
            }
            _ => {}
        }
    }

    /// Adds a step that stands behind `input`, or at the head where that is `None`; gives its main output.
    fn node(&mut self, call: &'a Call, statement: usize, input: Option<Option<Port>>, last: bool) -> Option<Port> {
        let word = call.word.to_string();
        let spec = steps::find(&word);
        if spec.is_none() {
            let message = self.no_step(call, input.is_none());
            self.errors.at(call.word.span(), message);
        }
        let bound = spec.map(|spec| bind::step(spec, call)).unwrap_or_default();
        let mut inputs: Vec<_> = match spec.map(|spec| spec.role) {
            Some(Role::Step | Role::Sink | Role::Drain) => vec![input.flatten()],
            _ => Vec::new(),
        };
        if spec.is_none() {
            // What it would have read is not unused.
            call.parens.iter().flat_map(|parens| &parens.args).for_each(|arg| self.excuse(&arg.value));
        }
        for value in &bound.streams {
            let port = match stream(value) {
                Some(stream) => self.reference(&stream, statement),
                None => {
                    let message = format!("`{word}` takes named streams; give this one a name before, `name = …;`");
                    self.errors.over(value, message);
                    None
                }
            };
            inputs.push(port);
        }
        let place = ChainPosition { first: input.is_none(), last };
        let node = self.graph.nodes.len();
        self.graph.taken.extend(inputs.iter().flatten());
        self.graph.nodes.push(Node { call, spec, bound, statement, place, inputs, asserts: Vec::new() });
        spec.filter(|spec| spec.has_main()).map(|_| Port { node, output: 0 })
    }

    /// What to say of a call whose word is no step.
    fn no_step(&self, call: &Call, head: bool) -> String {
        let word = call.word.to_string();
        let bare = call.parens.is_none();
        if !head && bare && self.graph.flow.parameters.iter().any(|parameter| parameter.name == call.word) {
            return steps::bare_sink(&word, &word);
        }
        match &call.parens {
            Some(parens) if head => steps::unknown_head(&word, &written(call, parens)),
            _ => steps::unknown(&word),
        }
    }

    /// The output that `name` or `name.port` stands for.
    fn reference(&mut self, stream: &StreamRef, statement: usize) -> Option<Port> {
        let Some(name) = self.graph.names.iter().position(|name| *name.ident == stream.name) else {
            self.unknown(&stream.name);
            return None;
        };
        self.graph.names[name].used = true;
        if self.graph.names[name].statement >= statement {
            self.too_early(&stream.name, statement, name);
            self.graph.names[name].excused = true;
            return None;
        }
        let port = match (self.graph.names[name].made, &stream.port) {
            (Made::Unknown, _) => return None,
            (Made::Alias(port), None) => Ok(port),
            (Made::Alias(_), Some(port)) => Err((port.span(), format!("`{}` has no ports", stream.name))),
            // Reported where the end is named.
            (Made::Step(node), _) if self.is_end(node) => return None,
            (Made::Step(node), port) => output(&self.graph.nodes[node], node, &stream.name, port.as_ref()),
        };
        match port {
            Ok(port) => {
                self.graph.taken.insert(port);
                Some(port)
            }
            Err((span, message)) => {
                self.errors.at(span, message);
                self.graph.names[name].excused = true;
                None
            }
        }
    }

    fn is_end(&self, node: usize) -> bool {
        self.graph.nodes[node].spec.is_some_and(|spec| spec.role.is_end())
    }

    fn unknown(&mut self, ident: &Ident) {
        let word = ident.to_string();
        if self.graph.flow.parameters.iter().any(|parameter| parameter.name == *ident) {
            let message = format!(
                "`{word}` is a parameter of the flow, not a stream; for a source write `input(\"id\", {word})`"
            );
            self.errors.at(ident.span(), message);
            return;
        }
        if let Some(spec) = steps::find(&word) {
            let message = format!("`{word}` needs parentheses; write `{}`", spec.usage());
            self.errors.at(ident.span(), message);
            return;
        }
        let known: Vec<_> = self.graph.names.iter().map(|name| name.ident.to_string()).collect();
        let otherwise = || format!("; define it first with `{word} = …;`");
        let hint = words::did_you_mean(&word, known.iter().map(String::as_str), otherwise);
        self.errors.at(ident.span(), format!("unknown stream `{word}`{hint}"));
        // Any of the streams that look unused may be the one that was meant.
        self.graph.lost = true;
    }

    fn too_early(&mut self, ident: &Ident, statement: usize, name: usize) {
        let maker = self.graph.names[name].statement;
        let message = if maker == statement {
            format!("stream `{ident}` is used in its own definition; a flow has no cycles")
        } else if self.needs(maker, statement, &mut BTreeSet::new()) {
            format!("stream `{ident}` depends on what is defined here; a flow has no cycles")
        } else {
            format!("stream `{ident}` is used before it is defined; move `{ident} = …;` up")
        };
        self.errors.at(ident.span(), message);
    }

    /// Whether `statement` reads, over any number of others, what `other` makes.
    fn needs(&self, statement: usize, other: usize, seen: &mut BTreeSet<usize>) -> bool {
        if !seen.insert(statement) {
            return false;
        }
        let Some(written) = self.graph.flow.statements.get(statement) else { return false };
        let makers: Vec<_> = references(written)
            .iter()
            .filter_map(|ident| self.graph.names.iter().find(|name| name.ident == ident).map(|name| name.statement))
            .collect();
        makers.iter().any(|maker| *maker == other || self.needs(*maker, other, seen))
    }

    fn excuse(&mut self, value: &Expr) {
        let Some(stream) = stream(value) else { return };
        if let Some(name) = self.graph.names.iter().position(|name| *name.ident == stream.name) {
            self.graph.names[name].excused = true;
        }
    }
}

/// `word("text", argument)` as it was written.
fn written(call: &Call, parens: &Parens) -> String {
    let text = parens.text.iter().map(ToTokens::to_token_stream);
    let args = parens.args.iter().map(|Arg { name, value }| match name {
        Some(name) => quote!(#name = #value),
        None => value.to_token_stream(),
    });
    let (word, args) = (&call.word, text.chain(args));
    words::code(quote!(#word(#(#args),*)))
}

/// The output of `node` that is meant by its name, or by a port of it.
fn output(node: &Node, number: usize, name: &Ident, port: Option<&Ident>) -> Result<Port, (proc_macro2::Span, String)> {
    let outputs = node.spec.map_or(&[][..], |spec| spec.outputs);
    let wanted = port.map(ToString::to_string).unwrap_or_default();
    if let Some(output) = outputs.iter().position(|output| output.port == wanted) {
        return Ok(Port { node: number, output });
    }
    let ports: Vec<_> = outputs.iter().map(|output| output.port).filter(|port| !port.is_empty()).collect();
    let full: Vec<_> = ports.iter().map(|port| format!("{name}.{port}")).collect();
    let word = &node.call.word;
    Err(match port {
        None => (name.span(), format!("`{word}` has no main output; use {}", words::and(&full))),
        Some(port) if ports.is_empty() => (port.span(), format!("`{name}` has no ports; write `{name}`")),
        Some(port) => {
            // A number has an underscore in front: a name cannot begin with a digit.
            let wanted = wanted.trim_start_matches('_');
            let hint = match words::nearest(wanted, ports) {
                Some(port) => format!("did you mean `{name}.{port}`?"),
                None => format!("there is {}", words::and(&full)),
            };
            (port.span(), format!("`{name}` has no port `{wanted}`; {hint}"))
        }
    })
}

/// `name` or `name.port` as an argument.
fn stream(value: &Expr) -> Option<StreamRef> {
    match value {
        Expr::Path(path) if path.qself.is_none() => {
            path.path.get_ident().map(|name| StreamRef { name: name.clone(), port: None })
        }
        Expr::Field(field) => match (&*field.base, &field.member) {
            (Expr::Path(base), Member::Named(port)) if base.qself.is_none() => {
                base.path.get_ident().map(|name| StreamRef { name: name.clone(), port: Some(port.clone()) })
            }
            _ => None,
        },
        _ => None,
    }
}

/// The names that a statement reads.
fn references(statement: &Statement) -> Vec<Ident> {
    let gathered = |call: &Call| {
        let gathers = steps::find(&call.word.to_string()).is_some_and(|spec| matches!(spec.role, Role::Gather(_)));
        let args = call.parens.iter().filter(|_| gathers).flat_map(|parens| &parens.args);
        args.filter_map(|arg| stream(&arg.value).map(|stream| stream.name)).collect::<Vec<_>>()
    };
    match &statement.head {
        Head::Missing => Vec::new(),
        Head::Stream(stream) => vec![stream.name.clone()],
        Head::Call(call) => gathered(call),
    }
}
