//! A cluster's life: it is applied and boots, a node is added, one is replaced, one loses its power, and in the end nothing is left.

use crate::{
    LEVEL, WHAT, checks,
    cluster::Cluster,
    proof::{
        provider,
        terraform::{self, Workspace},
    },
    rendered::{self, Example},
    tools, world,
};

#[test]
fn a_cluster_lives() {
    world::enter("story::a_cluster_lives", story);
}

fn story() {
    if !terraform::is_here(LEVEL, WHAT) {
        return;
    }
    let Some(provider) = provider::find(LEVEL, WHAT) else { return };
    let examples = rendered::examples("story");
    let example = examples.iter().find(|one| one.name == "minimal").expect("an example of that name");
    let mut cluster =
        Cluster::apply(Workspace::new(&example.dir, &provider)).unwrap_or_else(|failure| panic!("{failure}"));
    checks::hold(&cluster, "applied and booted");
    let first = cluster.state().instance("kub-n-1").expect("the first node").id;

    // A node more: everybody else goes on.
    change(example, "# Everything else has a default.", "pools: { n: { count: 3 } }\n# Everything else has a default.");
    let before: Vec<u64> = cluster.instances().iter().map(|instance| instance.id).collect();
    cluster.apply_again(&example.dir, &[]).unwrap_or_else(|failure| panic!("{failure}"));
    let after: Vec<u64> = cluster.instances().iter().map(|instance| instance.id).collect();
    assert!(after.len() == 4 && before.iter().all(|id| after.contains(id)), "{before:?} became {after:?}");
    checks::hold(&cluster, "a node added");

    // A node anew: same name, same alias range, another machine with an empty disk.
    let replace = "-replace=google_compute_instance.n[\"kub-n-1\"]";
    cluster.apply_again(&example.dir, &[replace]).unwrap_or_else(|failure| panic!("{failure}"));
    assert_ne!(cluster.state().instance("kub-n-1").expect("the new one").id, first);
    checks::hold(&cluster, "a node replaced");

    // A host dies, and its machine comes back on another.
    cluster.since_now();
    cluster.machine("kub-n-2", |machine| {
        machine.cut();
        machine.restore();
    });
    checks::hold(&cluster, "a node without power, and with it again");

    cluster.destroy().unwrap_or_else(|failure| panic!("{failure}"));
    assert!(cluster.machines().is_empty(), "still on after destroy: {:?}", cluster.machines());
    let left: Vec<String> = cluster.google().left().into_iter().filter(|path| !path.contains("/disks/")).collect();
    assert!(left.is_empty(), "left after destroy: {left:?}");
    tools::ok(LEVEL, &example.name, "a node added, replaced, without power; destroyed");
}

/// Changes the description, and renders it again.
fn change(example: &Example, find: &str, put: &str) {
    let file = example.dir.join("cluster.yaml");
    let text = std::fs::read_to_string(&file).expect("a description");
    assert!(text.contains(find), "{find:?} is not in the description any more: find another change");
    std::fs::write(&file, text.replace(find, put)).expect("a description");
    let mut vpcgen = std::process::Command::new(env!("CARGO_BIN_EXE_vpcgen"));
    let done = tools::run(vpcgen.args(["render", "--out", "."]).current_dir(&example.dir));
    done.unwrap_or_else(|error| panic!("{error}"));
}
