//! Examples that a scenario applies and changes.

use std::{path::Path, process::Command};

use serde_json::Value;

use crate::{
    LEVEL, WHAT, checks,
    cluster::Cluster,
    proof::{provider, terraform::Workspace},
    rendered::{self, Example},
    tools,
};

/// The example of that name, rendered for this scenario alone.
pub(crate) fn example(name: &str, scenario: &str) -> Example {
    let mut examples = rendered::examples(scenario);
    let index = examples.iter().position(|one| one.name == name).expect("an example of that name");
    examples.swap_remove(index)
}

/// Removes lock and tree, so that the description is of a cluster that does not exist yet.
pub(crate) fn forget(example: &Example) {
    let lock = example.dir.join("cluster.lock.json");
    for file in example.files("", ".tf").into_iter().chain(example.files("cloud-init", ".yaml")).chain([lock]) {
        std::fs::remove_file(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

/// How a story begins: the example of that name is applied and boots, and somebody stores something in the cluster.
/// The number is the time until all nodes were ready, in seconds.
pub(crate) fn begin(name: &str, scenario: &str) -> Option<(Example, Cluster, u64)> {
    let example = example(name, scenario);
    let cluster = boot(&example, |_| {})?;
    let ready = checks::assert_healthy(&cluster, "applied and booted");
    cluster.store();
    Some((example, cluster, ready))
}

/// Applies a tree, changed before, and boots it; nothing where Terraform or the provider is missing, as a line has then said.
pub(crate) fn boot(example: &Example, change: impl Fn(&Path)) -> Option<Cluster> {
    let workspace = Workspace::new(&example.dir, &provider::find(LEVEL, WHAT)?);
    change(&workspace.tree());
    Some(Cluster::apply(workspace).unwrap_or_else(|failure| panic!("{failure}")))
}

/// Changes the description, and renders it again.
pub(crate) fn change(example: &Example, find: &str, put: &str) {
    edit_description(example, find, put);
    render(example);
}

/// Changes the lock as somebody would by hand, and renders again.
pub(crate) fn change_lock(example: &Example, edit: impl FnOnce(&mut Value)) {
    let file = example.dir.join("cluster.lock.json");
    let mut lock = serde_json::from_str(&std::fs::read_to_string(&file).expect("a lock")).expect("JSON");
    edit(&mut lock);
    std::fs::write(&file, lock.to_string()).expect("a lock");
    render(example);
}

/// Changes both, and renders again.
pub(crate) fn change_with_lock(example: &Example, find: &str, put: &str, edit: impl FnOnce(&mut Value)) {
    edit_description(example, find, put);
    change_lock(example, edit);
}

/// Changes the description only.
pub(crate) fn edit_description(example: &Example, find: &str, put: &str) {
    let file = example.dir.join("cluster.yaml");
    let text = std::fs::read_to_string(&file).expect("a description");
    assert!(text.contains(find), "{find:?} is not in the description any more: find another change");
    std::fs::write(&file, text.replace(find, put)).expect("a description");
}

fn render(example: &Example) {
    let mut vpcgen = Command::new(env!("CARGO_BIN_EXE_vpcgen"));
    let done = tools::run(vpcgen.args(["render", "--out", "."]).current_dir(&example.dir));
    done.unwrap_or_else(|error| panic!("{error}"));
}
