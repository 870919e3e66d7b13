//! cloud-init's own schema.

use std::path::Path;
use std::process::Command;

use crate::tools::{find, run};
use crate::unpack::{NODES, each, write};

const WHAT: &str = "cloud-init schema";

fn check(cloud_init: &Path, user_data: &Path) -> Result<(), String> {
    run(Command::new(cloud_init).args(["schema", "--config-file"]).arg(user_data)).map(drop)
}

#[test]
fn user_data_validates_against_the_schema() {
    let Some(cloud_init) = find(5, WHAT, "cloud-init", "apt-get install cloud-init") else { return };
    each(WHAT, |node| check(&cloud_init, &node.user_data));

    // Unquoted permissions are a number, and YAML versions disagree on the value of 0644.
    let text = std::fs::read_to_string(&NODES[0].user_data).unwrap().replacen("\"0644\"", "420", 1);
    let broken = NODES[0].user_data.with_extension("broken");
    write(&broken, &text, 0o644);
    assert!(check(&cloud_init, &broken).is_err());
}
