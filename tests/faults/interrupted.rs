//! What a directory with a mixture of two trees means to others.

use std::process::Command;

use crate::Trial;

#[test]
fn terraform_refuses_it_and_says_why() {
    let trial = Trial::new();
    trial.folder.write(&format!("tree/{}", vpcgen::tree::MARKER), vpcgen::tree::MARKER_CONTENT);
    let mut command = Command::new("terraform");
    let Ok(output) = command.args(["-chdir=tree", "init", "-no-color"]).current_dir(trial.folder.path()).output()
    else {
        crate::tools::missing("terraform", "no terraform");
        return;
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("vpcgen was interrupted"), "{said}");
}
