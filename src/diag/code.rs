//! Every diagnostic's code. A code is a contract: it is never renamed, and each has a fixture in
//! `tests/invalid` and a page in `explain`.

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// The rule that a diagnostic is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// All codes, in the order of this file.
            pub const ALL: &'static [Code] = &[$(Code::$name,)*];

            /// As it is printed.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }

            /// Its explain page, as Markdown: what is wrong and why, a wrong and a right example, the source.
            pub(super) fn page(self) -> &'static str {
                match self { $(Code::$name => include_str!(concat!("explain/", $text, ".md")),)* }
            }
        }
    };
}

codes! {
    // The text
    /// The file is not text, or too large to be a description.
    Unreadable = "unreadable",
    /// Not YAML.
    Syntax = "syntax",
    /// Nested, repeated or aliased beyond what a description needs.
    Excess = "excess",
    // The shape
    /// A key that does not exist here.
    UnknownKey = "unknown-key",
    /// The same key twice in one mapping.
    DuplicateKey = "duplicate-key",
    /// The value has the wrong type.
    WrongType = "wrong-type",
    /// A required key is missing.
    MissingKey = "missing-key",
    /// In the design, not in this version.
    NotSupported = "not-supported",
    // Names
    /// Not a valid name (RFC 1035).
    InvalidName = "invalid-name",
    /// A derived name is too long.
    NameTooLong = "name-too-long",
    /// A name is used twice.
    NameClash = "name-clash",
    /// A name that Google already uses.
    ReservedName = "reserved-name",
    /// Not a project id.
    InvalidProject = "invalid-project",
    /// Not a region, or a zone, as Google writes them.
    InvalidRegion = "invalid-region",
    /// A region that the embedded table does not have.
    UnknownRegion = "unknown-region",
    /// A zone that its region does not have as far as the embedded table knows.
    UnknownZone = "unknown-zone",
    /// A zone of another region.
    ZoneOutsideRegion = "zone-outside-region",
    /// Not a valid Google label.
    InvalidLabel = "invalid-label",
    /// Not a label or taint of a Kubernetes node.
    InvalidNodeLabel = "invalid-node-label",
    // Addresses
    /// Not an IPv4 range in CIDR notation.
    InvalidCidr = "invalid-cidr",
    /// Bits to the right of the prefix are set.
    HostBits = "host-bits",
    /// Larger or smaller than a subnet's range may be.
    RangeSize = "range-size",
    /// Overlaps a range that Google refuses.
    ProhibitedRange = "prohibited-range",
    /// Two ranges share addresses.
    Overlap = "overlap",
    /// Allowed, but known to cause problems later.
    AwkwardRange = "awkward-range",
    /// A service range that kube-apiserver or kubeadm cannot use.
    ServiceRange = "service-range",
    /// Pods per node outside what a node can hold.
    PodsPerNode = "pods-per-node",
    /// More nodes than the pod range has blocks, or the node range addresses.
    RangeFull = "range-full",
    /// More pods than Kubernetes supports.
    TooManyPods = "too-many-pods",
    // The network
    /// The MTU is outside the range of a VPC.
    Mtu = "mtu",
    /// Machines without a way to the internet cannot install what they run.
    NoEgress = "no-egress",
    /// Allowed sources cannot reach the machine.
    Unreachable = "unreachable",
    /// An administration port is open to the internet.
    OpenToWorld = "open-to-world",
    /// Invalid protocol or port in a firewall rule.
    InvalidAllow = "invalid-allow",
    /// A rule that names no source, or both IPv4 and IPv6.
    InvalidSource = "invalid-source",
    // Machines
    /// A Kubernetes version that is not in the table.
    UnsupportedVersion = "unsupported-version",
    /// A patch release that probably does not exist.
    UnknownVersion = "unknown-version",
    /// An invalid machine count.
    InvalidCount = "invalid-count",
    /// Every namespace admits pods that can take over their node.
    PrivilegedPods = "privileged-pods",
    /// No node accepts ordinary pods.
    NothingSchedulable = "nothing-schedulable",
    /// Services cannot have internal load balancers.
    InternalLoadBalancer = "internal-load-balancer",
    /// Boot files near or above what metadata holds.
    BootDataSize = "boot-data-size",
    /// Not a machine type as Google writes them.
    InvalidMachineType = "invalid-machine-type",
    /// A machine type that the embedded table does not have.
    UnknownMachineType = "unknown-machine-type",
    /// The machine is too small for `kubeadm init`.
    MachineTooSmall = "machine-too-small",
    /// Not an image reference as Terraform passes it on untouched.
    InvalidImage = "invalid-image",
    /// An image family that does not exist, or that the embedded table does not have.
    UnknownImage = "unknown-image",
    /// An image that Google no longer has.
    WithdrawnImage = "withdrawn-image",
    /// A machine of one architecture, an image for another.
    ArchitectureMismatch = "architecture-mismatch",
    /// A boot disk that does not exist or cannot hold the image.
    InvalidDisk = "invalid-disk",
    /// A boot disk that the machine's family does not take.
    DiskMismatch = "disk-mismatch",
    /// No type of disk for pods' volumes that the machines of all pools take.
    VolumeMismatch = "volume-mismatch",
    /// A control plane that cannot be replaced, because its boot disk is kept.
    Irreplaceable = "irreplaceable",
    /// Not the email address of a service account.
    InvalidServiceAccount = "invalid-service-account",
    /// A service account of another project.
    ForeignAccount = "foreign-account",
    /// Compute Engine's default service account.
    DefaultAccount = "default-account",
    /// One service account for the control plane and a pool.
    SharedAccount = "shared-account",
    /// An invalid backend.
    InvalidBackend = "invalid-backend",
    /// A bucket, an interval or a time that etcd's snapshots cannot have.
    InvalidBackup = "invalid-backup",
    // The lock
    /// Not a vpcgen lock file.
    LockUnreadable = "lock-unreadable",
    /// A lock in an unknown version of the format.
    LockVersion = "lock-version",
    /// An invalid line of the lock.
    LockEntry = "lock-entry",
    /// A duplicate machine or block in the lock.
    LockConflict = "lock-conflict",
    /// The description contradicts what the lock says of the running cluster.
    LockContradiction = "lock-contradiction",
    /// A Kubernetes version older than the cluster's, or more than one minor above it.
    UpgradePath = "upgrade-path",
    /// The cluster keeps its Kubernetes version, because the description does not set one.
    VersionKept = "version-kept",
    /// Machines would be replaced although their disks are kept.
    KeptDisk = "kept-disk",
    /// A machine belongs to another pool now.
    PoolChanged = "pool-changed",
    /// Machines would restart, or be destroyed and created again, at the same time.
    DisruptiveChange = "disruptive-change",
    /// The description has lost a pool whose machines exist.
    PoolRemoved = "pool-removed",
    /// A state disk would be replaced, reduced, or destroyed with its control plane.
    StateDisk = "state-disk",
    /// A kept disk remains without its machine, or is in the way of a new one.
    OrphanedDisk = "orphaned-disk",
    /// Two descriptions have one lock.
    LockShared = "lock-shared",
    /// The lock is out of date.
    LockBehind = "lock-behind",
    /// A machine stays in a zone that the description no longer names.
    ZoneKept = "zone-kept",
}

impl Code {
    /// The codes of which `validate` reports warnings; all others are always errors. A few are errors in other situations.
    pub const WARNINGS: &'static [Code] = &[
        Code::AwkwardRange,
        Code::BootDataSize,
        Code::DefaultAccount,
        Code::DisruptiveChange,
        Code::ForeignAccount,
        Code::InternalLoadBalancer,
        Code::InvalidAllow,
        Code::Irreplaceable,
        Code::NoEgress,
        Code::NothingSchedulable,
        Code::OpenToWorld,
        Code::OrphanedDisk,
        Code::PodsPerNode,
        Code::PoolChanged,
        Code::PoolRemoved,
        Code::PrivilegedPods,
        Code::TooManyPods,
        Code::UnknownImage,
        Code::UnknownMachineType,
        Code::UnknownRegion,
        Code::UnknownVersion,
        Code::UnknownZone,
        Code::Unreachable,
        Code::UnsupportedVersion,
        Code::VersionKept,
        Code::VolumeMismatch,
        Code::ZoneKept,
    ];
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
