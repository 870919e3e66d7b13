use serde::Serialize;

use super::templates::{OF_PREFLIGHT, Values};
use crate::plan::{Plan, Preflight};

/// The parts of the script after its values. They are plain text.
const PARTS: [&str; 6] = ["options.sh", "answers.sh", "project.sh", "names.sh", "supply.sh", "policies.sh"];

/// The values available to `templates/preflight`.
#[derive(Serialize)]
struct View<'a> {
    name: &'a str,
    project: &'a str,
    region: &'a str,
    /// The command that printed the script.
    command: &'a str,
    preflight: Preflight,
}

/// The script that asks Google whether the tree can be applied. `command` is the command that prints it.
pub fn preflight(plan: &Plan, command: &str) -> String {
    let values = Values::of(&View {
        name: &plan.name,
        project: &plan.project,
        region: &plan.region,
        command,
        preflight: plan.preflight(),
    });
    std::iter::once("values.sh").chain(PARTS).map(|part| values.fill(&OF_PREFLIGHT, part)).collect()
}
