//! Which components go with which Kubernetes minor: the one table. A new minor is a new row here.

use crate::diag::{Code, Diagnostic, Report};
use crate::source::Spanned;

/// The components that were tested together with a Kubernetes minor.
#[derive(Debug, PartialEq, Eq)]
pub struct Release {
    /// Kubernetes minor; also the package repository `pkgs.k8s.io/core:/stable:/v<minor>`.
    pub minor: &'static str,
    /// The patch release that a description with only a minor gets.
    pub kubernetes: &'static str,
    /// Tag of `registry.k8s.io/cloud-provider-gcp/cloud-controller-manager`.
    pub cloud_controller_manager: &'static str,
    /// Version of the package `containerd.io` in Docker's repository.
    pub containerd: &'static str,
    /// Tag of `registry.k8s.io/pause`, as kubeadm of this minor names it.
    pub pause: &'static str,
}

/// Newest first.
///
/// * Kubernetes: patch releases as the Go module proxy lists them for k8s.io/kubernetes; 1.36.3 is the one that was booted.
/// * cloud-controller-manager: newest tag promoted to registry.k8s.io (github.com/kubernetes/k8s.io, pull requests 9966 and
///   9333). Its scheme is `v<Kubernetes minor>.<patch>.<own patch>`. None is promoted for 1.37, so 1.37 is not here.
/// * containerd: 2.3 is the line with long-term support, to April 2028 (containerd's RELEASES.md; 1.35 and 1.36 ask for
///   2.2 or newer there); 2.3.0 to 2.3.3 have a bug with sandbox image digests.
/// * pause: `PauseVersion` in kubeadm's `cmd/kubeadm/app/constants/constants.go` of that minor.
static RELEASES: [Release; 2] = [
    Release {
        minor: "1.36",
        kubernetes: "1.36.3",
        cloud_controller_manager: "v36.4.8",
        containerd: "2.3.7",
        pause: "3.10.2",
    },
    Release {
        minor: "1.35",
        kubernetes: "1.35.4",
        cloud_controller_manager: "v35.0.8",
        containerd: "2.3.7",
        pause: "3.10.1",
    },
];

/// The default.
pub fn newest() -> &'static Release {
    &RELEASES[0]
}

/// The full version a description asks for, and its row.
pub(super) fn check(version: Option<&Spanned<String>>, report: &mut Report) -> (String, &'static Release) {
    let default = (newest().kubernetes.to_owned(), newest());
    let Some(asked) = version else { return default };
    let text = asked.value.as_str();
    let found = RELEASES.iter().find(|r| text == r.minor || patch_of(text, r.minor).is_some());
    if let Some(release) = found {
        let full = if text == release.minor { release.kubernetes } else { text };
        return (full.to_owned(), release);
    }
    let minors: Vec<_> = RELEASES.iter().map(|r| r.minor).collect();
    let message = format!("Kubernetes `{text}` is not a version that vpcgen knows components for");
    let diagnostic = Diagnostic::error(Code::UnsupportedVersion, message).at(&asked.span, "");
    let without_v = text.strip_prefix('v').unwrap_or(text);
    let meant = RELEASES.iter().any(|r| without_v == r.minor || patch_of(without_v, r.minor).is_some());
    report.push(if meant {
        diagnostic.help("versions are written without `v`").patch(&asked.span, format!("\"{without_v}\""))
    } else {
        diagnostic.help(format!(
            "use a minor version ({}) or a patch release of one, such as {}",
            minors.join(", "),
            newest().kubernetes
        ))
    });
    default
}

fn patch_of<'a>(text: &'a str, minor: &str) -> Option<&'a str> {
    let patch = text.strip_prefix(minor)?.strip_prefix('.')?;
    let digits = !patch.is_empty() && patch.len() <= 3 && patch.bytes().all(|b| b.is_ascii_digit());
    (digits && (patch == "0" || !patch.starts_with('0'))).then_some(patch)
}
