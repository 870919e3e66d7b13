//! Each example boots as it is, and everything holds.

use crate::{
    LEVEL, WHAT,
    applied::Applied,
    checks,
    cluster::Cluster,
    prepare,
    proof::{
        provider,
        terraform::{self, Workspace},
    },
    rendered, tools, world,
};

#[test]
fn minimal() {
    world::enter("examples::minimal", || boots("minimal"));
}

#[test]
fn vpc_native() {
    world::enter("examples::vpc_native", || boots("vpc-native"));
}

#[test]
fn three_zones() {
    world::enter("examples::three_zones", || boots("three-zones"));
}

fn boots(example: &str) {
    let examples = rendered::examples(example);
    let tree = &examples.iter().find(|one| one.name == example).expect("an example of that name").dir;
    let provider =
        terraform::is_here(LEVEL, WHAT).then(|| provider::find(LEVEL, "apply with the real provider")).flatten();
    let cluster = match &provider {
        Some(provider) => Cluster::apply(Workspace::new(tree, provider)).unwrap_or_else(|failure| panic!("{failure}")),
        None => Cluster::boot(Applied::read(tree)),
    };
    checks::hold(&cluster, example);
    held(&cluster, example, if provider.is_some() { "applied" } else { "read back" });
}

/// Without the provider the same cluster comes from the rendered tree.
#[test]
fn read_back() {
    world::enter("examples::read_back", || {
        let examples = rendered::examples("read-back");
        let example = examples.iter().find(|one| one.name == "minimal").expect("an example of that name");
        let cluster = Cluster::boot(Applied::read(&example.dir));
        checks::hold(&cluster, "read back");
        held(&cluster, &example.name, "read back");
    });
}

fn held(cluster: &Cluster, example: &str, how: &str) {
    let controller = if prepare::controller().is_some() { "the real" } else { "a stand-in" };
    let what = format!("{} machines {how}, {controller} CCM, {} s", cluster.instances().len(), cluster.seconds());
    tools::ok(LEVEL, example, &what);
}
