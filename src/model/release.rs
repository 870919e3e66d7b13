//! Which components go with which Kubernetes minor: the one table. A new minor is a new row here.

use super::{InUse, table};
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

/// The images of the disk driver and its sidecars: tags in `registry.k8s.io`.
#[derive(Debug, Clone)]
pub struct DiskDriver {
    /// `cloud-provider-gcp/gcp-compute-persistent-disk-csi-driver`.
    pub driver: &'static str,
    /// `sig-storage/csi-provisioner`.
    pub provisioner: &'static str,
    /// `sig-storage/csi-attacher`.
    pub attacher: &'static str,
    /// `sig-storage/csi-resizer`.
    pub resizer: &'static str,
    /// `sig-storage/csi-node-driver-registrar`.
    pub registrar: &'static str,
}

/// For all minors: those that the driver's own overlay `stable-master` pins together
/// (github.com/kubernetes-sigs/gcp-compute-persistent-disk-csi-driver, deploy/kubernetes/images/stable-master/image.yaml).
pub static DISK_DRIVER: DiskDriver = DiskDriver {
    driver: "v1.26.0",
    provisioner: "v6.0.0",
    attacher: "v4.8.1",
    resizer: "v2.0.0",
    registrar: "v2.13.0",
};

/// Tag of `registry.k8s.io/metrics-server/metrics-server`, for all minors: its release supports Kubernetes 1.31 and newer
/// (github.com/kubernetes-sigs/metrics-server, README, compatibility matrix).
pub const METRICS_SERVER: &str = "v0.8.1";

/// Tag of `registry.k8s.io/networking/kube-network-policies`, for all minors: the one in install.yaml of the newest release
/// (github.com/kubernetes-sigs/kube-network-policies).
pub const NETWORK_POLICIES: &str = "v1.1.1";

/// Newest first.
///
/// * Kubernetes: patch releases as the Go module proxy lists them for k8s.io/kubernetes; both were booted, with a
///   cloud-controller-manager of 1.36.
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

/// The row of a minor or full version, if there is one.
pub fn release(version: &str) -> Option<&'static Release> {
    RELEASES.iter().find(|release| version == release.minor || patch_of(version, release.minor).is_some())
}

/// How long each minor is supported.
const SUPPORT: &str = include_str!("data/kubernetes-support.txt");
/// Patch releases come monthly for fourteen months, and a few between: no minor has had more than this.
const MOST_PATCHES: u32 = 20;

/// The full version a description asks for, and its row. A cluster that exists keeps its minor where the description has none.
pub(super) fn check(
    version: Option<&Spanned<String>>,
    in_use: Option<&InUse>,
    report: &mut Report,
) -> (String, &'static Release) {
    let kept = in_use.and_then(|in_use| in_use.kubernetes.clone());
    let default = kept.unwrap_or_else(|| (newest().kubernetes.to_owned(), newest()));
    let Some(asked) = version else { return default };
    let text = asked.value.as_str();
    let Some(release) = release(text) else {
        report.push(unsupported(asked));
        return default;
    };
    if let Some(end) = ended(release.minor, table::date(SUPPORT)) {
        report.push(out_of_support(asked, release.minor, end));
    }
    let patch = patch_of(text, release.minor).and_then(|patch| patch.parse().ok());
    if let Some(patch) = patch.filter(|patch: &u32| *patch > MOST_PATCHES) {
        let message = format!("Kubernetes {text} probably does not exist: no minor has had {patch} patch releases");
        report.push(
            Diagnostic::warning(Code::UnknownVersion, message)
                .at(&asked.span, "")
                .help(format!(
                    "machines install exactly this version and wait until it exists; the latest known one is {}",
                    release.kubernetes
                ))
                .patch(&asked.span, format!("\"{}\"", release.kubernetes)),
        );
    }
    let full = if text == release.minor { release.kubernetes } else { text };
    (full.to_owned(), release)
}

/// When support of a minor ended, if it had on that day.
fn ended(minor: &str, day: &str) -> Option<&'static str> {
    let end = table::rows(SUPPORT).find(|row| row[0] == minor).map(|row| row[2])?;
    // Year, month and day in this order compare as text.
    (end < day).then_some(end)
}

fn out_of_support(asked: &Spanned<String>, minor: &str, end: &str) -> Diagnostic {
    Diagnostic::warning(Code::UnsupportedVersion, format!("Kubernetes {minor} has been unsupported since {end}"))
        .at(&asked.span, "no more fixes, not even for security")
        .help(format!("use {}", newest().minor))
        .patch(&asked.span, format!("\"{}\"", newest().minor))
}

/// Why a version cannot be had, and the one that is meant.
fn unsupported(asked: &Spanned<String>) -> Diagnostic {
    let text = asked.value.as_str();
    let message = format!("Kubernetes `{text}` is not a supported version");
    let diagnostic = Diagnostic::error(Code::UnsupportedVersion, message);
    let without_v = text.strip_prefix('v').unwrap_or(text);
    if release(without_v).is_some() {
        let fixed = format!("\"{without_v}\"");
        return diagnostic.at(&asked.span, "").help("remove the `v`").patch(&asked.span, fixed);
    }
    let of = |minor: &&str| without_v == *minor || patch_of(without_v, minor).is_some();
    let minor = table::rows(SUPPORT).map(|row| row[0]).find(of);
    let why = match minor.map(|minor| (minor, ended(minor, table::date(SUPPORT)))) {
        Some((minor, Some(end))) => format!("{minor} has been unsupported since {end}"),
        Some((minor, None)) => format!("no cloud-controller-manager has been released for {minor} yet"),
        None => String::new(),
    };
    let minors: Vec<_> = RELEASES.iter().map(|r| r.minor).collect();
    let help = format!(
        "use a minor version ({}) or a patch release of one, such as {}",
        minors.join(", "),
        newest().kubernetes
    );
    let diagnostic = diagnostic.at(&asked.span, why).help(help);
    match minor {
        Some(_) => diagnostic.patch(&asked.span, format!("\"{}\"", newest().minor)),
        None => diagnostic,
    }
}

fn patch_of<'a>(text: &'a str, minor: &str) -> Option<&'a str> {
    let patch = text.strip_prefix(minor)?.strip_prefix('.')?;
    let digits = !patch.is_empty() && patch.len() <= 3 && patch.bytes().all(|b| b.is_ascii_digit());
    (digits && (patch == "0" || !patch.starts_with('0'))).then_some(patch)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A control plane goes up one minor version at a time, so none may be missing between two.
    #[test]
    fn the_table_is_consistent() {
        let number = |text: &str| text.parse::<u32>().unwrap();
        for release in &RELEASES {
            let minor = release.minor.strip_prefix("1.").unwrap();
            assert!(patch_of(release.kubernetes, release.minor).is_some(), "{}", release.kubernetes);
            let controller = release.cloud_controller_manager.strip_prefix('v').unwrap();
            assert_eq!(controller.split('.').next().unwrap(), minor, "{}", release.cloud_controller_manager);
            for version in [controller, release.containerd, release.pause] {
                assert!(
                    version.split('.').all(|part| number(part) < 1_000) && version.matches('.').count() == 2,
                    "{version}"
                );
            }
        }
        let pairs = RELEASES.windows(2).map(|pair| [&pair[0], &pair[1]].map(|release| number(&release.minor[2..])));
        assert!(pairs.into_iter().all(|[newer, older]| newer == older + 1));
    }

    #[test]
    fn the_day_of_the_table_decides_what_is_out_of_support() {
        assert_eq!(ended("1.35", "2026-11-24"), None);
        assert_eq!(ended("1.35", "2027-02-28"), None);
        assert_eq!(ended("1.35", "2027-03-01"), Some("2027-02-28"));
        let told = out_of_support(&Spanned::new("1.35".to_owned(), 0..4), "1.35", "2027-02-28");
        assert_eq!(told.message, "Kubernetes 1.35 has been unsupported since 2027-02-28");
        for release in &RELEASES {
            assert!(table::rows(SUPPORT).any(|row| row[0] == release.minor), "{}", release.minor);
            assert_eq!(ended(release.minor, table::date(SUPPORT)), None, "{} should go from the table", release.minor);
        }
    }
}
