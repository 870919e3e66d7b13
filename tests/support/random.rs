//! Descriptions nobody wrote.

use proptest::prelude::*;

/// Words of HCL, and of Terraform's expressions: names and labels may be called so.
const WORDS: [&str; 12] =
    ["for", "if", "in", "null", "true", "false", "else", "endfor", "each", "local", "var", "path"];

/// A name, a word of the language among them.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-d][a-z0-9]{0,6}(-[a-z0-9]{1,3})?", 1 => prop::sample::select(&WORDS).prop_map(str::to_owned)]
}

/// A right description with any number of pools; `pods` are wide enough for all of them. A test that refuses one is a failure: a
/// property that skips what is refused could skip everything.
pub(crate) fn description() -> impl Strategy<Value = String> {
    let pool = (word(), 0_usize..9, any::<bool>(), any::<bool>(), any::<bool>());
    let pools = prop::collection::btree_map(pool.0, (pool.1, pool.2, pool.3, pool.4), 0..5);
    let words = ("[a-z][a-z0-9]{0,9}", word(), 8_u32..200, 13_u8..=17, 1300_u32..=8896);
    let flags = (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>());
    (words, flags, pools).prop_map(|((name, label, max_pods, prefix, mtu), (external, nat, labels, module, account), pools)| {
        let mut text = format!(
            "name: {name}\nproject: some-project\nregion: europe-west1\nkubernetes: {{max_pods_per_node: {max_pods}}}\n\
             network: {{mtu: {mtu}, pods: 10.64.0.0/{prefix}, nat: {nat}, peers: [10.9.0.0/16, 10.9.1.0/24]}}\n\
             control_plane: {{external_ip: {external}"
        );
        if account {
            text += ", service_account: some@some-project.iam.gserviceaccount.com";
        }
        text += &format!("}}\nterraform: {{module: {module}}}\n");
        if labels {
            text += &format!("labels: {{team: platform, \"ünïcode\": b, \"{label}\": c}}\n");
        } else {
            text += "backup: false\n";
        }
        text += "pools:\n";
        for (pool, (count, spot, external, own)) in &pools {
            text += &format!("  \"{pool}\": {{count: {count}, spot: {spot}, external_ip: {external}");
            text += if *own { ", service_account: own@some-project.iam.gserviceaccount.com" } else { "" };
            text += ", labels: {a/b: c}, taints: [{key: k, effect: NoExecute}]}\n";
        }
        if pools.is_empty() { text.replace("pools:\n", "pools: {}\n") } else { text }
    })
}
