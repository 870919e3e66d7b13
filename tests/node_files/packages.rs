//! Files for programs that are on Google's images: Ubuntu's needrestart, and the kubelet's credential provider.

use std::process::Command;

use serde_json::Value;

use crate::tools::{find, namespaces, run};
use crate::unpack::each;

const NEEDRESTART: &str = "/etc/needrestart/conf.d/50-kubernetes.conf";
const PROVIDER: &str = "/usr/local/libexec/kubelet/gcp-credential-provider";

/// Prints the services that must not be restarted, as needrestart evaluates its configuration.
const READ: &str = r#"our %nrconf; do $ARGV[0]; die $@ if $@;
for my $service (qw(containerd.service kubelet.service kubelet-x.service ssh.service)) {
  print "$service\n" if grep { $service =~ /$_/ && !$nrconf{override_rc}{$_} } keys %{$nrconf{override_rc}};
}"#;

#[test]
fn needrestart_leaves_the_nodes_services_alone() {
    let what = "needrestart's configuration";
    let Some(perl) = find(5, what, "perl", "apt-get install perl") else { return };
    each(what, |node| {
        let kept = run(Command::new(&perl).args(["-we", READ]).arg(node.here(NEEDRESTART)))?;
        if kept == "containerd.service\nkubelet.service\n" { Ok(()) } else { Err(kept) }
    });
}

/// If the guest agent adds its route for the alias range after all, the kernel refuses it.
#[test]
fn the_guest_agents_route_is_refused() {
    let what = "route for pods";
    if !namespaces(5, what) {
        return;
    }
    each(what, |node| {
        let machine = node.boots(std::path::Path::new("/usr/bin/false"));
        let mut agents = machine.command("ip");
        agents.args(["route", "add", "to", "local", "10.99.7.0/24", "scope", "host", "dev", "lo", "proto", "66"]);
        // Twice: a restart of the unit finds the route.
        (0..2).for_each(|_| drop(machine.run(&["/usr/local/sbin/pod-route"])));
        match run(&mut agents) {
            Err(refused) if refused.contains("File exists") => Ok(()),
            said => Err(format!("{said:?}")),
        }
    });
}

/// Runs node-prepare on a machine whose guest agent is active or not, by the exit status `$1`; prints the calls of `ggactl_plugin`.
const PREPARE: &str = r#"cd /usr/local/bin && : >/calls || exit
for name in modprobe sysctl networkctl; do printf '#!/bin/sh\n' >$name; done
printf '#!/bin/sh\n[ "$1" != -q ] || exit %s\n' "$1" >systemctl
printf '#!/bin/sh\necho "$*" >>/calls\n' >ggactl_plugin
chmod +x modprobe sysctl networkctl systemctl ggactl_plugin
/usr/local/sbin/node-prepare && cat /calls"#;

/// Until the agent is active, `ggactl_plugin` would kill any process that has the ID that the plugin had before the machine rebooted.
#[test]
fn the_guest_agents_plugin_is_restarted_if_the_agent_is_active() {
    let what = "guest agent's plugin";
    if !namespaces(5, what) {
        return;
    }
    each(what, |node| {
        let machine = node.boots(std::path::Path::new("/usr/bin/false"));
        let calls = |active| machine.run(&["bash", "-c", PREPARE, "prepare", active]);
        match [calls("0"), calls("3")] {
            [active, inactive] if active == "coreplugin restart\n" && inactive.is_empty() => Ok(()),
            calls => Err(format!("{calls:?}")),
        }
    });
}

/// The response that the kubelet reads: https://kubernetes.io/docs/reference/config-api/kubelet-credentialprovider.v1/
#[test]
fn the_kubelet_gets_the_machines_token_for_the_registries_that_it_asks_for() {
    let what = "credential provider";
    if !namespaces(5, what) {
        return;
    }
    each(what, |node| {
        let machine = node.boots(std::path::Path::new("/usr/bin/false"));
        let answer: Value = serde_json::from_str(&machine.run(&[PROVIDER])).map_err(|error| error.to_string())?;
        let config: Value = serde_saphyr::from_str(&node.files["/etc/kubernetes/credential-provider.yaml"]).unwrap();
        let images = config["providers"][0]["matchImages"].as_array().unwrap();
        let account = serde_json::json!({"username": "oauth2accesstoken", "password": "t"});
        let answered = answer["auth"].as_object().is_some_and(|auth| auth.len() == images.len())
            && images.iter().all(|image| answer["auth"][image.as_str().unwrap()] == account);
        let versions = answer["apiVersion"] == config["providers"][0]["apiVersion"];
        let program = PROVIDER.ends_with(config["providers"][0]["name"].as_str().unwrap());
        if answered && versions && program && answer["cacheDuration"] == "3479s" {
            Ok(())
        } else {
            Err(answer.to_string())
        }
    });
}
