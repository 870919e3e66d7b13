//! Whether a lock and a description are of one cluster: the same pod range, blocks of one width, one region.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::assign::groups;
use super::{Lock, Place};
use crate::diag::{Code, Diagnostic, Report};
use crate::model::Cluster;
use crate::source::{Source, Span};
use crate::spec::Spec;

/// So many machines are named; the rest is a number.
const NAMED: usize = 3;
/// Pods per node that a description may ask for.
const PODS: (u32, u32) = (8, 256);

/// Reports what the description says otherwise than the lock, and answers whether it may be planned with it. `source` is
/// the lock's.
pub fn agree(lock: &Lock, cluster: &Cluster, spec: &Spec, source: &Rc<Source>, report: &mut Report) -> bool {
    let network = spec.network.as_ref().and_then(|network| network.pods.as_ref()).map(|pods| &pods.span);
    let pods = spec.kubernetes.as_ref().and_then(|k| k.max_pods_per_node.as_ref()).map(|pods| &pods.span);
    let mut errors = Vec::new();
    if lock.pods != cluster.network.pods {
        errors.push(range(lock, cluster, network, source));
    }
    if lock.node_prefix != cluster.kubernetes.node_prefix {
        errors.push(width(lock, cluster, pods, source));
    }
    if let Some((name, place)) = lock.nodes.iter().find(|(_, place)| !lies_in(&place.zone, &cluster.region)) {
        errors.push(region(name, place, cluster, spec.region.as_ref().map(|region| &region.span), source));
    }
    let agreed = errors.is_empty();
    if agreed {
        kept_zones(lock, cluster, source, report);
    }
    errors.into_iter().for_each(|error| report.push(error));
    agreed
}

fn lies_in(zone: &str, region: &str) -> bool {
    zone.strip_prefix(region).is_some_and(|rest| rest.starts_with('-'))
}

fn range(lock: &Lock, cluster: &Cluster, span: Option<&Span>, source: &Rc<Source>) -> Diagnostic {
    let (now, locked, file) = (cluster.network.pods, lock.pods, &source.name);
    let message = format!("`network.pods` is {now}; {file} has blocks of {locked}: {}", moved(lock, cluster));
    let diagnostic = contradiction(message, span).elsewhere(source, key("pods", source), "what the machines have");
    let otherwise = otherwise(file);
    match span {
        Some(span) => diagnostic.help(format!("put {locked} back; {otherwise}")).patch(span, locked.to_string()),
        None => diagnostic.help(format!("set `network.pods: {locked}`; {otherwise}")),
    }
}

fn width(lock: &Lock, cluster: &Cluster, span: Option<&Span>, source: &Rc<Source>) -> Diagnostic {
    let (asked, now) = (cluster.kubernetes.max_pods_per_node, cluster.kubernetes.node_prefix);
    let (locked, file) = (lock.node_prefix, &source.name);
    let moved = moved(lock, cluster);
    let message = format!(
        "`max_pods_per_node` {asked} makes each node's block a /{now}; {file} has blocks of /{locked}: {moved}"
    );
    let diagnostic =
        contradiction(message, span).elsewhere(source, key("node_prefix", source), "what the machines have");
    let fits = (PODS.0..=PODS.1).filter(|pods| crate::model::node_prefix(*pods) == locked);
    let (fewest, most) = (fits.clone().min(), fits.max());
    let otherwise = otherwise(file);
    diagnostic.help(match (fewest, most) {
        (Some(fewest), Some(most)) => format!("{fewest} to {most} pods per node keep the /{locked}; {otherwise}"),
        _ => format!("no number of pods per node makes a /{locked}; {otherwise}"),
    })
}

fn region(name: &str, place: &Place, cluster: &Cluster, span: Option<&Span>, source: &Rc<Source>) -> Diagnostic {
    let (zone, region) = (&place.zone, &cluster.region);
    let message = format!("the region is {region}; {} has `{name}` in the zone {zone}", source.name);
    let at = source.text.find(&format!("\"{name}\"")).map_or(0..0, |at| at + 1..at + 1 + name.len());
    contradiction(message, span).elsewhere(source, at, "a machine cannot leave its region").help(format!(
        "another region is another cluster: describe it in a folder of its own; {}",
        otherwise(&source.name)
    ))
}

fn contradiction(message: String, span: Option<&Span>) -> Diagnostic {
    let diagnostic = Diagnostic::error(Code::LockContradiction, message);
    match span {
        Some(span) => diagnostic.at(span, ""),
        None => diagnostic,
    }
}

fn otherwise(file: &str) -> String {
    format!("if nothing is applied yet, or every machine may be made anew, delete {file}")
}

/// Who would have another block if the description were planned as it is.
fn moved(lock: &Lock, cluster: &Cluster) -> String {
    let anew = Lock::assign(cluster, None);
    let other = |name: &&String| matches!((lock.nodes.get(*name), anew.nodes.get(*name)), (Some(old), Some(new)) if old.pods != new.pods);
    let names: Vec<&str> = lock.nodes.keys().filter(other).map(String::as_str).collect();
    match names.len() {
        0 => "Google changes no range that machines have addresses of".to_owned(),
        1..=NAMED => format!("{} would move", names.join(", ")),
        all => format!("{} and {} more would move", names[..NAMED].join(", "), all - NAMED),
    }
}

/// Machines that stay where their group is no longer spread to: said, because whoever changed the zones expects otherwise.
fn kept_zones(lock: &Lock, cluster: &Cluster, source: &Rc<Source>, report: &mut Report) {
    for (names, zones) in groups(cluster) {
        let mut kept: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for name in names {
            if let Some(place) = lock.nodes.get(name).filter(|place| !zones.contains(&place.zone)) {
                kept.entry(&place.zone).or_default().push(name);
            }
        }
        for (zone, names) in kept {
            let more = names.len().saturating_sub(NAMED);
            let who = names[..names.len() - more].join(", ");
            let who = if more > 0 { format!("{who} and {more} more") } else { who };
            let stays = if names.len() == 1 { "stays" } else { "stay" };
            let message = format!("{who} {stays} in {zone}, which the description no longer names");
            let at = source.text.find(&format!("\"{}\"", names[0])).map_or(0..0, |at| at + 1..at + 1 + names[0].len());
            report.push(Diagnostic::warning(Code::ZoneKept, message).elsewhere(source, at, "").help(
                "a machine cannot change its zone, so only new ones follow; to make one anew elsewhere, change its zone in the lock",
            ));
        }
    }
}

/// The key of the file's first level.
fn key(name: &str, source: &Source) -> Span {
    let quoted = format!("\"{name}\"");
    source.text.find(&quoted).map_or(0..0, |at| at..at + quoted.len())
}
