use super::templates::{concatenate, templates};
use crate::plan::{Plan, Preflight};

templates! {
    /// The parts of the script, in order. Those after the values are plain text.
    PARTS of View: "preflight/values.sh", "preflight/options.sh", "preflight/answers.sh", "preflight/project.sh", "preflight/names.sh",
        "preflight/supply.sh", "preflight/policies.sh"
}

/// The values available to `templates/preflight`.
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
    let view =
        View { name: &plan.name, project: &plan.project, region: &plan.region, command, preflight: plan.preflight() };
    concatenate(PARTS, &view)
}
