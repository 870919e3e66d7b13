//! The script that `vpcgen preflight` prints, run against a fake gcloud and curl (fake.py): every line in which it answers is reached, and
//! each answer is the right one.

mod answers;
mod world;

#[path = "../support/rendered.rs"]
mod rendered;
#[path = "../support/tools.rs"]
mod tools;

use std::process::Command;

#[test]
fn shellcheck_finds_nothing() {
    let Some(shellcheck) = tools::find(5, "vpcgen preflight", "shellcheck", "apt-get install shellcheck") else {
        return;
    };
    for example in rendered::examples("preflight-shellcheck") {
        let script = world::print(&example.dir);
        let file = example.dir.join("preflight.sh");
        std::fs::write(&file, &script).unwrap();
        tools::run(Command::new(&shellcheck).args(["--severity=style", "--norc"]).arg(&file)).unwrap();
        std::fs::write(&file, script + "rm -rf $1/*\n").unwrap();
        assert!(tools::run(Command::new(&shellcheck).arg(&file)).is_err(), "shellcheck finds nothing at all");
        tools::ok(5, &example.name, "vpcgen preflight: shellcheck");
    }
}
