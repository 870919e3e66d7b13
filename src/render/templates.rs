use std::fmt::Write as _;
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
    "terraform": "versions.tf", "network.tf", "firewall.tf", "iam.tf", "control_plane.tf", "pools.tf", "backup.tf", "outputs.tf",
        "nodes.tf", "instance.tf", "load_balancer.tf";
    "cloud-init": "user-data.yaml";
    "components": "kubernetes.conf", "99-kubernetes.conf", "instance_configs.cfg.template", "50-kubernetes.conf",
        "60-security-upgrades", "50-size.conf", "reserve-resources", "10-reserved.conf", "config.toml", "cni.conflist.template",
        "hosts.toml", "credential-provider.yaml", "gcp-credential-provider",
        "pod-egress.nft", "pod-egress.service", "pod-route", "node-boot.sh", "node-prepare", "node-install", "annotate-node",
        "stop-timeout.conf", "kubeadm-init.yaml", "authentication.yaml", "admission.yaml", "audit.yaml",
        "gce.conf", "cloud-controller-manager.yaml", "disk-csi.yaml", "metrics-server.yaml", "coredns-patch.yaml",
        "var-lib-cluster.mount", "var-lib-etcd.mount", "20-state.conf", "cluster-state.sh", "state-disk",
        "control-plane", "control-plane-join", "cluster-addons", "control-plane.service",
        "approve-nodes", "approve-nodes.service", "housekeeping", "housekeeping.service",
        "publish-join-data", "publish-join-data.service", "publish-join-data.timer",
        "cluster.sh", "crictl.yaml", "etcd-tools.sh", "etcd-backup", "etcd-backup.service", "etcd-backup.timer", "etcd-restore",
        "renew-certificates", "renew-certificates.service", "renew-certificates.timer", "admin-kubeconfig", "cluster-status",
        "kubeadm-join.yaml", "kubeadm-join", "kubeadm-join.service";
    "upgrade": "values.sh", "options.sh", "terraform.sh", "status.sh", "checks.sh", "replace.sh", "run.sh";
    "preflight": "preflight.sh", "preflight-options.sh", "answers.sh", "project.sh", "names.sh", "supply.sh", "policies.sh";
};

/// The markers that start and end Tera syntax.
const MARKERS: [(&str, &str); 3] = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];

/// A template without markers is its own output and does not need to be compiled.
fn is_plain(text: &str) -> bool {
    next_marker(text).is_none()
}

/// The position of the first marker, and the one that ends it.
fn next_marker(text: &str) -> Option<(usize, &'static str)> {
    let pairs = text.as_bytes().windows(2).enumerate().filter(|(_, pair)| pair[0] == b'{');
    let marker = |pair: &[u8]| MARKERS.iter().find(|(start, _)| start.as_bytes() == pair).map(|(_, end)| *end);
    pairs.filter_map(|(at, pair)| Some((at, marker(pair)?))).next()
}

/// The templates with markers, compiled once.
///
/// Most of a boot file is plain text, and Tera compiles plain text a character at a time: it would be half of the whole run. So it only
/// gets a placeholder for each stretch of it.
struct Compiled {
    tera: Tera,
    stretches: Vec<&'static str>,
    /// The templates without markers.
    plain: Vec<(&'static str, &'static str)>,
}

/// Encloses a placeholder: the number of a stretch. No template and no value has control characters.
const PLACEHOLDER: char = '\u{1}';

/// A shorter stretch is cheaper to compile than to replace.
const SHORTEST_STRETCH: usize = 24;

static COMPILED: LazyLock<Compiled> = LazyLock::new(|| {
    let mut tera = Tera::new();
    // No output is HTML.
    tera.autoescape_on(Vec::<&str>::new());
    tera.register_filter("hcl", hcl::filter);
    tera.register_filter("hcl_key", hcl::key_filter);
    let mut stretches = Vec::new();
    let (plain, with_markers): (Vec<_>, Vec<_>) = TEMPLATES.iter().copied().partition(|(_, text)| is_plain(text));
    let short: Vec<_> = with_markers.into_iter().map(|(name, text)| (name, shorten(text, &mut stretches))).collect();
    tera.add_raw_templates(short).unwrap_or_else(|error| bug("a template", &error));
    Compiled { tera, stretches, plain }
});

/// The template with placeholders for its stretches of plain text, which it adds to `stretches`. The white space around a stretch
/// stays, because markers can trim it.
fn shorten(mut text: &'static str, stretches: &mut Vec<&'static str>) -> String {
    let mut short = String::with_capacity(text.len() / 2);
    // Between these two, markers are plain text.
    if text.contains("{% raw %}") {
        return text.to_owned();
    }
    loop {
        let marker = next_marker(text);
        let (plain, rest) = text.split_at(marker.map_or(text.len(), |(at, _)| at));
        let stretch = plain.trim();
        if stretch.len() < SHORTEST_STRETCH {
            short.push_str(plain);
        } else {
            let start = plain.len() - plain.trim_start().len();
            short.push_str(&plain[..start]);
            let _ = write!(short, "{PLACEHOLDER}{}{PLACEHOLDER}", stretches.len());
            short.push_str(&plain[start + stretch.len()..]);
            stretches.push(stretch);
        }
        let Some((_, end)) = marker else { return short };
        let after = rest.find(end).map_or(rest.len(), |at| at + end.len());
        short.push_str(&rest[..after]);
        text = &rest[after..];
    }
}

impl Compiled {
    fn fill(&self, name: &str, values: &Context) -> String {
        if let Some((_, text)) = self.plain.iter().find(|(known, _)| *known == name) {
            return (*text).to_owned();
        }
        expand(&self.tera.render(name, values).unwrap_or_else(|error| bug(name, &error)), &self.stretches)
    }
}

/// The text with its stretches in place of their placeholders.
fn expand(short: &str, stretches: &[&str]) -> String {
    let mut out = String::with_capacity(short.len() * 4);
    // Every second part is the number of a stretch.
    for (index, part) in short.split(PLACEHOLDER).enumerate() {
        let stretch = (index % 2 == 1).then(|| part.parse().ok().and_then(|at: usize| stretches.get(at)));
        out.push_str(stretch.flatten().unwrap_or(&part));
    }
    out
}

/// The values available to templates. Built once for all templates that share them, because they contain every machine.
pub(super) struct Values(Context);

impl Values {
    /// Makes the fields of a view available.
    pub(super) fn of(view: &impl Serialize) -> Self {
        Self(Context::from_serialize(view).unwrap_or_else(|error| bug("a view", &error)))
    }

    /// Fills in a template. A failure is a bug in vpcgen, not a mistake of the user.
    pub(super) fn fill(&self, name: &str) -> String {
        COMPILED.fill(name, &self.0)
    }
}

fn bug<T>(name: &str, error: &tera::Error) -> T {
    panic!("{name}: {error}\nThis is a bug in vpcgen: please report it with the description.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_keep_the_white_space_around_them() {
        let mut stretches = Vec::new();
        let short =
            shorten("short {{ a }}\n a stretch of text, not so short \n{%- if b %} c {% endif %}", &mut stretches);
        assert_eq!(short, "short {{ a }}\n \u{1}0\u{1} \n{%- if b %} c {% endif %}");
        assert_eq!(stretches, ["a stretch of text, not so short"]);
        for (name, text) in TEMPLATES {
            assert!(!text.contains(PLACEHOLDER), "{name}");
            let mut stretches = Vec::new();
            assert_eq!(expand(&shorten(text, &mut stretches), &stretches), *text, "{name}");
        }
    }

    #[test]
    fn plain_templates_are_their_own_output() {
        let plain: Vec<_> = TEMPLATES.iter().filter(|(_, text)| is_plain(text)).collect();
        assert!(!plain.is_empty() && plain.len() < TEMPLATES.len());
        for (name, text) in plain {
            assert_eq!(Tera::one_off(text, &Context::new(), false).as_deref().unwrap(), *text, "{name}");
        }
    }
}
