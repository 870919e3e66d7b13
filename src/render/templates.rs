use std::sync::LazyLock;

use serde::Serialize;
use tera::{Context, Tera};

use super::hcl;

macro_rules! templates {
    ($($folder:literal: $($name:literal),* ;)*) => {
        &[$($(($name, include_str!(concat!("../../templates/", $folder, "/", $name)))),*),*]
    };
}

/// Every template is in the binary; its name is its output's name.
const TEMPLATES: &[(&str, &str)] = templates! {
    "terraform": "versions.tf", "network.tf", "firewall.tf", "iam.tf", "control_plane.tf", "pools.tf", "outputs.tf",
        "nodes.tf", "instance.tf", "load_balancer.tf";
    "cloud-init": "user-data.yaml";
    "components": "kubernetes.conf", "99-kubernetes.conf", "instance_configs.cfg", "config.toml", "cni.conflist.template",
        "pod-egress.nft", "pod-egress.service", "node-boot.sh", "node-prepare", "node-install",
        "stop-timeout.conf", "kubeadm-init.yaml", "gce.conf", "cloud-controller-manager.yaml", "coredns-patch.yaml",
        "var-lib-cluster.mount", "var-lib-etcd.mount", "20-state.conf", "cluster-state.sh", "state-disk",
        "control-plane", "control-plane-join", "control-plane.service",
        "publish-join-data", "publish-join-data.service", "publish-join-data.timer",
        "kubeadm-join.yaml", "kubeadm-join", "kubeadm-join.service";
};

/// What begins with these is for Tera.
const MARKERS: [&str; 3] = ["{{", "{%", "{#"];

/// Without markers, a template is its own output: nothing has to be compiled.
fn is_plain(text: &str) -> bool {
    !MARKERS.iter().any(|marker| text.contains(marker))
}

/// The others, compiled once.
static TERA: LazyLock<Tera> = LazyLock::new(|| {
    let mut tera = Tera::new();
    // Nothing here is HTML.
    tera.autoescape_on(Vec::<&str>::new());
    tera.register_filter("hcl", hcl::filter);
    tera.register_filter("hcl_key", hcl::key_filter);
    let templates = TEMPLATES.iter().copied().filter(|(_, text)| !is_plain(text));
    tera.add_raw_templates(templates).unwrap_or_else(|error| ours("a template", &error));
    tera
});

/// What templates see. Made once for all templates that see the same: every machine is in there.
pub(super) struct Values(Context);

impl Values {
    /// The fields of a view.
    pub(super) fn of(view: &impl Serialize) -> Self {
        Self(Context::from_serialize(view).unwrap_or_else(|error| ours("a view", &error)))
    }

    /// A template filled in. A template that fails is a mistake of ours, not of the user.
    pub(super) fn fill(&self, name: &str) -> String {
        if let Some((_, text)) = TEMPLATES.iter().find(|(known, text)| *known == name && is_plain(text)) {
            return (*text).to_owned();
        }
        TERA.render(name, &self.0).unwrap_or_else(|error| ours(name, &error))
    }
}

fn ours<T>(name: &str, error: &tera::Error) -> T {
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
