//! Checks the rules with nft, in a separate network namespace.

use std::path::Path;
use std::process::Command;

use crate::tools::{find, namespaces, run_silent};
use crate::unpack::{each, with};

const WHAT: &str = "nft --check";

fn check(nft: &Path, rules: &Path) -> Result<(), String> {
    run_silent(Command::new("unshare").arg("--net").arg(nft).args(["--check", "--file"]).arg(rules)).map(drop)
}

#[test]
fn nft_accepts_the_rules() {
    let Some(nft) = find(5, WHAT, "nft", "apt-get install nftables") else { return };
    if !namespaces(5, WHAT) {
        return;
    }
    each(WHAT, |node| node.below("/etc/", ".nft").iter().try_for_each(|rules| check(&nft, &node.here(rules))));

    let rules = "/etc/kubernetes/pod-egress.nft";
    let broken = with(rules).mutated(rules, "@routed", "@routes");
    assert!(check(&nft, &broken).is_err());
}
