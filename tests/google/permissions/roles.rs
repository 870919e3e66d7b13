//! The permissions in predefined roles, as far as the stand-in's services check them, from the public dataset
//! <https://github.com/iann0036/iam-dataset> (2073fa5). A role that is not listed grants nothing.

/// A role and its permissions: `SERVICE.COLLECTIONS:VERBS`, `*` for all.
const ROLES: &[(&str, &[&str])] = &[
    ("secretmanager.secretAccessor", &["secretmanager.versions:access"]),
    ("secretmanager.secretVersionAdder", &["secretmanager.versions:add"]),
    ("secretmanager.secretVersionManager", &["secretmanager.versions:add,destroy,disable,enable,get,list"]),
    ("secretmanager.viewer", &["secretmanager.secrets:get,list,getIamPolicy", "secretmanager.versions:get,list"]),
    ("secretmanager.admin", &["secretmanager.*:*"]),
    ("storage.objectCreator", &["storage.objects:create"]),
    ("storage.objectViewer", &["storage.objects:get,list"]),
    ("storage.objectUser", &["storage.objects:create,delete,get,list,update"]),
    ("storage.objectAdmin", &["storage.objects:*"]),
    ("storage.bucketViewer", &["storage.buckets:get,list"]),
    ("storage.admin", &["storage.*:*"]),
    ("storage.legacyBucketReader", &["storage.buckets:get", "storage.objects:list"]),
    ("storage.legacyBucketWriter", &["storage.buckets:get", "storage.objects:create,delete,list"]),
    ("storage.legacyObjectReader", &["storage.objects:get"]),
    ("compute.viewer", &["compute.*:get,list,getIamPolicy"]),
    (
        "compute.networkViewer",
        &[
            "compute.addresses,firewalls,instanceGroups,instances,machineTypes,networks,routers,subnetworks,regions,zones:get,list",
            "compute.forwardingRules,backendServices,healthChecks,httpHealthChecks,targetPools:get,list",
            "compute.regionBackendServices,regionHealthChecks:get,list",
        ],
    ),
    (
        "compute.loadBalancerAdmin",
        &[
            "compute.addresses,instanceGroups,forwardingRules,backendServices,healthChecks,httpHealthChecks,targetPools:*",
            "compute.regionBackendServices,regionHealthChecks:*",
            "compute.instances:get,list,use,useReadOnly",
            "compute.networks,subnetworks:get,list,use",
            "compute.globalOperations,regionOperations,zoneOperations:get,list",
            "compute.projects:get",
        ],
    ),
    (
        "compute.securityAdmin",
        &[
            "compute.firewalls:*",
            "compute.networks:get,list,updatePolicy",
            "compute.instances:list",
            "compute.regions,zones,routers,subnetworks,projects:get,list",
            "compute.globalOperations,regionOperations,zoneOperations:get,list",
        ],
    ),
    (
        "compute.instanceAdmin.v1",
        &[
            "compute.disks,instanceGroups,instances,machineTypes,resourcePolicies,snapshots,regions,zones:*",
            "compute.addresses:createInternal,deleteInternal,get,list,use,useInternal",
            "compute.networks,subnetworks:get,list,use,useExternalIp",
            "compute.firewalls,routers,forwardingRules,targetPools,regionBackendServices,regionHealthChecks:get,list",
            "compute.globalOperations,regionOperations,zoneOperations:get,list",
            "compute.projects:get",
        ],
    ),
    (
        "compute.storageAdmin",
        &[
            "compute.disks,resourcePolicies,snapshots,regions,zones:*",
            "compute.globalOperations,regionOperations,zoneOperations:get,list",
            "compute.projects:get",
        ],
    ),
    ("compute.admin", &["compute.*:*"]),
    ("viewer", &["compute.*:get,list,getIamPolicy", "secretmanager.*:get,list,getIamPolicy", "storage.buckets:list"]),
    // Owners and editors can access objects only through the legacy bindings of a bucket, and editors cannot access secret payloads.
    (
        "editor",
        &[
            "compute.*:*",
            "secretmanager.secrets:*",
            "secretmanager.versions:add,destroy,disable,enable,get,list",
            "storage.buckets:create,delete,list",
        ],
    ),
    ("owner", &["compute.*:*", "secretmanager.*:*", "storage.buckets:create,delete,list"]),
];

/// Whether the role (`roles/NAME`) contains the permission (`compute.instances.get`).
pub(super) fn permits(role: &str, permission: &str) -> bool {
    let name = role.trim_start_matches("roles/");
    let entries = ROLES.iter().find(|(role, _)| *role == name).map(|(_, entries)| *entries).unwrap_or_default();
    entries.iter().any(|entry| covers(entry, permission))
}

fn covers(entry: &str, permission: &str) -> bool {
    let (Some((resources, verbs)), Some((resource, verb))) = (entry.split_once(':'), permission.rsplit_once('.'))
    else {
        return false;
    };
    let (Some((service, collections)), Some((of, collection))) = (resources.split_once('.'), resource.split_once('.'))
    else {
        return false;
    };
    let lists = |list: &str, item: &str| list.split(',').any(|listed| listed == "*" || listed == item);
    service == of && lists(collections, collection) && lists(verbs, verb)
}
