//! Custom methods of instances, and which of them need a stopped instance.

use serde_json::{Value, json};

use super::{Acted, Place, alias_ranges, attached_disks, disks, instances, network_interfaces};
use crate::google::{
    Call, World,
    json::{drop_empty, flag, list, merge, text, without_nulls},
    link, metadata, names,
    refusal::Refusal,
    rules,
};

/// Calls a custom method of an instance.
pub(crate) fn act(world: &mut World, place: &Place, action: &str, call: &Call<'_>) -> Result<Acted, Refusal> {
    let mut machine = link::get(world, &place.path)?;
    let body = call.body;
    match action {
        "start" if machine["status"] == "RUNNING" => {}
        "start" | "reset" => {
            if action == "reset" && machine["status"] != "RUNNING" {
                return Err(rules::NOT_RUNNING.refuse(format!(
                    "The instance {} is not running: only a running instance can be reset.",
                    machine["name"]
                )));
            }
            machine["status"] = "RUNNING".into();
            world.boot(&machine);
        }
        "stop" => machine["status"] = "TERMINATED".into(),
        "setMetadata" => {
            metadata::check(body)?;
            replace(world, &mut machine["metadata"], body)?;
        }
        "setTags" => {
            names::check_tags(body, "items")?;
            replace(world, &mut machine["tags"], body)?;
        }
        "setScheduling" => {
            machine["scheduling"] = without_nulls(body);
            instances::complete_scheduling(&mut machine["scheduling"])?;
        }
        "setDeletionProtection" => {
            machine["deletionProtection"] = (call.query("deletionProtection") != Some("false")).into()
        }
        "setDiskAutoDelete" => attached_disks::set_auto_delete(&mut machine, call)?,
        "attachDisk" => attached_disks::attach(world, place, &mut machine, &without_nulls(body))?,
        "detachDisk" => attached_disks::detach(&mut machine, call)?,
        "setMachineType" => {
            refuse_running(&machine)?;
            let name = instances::check_type(place, &body["machineType"])?;
            check_disks(world, &name, &machine)?;
            machine["machineType"] = link::to(&place.beside("machineTypes", &name)).into();
        }
        "setServiceAccount" => {
            refuse_running(&machine)?;
            machine["serviceAccounts"] = if body["email"].is_null() { json!([]) } else { json!([without_nulls(body)]) };
            instances::check_accounts(world, place, &mut machine)?;
        }
        "updateShieldedInstanceConfig" => {
            refuse_running(&machine)?;
            merge(&mut machine["shieldedInstanceConfig"], body);
            instances::complete_shielded(&mut machine["shieldedInstanceConfig"])?;
        }
        "updateNetworkInterface" | "addAccessConfig" | "deleteAccessConfig" => {
            let wanted = call.query("networkInterface").unwrap_or("nic0");
            let nics = machine["networkInterfaces"].as_array_mut().into_iter().flatten();
            let nic = nics.into_iter().find(|nic| nic["name"] == wanted);
            let nic = nic.ok_or_else(|| {
                rules::NIC.field("networkInterface", &wanted.into(), "The machine has no such interface.")
            })?;
            change_interface(world, place, nic, action, body)?;
        }
        _ => return Ok(Acted::Unknown),
    }
    drop_empty(&mut machine);
    world.resources.insert(place.path.clone(), machine);
    Ok(Acted::Done)
}

/// An instance keeps its disks when its machine type changes, so the new type must support them.
fn check_disks(world: &World, machine_type: &str, machine: &Value) -> Result<(), Refusal> {
    for attached in list(machine, "disks") {
        let Some(disk) = link::own(&attached["source"]).and_then(|path| world.resources.get(&path)) else {
            continue;
        };
        disks::check_family(machine_type, link::name(text(disk, "type")))?;
        if flag(attached, "boot") {
            disks::check_architecture(machine_type, text(disk, "architecture"))?;
        }
    }
    Ok(())
}

fn change_interface(
    world: &mut World,
    place: &Place,
    nic: &mut Value,
    action: &str,
    body: &Value,
) -> Result<(), Refusal> {
    match action {
        "addAccessConfig" => {
            let mut wanted = list(nic, "accessConfigs").to_vec();
            wanted.push(without_nulls(body));
            nic["accessConfigs"] = network_interfaces::access(world, place, &wanted)?;
        }
        "deleteAccessConfig" => nic["accessConfigs"] = json!([]),
        _ => {
            refuse_stale(&body["fingerprint"], &nic["fingerprint"])?;
            if !body["aliasIpRanges"].is_null() {
                let subnetwork = link::own(&nic["subnetwork"]).unwrap_or_default();
                nic["aliasIpRanges"] =
                    alias_ranges::assign(world, &subnetwork, list(body, "aliasIpRanges"), list(nic, "aliasIpRanges"))?;
            }
        }
    }
    nic["fingerprint"] = world.fingerprint().into();
    drop_empty(nic);
    Ok(())
}

/// Replaces metadata or tags, which have their own fingerprint.
fn replace(world: &mut World, old: &mut Value, new: &Value) -> Result<(), Refusal> {
    refuse_stale(&new["fingerprint"], &old["fingerprint"])?;
    *old = without_nulls(new);
    old["fingerprint"] = world.fingerprint().into();
    drop_empty(old);
    Ok(())
}

fn refuse_stale(given: &Value, current: &Value) -> Result<(), Refusal> {
    if given != current {
        return Err(rules::FINGERPRINT.refuse("Supplied fingerprint does not match current fingerprint."));
    }
    Ok(())
}

fn refuse_running(machine: &Value) -> Result<(), Refusal> {
    if machine["status"] == "RUNNING" {
        return Err(rules::STOPPED
            .refuse(format!("The machine {} must be stopped before this can be changed.", machine["name"])));
    }
    Ok(())
}
