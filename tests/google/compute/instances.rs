//! Instances.

use serde_json::{Value, json};

use super::{Collection, Place, Within, attached_disks, instance_actions, machine_types, network_interfaces};
use crate::google::{
    World, iam,
    json::{default, flag, list, text, texts},
    link, metadata, names,
    refusal::Refusal,
    rules,
    world::{NOW, default_account},
};

/// The collection.
pub(crate) static COLLECTION: Collection = Collection {
    name: "instances",
    kind: "compute#instance",
    within: Within::Zone,
    check,
    fixed: &[
        "machineType",
        "disks",
        "networkInterfaces",
        "metadata",
        "tags",
        "serviceAccounts",
        "scheduling",
        "status",
        "shieldedInstanceConfig",
    ],
    act: instance_actions::act,
};

fn check(world: &mut World, place: &Place, machine: &mut Value) -> Result<(), Refusal> {
    if world.resources.contains_key(&place.path) {
        // An update of the whole instance changes fields that have no custom method, such as IP forwarding.
        return Ok(());
    }
    let machine_type = check_type(place, &machine["machineType"])?;
    machine["machineType"] = link::to(&place.beside("machineTypes", &machine_type)).into();
    names::check_tags(&machine["tags"], "items")?;
    metadata::check(&machine["metadata"])?;
    check_accounts(world, place, machine)?;
    complete_scheduling(&mut machine["scheduling"])?;
    complete_shielded(&mut machine["shieldedInstanceConfig"])?;
    machine["disks"] = attached_disks::create(world, place, &machine_type, list(machine, "disks"))?;
    machine["networkInterfaces"] = network_interfaces::check(world, place, list(machine, "networkInterfaces"))?;
    machine["metadata"]["fingerprint"] = world.fingerprint().into();
    machine["tags"]["fingerprint"] = world.fingerprint().into();
    machine["status"] = "RUNNING".into();
    machine["lastStartTimestamp"] = NOW.into();
    machine["creationTimestamp"] = now().into();
    machine["cpuPlatform"] = "Intel Cascade Lake".into();
    default(machine, "canIpForward", false);
    default(machine, "deletionProtection", false);
    default(machine, "reservationAffinity", json!({"consumeReservationType": "ANY_RESERVATION"}));
    Ok(())
}

/// The real time, as RFC 3339: clients compare it with their own clock.
fn now() -> String {
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_secs();
    // https://howardhinnant.github.io/date_algorithms.html#civil_from_days
    let days = seconds / 86_400 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let (day, month) = (of_year - (153 * month + 2) / 5 + 1, if month < 10 { month + 3 } else { month - 9 });
    let year = year + era * 400 + u64::from(month <= 2);
    let time = seconds % 86_400;
    format!("{year}-{month:02}-{day:02}T{:02}:{:02}:{:02}.000+00:00", time / 3_600, time / 60 % 60, time % 60)
}

/// The name of the machine type, if it exists in the zone.
pub(crate) fn check_type(place: &Place, wanted: &Value) -> Result<String, Refusal> {
    let path = link::path(wanted.as_str().unwrap_or_default(), &place.project);
    let here = path.filter(|path| link::collection(path) == "machineTypes" && link::scope(path) == place.scope);
    let name = here.map(|path| link::name(&path).to_owned()).filter(|name| machine_types::exists(name));
    name.ok_or_else(|| {
        rules::MACHINE_TYPE.field(
            "resource.machineType",
            wanted,
            format!("There is no such type in zone {}.", place.zone()),
        )
    })
}

/// Checks that there is at most one service account, and that it exists. `default` is Compute Engine's default account.
pub(crate) fn check_accounts(world: &World, place: &Place, machine: &mut Value) -> Result<(), Refusal> {
    let accounts = machine["serviceAccounts"].as_array_mut();
    for (i, account) in accounts.into_iter().flatten().enumerate() {
        if account["email"] == "default" || account["email"].is_null() {
            account["email"] = default_account().into();
        }
        let email = text(account, "email");
        if i > 0 || !iam::exists(world, email) {
            let message = format!(
                "The resource 'projects/{}/serviceAccounts/{email}' of type 'serviceAccount' was not found.",
                place.project
            );
            return Err(rules::ACCOUNT_OF_MACHINE.refuse(message));
        }
        let scope =
            |scope: &str| scope.strip_prefix("https://www.googleapis.com/auth/").is_some_and(|name| !name.is_empty());
        if let Some(wrong) = texts(account, "scopes").into_iter().find(|text| !scope(text)) {
            return Err(rules::SCOPES.field(
                "resource.serviceAccounts.scopes",
                &wrong.into(),
                "Must be https://www.googleapis.com/auth/NAME.",
            ));
        }
    }
    Ok(())
}

/// Fills in scheduling defaults. Spot VMs neither restart automatically nor migrate.
pub(crate) fn complete_scheduling(scheduling: &mut Value) -> Result<(), Refusal> {
    let spot = scheduling["provisioningModel"] == "SPOT" || flag(scheduling, "preemptible");
    if spot && (flag(scheduling, "automaticRestart") || scheduling["onHostMaintenance"] == "MIGRATE") {
        let why = "A Spot machine has automaticRestart false and onHostMaintenance TERMINATE.";
        return Err(rules::SCHEDULING.field("resource.scheduling", scheduling, why));
    }
    default(scheduling, "onHostMaintenance", if spot { "TERMINATE" } else { "MIGRATE" });
    default(scheduling, "automaticRestart", !spot);
    default(scheduling, "preemptible", spot);
    default(scheduling, "provisioningModel", if spot { "SPOT" } else { "STANDARD" });
    if spot {
        default(scheduling, "instanceTerminationAction", "STOP");
    }
    Ok(())
}

/// Fills in defaults for Shielded VM options.
pub(crate) fn complete_shielded(shielded: &mut Value) -> Result<(), Refusal> {
    default(shielded, "enableSecureBoot", false);
    default(shielded, "enableVtpm", true);
    default(shielded, "enableIntegrityMonitoring", true);
    if flag(shielded, "enableIntegrityMonitoring") && !flag(shielded, "enableVtpm") {
        return Err(rules::SHIELDED.field(
            "resource.shieldedInstanceConfig",
            shielded,
            "Integrity monitoring needs the vTPM.",
        ));
    }
    Ok(())
}

/// Deletes an instance's disks that have autoDelete set.
pub(crate) fn delete(world: &mut World, machine: &Value) -> Result<(), Refusal> {
    if flag(machine, "deletionProtection") {
        return Err(rules::PROTECTED
            .refuse("Invalid resource usage: 'Resource cannot be deleted if it's protected against deletion.'"));
    }
    for disk in list(machine, "disks").iter().filter(|disk| flag(disk, "autoDelete")) {
        link::own(&disk["source"]).map(|path| world.resources.remove(&path));
    }
    world.boots.remove(text(machine, "id"));
    Ok(())
}
