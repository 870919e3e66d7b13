//! Whether the boot files fit into instance metadata: known once they are rendered.

use super::Compiled;
use crate::diag::{Code, Diagnostic, Report};
use crate::render::Origin;
use crate::source::{Source, Span};
use crate::spec::Spec;

/// What one metadata value holds, in bytes (the API's discovery document, `Metadata.items.value`).
const MOST: usize = 262_144;
/// From here on it is worth a warning.
const NEAR: usize = MOST / 10 * 9;
/// The boot files of a description of a few lines take a tenth of that, and a list of peers is printed three times as wide as it
/// was written. So a description below this size is far from the limit, and nothing is rendered to find out.
const SMALL: usize = 16 * 1024;

/// Reports boot files that are too large, or nearly, at what makes them large.
pub(super) fn check(source: &Source, spec: &Spec, compiled: &Compiled, report: &mut Report) {
    if source.text.len() < SMALL {
        return;
    }
    let files = compiled.tree(&Origin::single("cluster.yaml".into()));
    let largest = files.iter().filter(|file| file.path.starts_with("cloud-init/")).max_by_key(|file| file.text.len());
    let Some(largest) = largest.filter(|file| file.text.len() > NEAR) else { return };
    let message =
        format!("{} has {} bytes; a value of instance metadata holds {MOST}", largest.path, largest.text.len());
    let diagnostic = match largest.text.len() > MOST {
        true => Diagnostic::error(Code::BootDataSize, message),
        false => Diagnostic::warning(Code::BootDataSize, message),
    };
    let diagnostic = match large(spec) {
        Some((span, what)) => diagnostic.at(span, what),
        None => diagnostic,
    };
    report.push(diagnostic.help("summarise `network.peers` in wider ranges, and give nodes fewer labels and taints"));
}

/// What makes boot files large: the peers, else the first pool with labels.
fn large(spec: &Spec) -> Option<(&Span, String)> {
    let peers = spec.network.as_ref().and_then(|network| network.peers.as_ref()).filter(|peers| peers.len() > 1_000);
    if let Some(peers) = peers {
        return Some((&peers.first()?.span, format!("the first of {} peers", peers.len())));
    }
    let pools = spec.pools.iter().flatten();
    let labels = |pool: &crate::spec::Pool| pool.labels.as_ref().map_or(0, |labels| labels.len());
    let (key, pool) = pools.max_by_key(|(_, pool)| labels(&pool.value))?;
    Some((&key.span, format!("{} labels", labels(&pool.value))))
}
