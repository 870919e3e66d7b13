//! The script that `vpcgen upgrade` prints, run against a fake kubectl and a fake Terraform (fake.py) in the situations that it is made for.
//! That it upgrades real clusters is shown on machines (level 7).

mod plans;
mod situations;
mod stops;
mod world;

#[path = "../google/mod.rs"]
mod google;
#[path = "../proof/mod.rs"]
mod proof;
#[path = "../support/rendered.rs"]
mod rendered;
#[path = "../support/tools.rs"]
mod tools;

use std::process::Command;

/// shellcheck with all checks, on the script of every example.
#[test]
fn shellcheck_finds_nothing() {
    let Some(shellcheck) = tools::find(5, "vpcgen upgrade", "shellcheck", "apt-get install shellcheck") else { return };
    for example in rendered::examples("upgrade-shellcheck") {
        let script = world::print(&example.dir);
        let file = example.dir.join("upgrade.sh");
        std::fs::write(&file, &script).unwrap();
        tools::run(Command::new(&shellcheck).args(["--severity=style", "--norc"]).arg(&file)).unwrap();
        std::fs::write(&file, script + "rm -rf $1/*\n").unwrap();
        assert!(tools::run(Command::new(&shellcheck).arg(&file)).is_err(), "shellcheck finds nothing at all");
        tools::ok(5, &example.name, "vpcgen upgrade: shellcheck");
    }
}
