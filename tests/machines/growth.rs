//! One control plane becomes three while the cluster lives, three become five, and five become three and one again.

use crate::{
    LEVEL, checks,
    client::Client,
    cluster::Cluster,
    control_planes,
    edit::{begin, change, change_with_lock},
    rendered::Example,
    tools, world,
};

#[test]
fn one_control_plane_becomes_five_and_one_again() {
    world::enter("growth::one_control_plane_becomes_five_and_one_again", story);
}

fn story() {
    let Some((example, mut cluster, _)) = begin("minimal", "machines-growth") else { return };
    let founder = cluster.state().instance("kub-m").expect("the control plane").id;

    let client = Client::of_api(cluster.api(), "kub-n-1", "api.kub.internal");
    let mut ready = Vec::new();
    let mut before = "# Everything else has a default.".to_owned();
    for count in [3, 5] {
        let now = of_count(count);
        change(&example, &before, &now);
        before = now;
        cluster.apply_again(&example.dir, &[]);
        if count == 3 {
            // In the middle of joining, one of the two loses its power.
            cluster.cut_when("kub-m-2", "joining through");
            cluster.restore("kub-m-2");
        } else {
            cut_as_a_member(&mut cluster, "kub-m-4");
        }
        assert_eq!(cluster.state().instance("kub-m").expect("the first").id, founder, "the first one was replaced");
        ready.push(checks::assert_healthy(&cluster, &format!("{count} control planes")));
        assert_eq!(control_planes::of(&cluster).len(), count);
    }
    let seen = client.stop();

    // The first one can go now, like any other.
    cluster.apply_again(&example.dir, &["-replace=google_compute_instance.control_plane[\"kub-m\"]"]);
    checks::assert_healthy(&cluster, "the first one replaced");
    cluster.has_kept_its_data();

    // The last ones leave, as the README says.
    let client = Client::of_api(cluster.api(), "kub-n-1", "api.kub.internal");
    shrink(&example, &mut cluster, 5, 3);
    shrink(&example, &mut cluster, 3, 1);
    let seen_again = client.stop();
    assert_ne!(cluster.state().instance("kub-m").expect("the first").id, founder, "it was replaced before");
    cluster.has_kept_its_data();

    cluster.destroy();
    let what = format!(
        "grown to three and five, nodes ready after {ready:?} s: {seen}; the first one replaced; three and one again: {seen_again}; destroyed"
    );
    tools::ok(LEVEL, &example.name, &what);
}

/// A joining machine loses its power as soon as etcd counts on it, before it is a Node. Its data must survive.
fn cut_as_a_member(cluster: &mut Cluster, name: &str) {
    let mut member = None;
    let seen = cluster.wait_for(|| {
        member = control_planes::members(cluster)?.remove(name);
        member.as_ref().map(|_| ()).ok_or_else(|| format!("{name} is not a member of etcd"))
    });
    seen.unwrap_or_else(|error| panic!("{error}\n{}", cluster.last_lines()));
    cluster.cut(name);
    cluster.restore(name);
    cluster.wait_for_console(name, "an unfinished kubeadm join made this machine a member of etcd");
    let now = control_planes::members(cluster).expect("etcd answers").remove(name);
    assert_eq!(now, member, "{name} is another member now");
}

/// Fewer control planes: the members of those that leave are removed one at a time, and their disks stay until somebody deletes them.
fn shrink(example: &Example, cluster: &mut Cluster, from: usize, to: usize) {
    let leave: Vec<String> = (to + 1..=from).rev().map(|number| format!("kub-m-{number}")).collect();
    for name in &leave {
        cluster.kubectl(&["delete", "node", name]).unwrap_or_else(|error| panic!("{error}"));
        control_planes::remove_member(cluster, name, "kub-m");
        cluster.forget(&format!("google_compute_disk.state[\"{name}\"]"));
    }
    let disks: Vec<String> = control_planes::of(cluster)
        .iter()
        .filter(|instance| leave.contains(&instance.name))
        .flat_map(|instance| instance.disks.iter().filter(|disk| disk.device_name == "state"))
        .filter_map(|disk| disk.disk.clone())
        .collect();
    assert_eq!(disks.len(), leave.len());
    change_with_lock(example, &of_count(from), &of_count(to), |lock| {
        let kept = lock["state_disks"].as_object_mut().expect("a map");
        leave.iter().for_each(|name| drop(kept.remove(name)));
    });
    cluster.apply_again(&example.dir, &[]);
    disks.iter().for_each(|disk| cluster.delete(disk));
    checks::assert_healthy(cluster, &format!("{to} control planes of {from}"));
    assert_eq!(control_planes::of(cluster).len(), to);
}

fn of_count(count: usize) -> String {
    format!("control_plane: {{ count: {count} }}\n# Everything else has a default.")
}
