//! The pools of nodes: how many machines each has, and their names.

use indexmap::IndexMap;

use super::{ControlPlane, Derived, InUse, MOST_NODES, Pool, labels, machine, name, region};
use crate::diag::{Code, Diagnostic, Report, quantity, thousands};
use crate::source::{Span, Spanned};
use crate::spec;

/// The pool that a description without `pools` gets.
pub(crate) const DEFAULT_POOL: (&str, usize) = ("n", 2);
/// Names that pools cannot have: Terraform's labels and files for the control plane; `m` numbers further control planes.
const RESERVED: [&str; 3] = ["control-plane", "m", "labels"];

/// What pools need to know of the cluster.
pub(super) struct Context<'a> {
    /// What derived names begin with: the cluster's name, or the one that is suggested instead; `None`: there is neither.
    pub(super) prefix: Option<&'a str>,
    pub(super) zones: &'a [String],
    pub(super) region: Option<&'a (String, Vec<String>)>,
    /// What the cluster uses if it exists.
    pub(super) in_use: Option<&'a InUse>,
    /// The pools together have more nodes than a cluster can.
    pub(super) too_many: bool,
}

impl Context<'_> {
    /// The type of a pool's machines that exist; `None`: the control plane's.
    pub(super) fn machine_type(&self, pool: Option<&str>) -> Option<&str> {
        let types = &self.in_use?.machine_types;
        types.iter().find(|(group, _)| group.as_deref() == pool).map(|(_, machine_type)| machine_type.as_str())
    }
}

/// A count as a number of machines. A negative one is none; it is reported on its own.
pub(super) fn machines(count: &Spanned<i64>) -> usize {
    usize::try_from(count.value.max(0)).unwrap_or(usize::MAX)
}

/// How many nodes the pools have together. A pool that is too large or contradicts itself does not count: it is reported on its own.
pub(super) fn total(spec: &spec::Spec) -> usize {
    let count = |pool: &spec::Pool| match (&pool.count, &pool.names) {
        (Some(count), Some(names)) if machines(count) != names.value.len() => 0,
        (_, Some(names)) => names.value.len(),
        (Some(count), None) => machines(count),
        (None, None) => 0,
    };
    let Some(pools) = &spec.pools else { return DEFAULT_POOL.1 };
    let pools = pools.values().map(|pool| count(&pool.value));
    pools.filter(|count| *count <= MOST_NODES).sum()
}

/// The pools, in file order; `None` for one with an error.
pub(super) fn pools(spec: &spec::Spec, context: &Context<'_>, report: &mut Report) -> Vec<Option<Pool>> {
    let Some(pools) = &spec.pools else {
        let (name, count) = DEFAULT_POOL;
        let names = context.prefix.map(|cluster| (1..=count).map(|i| Derived(cluster).node(name, i)).collect());
        let machine = machine::check(&spec::Pool::default().machine(), None, report);
        return vec![Some(Pool {
            name: name.to_owned(),
            names: names.unwrap_or_default(),
            zones: context.zones.to_vec(),
            spot: false,
            labels: IndexMap::new(),
            taints: Vec::new(),
            machine,
        })];
    };
    let unread = |key: &str| ["count", "names"].iter().any(|of| spec.is_unread(&format!("pools.{key}.{of}")));
    pools
        .iter()
        .map(|(key, pool)| report.checked(|report| one(key, &pool.value, unread(&key.value), context, report)))
        .collect()
}

/// `unread`: `count` or `names` is there, but could not be read.
fn one(key: &Spanned<String>, spec: &spec::Pool, unread: bool, context: &Context<'_>, report: &mut Report) -> Pool {
    for (refused, what) in
        [(&spec.autoscale, "autoscaled pools"), (&spec.gpu, "accelerators"), (&spec.local_ssd, "local SSDs")]
    {
        if let Some(refused) = refused {
            let span = if refused.span.is_empty() { &key.span } else { &refused.span };
            not_supported(span, what, report);
        }
    }
    let named = name::check_within(key, "pool name", room(spec, context.prefix), report).is_some();
    if RESERVED.contains(&key.value.as_str()) {
        let message = format!("`{}` is a reserved pool name", key.value);
        report.push(
            Diagnostic::error(Code::NameClash, message)
                .at(&key.span, "used for the control plane")
                .help("choose another name, such as `n`"),
        );
    }
    // Too many are reported once for all pools; deriving their names could exhaust memory.
    let derive = named && !context.too_many;
    let names = if unread { Vec::new() } else { names(key, spec, context.prefix.filter(|_| derive), report) };
    let zones = match &spec.zones {
        Some(zones) => region::zones(Some(zones), context.region, report),
        None => context.zones.to_vec(),
    };
    Pool {
        name: key.value.clone(),
        names,
        zones,
        spot: spec.spot.unwrap_or(false),
        labels: labels::node(spec.labels.as_ref(), report),
        taints: labels::taints(spec.taints.as_ref(), report),
        machine: machine::check(&spec.machine(), context.machine_type(Some(&key.value)), report),
    }
}

/// How long a pool's name may be for the names of its instances.
fn room(spec: &spec::Pool, cluster: Option<&str>) -> usize {
    let count = spec.count.as_ref().map_or(1, machines);
    match cluster.filter(|_| spec.names.is_none()) {
        Some(cluster) => name::LONGEST.saturating_sub(Derived(cluster).node("", count).len()),
        None => name::LONGEST,
    }
}

fn names(key: &Spanned<String>, spec: &spec::Pool, cluster: Option<&str>, report: &mut Report) -> Vec<String> {
    let count = spec.count.as_ref().map(machines);
    if let Some(written) = spec.count.as_ref().filter(|count| count.value < 0) {
        let message = format!("the pool `{}` has a `count` of {}; it must be at least 0", key.value, written.value);
        let diagnostic = Diagnostic::error(Code::InvalidCount, message).at(&written.span, "");
        let meant = written.value.unsigned_abs();
        report.push(match meant <= MOST_NODES as u64 {
            true => diagnostic.help(format!("did you mean {meant}?")).patch(&written.span, meant.to_string()),
            false => diagnostic.help(format!("use 0 to {}", thousands(MOST_NODES as u64))),
        });
        return Vec::new();
    }
    if let Some(span) = spec.count.as_ref().filter(|_| count > Some(MOST_NODES)).map(|count| &count.span) {
        let message = format!(
            "{} nodes; Kubernetes supports at most {} nodes per cluster",
            thousands(count.unwrap_or_default() as u64),
            thousands(MOST_NODES as u64)
        );
        report
            .push(Diagnostic::error(Code::InvalidCount, message).at(span, "").help("split this into several clusters"));
        return Vec::new();
    }
    match (&spec.names, count) {
        (Some(names), Some(count)) if names.value.len() != count => {
            let message = format!(
                "the pool `{}` has {} and {}",
                key.value,
                quantity(count as u64, "node"),
                quantity(names.value.len() as u64, "name")
            );
            let diagnostic = Diagnostic::error(Code::InvalidCount, message)
                .at(&names.span, "")
                .help("remove `count`, or list as many names");
            report.push(match &spec.count {
                Some(written) => diagnostic.patch(&written.span, names.value.len().to_string()),
                None => diagnostic,
            });
            Vec::new()
        }
        (Some(names), _) => written_names(names, report),
        (None, Some(count)) => {
            let Some(cluster) = cluster else { return Vec::new() };
            let longest = Derived(cluster).node(&key.value, count.max(1));
            match name::instance(longest, &key.value, &key.span, report) {
                Some(_) => (1..=count).map(|i| Derived(cluster).node(&key.value, i)).collect(),
                None => Vec::new(),
            }
        }
        (None, None) if spec.autoscale.is_some() => Vec::new(),
        (None, None) => {
            let message = format!("the pool `{}` has neither `count` nor `names`", key.value);
            report.push(Diagnostic::error(Code::MissingKey, message).at(&key.span, "").help("add `count: 2`"));
            Vec::new()
        }
    }
}

pub(super) fn written_names(names: &Spanned<Vec<Spanned<String>>>, report: &mut Report) -> Vec<String> {
    let right = |name| name::check(name, "instance name", report).map(|name| name.value.clone());
    names.value.iter().filter_map(right).collect()
}

/// Two machines of one name: the cloud-controller-manager finds machines by name, over all zones.
pub(super) fn clashes(
    control_plane: Option<&ControlPlane>,
    pools: &[Option<Pool>],
    spec: &spec::Spec,
    report: &mut Report,
) {
    let first = control_plane.into_iter().flat_map(|control_plane| &control_plane.names);
    let mut owners: IndexMap<&str, Option<(usize, &Pool)>> = first.map(|name| (name.as_str(), None)).collect();
    for (index, pool) in pools.iter().enumerate() {
        let Some(pool) = pool else { continue };
        for name in &pool.names {
            let Some(first) = owners.insert(name, Some((index, pool))) else { continue };
            let owner = match first {
                None => "the control plane".to_owned(),
                Some((first, _)) if first == index => {
                    twice(name, spec, index, report);
                    break;
                }
                Some((_, first)) => format!("the pool `{}`", first.name),
            };
            let message = format!("two machines are named `{name}`: one in the pool `{}`, one in {owner}", pool.name);
            let diagnostic = Diagnostic::error(Code::NameClash, message)
                .help("rename one of the pools, or set instance names under `names`");
            let diagnostic = match place(name, spec, index) {
                Some(span) => diagnostic.at(span, ""),
                None => diagnostic,
            };
            report.push(diagnostic.and(first.and_then(|(first, _)| place(name, spec, first)), "and this one"));
            break;
        }
    }
}

/// Where a machine's name comes from: itself in the pool's `names`, or else the pool's key.
fn place<'a>(name: &str, spec: &'a spec::Spec, pool: usize) -> Option<&'a Span> {
    let (key, pool) = spec.pools.as_ref()?.get_index(pool)?;
    let written = pool.value.names.iter().flat_map(|names| &names.value).find(|written| written.value == name);
    Some(written.map_or(&key.span, |written| &written.span))
}

/// One name twice in a list of names.
fn twice(name: &str, spec: &spec::Spec, pool: usize, report: &mut Report) {
    let written =
        spec.pools.as_ref().and_then(|pools| pools.get_index(pool)).and_then(|(_, pool)| pool.value.names.as_ref());
    let mut places = written.iter().flat_map(|names| &names.value).filter(|written| written.value == name);
    if let (Some(first), Some(again)) = (places.next(), places.next()) {
        report.push(
            Diagnostic::error(Code::NameClash, format!("the name `{name}` is listed twice"))
                .at(&again.span, "again here")
                .and(&first.span, "first here")
                .help("give each machine a unique name"),
        );
    }
}

/// A key that is planned, but not supported yet.
pub(super) fn not_supported(span: &Span, what: &str, report: &mut Report) {
    report.push(
        Diagnostic::error(Code::NotSupported, format!("{what} are not supported yet"))
            .at(span, "")
            .help("remove the key; the README lists what is not supported yet"),
    );
}
