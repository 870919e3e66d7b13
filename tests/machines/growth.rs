//! One control plane becomes three while the cluster lives, and three become five.

use crate::{
    LEVEL, checks,
    client::Client,
    control_planes,
    edit::{begin, change},
    tools, world,
};

#[test]
fn one_control_plane_becomes_three_and_five() {
    world::enter("growth::one_control_plane_becomes_three_and_five", story);
}

fn story() {
    let Some((example, mut cluster)) = begin("minimal", "machines-growth") else { return };
    let founder = cluster.state().instance("kub-m").expect("the control plane").id;

    let client = Client::of_api(cluster.api(), "kub-n-1", "api.kub.internal");
    let mut ready = Vec::new();
    let mut before = "# Everything else has a default.".to_owned();
    for count in [3, 5] {
        let now = format!("control_plane: {{ count: {count} }}\n# Everything else has a default.");
        change(&example, &before, &now);
        before = now;
        cluster.apply_again(&example.dir, &[]);
        if count == 3 {
            // In the middle of joining, one of the two loses its power.
            cluster.cut_when("kub-m-2", "joining through");
            cluster.restore("kub-m-2");
        }
        assert_eq!(cluster.state().instance("kub-m").expect("the first").id, founder, "the first one was replaced");
        checks::hold(&cluster, &format!("{count} control planes"));
        assert_eq!(control_planes::of(&cluster).len(), count);
        ready.push(cluster.seconds());
    }
    let seen = client.stop();

    // The first one can go now, like any other.
    cluster.apply_again(&example.dir, &["-replace=google_compute_instance.control_plane[\"kub-m\"]"]);
    checks::hold(&cluster, "the first one replaced");
    cluster.has_kept_its_data();
    tools::ok(
        LEVEL,
        &example.name,
        &format!("grown to three and five after {ready:?} s: {seen}; the first one replaced"),
    );
}
