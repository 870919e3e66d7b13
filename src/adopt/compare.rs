//! What the first apply does to a machine that exists, as far as its list entry shows.

use super::Instance;
use crate::plan::{Group, Node, Plan};

const CLOUD_PLATFORM: &str = "https://www.googleapis.com/auth/cloud-platform";
/// The keys of `metadata` that are rendered; Terraform manages the whole map.
const METADATA: [&str; 3] = ["block-project-ssh-keys", "enable-oslogin", "user-data"];

/// What happens to a machine, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Effect {
    /// Deleted and created again.
    Replace,
    /// Apply fails.
    Refused,
    /// Stopped, changed, started.
    Restart,
    /// Changed while it runs.
    InPlace,
}

/// Everything that differs, and what follows from it.
pub(super) fn differences(plan: &Plan, group: &Group, node: &Node, instance: &Instance) -> Vec<(Effect, String)> {
    let mut all = Vec::new();
    let mut differs = |effect: Effect, different: bool, what: String| {
        if different {
            all.push((effect, what));
        }
    };
    let spot = if group.spot { "is not a Spot VM" } else { "is a Spot VM" };
    differs(Effect::Replace, instance.is_spot() != group.spot, spot.to_owned());
    if let Some(disk) = instance.boot_disk() {
        let device = disk.device_name.as_deref().unwrap_or_default();
        differs(
            Effect::Replace,
            device != node.name,
            format!("the device name of its boot disk is {device}, not {}", node.name),
        );
        let size = disk.disk_size_gb.as_ref().and_then(|size| size.parse::<u32>().ok()).unwrap_or(group.disk_size);
        let sizes = format!("boot disk {size} GB → {} GB", group.disk_size);
        differs(Effect::Refused, group.disk_size < size, sizes.clone());
        differs(Effect::InPlace, group.disk_size > size, sizes);
        let fate = if group.keep_disk { "boot disk no longer deleted with it" } else { "boot disk deleted with it" };
        differs(Effect::InPlace, disk.auto_delete == group.keep_disk, fate.to_owned());
    }
    let machine_type = instance.machine_type();
    differs(Effect::Restart, machine_type != group.machine_type, format!("{machine_type} → {}", group.machine_type));
    let account = instance.service_accounts.first();
    let email = group.service_account.as_deref();
    let other = account.is_none_or(|account| email != Some(&account.email));
    differs(Effect::Restart, other, format!("service account {}", email.unwrap_or("that is created for it")));
    let scopes = account.is_some_and(|account| account.scopes != [CLOUD_PLATFORM]);
    differs(Effect::Restart, scopes && !other, "scope cloud-platform".to_owned());
    let secure = if group.secure_boot { "Secure Boot on" } else { "Secure Boot off" };
    differs(
        Effect::Restart,
        instance.shielded_instance_config.enable_secure_boot != group.secure_boot,
        secure.to_owned(),
    );
    let external = instance.interface().is_some_and(|interface| !interface.access_configs.is_empty());
    let change = if group.external_ip { "gets an external address" } else { "loses its external address" };
    differs(Effect::InPlace, external != group.external_ip, change.to_owned());
    let forward = if group.ip_forward { "IP forwarding on" } else { "IP forwarding off" };
    differs(Effect::InPlace, instance.can_ip_forward != group.ip_forward, forward.to_owned());
    let bare = instance.aliases().next().is_none();
    differs(
        Effect::InPlace,
        bare,
        format!("alias range {}, unless its Node has another podCIDR already: check that first", node.pods),
    );
    let foreign = instance.aliases().any(|(_, alias)| alias.of.as_deref() != Some(&plan.network.pods_range));
    differs(Effect::Refused, foreign, format!("its alias range is not of {}", plan.network.pods_range));
    let keys: Vec<&str> = instance.metadata.items.iter().map(|item| item.key.as_str()).collect();
    let lost: Vec<&str> = keys.into_iter().filter(|key| !METADATA.contains(key)).collect();
    differs(Effect::InPlace, !lost.is_empty(), format!("metadata removed: {}", lost.join(", ")));
    all
}

/// The machines of the description that exist.
pub(super) fn existing<'a>(
    plan: &'a Plan,
    instances: &'a [Instance],
) -> impl Iterator<Item = (&'a Group, &'a Node, &'a Instance)> {
    let nodes = plan.groups().flat_map(|group| group.nodes.iter().map(move |node| (group, node)));
    nodes.filter_map(|(group, node)| {
        let instance = instances.iter().find(|instance| instance.name == node.name)?;
        Some((group, node, instance))
    })
}
