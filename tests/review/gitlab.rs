use std::process::Command;

use serde_json::Value;

use crate::repository::{RIGHT, Repository};
use crate::yaml;

/// The scripts of the job.
pub(crate) fn scripts() -> Vec<String> {
    let job = yaml(include_str!("../../review/gitlab.yml")).remove(1);
    let scripts = job["vpcgen"]["script"].as_array().unwrap().iter();
    scripts.map(|script| script.as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_input_is_a_variable() {
    let [spec, job] = yaml(include_str!("../../review/gitlab.yml")).try_into().unwrap();
    let text = job.to_string();
    for input in spec["spec"]["inputs"].as_object().unwrap().keys() {
        assert!(text.contains(&format!("$[[ inputs.{input} ]]")), "{input}");
    }
    assert!(!scripts().concat().contains("$[["));
}

#[test]
fn the_job_reports_and_fails_where_something_is_wrong() {
    let mut repository = Repository::new();
    repository.set("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main");
    repository.set("VPCGEN_DIR", ".");
    let job = scripts().remove(1);
    let run = |repository: &Repository| repository.command(Command::new("sh").args(["-c", &job]));
    let report = |repository: &Repository| -> Vec<Value> {
        serde_json::from_str(&repository.read("checkout/gl-code-quality-report.json")).unwrap()
    };
    run(&repository).expect(0, "Nothing changes.");
    assert!(report(&repository).is_empty());
    repository.diff(2, "**vpcgen: 1 machine created**\n", "");
    run(&repository).expect(0, "1 machine created");
    assert_eq!(repository.read("checkout/vpcgen-diff.md"), "**vpcgen: 1 machine created**\n");
    repository.diff(1, "", "error: x\n");
    run(&repository).expect(1, "error: x");
    repository.diff(0, "", "");
    repository.write("checkout/cluster.yaml", &format!("{RIGHT}network: {{mtu: 9000}}\n"));
    run(&repository).expect(1, "");
    assert_eq!(report(&repository)[0]["check_name"], "mtu");
    repository.write("checkout/cluster.yaml", &format!("{RIGHT}labels: {{a: b}}\n"));
    run(&repository).expect(1, "+++ b/");
    repository.write("checkout/new.yaml", RIGHT);
    repository.set("VPCGEN_FILE", "new.yaml");
    repository.set("VPCGEN_DIR", "new");
    run(&repository).expect(1, "new.yaml is new: nothing runs yet");
}
