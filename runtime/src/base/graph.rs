//! The graph of a flow, as a constant that the macro writes, and its pictures.

use std::collections::BTreeMap;

/// What is said of some steps in a picture, by their ids: what is known of them only when the flow runs.
pub(crate) type Notes = BTreeMap<&'static str, &'static str>;

/// The graph of a flow: what the compiler made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Graph {
    /// The flow's name.
    pub name: &'static str,
    /// The flow's doc comment.
    pub doc: &'static str,
    /// The steps, in an order in which each stands after those it reads from.
    pub steps: &'static [Step],
    /// Who reads from whom.
    pub edges: &'static [Edge],
}

/// One step of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Step {
    /// The step's id; made from word and number where the flow gives none.
    pub id: &'static str,
    /// The step's word: `map`, `key_on`, …
    pub word: &'static str,
    /// The operator that runs it: steps with the same number are fused.
    pub operator: usize,
    /// True where what comes out of it is a keyed stream by what the compiler knows.
    pub keyed: bool,
    /// True where it keeps state that a snapshot holds.
    pub stateful: bool,
}

/// An edge between two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Edge {
    /// The index of the step that writes.
    pub from: usize,
    /// The port it writes to; empty for the main one.
    pub port: &'static str,
    /// The index of the step that reads.
    pub to: usize,
    /// How items travel.
    pub way: Way,
}

/// How items travel along an edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub enum Way {
    /// No edge at all when it runs: both steps are in one operator.
    Fused,
    /// In batches, on the same worker.
    Local,
    /// In batches, to the worker that owns the key; on the same worker where there is only one.
    Exchange,
}

impl Graph {
    /// The graph as a Mermaid flowchart: fused steps in one box.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        self.mermaid(&Notes::new())
    }

    pub(crate) fn mermaid(&self, notes: &Notes) -> String {
        let mut text = String::from("flowchart LR\n");
        for (operator, steps) in self.operators() {
            text.push_str(&format!("  subgraph op{operator}[\" \"]\n"));
            for (at, step) in steps {
                let (open, close) = if step.stateful { ("[(", ")]") } else { ("[", "]") };
                let note = notes.get(step.id).map(|note| format!("<br/>{note}")).unwrap_or_default();
                let (id, word) = (quoted(step.id), step.word);
                text.push_str(&format!("    s{at}{open}\"{id}<br/><i>{word}</i>{note}\"{close}\n"));
            }
            text.push_str("  end\n");
        }
        for edge in self.edges {
            let arrow = match edge.way {
                Way::Fused => "---",
                Way::Local => "-->",
                Way::Exchange => "==>",
            };
            let label = if edge.port.is_empty() { String::new() } else { format!("|.{}|", edge.port) };
            text.push_str(&format!("  s{} {arrow}{label} s{}\n", edge.from, edge.to));
        }
        text
    }

    /// The graph in Graphviz's language: fused steps in one box.
    #[must_use]
    pub fn to_dot(&self) -> String {
        self.dot(&Notes::new())
    }

    pub(crate) fn dot(&self, notes: &Notes) -> String {
        let mut text = format!("digraph \"{}\" {{\n  rankdir=LR;\n  node [shape=box];\n", quoted(self.name));
        for (operator, steps) in self.operators() {
            text.push_str(&format!("  subgraph cluster_{operator} {{\n    label=\"\";\n"));
            for (at, step) in steps {
                let shape = if step.stateful { ", shape=cylinder" } else { "" };
                let note = notes.get(step.id).map(|note| format!("\\n{note}")).unwrap_or_default();
                let (id, word) = (quoted(step.id), step.word);
                text.push_str(&format!("    s{at} [label=\"{id}\\n{word}{note}\"{shape}];\n"));
            }
            text.push_str("  }\n");
        }
        for edge in self.edges {
            let style = match edge.way {
                Way::Fused => "style=dotted, arrowhead=none",
                Way::Local => "style=solid",
                Way::Exchange => "style=bold",
            };
            let label = if edge.port.is_empty() { String::new() } else { format!(", label=\".{}\"", edge.port) };
            text.push_str(&format!("  s{} -> s{} [{style}{label}];\n", edge.from, edge.to));
        }
        text.push_str("}\n");
        text
    }

    /// The graph as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Plain data with no way to fail.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    pub(crate) fn json(&self, notes: &Notes) -> String {
        #[derive(serde::Serialize)]
        struct Noted<'a> {
            #[serde(flatten)]
            graph: &'a Graph,
            guarantees: &'a Notes,
        }
        serde_json::to_string_pretty(&Noted { graph: self, guarantees: notes }).unwrap_or_default()
    }

    /// The steps of each operator, with their numbers.
    fn operators(&self) -> BTreeMap<usize, Vec<(usize, &'static Step)>> {
        let mut operators = BTreeMap::<_, Vec<_>>::new();
        for (at, step) in self.steps.iter().enumerate() {
            operators.entry(step.operator).or_default().push((at, step));
        }
        operators
    }
}

fn quoted(text: &str) -> String {
    text.replace('"', "'").replace('\\', "\\\\")
}
