use clap::ValueEnum;

use super::planned::planned;
use super::{Exit, Input, print};
use crate::compile::LockPolicy;
use crate::topology::{dot, mermaid, svg};

/// The form of a topology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// A flowchart that GitHub and GitLab draw in Markdown.
    Mermaid,
    /// For Graphviz.
    Dot,
    /// An image that follows the reader's light or dark colour scheme.
    Svg,
}

/// Prints what carries traffic.
pub(crate) fn graph(input: &Input, format: GraphFormat) -> Exit {
    let planned = match planned(input, LockPolicy::Keep) {
        Ok(planned) => planned,
        Err(exit) => return exit,
    };
    let plan = planned.compiled.plan();
    print(&match format {
        GraphFormat::Mermaid => mermaid(&plan),
        GraphFormat::Dot => dot(&plan),
        GraphFormat::Svg => svg(&plan),
    })
}
