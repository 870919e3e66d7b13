//! The description with every default written out, each with where it comes from (`vpcgen expand`). Read again, it is the same
//! cluster.

mod machines;
mod parts;
mod writer;

use self::writer::Writer;
use crate::model::{Cluster, InUse};
use crate::spec::Spec;

/// What was written, what it means, and where the rest comes from.
#[derive(Debug, Clone, Copy)]
pub struct Expansion<'a> {
    /// The description as written.
    pub spec: &'a Spec,
    /// The cluster that it means.
    pub cluster: &'a Cluster,
    /// What the cluster uses if it exists.
    pub in_use: Option<&'a InUse>,
    /// The file name of the lock, which comments name.
    pub lock: &'a str,
}

/// The whole description, as YAML.
pub fn expand(of: Expansion<'_>) -> String {
    let Expansion { spec, cluster, .. } = of;
    let mut out = Writer::default();
    out.written("name", &cluster.name);
    out.written("project", &cluster.project);
    out.written("region", &cluster.region);
    out.list("zones", &cluster.control_plane.zones, writer::default(&spec.zones, "the first zones of the region"));
    out.mapping_of_text("labels", &cluster.labels, writer::default(&spec.labels, ""));
    parts::kubernetes(of, &mut out);
    parts::network(of, &mut out);
    parts::access(of, &mut out);
    parts::firewall(of, &mut out);
    machines::control_plane(of, &mut out);
    machines::pools(of, &mut out);
    parts::addons(of, &mut out);
    parts::backup(of, &mut out);
    parts::terraform(of, &mut out);
    out.text()
}
