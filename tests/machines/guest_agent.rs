//! The guest agent: which one a machine has, and the checks of the local routes that it keeps.

use std::{collections::BTreeSet, path::PathBuf};

use crate::{checks::Failures, cluster::Cluster, google::state::Instance, tools};

/// The folder with a machine's guest agent. Half of the machines have the one with plugins, `core` among them.
pub(crate) fn of(machine: &str) -> PathBuf {
    if let Some(real) = std::env::var_os("VPCGEN_GUEST_AGENT") {
        return PathBuf::from(real);
    }
    let sum: u32 = machine.bytes().map(u32::from).sum();
    tools::project("tests/machines/agents").join(if sum.is_multiple_of(2) { "legacy" } else { "plugins" })
}

/// As an upgrade of its package does. Units of this type start when the routes are there. It is the plugin that keeps them, and it runs on
/// when its manager restarts, unless it has ended before.
pub(crate) const RESTART: &str = r#"
! command -v ggactl_plugin >/dev/null || ggactl_plugin coreplugin restart
systemctl restart 'google-guest-agent*.service'"#;

/// On every machine, the agent keeps a route for each load balancer, and none for the alias range, which would swallow the traffic of
/// pods; another route for that range would refuse it. A changed configuration counts only when the agent restarts.
pub(crate) fn failures(cluster: &Cluster) -> Failures {
    let instances = cluster.instances();
    let check = |when: &str| -> Failures {
        let one = |instance: &Instance| {
            routes(cluster, instance).err().map(|error| format!("{}: local routes{when}: {error}", instance.name))
        };
        instances.iter().filter_map(one).collect()
    };
    let before = check("");
    let restart = |instance: &Instance| {
        let restarted = cluster.on(&instance.name, &["sh", "-ec", RESTART]);
        restarted.err().map(|error| format!("{}: the guest agent does not restart: {error}", instance.name))
    };
    let restarted: Failures = instances.iter().filter_map(restart).collect();
    [before, restarted, check(" after the guest agent has restarted")].concat()
}

/// Load balancers come and go, and the agent follows.
fn routes(cluster: &Cluster, instance: &Instance) -> Result<(), String> {
    let ours = |line: &&str| line.contains(" proto 66 ") || line.starts_with("throw ");
    let route = |line: &str| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    cluster.wait_for(|| {
        let said = cluster.on(&instance.name, &["ip", "route", "show", "table", "local"])?;
        let is: BTreeSet<String> = said.lines().filter(ours).map(route).collect();
        let state = cluster.state();
        let of = state.load_balancers.iter().filter(|balancer| balancer.backends.contains(&instance.path));
        let addresses = of.map(|balancer| format!("local {}", balancer.address));
        let aliases = instance.interfaces[0].aliases.iter().map(|alias| format!("throw {alias}"));
        let wanted: BTreeSet<String> = addresses.chain(aliases).collect();
        if is == wanted { Ok(()) } else { Err(format!("{is:?}, not {wanted:?}")) }
    })
}
