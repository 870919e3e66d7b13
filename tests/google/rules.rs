//! The rules: everything that the stand-in rejects, with the format of Google's error, what the rule requires, and its source.
//!
//! Sources: `api` is Compute Engine's discovery document (<https://www.googleapis.com/discovery/v1/apis/compute/v1/rest>; other services:
//! `api:NAME`), with schema.field; `docs` a page below <https://docs.cloud.google.com/>; `seen` a real response from Google.

use std::fmt;

/// One rule.
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    pub(crate) shape: Shape,
    pub(crate) what: &'static str,
    pub(crate) source: &'static str,
}

/// How Google reports the error: immediately, with a status and a reason, or in the operation, with an error code.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    Http(u16, &'static str),
    Operation(&'static str),
}
use Shape::{Http, Operation};

impl PartialEq for Rule {
    fn eq(&self, other: &Rule) -> bool {
        self.id == other.id
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

const INVALID: Shape = Http(400, "invalid");
const BAD: Shape = Http(400, "badRequest");
const TAKEN: Shape = Http(409, "alreadyExists");
const GONE: Shape = Http(404, "notFound");
const CHANGED: Shape = Http(412, "conditionNotMet");
const IN_USE: Shape = Http(400, "resourceInUseByAnotherResource");
const TOO_LARGE: Shape = Http(413, "fieldSizeTooLarge");

macro_rules! rules {
    ($($name:ident $id:literal $shape:expr, $what:literal, $source:literal;)*) => {
        $(#[doc = $what] pub(crate) static $name: Rule = Rule { id: $id, shape: $shape, what: $what, source: $source };)*
        /// Every rule, in the order of this file.
        pub(crate) static ALL: &[&Rule] = &[$(&$name),*];
    };
}

#[rustfmt::skip]
rules! {
    // All services.
    UNKNOWN_METHOD "unknown-method" Http(501, "notImplemented"), "The stand-in does not implement this method; an unknown call must not go unnoticed.", "this stand-in";
    NOT_FOUND "not-found" GONE, "A resource that is read, changed or deleted must exist.", "api";
    TAKEN_NAME "name.taken" TAKEN, "Names are unique within a collection and location; a boot disk that outlives its VM keeps its name.", "seen: disks/NAME already exists";
    LABELS "labels" INVALID, "At most 64 labels; keys [a-z][a-z0-9_-]{0,62}, values [a-z0-9_-]{0,63}.", "docs: compute/docs/labeling-resources";
    FINGERPRINT "fingerprint" CHANGED, "An update carries the fingerprint of the version it is based on, so that concurrent changes are not overwritten.", "api: Subnetwork.fingerprint, Metadata.fingerprint, Tags.fingerprint";

    TOKEN "token" Http(401, "authError"), "A call to SERVICE.googleapis.com carries the token of an existing VM that has a service account.", "docs: docs/authentication/troubleshoot-adc";
    INSUFFICIENT_SCOPES "token.scopes" Http(403, "insufficientPermissions"), "The access scopes of the VM include the service.", "docs: compute/docs/access/service-accounts#accesscopesiam";
    FORBIDDEN "permission" Http(403, "forbidden"), "Roles on the resource or its project grant every permission that the call needs.", "seen: Required 'P' permission for 'R'; Permission 'P' denied for resource 'R' (or it may not exist)";

    // Compute Engine, every collection.
    PROJECT "project" INVALID, "6 to 30 lowercase letters, digits and hyphens; starts with a letter, does not end with a hyphen.", "api:cloudresourcemanager Project.projectId";
    REGION "region" INVALID, "The region exists.", "docs: compute/docs/regions-zones";
    ZONE "zone" INVALID, "The zone exists in its region.", "docs: compute/docs/regions-zones";
    NAME "name" INVALID, "[a-z]([-a-z0-9]{0,61}[a-z0-9])?", "api: *.name";
    REFERENCE "reference" INVALID, "A reference names an existing resource of the expected type.", "api";
    PLACE "reference.place" INVALID, "Regional and zonal references stay within their region.", "api: NetworkInterface.subnetwork, Address.subnetwork";
    IMMUTABLE "immutable" INVALID, "Cannot change after creation: a network's mode, a firewall rule's network and direction, a router's network and ASN, a subnetwork's network and range, a forwarding rule's address, ports and target.", "api: *.update, *.patch";
    IN_USE_BY "in-use" IN_USE, "A resource that another one uses cannot be deleted.", "seen: The network resource 'N' is already being used by 'F'";

    // Networks and subnetworks.
    MTU "network.mtu" INVALID, "1300 to 8896.", "api: Network.mtu";
    ROUTING_MODE "network.routing" INVALID, "REGIONAL or GLOBAL.", "api: NetworkRoutingConfig.routingMode";
    CIDR "cidr" INVALID, "An IPv4 CIDR without host bits or leading zeros.", "api: Subnetwork.ipCidrRange";
    RANGE_SIZE "range.size" INVALID, "Primary and secondary ranges are /4 to /29.", "docs: vpc/docs/subnets";
    PROHIBITED "range.prohibited" INVALID, "No range overlaps 0/8, 127/8, 169.254/16, 224/4, 199.36.153.4/30, 199.36.153.8/30 or 255.255.255.255/32.", "docs: vpc/docs/subnets#prohibited-ipv4-ranges";
    OVERLAP "range.overlap" INVALID, "The primary and secondary ranges of a network do not overlap, in any region.", "seen: Invalid IPCidrRange: X conflicts with existing subnetwork 'Y' in region 'Z'";
    RANGE_NAME "range.name" INVALID, "Secondary ranges have names that are unique within their subnetwork.", "api: SubnetworkSecondaryRange.rangeName";
    RANGE_COUNT "range.count" INVALID, "At most 170 secondary ranges.", "docs: vpc/docs/quota";
    RANGE_FIXED "range.fixed" INVALID, "A secondary range cannot be resized, and one request cannot both add and remove ranges.", "docs: vpc/docs/configure-alias-ip-ranges";
    RANGE_IN_USE "range.in-use" IN_USE, "A secondary range that a machine or a NAT uses cannot be removed.", "docs: vpc/docs/configure-alias-ip-ranges";
    RANGE_GROWS "range.grows" INVALID, "A primary range can only be expanded, and must contain its previous range.", "api: SubnetworksExpandIpCidrRangeRequest";
    FLOW_LOGS "subnetwork.flow-logs" INVALID, "Sampling is 0 to 1; the interval and the metadata mode are one of the known values.", "api: SubnetworkLogConfig";

    // Firewall rules.
    FIREWALL_ACTION "firewall.action" INVALID, "A rule either allows or denies.", "api: Firewall.allowed, Firewall.denied";
    FIREWALL_PROTOCOL "firewall.protocol" INVALID, "tcp, udp, icmp, esp, ah, ipip, sctp, all, or a number up to 255.", "api: Firewall.allowed.IPProtocol";
    FIREWALL_PORTS "firewall.ports" INVALID, "Ports up to 65535 or port ranges, only with tcp, udp and sctp.", "api: Firewall.allowed.ports";
    FIREWALL_PRIORITY "firewall.priority" INVALID, "0 to 65535.", "api: Firewall.priority";
    FIREWALL_SOURCES "firewall.sources" INVALID, "Tags and service accounts cannot be mixed; an EGRESS rule has neither source tags nor source accounts.", "api: Firewall.sourceTags, Firewall.sourceServiceAccounts";
    FIREWALL_FAMILIES "firewall.families" INVALID, "IPv4 and IPv6 ranges cannot be mixed in one rule.", "docs: firewall/docs/firewalls";
    FIREWALL_COUNT "firewall.count" INVALID, "At most 5000 ranges, 30 source tags, 70 target tags, 10 accounts.", "docs: firewall/quotas";

    // Addresses.
    ADDRESS_TYPE "address.type" INVALID, "An INTERNAL address names its subnetwork, an EXTERNAL one does not.", "api: Address.subnetwork";
    ADDRESS_RANGE "address.range" INVALID, "An internal address belongs to the primary range of its subnetwork.", "docs: vpc/docs/ip-addresses";
    ADDRESS_RESERVED "address.reserved" INVALID, "Google reserves the first two and the last two addresses of a primary range.", "docs: vpc/docs/subnets#unusable-ip-addresses-in-every-subnet";
    ADDRESS_IN_USE "address.in-use" Operation("IP_IN_USE_BY_ANOTHER_RESOURCE"), "An address is used by one resource.", "seen: IP 'X' is already being used by another resource";

    ADDRESS_EXTERNAL "address.external" INVALID, "Google assigns external addresses; only one that a resource of the project already uses can be named.", "docs: vpc/docs/reserve-static-external-ip-address";

    // Routers and Cloud NAT.
    ROUTER_ASN "router.asn" INVALID, "A private ASN of RFC 6996, or 16550.", "api: RouterBgp.asn";
    NAT_ADDRESSES "nat.addresses" INVALID, "MANUAL_ONLY lists external addresses of the region, AUTO_ONLY lists none.", "api: RouterNat.natIps";
    NAT_RANGES "nat.ranges" INVALID, "LIST_OF_SUBNETWORKS lists subnetworks of the router's network and region, other modes none; the secondary ranges that are named exist.", "api: RouterNat.sourceSubnetworkIpRangesToNat, RouterNatSubnetworkToNat";
    NAT_OVERLAP "nat.overlap" INVALID, "A range is translated by one NAT; ALL_SUBNETWORKS_… tolerates no other NAT in its network and region.", "api: RouterNat.sourceSubnetworkIpRangesToNat";
    NAT_PORTS "nat.ports" INVALID, "Dynamic allocation requires powers of two and a maximum above the minimum, and excludes endpoint-independent mapping; a maximum requires dynamic allocation.", "docs: nat/docs/ports-and-addresses";

    // Machines.
    MACHINE_TYPE "machine.type" INVALID, "The machine type exists in the zone of the VM.", "docs: compute/docs/machine-resource";
    ACCOUNT_OF_MACHINE "machine.account" GONE, "At most one service account, and it must exist.", "api: Instance.serviceAccounts";
    SCOPES "machine.scopes" INVALID, "Access scopes are OAuth URLs.", "docs: compute/docs/access/service-accounts";
    SCHEDULING "machine.scheduling" INVALID, "A Spot VM cannot restart automatically or migrate.", "docs: compute/docs/instances/spot";
    SHIELDED "machine.shielded" INVALID, "Integrity monitoring requires the vTPM.", "docs: compute/shielded-vm/docs/shielded-vm";
    STOPPED "machine.stopped" INVALID, "Machine type, service account and shielded options can only change while the VM is stopped.", "api: instances.setMachineType, instances.setServiceAccount";
    NOT_RUNNING "machine.not-running" Http(400, "resourceNotReady"), "Only a running VM can be reset.", "docs: compute/docs/instances/stop-start-instance";
    PROTECTED "machine.protected" INVALID, "A VM with deletion protection cannot be deleted.", "api: Instance.deletionProtection";
    TAGS "machine.tags" INVALID, "At most 64 network tags, valid as names and without duplicates.", "docs: vpc/docs/add-remove-network-tags";
    METADATA_KEY "metadata.key" INVALID, "Keys match [a-zA-Z0-9-_]{1,128} and are unique.", "api: Metadata.items.key";
    METADATA_VALUE "metadata.value" TOO_LARGE, "A value is at most 262144 bytes.", "api: Metadata.items.value";
    METADATA_TOTAL "metadata.total" TOO_LARGE, "All keys and values together are less than 512 KiB.", "api: Instance.metadata";

    // Disks.
    BOOT_DISK "disk.boot" INVALID, "The first disk is the boot disk, has an image and at least 10 GB.", "api: AttachedDiskInitializeParams.diskSizeGb";
    DISK_SIZE "disk.size" INVALID, "A disk is at least as large as its source, within the limits of its type, and cannot shrink.", "seen: Requested disk size cannot be smaller than the image size";
    DISK_TYPE "disk.type" INVALID, "The disk type exists and suits the machine family: c4, n4, m4 and related families only support Hyperdisk; c3 does not support pd-standard.", "seen: [pd-standard, n4-standard-16] features are not compatible for creating instance";
    IMAGE "disk.image" GONE, "The image or image family exists.", "seen: The resource 'projects/centos-cloud/global/images/family/centos-7' was not found";
    ARCHITECTURE "disk.architecture" INVALID, "The architecture of the boot image matches that of the machine type.", "seen: Requested boot disk architecture (X86_64) is not compatible with machine type architecture (ARM64)";

    DISK_SOURCE "disk.source" INVALID, "A disk has at most one source.", "api: Disk.sourceImage, Disk.sourceSnapshot, Disk.sourceDisk";
    DISK_ZONE "disk.zone" INVALID, "A disk can only be attached to a VM in the same zone.", "api: AttachedDisk.source";
    DISK_IN_USE "disk.in-use" IN_USE, "Only one VM can attach a disk for writing; creating another VM with it fails at once.", "seen: The disk resource 'D' is already being used by 'I'";
    DISK_IN_USE_LATER "disk.in-use-later" Operation("RESOURCE_IN_USE_BY_ANOTHER_RESOURCE"), "Only one VM can attach a disk for writing; attachDisk fails in its operation.", "seen: openshift/release #7550";
    DEVICE_NAME "disk.device-name" INVALID, r"Device names are \w[\w.-]{0,254}, unique on a VM; only an attached disk can be detached.", "api: AttachedDisk.deviceName";
    DISK_COUNT "disk.count" Operation("LIMIT_EXCEEDED"), "At most 128 disks per VM, 16 on shared-core machine types.", "docs: compute/docs/disks#pdlimits";
    BOOT_DISK_STAYS "disk.boot-stays" INVALID, "A boot disk can only be attached or detached while the VM is stopped.", "docs: compute/docs/disks/detach-reattach-boot-disk";
    DISK_SCHEDULE "disk.schedule" INVALID, "A disk has at most one snapshot schedule, from its own region.", "docs: compute/docs/disks/scheduled-snapshots";
    SNAPSHOT_SCHEDULE "policy.schedule" INVALID, "Exactly one schedule: every 1 to 23 hours, daily or weekly, starting on the hour; retention of at least one day.", "api: ResourcePolicySnapshotSchedulePolicy";
    SNAPSHOT_PLACE "snapshot.place" INVALID, "A snapshot is stored in a region or a multi-region.", "api: Snapshot.storageLocations";

    // Load balancers.
    HEALTH_CHECK_TYPE "health-check.type" INVALID, "A health check has a known type and only the settings of that type.", "api: HealthCheck.type";
    HEALTH_CHECK_PORT "health-check.port" INVALID, "1 to 65535.", "api: HTTPHealthCheck.port";
    HEALTH_CHECK_TIMES "health-check.times" INVALID, "Interval and timeout are 1 to 300 seconds, the timeout at most the interval; thresholds are 1 to 10.", "api: HealthCheck.timeoutSec, HealthCheck.checkIntervalSec";
    NAMED_PORTS "group.named-ports" INVALID, "A named port is 1 to 65535.", "api: NamedPort.port";
    GROUP_PLACE "group.place" INVALID, "The members of an instance group are in its zone and network.", "api: instanceGroups.addInstances";
    MEMBER_THERE "group.member-there" Http(400, "memberAlreadyExists"), "A VM can be added to a group only once.", "seen: Resource 'I' already exists in the group";
    MEMBER_GONE "group.member-gone" Http(400, "memberNotFound"), "Only a member can be removed from a group.", "api: instanceGroups.removeInstances";
    BALANCED_ONCE "group.balanced-once" Http(400, "instanceInMultipleLoadBalancedIgs"), "A VM belongs to at most one load-balanced instance group.", "seen: instance may belong to at most one load-balanced instance group";
    BALANCED_ONCE_LATER "group.balanced-once-later" Operation("INSTANCE_IN_MULTIPLE_LOAD_BALANCED_IGS"), "A VM belongs to at most one load-balanced instance group; making a second group a backend fails in the operation.", "seen: terraform-google-lb-http #322";
    BALANCING_SCHEME "balancing.scheme" INVALID, "INTERNAL or EXTERNAL (the stand-in has no proxy load balancers), the same for a forwarding rule and its target; a target pool is EXTERNAL.", "api: ForwardingRule.loadBalancingScheme";
    BALANCING_PROTOCOL "balancing.protocol" INVALID, "TCP, UDP or UNSPECIFIED without a port name; a forwarding rule has the protocol of its backend service.", "api: BackendService.protocol, ForwardingRule.IPProtocol";
    BACKEND_HEALTH_CHECK "backend.health-check" INVALID, "Exactly one health check, global or of the region.", "api: BackendService.healthChecks";
    BACKEND_GROUP "backend.group" INVALID, "Backends are distinct instance groups of the region that have a network.", "api: Backend.group; seen: hashicorp/terraform-provider-google #105";
    BACKEND_MODE "backend.mode" INVALID, "A passthrough load balancer uses balancing mode CONNECTION without capacity limits.", "api: Backend.balancingMode";
    BACKEND_NETWORK "backend.network" INVALID, "Backends, backend service and forwarding rule are in one network.", "api: BackendService.network";
    POOL_HEALTH_CHECK "pool.health-check" INVALID, "At most one health check, and it must be a legacy HTTP one.", "api: TargetPool.healthChecks";
    POOL_INSTANCE "pool.instance" INVALID, "The instances of a target pool are in its region.", "api: TargetPool.instances";
    RULE_TARGET "rule.target" INVALID, "A forwarding rule has exactly one target or backend service, in its region.", "api: ForwardingRule.target, ForwardingRule.backendService";
    RULE_PORTS "rule.ports" INVALID, "At most five ports, one port range, or all ports; an internal rule needs ports or all.", "api: ForwardingRule.ports";
    RULE_SUBNETWORK "rule.subnetwork" INVALID, "An internal rule names its subnetwork, in its region and network.", "api: ForwardingRule.subnetwork";

    // Network interfaces and their alias ranges.
    NIC "nic" INVALID, "One to eight interfaces, each in its own network, with a subnetwork (custom mode has no default), and at most one external address.", "api: Instance.networkInterfaces";
    ALIAS_RANGE "alias.range" INVALID, "An alias range comes from a secondary range of the interface's own subnetwork.", "api: AliasIpRange.subnetworkRangeName";
    ALIAS_INSIDE "alias.inside" INVALID, "An alias range is contained in its secondary range.", "api: AliasIpRange.ipCidrRange";
    ALIAS_IN_USE "alias.in-use" Operation("IP_IN_USE_BY_ANOTHER_RESOURCE"), "Alias ranges of different VMs do not overlap.", "seen: IP '10.0.2.248/29' is already being used by another resource";
    ALIAS_EXHAUSTED "alias.exhausted" Operation("IP_SPACE_EXHAUSTED_WITH_DETAILS"), "An alias range requested by prefix length needs free space.", "seen: IP space of 'S' is exhausted";
    ALIAS_COUNT "alias.count" INVALID, "At most 150 alias ranges on an interface.", "docs: vpc/docs/quota";

    // Cloud DNS.
    ZONE_NAME "dns.zone-name" INVALID, "A zone's DNS name is fully qualified: lowercase, with a trailing dot.", "api:dns ManagedZone.dnsName";
    ZONE_DESCRIPTION "dns.description" Http(400, "required"), "The description of a zone is required, though it may be empty.", "seen: The 'entity.managedZone.description' parameter is required but was missing";
    ZONE_VISIBILITY "dns.visibility" INVALID, "private or public; only a private zone has networks, which must exist, and a network can see a DNS name in only one zone.", "api:dns ManagedZone.privateVisibilityConfig";
    ZONE_NOT_EMPTY "dns.not-empty" Http(400, "containerNotEmpty"), "A zone that contains records cannot be deleted.", "api:dns managedZones.delete";
    RECORD_NAME "dns.record-name" INVALID, "A record belongs to its zone.", "api:dns ResourceRecordSet.name";
    RECORD_DATA "dns.record-data" INVALID, "A record's data match its type: an A record contains distinct IPv4 addresses.", "api:dns ResourceRecordSet.rrdatas";
    RECORD_STALE "dns.record-stale" CHANGED, "A deletion must match the existing record exactly.", "api:dns changes.create";

    // Secret Manager.
    SECRET_ID "secret.id" BAD, "[A-Za-z0-9_-]{1,255}.", "api:secretmanager secrets.create.secretId";
    REPLICATION "secret.replication" BAD, "Replication is automatic, or user-managed in existing regions.", "api:secretmanager Secret.replication";
    VERSION_STATE "secret.version-state" Http(400, "failedPrecondition"), "Only an enabled version can be accessed; a destroyed version cannot be restored.", "seen: Secret Version [V] is in DESTROYED state";
    PAYLOAD "secret.payload" BAD, "A payload has 1 to 65536 bytes, in base64.", "docs: secret-manager/quotas";

    // Cloud Storage.
    BUCKET_NAME "bucket.name" INVALID, "3 to 63 lowercase letters, digits, hyphens and underscores; starts and ends with a letter or digit; does not contain 'google'.", "docs: storage/docs/buckets#naming";
    BUCKET_TAKEN "bucket.taken" Http(409, "conflict"), "Bucket names are globally unique.", "docs: storage/docs/buckets";
    BUCKET_NOT_EMPTY "bucket.not-empty" Http(409, "conflict"), "Only an empty bucket can be deleted.", "seen: The bucket you tried to delete is not empty";
    BUCKET "bucket" INVALID, "The location exists and cannot change; the storage class exists; soft deletion is off or 7 to 90 days; retention is 1 second to 100 years.", "api:storage Bucket";
    BUCKET_PUBLIC "bucket.public" CHANGED, "Where public access is prevented, a policy names neither allUsers nor allAuthenticatedUsers.", "docs: storage/docs/public-access-prevention";
    OBJECT_NAME "object.name" INVALID, "1 to 1024 bytes without line breaks; neither . nor ..", "docs: storage/docs/objects#naming";
    OBJECT_DIGEST "object.digest" INVALID, "The digest that a client sends must match the data.", "docs: storage/docs/data-validation";
    OBJECT_RETAINED "object.retained" Http(403, "retentionPolicyNotMet"), "An object under a retention policy can be neither deleted nor overwritten.", "docs: storage/docs/bucket-lock";
    GENERATION "object.generation" CHANGED, "The current generation matches the precondition; 0 means that the object must not exist.", "docs: storage/docs/request-preconditions";
    STORAGE_FORBIDDEN "object.permission" Http(403, "forbidden"), "A role on the bucket or its project grants the permission; overwriting an object requires permission to delete it.", "seen: S does not have P access to the Google Cloud Storage object";

    // IAM.
    ACCOUNT_ID "account.id" BAD, "6 to 30 lowercase letters, digits and hyphens; starts with a letter, does not end with a hyphen.", "api:iam CreateServiceAccountRequest.accountId";
    ACCOUNT_TEXT "account.text" BAD, "Display name up to 100 bytes, description up to 256.", "api:iam ServiceAccount.displayName";
    ROLE "policy.role" BAD, "roles/NAME, projects/P/roles/NAME or organizations/N/roles/NAME; on a secret, a role that applies to secrets.", "seen: Role (X) does not have the format roles/{role}";
    ROLE_ID "role.id" BAD, "[a-zA-Z0-9_.]{3,64}.", "docs: iam/docs/creating-custom-roles";
    ROLE_PERMISSION "role.permission" BAD, "A permission is SERVICE.COLLECTION.VERB.", "docs: iam/docs/creating-custom-roles";
    ROLE_DELETED "role.deleted" Http(400, "failedPrecondition"), "A deleted role must be restored before it can be changed.", "docs: iam/docs/creating-custom-roles#deleting-custom-role";
    ROLE_EXISTS "policy.role-exists" BAD, "A custom role that is granted must exist.", "seen: Role projects/P/roles/X does not exist in the resource's hierarchy";
    MEMBER "policy.member" BAD, "user:, group:, serviceAccount: or domain: with an address; allUsers and allAuthenticatedUsers cannot be members of a project's policy.", "seen: Please set a valid type prefix for the member";
    MEMBER_EXISTS "policy.member-exists" BAD, "A service account that is granted a role must exist.", "seen: Service account X does not exist";
    POLICY_STALE "policy.stale" Http(409, "aborted"), "A policy update carries the etag of the policy it is based on.", "api:iam Policy.etag";

    // Service Usage.
    SERVICE "service" Http(403, "forbidden"), "The service exists: NAME.googleapis.com.", "api:serviceusage services.enable";
}
