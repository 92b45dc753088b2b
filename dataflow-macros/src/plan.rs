//! The plan: what the flow becomes, as plain data with a text form.
//!
//! A step runs in the operator of the step that it reads from, unless its spec says that it has an operator of its own,
//! or what it reads comes over an edge: from a stream that several steps read, or from a port that is not the first.

use crate::ast::{Call, Flow};
use crate::bind::Value;
use crate::resolve::{Graph, Node, Port};
use crate::spec::{Id, Output, Runs, Spec};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use syn::{Expr, Type};

/// A flow whose steps are known, each after those that it reads from.
pub(crate) struct Plan<'a> {
    pub(crate) flow: &'a Flow,
    pub(crate) steps: Vec<PlannedStep<'a>>,
    pub(crate) edges: Vec<Edge>,
}

/// One step.
pub(crate) struct PlannedStep<'a> {
    pub(crate) spec: &'static Spec,
    pub(crate) call: &'a Call,
    /// As given, or made of word and number.
    pub(crate) id: String,
    pub(crate) values: Vec<Option<Value<'a>>>,
    pub(crate) inputs: Vec<Port>,
    /// The streams of a gathering head, as they are written.
    pub(crate) streams: Vec<&'a Expr>,
    /// How often each output is read.
    pub(crate) readers: Vec<usize>,
    /// Types that are asserted, each of an output.
    pub(crate) asserts: Vec<(usize, &'a Type)>,
    pub(crate) operator: usize,
    pub(crate) keyed: bool,
    placed: bool,
}

/// Who reads from whom.
pub(crate) struct Edge {
    pub(crate) from: usize,
    /// Empty for the main one.
    pub(crate) port: &'static str,
    pub(crate) to: usize,
    pub(crate) way: Way,
}

/// How items travel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Way {
    Fused,
    Local,
    Exchange,
}

/// Plans the steps of `graph` that are sound and read only from sound ones: all of them where there were no mistakes.
pub(crate) fn plan<'a>(graph: &Graph<'a>) -> Plan<'a> {
    let mut numbers = BTreeMap::new();
    let mut steps: Vec<PlannedStep> = Vec::new();
    let given: BTreeSet<String> = graph.nodes.iter().filter_map(|node| given_id(node.call, node.spec)).collect();
    for (number, node) in graph.nodes.iter().enumerate() {
        let Some((spec, inputs)) = written(node, &numbers) else { continue };
        for input in &inputs {
            steps[input.node].readers[input.output] += 1;
        }
        let id = given_id(node.call, node.spec).unwrap_or_else(|| made_id(spec.word, steps.len(), &given));
        numbers.insert(number, steps.len());
        steps.push(PlannedStep {
            spec,
            call: node.call,
            id,
            values: node.bound.values.clone(),
            inputs,
            streams: node.bound.streams.clone(),
            readers: vec![0; spec.outputs.len()],
            asserts: node.asserts.clone(),
            operator: 0,
            keyed: false,
            placed: false,
        });
    }
    let mut plan = Plan { flow: graph.flow, steps, edges: Vec::new() };
    plan.group();
    plan
}

/// The spec and the inputs of a step that can be written. Something may be wrong with its arguments: then the flow is none
/// for rustc, and an editor wants the types of those that are there.
fn written(node: &Node, numbers: &BTreeMap<usize, usize>) -> Option<(&'static Spec, Vec<Port>)> {
    let spec = node.spec?;
    let fine = node.call.parens.is_some() && node.place.first == spec.role.is_head();
    let known = |input: &Option<Port>| input.and_then(|port| Some(Port { node: *numbers.get(&port.node)?, ..port }));
    let inputs: Vec<_> = node.inputs.iter().map(known).collect::<Option<_>>()?;
    (fine && inputs.len() >= spec.role.streams()).then_some((spec, inputs))
}

fn given_id(call: &Call, spec: Option<&Spec>) -> Option<String> {
    let text = call.parens.as_ref()?.text.as_ref()?;
    (spec?.id != Id::Never).then(|| text.value())
}

/// `map_3`, or the next like it that the flow does not use itself.
fn made_id(word: &str, number: usize, given: &BTreeSet<String>) -> String {
    let mut id = format!("{word}_{number}");
    while given.contains(&id) {
        id.push('_');
    }
    id
}

impl Plan<'_> {
    /// Finds operators, edges, and what is known of keys.
    fn group(&mut self) {
        let mut operators = 0;
        for to in 0..self.steps.len() {
            let (spec, inputs) = (self.steps[to].spec, self.steps[to].inputs.clone());
            let all = |of: fn(&PlannedStep) -> bool| {
                !inputs.is_empty() && inputs.iter().all(|port| of(&self.steps[port.node]))
            };
            let (keyed, placed) = (all(|step| step.keyed), all(|step| step.placed));
            let behind = inputs.first().filter(|port| spec.runs == Runs::Fused && self.direct(**port));
            let operator = behind.map(|port| self.steps[port.node].operator);
            let way = |from: &PlannedStep| match (operator, spec.runs) {
                (Some(_), _) => Way::Fused,
                (None, Runs::Anywhere) => Way::Exchange,
                (None, Runs::ByKey) if !from.placed => Way::Exchange,
                (None, _) => Way::Local,
            };
            let ways: Vec<_> = inputs.iter().map(|input| way(&self.steps[input.node])).collect();
            let step = &mut self.steps[to];
            step.operator = operator.unwrap_or(operators);
            operators += usize::from(operator.is_none());
            step.keyed = spec.keyed.apply(keyed);
            step.placed = spec.placed.apply(placed);
            for (input, way) in inputs.into_iter().zip(ways) {
                let port = self.output(input).port;
                self.edges.push(Edge { from: input.node, port, to, way });
            }
        }
    }

    /// Whether the reader of `port` can run in the operator that writes it.
    fn direct(&self, port: Port) -> bool {
        port.output == 0 && self.steps[port.node].readers[0] == 1
    }

    fn output(&self, port: Port) -> Output {
        self.steps[port.node].spec.outputs[port.output]
    }
}

impl fmt::Display for Plan<'_> {
    /// `2 output "rejects" operator 1 <- 1.err local`, one step a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "flow {}", self.flow.name)?;
        for (number, step) in self.steps.iter().enumerate() {
            write!(f, "  {number} {} {:?} operator {}", step.spec.word, step.id, step.operator)?;
            for edge in self.edges.iter().filter(|edge| edge.to == number) {
                let dot = if edge.port.is_empty() { "" } else { "." };
                write!(f, " <- {}{dot}{} {}", edge.from, edge.port, format!("{:?}", edge.way).to_lowercase())?;
            }
            for (word, is) in [("keyed", step.keyed), ("placed", step.placed), ("stateful", step.spec.stateful)] {
                if is {
                    write!(f, ", {word}")?;
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
