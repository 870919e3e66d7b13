use clap::ValueEnum;

use super::planned::planned;
use super::{Exit, Input, print};
use crate::address_plan::{View, json, svg, table};
use crate::compile::LockPolicy;

/// The output format of an address plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanFormat {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// An image that follows the reader's light or dark colour scheme.
    Svg,
}

/// Prints the whole address plan.
pub(crate) fn ranges(input: &Input, format: PlanFormat) -> Exit {
    let planned = match planned(input, LockPolicy::Keep) {
        Ok(planned) => planned,
        Err(exit) => return exit,
    };
    let plan = planned.compiled.plan();
    let view = View::new(&plan, &planned.compiled.lock);
    print(&match format {
        PlanFormat::Table => table(&view, width()),
        PlanFormat::Json => json(&view),
        PlanFormat::Svg => svg(&view),
    })
}

/// The width of the terminal; `None` if standard output is not one.
fn width() -> Option<usize> {
    terminal_size::terminal_size_of(std::io::stdout()).map(|(width, _)| width.0.into())
}
