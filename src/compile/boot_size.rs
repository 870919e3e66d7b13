//! Checks that the rendered boot files fit into instance metadata.

use super::Compiled;
use crate::diag::{Code, Diagnostic, Report};
use crate::render::Origin;
use crate::source::{Source, Span};
use crate::spec::Spec;

/// The maximum size of a metadata value in bytes (the API's discovery document, `Metadata.items.value`).
const LIMIT: usize = 262_144;
/// A boot file of at least this size gets a warning.
const WARNING_THRESHOLD: usize = LIMIT / 10 * 9;
/// A minimal description's boot files use two fifths of the limit, and each peer range takes up to three times as many bytes there as
/// in the description. A description smaller than this is far from the limit, so the check does not render it.
const SMALL_DESCRIPTION: usize = 16 * 1024;

/// Reports a boot file that exceeds the limit or comes close, at the part of the description that makes it large.
pub(super) fn check(source: &Source, compiled: &Compiled, report: &mut Report) {
    if source.text.len() < SMALL_DESCRIPTION {
        return;
    }
    let files = compiled.tree(&Origin::single("cluster.yaml".into()));
    let largest = files.iter().filter(|file| file.path.starts_with("cloud-init/")).max_by_key(|file| file.text.len());
    let Some(largest) = largest.filter(|file| file.text.len() > WARNING_THRESHOLD) else { return };
    let message =
        format!("{} has {} bytes; an instance metadata value holds at most {LIMIT}", largest.path, largest.text.len());
    let diagnostic = match largest.text.len() > LIMIT {
        true => Diagnostic::error(Code::BootDataSize, message),
        false => Diagnostic::warning(Code::BootDataSize, message),
    };
    let diagnostic = match cause(&compiled.spec) {
        Some((span, what)) => diagnostic.at(span, what),
        None => diagnostic,
    };
    report.push(diagnostic.help("summarise `network.peers` in wider ranges, and give nodes fewer labels and taints"));
}

/// The part of the description that makes boot files large: the peers, or else the first pool with labels.
fn cause(spec: &Spec) -> Option<(&Span, String)> {
    let peers = spec.network.as_ref().and_then(|network| network.peers.as_ref()).filter(|peers| peers.len() > 1_000);
    if let Some(peers) = peers {
        return Some((&peers.first()?.span, format!("the first of {} peers", peers.len())));
    }
    let pools = spec.pools.iter().flatten();
    let labels = |pool: &crate::spec::Pool| pool.labels.as_ref().map_or(0, |labels| labels.len());
    let (key, pool) = pools.max_by_key(|(_, pool)| labels(&pool.value))?;
    Some((&key.span, format!("{} labels", labels(&pool.value))))
}
