//! What a flow is before it runs: its graph, how it is built on one worker, its lock.

use crate::base::error::Error;
use crate::base::graph::Graph;
use crate::stream::Cx;
use std::sync::Arc;

/// Builds a flow on one worker.
pub(crate) type Build = Arc<dyn Fn(&Cx<'_>) + Send + Sync>;

/// What the macro says of a flow.
#[derive(Clone)]
pub(crate) struct Definition {
    pub(crate) graph: &'static Graph,
    /// Absent where the flow did not compile.
    pub(crate) build: Option<Build>,
    pub(crate) lock: Option<Lock>,
}

impl Definition {
    pub(crate) fn build(&self) -> Result<Build, Error> {
        self.build.clone().ok_or_else(|| Error::Config { what: "this flow did not compile".into() })
    }
}

/// Where a flow's lock is, and what it says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lock {
    /// From the package's folder, or from the root where it is in none.
    pub(crate) path: &'static str,
    /// `None` where the program was built to write it anew.
    pub(crate) text: Option<&'static str>,
}
