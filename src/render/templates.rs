use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::LazyLock;

use serde::Serialize;
use tera::{Context, Tera};

use super::hcl;

macro_rules! templates {
    ($($folder:literal: $($name:literal),* ;)*) => {
        &[$($({
            const TEXT: &str = include_str!(concat!("../../templates/", $folder, "/", $name));
            Template { name: $name, text: TEXT, plain: const { is_plain(TEXT) } }
        }),*),*]
    };
}

/// A template, embedded in the binary. It has the name of its output.
struct Template {
    name: &'static str,
    text: &'static str,
    /// Without markers, it is its own output and does not need to be compiled.
    plain: bool,
}

const TERRAFORM: &[Template] = templates! {
    "terraform": "versions.tf", "network.tf", "firewall.tf", "iam.tf", "control_plane.tf", "pools.tf", "backup.tf", "outputs.tf",
        "nodes.tf", "instance.tf", "load_balancer.tf";
};

const BOOT: &[Template] = templates! {
    "cloud-init": "user-data.yaml";
    "components": "kubernetes.conf", "99-kubernetes.conf", "instance_configs.cfg.template", "50-kubernetes.conf",
        "60-security-upgrades", "50-size.conf", "reserve-resources", "10-reserved.conf", "config.toml", "cni.conflist.template",
        "hosts.toml", "credential-provider.yaml", "gcp-credential-provider",
        "pod-egress.nft", "pod-egress.service", "pod-route", "node-boot.sh", "node-prepare", "node-install", "annotate-node",
        "stop-timeout.conf", "kubeadm-init.yaml", "authentication.yaml", "admission.yaml", "audit.yaml", "joining.yaml",
        "gce.conf", "cloud-controller-manager.yaml", "disk-csi.yaml", "metrics-server.yaml", "network-policies.yaml", "coredns-patch.yaml",
        "var-lib-cluster.mount", "var-lib-etcd.mount", "20-state.conf", "cluster-state.sh", "state-disk",
        "control-plane", "control-plane-join", "cluster-addons", "control-plane.service",
        "approve-nodes", "approve-nodes.service", "housekeeping", "housekeeping.service",
        "publish-join-data", "publish-join-data.service", "publish-join-data.timer",
        "cluster.sh", "crictl.yaml", "etcd-tools.sh", "etcd-backup", "etcd-backup.service", "etcd-backup.timer", "etcd-restore",
        "renew-certificates", "renew-certificates.service", "renew-certificates.timer", "admin-kubeconfig", "cluster-status",
        "kubeadm-join.yaml", "kubeadm-join", "kubeadm-join.service";
};

const UPGRADE: &[Template] = templates! {
    "upgrade": "values.sh", "options.sh", "terraform.sh", "status.sh", "checks.sh", "replace.sh", "run.sh";
};

const PREFLIGHT: &[Template] = templates! {
    "preflight": "values.sh", "options.sh", "answers.sh", "project.sh", "names.sh", "supply.sh", "policies.sh";
};

/// The markers that start and end Tera syntax.
const MARKERS: [(&str, &str); 3] = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];

/// Whether a text has no markers.
const fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 1;
    while at < bytes.len() {
        if bytes[at - 1] == b'{' && matches!(bytes[at], b'{' | b'%' | b'#') {
            return false;
        }
        at += 1;
    }
    true
}

/// The position of the first marker, and the one that ends it.
fn next_marker(text: &str) -> Option<(usize, &'static str)> {
    text.match_indices('{').find_map(|(at, _)| {
        let (_, end) = MARKERS.iter().find(|(start, _)| text[at..].starts_with(start))?;
        Some((at, *end))
    })
}

/// Templates that are used together. Those with markers are compiled once.
///
/// Most of a boot file is plain text, and Tera compiles plain text a character at a time: it would be half of the whole run. So it only
/// gets a placeholder for each stretch of it.
pub(super) struct Set {
    tera: Tera,
    stretches: Vec<&'static str>,
    templates: &'static [Template],
}

/// The templates of the Terraform files.
pub(super) static OF_TERRAFORM: LazyLock<Set> = LazyLock::new(|| Set::compile(TERRAFORM));
/// The templates of the boot files.
pub(super) static OF_BOOT: LazyLock<Set> = LazyLock::new(|| Set::compile(BOOT));
/// The templates of the script of `vpcgen upgrade`.
pub(super) static OF_UPGRADE: LazyLock<Set> = LazyLock::new(|| Set::compile(UPGRADE));
/// The templates of the preflight script.
pub(super) static OF_PREFLIGHT: LazyLock<Set> = LazyLock::new(|| Set::compile(PREFLIGHT));

/// Encloses a placeholder: the number of a stretch. No template and no value has control characters.
const PLACEHOLDER: char = '\u{1}';

/// A shorter stretch is cheaper to compile than to replace.
const SHORTEST_STRETCH: usize = 24;

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

impl Set {
    fn compile(templates: &'static [Template]) -> Self {
        let mut tera = Tera::new();
        // No output is HTML.
        tera.autoescape_on(Vec::<&str>::new());
        tera.register_filter("hcl", hcl::filter);
        tera.register_filter("hcl_key", hcl::key_filter);
        let mut stretches = Vec::new();
        let with_markers = templates.iter().filter(|template| !template.plain);
        let short: Vec<_> =
            with_markers.map(|template| (template.name, shorten(template.text, &mut stretches))).collect();
        tera.add_raw_templates(short).unwrap_or_else(|error| bug("a template", &error));
        Self { tera, stretches, templates }
    }

    fn fill(&self, name: &str, values: &Context) -> Cow<'static, str> {
        if let Some(plain) = self.templates.iter().find(|template| template.plain && template.name == name) {
            return Cow::Borrowed(plain.text);
        }
        let short = self.tera.render(name, values).unwrap_or_else(|error| bug(name, &error));
        Cow::Owned(expand(&short, &self.stretches))
    }
}

/// The text with its stretches in place of their placeholders.
fn expand(short: &str, stretches: &[&str]) -> String {
    let mut out = String::with_capacity(short.len() * 4);
    replace(short, PLACEHOLDER, &mut out, |out, at| out.push_str(stretches[at]));
    out
}

/// Appends a text to `out`. In place of each number between two `sign`s, `put` appends something else.
fn replace(text: &str, sign: char, out: &mut String, mut put: impl FnMut(&mut String, usize)) {
    for (index, part) in text.split(sign).enumerate() {
        if index % 2 == 0 {
            out.push_str(part);
        } else {
            put(out, part.parse().expect("a number between two signs"));
        }
    }
}

/// Encloses the number of a text in a template's values.
const INSERT: char = '\u{2}';

/// Stands in a template's values for text `number`, which [`insert`] puts there later. Boot files are most of the output: they neither
/// go through Tera nor through the formatter.
pub(super) fn inserted(number: usize) -> String {
    format!("{INSERT}{number}{INSERT}")
}

/// Appends a filled in template to `out`, with the text that `put` appends in place of each [`inserted`].
pub(super) fn insert(text: &str, out: &mut String, put: impl FnMut(&mut String, usize)) {
    replace(text, INSERT, out, put);
}

/// The values available to templates. Built once for all templates that share them, because they contain every machine.
pub(super) struct Values(Context);

impl Values {
    /// Makes the fields of a view available.
    pub(super) fn of(view: &impl Serialize) -> Self {
        Self(Context::from_serialize(view).unwrap_or_else(|error| bug("a view", &error)))
    }

    /// Fills in a template. A failure is a bug in vpcgen, not a mistake of the user.
    pub(super) fn fill(&self, set: &Set, name: &str) -> Cow<'static, str> {
        set.fill(name, &self.0)
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
        for Template { name, text, .. } in all() {
            assert!(!text.contains([PLACEHOLDER, INSERT]), "{name}");
            let mut stretches = Vec::new();
            assert_eq!(expand(&shorten(text, &mut stretches), &stretches), *text, "{name}");
        }
    }

    #[test]
    fn plain_templates_are_their_own_output() {
        assert!(all().any(|template| template.plain) && all().any(|template| !template.plain));
        for Template { name, text, plain } in all() {
            assert_eq!(*plain, next_marker(text).is_none(), "{name}");
            if *plain {
                assert_eq!(Tera::one_off(text, &Context::new(), false).as_deref().unwrap(), *text, "{name}");
            }
        }
    }

    fn all() -> impl Iterator<Item = &'static Template> {
        [TERRAFORM, BOOT, UPGRADE, PREFLIGHT].into_iter().flatten()
    }
}
