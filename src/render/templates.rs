use std::sync::LazyLock;

use serde::Serialize;
use tera::{Context, Tera};

use super::hcl;

macro_rules! templates {
    ($($folder:literal: $($name:literal),* ;)*) => {
        &[$($(($name, include_str!(concat!("../../templates/", $folder, "/", $name)))),*),*]
    };
}

/// All templates, embedded in the binary. A template has the name of its output.
const TEMPLATES: &[(&str, &str)] = templates! {
    "terraform": "versions.tf", "network.tf", "firewall.tf", "iam.tf", "control_plane.tf", "pools.tf", "outputs.tf",
        "nodes.tf", "instance.tf", "load_balancer.tf";
    "cloud-init": "user-data.yaml";
    "components": "kubernetes.conf", "99-kubernetes.conf", "instance_configs.cfg.template", "50-kubernetes.conf", "config.toml", "cni.conflist.template",
        "hosts.toml", "credential-provider.yaml", "gcp-credential-provider",
        "pod-egress.nft", "pod-egress.service", "pod-route", "node-boot.sh", "node-prepare", "node-install", "annotate-node",
        "stop-timeout.conf", "kubeadm-init.yaml", "authentication.yaml", "admission.yaml", "audit.yaml",
        "gce.conf", "cloud-controller-manager.yaml", "coredns-patch.yaml",
        "var-lib-cluster.mount", "var-lib-etcd.mount", "20-state.conf", "cluster-state.sh", "state-disk",
        "control-plane", "control-plane-join", "cluster-addons", "control-plane.service",
        "approve-nodes", "approve-nodes.service", "publish-join-data", "publish-join-data.service", "publish-join-data.timer",
        "kubeadm-join.yaml", "kubeadm-join", "kubeadm-join.service";
    "upgrade": "values.sh", "options.sh", "terraform.sh", "status.sh", "checks.sh", "replace.sh", "run.sh";
};

/// The markers that start Tera syntax.
const MARKERS: [&str; 3] = ["{{", "{%", "{#"];

/// A template without markers is its own output and does not need to be compiled.
fn is_plain(text: &str) -> bool {
    !MARKERS.iter().any(|marker| text.contains(marker))
}

/// The templates with markers, compiled once.
static TERA: LazyLock<Tera> = LazyLock::new(|| {
    let mut tera = Tera::new();
    // No output is HTML.
    tera.autoescape_on(Vec::<&str>::new());
    tera.register_filter("hcl", hcl::filter);
    tera.register_filter("hcl_key", hcl::key_filter);
    let templates = TEMPLATES.iter().copied().filter(|(_, text)| !is_plain(text));
    tera.add_raw_templates(templates).unwrap_or_else(|error| bug("a template", &error));
    tera
});

/// The values available to templates. Built once for all templates that share them, because they contain every machine.
pub(super) struct Values(Context);

impl Values {
    /// Makes the fields of a view available.
    pub(super) fn of(view: &impl Serialize) -> Self {
        Self(Context::from_serialize(view).unwrap_or_else(|error| bug("a view", &error)))
    }

    /// Fills in a template. A failure is a bug in vpcgen, not a mistake of the user.
    pub(super) fn fill(&self, name: &str) -> String {
        if let Some((_, text)) = TEMPLATES.iter().find(|(known, text)| *known == name && is_plain(text)) {
            return (*text).to_owned();
        }
        TERA.render(name, &self.0).unwrap_or_else(|error| bug(name, &error))
    }
}

fn bug<T>(name: &str, error: &tera::Error) -> T {
    panic!("{name}: {error}\nThis is a bug in vpcgen: please report it with the description.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_templates_are_their_own_output() {
        let plain: Vec<_> = TEMPLATES.iter().filter(|(_, text)| is_plain(text)).collect();
        assert!(!plain.is_empty() && plain.len() < TEMPLATES.len());
        for (name, text) in plain {
            assert_eq!(Tera::one_off(text, &Context::new(), false).as_deref().unwrap(), *text, "{name}");
        }
    }
}
