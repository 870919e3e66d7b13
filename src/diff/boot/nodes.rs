//! What belongs to one group: labels and taints of its Nodes, its image.

use super::{Changed, effect};
use crate::diff::effect::{Effect, Severity};
use crate::diff::group::UPGRADE;
use crate::diff::side::Context;
use crate::diff::words::{arrow, list};
use crate::plan::Group;

/// The most commands of one kind.
const MANUAL: usize = 3;

/// The effects on the Nodes of one group.
pub(super) fn own(group: &Changed<'_>, context: &Context<'_>) -> Vec<Effect> {
    let (old, new) = (group.old, group.new);
    let key = |key: &str| {
        if group.is_control_plane() { format!("control_plane.{key}") } else { format!("pools.{}.{key}", new.name) }
    };
    let one = |severity, what: &str, change: String, path: &str| {
        effect(&[group], severity, what.to_owned()).change(change).cause(context.keys.cause(&[key(path)]))
    };
    let mut all = Vec::new();
    let gone = |old: &[String], new: &[String]| -> Vec<String> {
        let key = |label: &String| label.split('=').next().unwrap_or_default().to_owned();
        let kept: Vec<String> = new.iter().map(key).collect();
        old.iter().map(key).filter(|key| !kept.contains(key)).map(|key| format!("{key}-")).collect()
    };
    let nodes = |command: &str, changes: Vec<String>| {
        let one = |name: &String| format!("kubectl {command} {name} {}", changes.join(" "));
        let more = group.names.len().checked_sub(MANUAL).filter(|more| *more > 0);
        let more = more.map(|more| format!("# and the same for the other {more}"));
        group.names.iter().take(MANUAL).map(one).chain(more).collect::<Vec<_>>()
    };
    if old.node_labels != new.node_labels {
        let effect = one(
            Severity::Caution,
            "labels of the Nodes",
            arrow("labels", &or_none(&old.node_labels), &or_none(&new.node_labels)),
            "labels",
        )
        .why("Running Nodes keep theirs; only Nodes that join get the new ones: change them by hand as well");
        let changed = new.node_labels.iter().filter(|label| !old.node_labels.contains(label)).cloned();
        let changes = changed.chain(gone(&old.node_labels, &new.node_labels)).collect();
        all.push(nodes("label --overwrite node", changes).into_iter().fold(effect, Effect::manual));
    }
    let text = |group: &Group| -> Vec<String> {
        group.taints.iter().map(|taint| format!("{}={}:{}", taint.key, taint.value, taint.effect)).collect()
    };
    let (before, after) = (text(old), text(new));
    if before != after {
        let effect = one(
            Severity::Caution,
            "taints of the Nodes",
            arrow("taints", &or_none(&before), &or_none(&after)),
            "taints",
        )
        .why("Running Nodes keep theirs; only Nodes that join get the new ones: change them by hand as well");
        let added = after.iter().filter(|taint| !before.contains(taint)).cloned();
        let removed = before.iter().filter(|taint| !after.contains(taint)).map(|taint| format!("{taint}-"));
        all.push(
            nodes("taint --overwrite node", added.chain(removed).collect()).into_iter().fold(effect, Effect::manual),
        );
    }
    if old.image != new.image {
        let effect = one(Severity::Info, "boot image", arrow("image", &old.image, &new.image), "image")
            .why("Existing machines keep their image (ignore_changes); new and replaced ones get it");
        all.push(effect.manual(UPGRADE));
    }
    all
}

fn or_none(all: &[String]) -> String {
    if all.is_empty() { "none".to_owned() } else { list(all) }
}
