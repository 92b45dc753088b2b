//! The graph of a flow, as a constant that the macro writes, and its pictures.


/// The graph of a flow: what the compiler made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// No edge at all when it runs: both steps are in one operator.
    Fused,
    /// In batches, on the same worker.
    Local,
    /// In batches, to the worker that owns the key; on the same worker where there is only one.
    Exchange,
}
