//! What comes after `render --out`: a few lines on standard error.

use camino::Utf8Path;

use super::Input;
use crate::plan::Plan;
use crate::render::argument;
use crate::sanitize;
use crate::tree::Change;

/// The next steps after these changes of the tree in `dir`.
pub(super) fn steps(input: &Input, dir: &Utf8Path, plan: &Plan, changes: &[Change]) -> String {
    let chdir = if dir == "." { String::new() } else { format!(" -chdir={}", argument(dir)) };
    let terraform = |arguments: &str| format!("terraform{chdir} {arguments}");
    let created = changes.iter().all(|change| change.before.is_none());
    let mut steps = Vec::new();
    if plan.module {
        steps.push("terraform init && terraform apply".to_owned());
    } else if created {
        if matches!(input, Input::File(file) if file != "-") {
            steps.push(format!("{} > preflight.sh && bash preflight.sh", input.command("preflight")));
        }
        steps.push(format!("{} && {}", terraform("init"), terraform("apply")));
        if plan.control_plane.ssh.is_some() {
            steps.push(format!("eval \"$({})\"", terraform("output -raw kubeconfig_command")));
        }
    } else {
        let provider = changes.iter().any(|change| change.path.ends_with("versions.tf"));
        steps.extend(provider.then(|| terraform("init -upgrade")));
        steps.push(terraform("apply"));
        let booted = changes.iter().any(|change| change.before.is_some() && change.path.contains("cloud-init/"));
        if booted && matches!(input, Input::File(file) if file != "-") {
            steps.push(format!("{} > upgrade.sh && bash upgrade.sh --list", input.command("upgrade")));
        }
    }
    let run = if plan.module { "then run in the root module that calls this one" } else { "then run" };
    let steps: String = steps.iter().map(|step| format!("  {step}\n")).collect();
    sanitize::text(&format!("next: commit these files, {run}:\n{steps}")).into_owned()
}
