//! Each example boots as it is, and everything holds.

use crate::{LEVEL, WHAT, checks, cluster::Cluster, prepare, proof::{provider, terraform::{self, Workspace}}, rendered, tools, world};

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
    if !terraform::is_here(LEVEL, WHAT) {
        return;
    }
    let Some(provider) = provider::find(LEVEL, WHAT) else { return };
    let examples = rendered::examples(example);
    let tree = &examples.iter().find(|one| one.name == example).expect("an example of that name").dir;
    let cluster = Cluster::apply(Workspace::new(tree, &provider)).unwrap_or_else(|failure| panic!("{failure}"));
    checks::hold(&cluster, example);
    let controller = if prepare::controller().is_some() { "the real" } else { "a stand-in" };
    let what = format!("{} machines, {controller} CCM, {} s", cluster.instances().len(), cluster.seconds());
    tools::ok(LEVEL, example, &what);
}
