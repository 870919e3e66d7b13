use std::fmt::Write as _;

use super::order::by_name;
use super::{Lock, Place};

/// The version of the format that is written, and the only one that is read.
pub(super) const VERSION: u64 = 1;

impl Lock {
    /// The whole file: JSON with one line for each machine, so that Git merges it; no time, no version of vpcgen, so that it
    /// changes only where a machine comes or goes.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(128 + 96 * self.nodes.len());
        let (pods, prefix) = (self.pods, self.node_prefix);
        let released: Vec<_> = self.released.iter().map(|block| format!("\n    \"{block}\"")).collect();
        let released = if released.is_empty() { "[]".to_owned() } else { format!("[{}\n  ]", released.join(",")) };
        let _ = write!(
            text,
            "{{\n  \"version\": {VERSION},\n  \"pods\": \"{pods}\",\n  \"node_prefix\": {prefix},\n  \
             \"released\": {released},\n  \"nodes\": {{"
        );
        let mut nodes: Vec<(&String, &Place)> = self.nodes.iter().collect();
        nodes.sort_by(|a, b| by_name(a.0, b.0));
        // Names and zones are checked and need no escapes.
        for (index, (name, Place { pods, zone })) in nodes.into_iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let _ = write!(text, "{comma}\n    \"{name}\": {{ \"pods\": \"{pods}\", \"zone\": \"{zone}\" }}");
        }
        text.push_str("\n  }\n}\n");
        text
    }
}
