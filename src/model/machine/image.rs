//! Boot images: how they are written, which families there are, what they run on.

use super::family::Architecture;
use super::image_family::{KNOWN, Known, ubuntu, with_architecture};
use crate::diag::{Code, Diagnostic, Report, Severity};
use crate::model::is_name;
use crate::source::Spanned;

/// Ubuntu 24.04 LTS. A family without an architecture does not exist from 24.04 on.
const DEFAULT: &str = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64";
const DEFAULT_ARM: &str = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-arm64";

/// Google's own image projects whose images do not boot what vpcgen writes, and why
/// (github.com/kubernetes/kops/issues/16697: which images have cloud-init).
const WITHOUT_CLOUD_INIT: [(&str, &str); 16] = [
    ("centos-cloud", NO_CLOUD_INIT),
    ("cos-cloud", "Container-Optimized OS has a read-only root file system and no package manager"),
    ("debian-cloud", NO_CLOUD_INIT),
    ("fedora-coreos-cloud", "Fedora CoreOS reads Ignition instead of cloud-init"),
    ("opensuse-cloud", NO_APT),
    ("oracle-linux-cloud", NO_CLOUD_INIT),
    ("rhel-cloud", NO_CLOUD_INIT),
    ("rhel-sap-cloud", NO_CLOUD_INIT),
    ("rocky-linux-accelerator-cloud", NO_CLOUD_INIT),
    ("rocky-linux-cloud", NO_CLOUD_INIT),
    ("suse-cloud", NO_APT),
    ("suse-sap-cloud", NO_APT),
    ("windows-cloud", "a control plane and its nodes run on Linux"),
    ("windows-sql-cloud", "a control plane and its nodes run on Linux"),
    ("freebsd-org-cloud-dev", "a control plane and its nodes run on Linux"),
    ("deeplearning-platform-release", "these images bring packages that conflict with containerd.io"),
];
const NO_CLOUD_INIT: &str = "Google builds these images without cloud-init";
const NO_APT: &str = "packages are installed with apt, which these images do not have";

/// An image as it will be rendered.
pub(super) struct Image {
    pub(super) link: String,
    /// What it runs on; `None` where that is not known, or the image is wrong.
    pub(super) architecture: Option<Architecture>,
}

/// The default image of an architecture.
pub(super) fn default(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::X86 => DEFAULT,
        Architecture::Arm => DEFAULT_ARM,
    }
}

/// The boot image in the long form that Terraform passes on untouched: a short one costs look-ups at every plan.
/// `machine`: what the machine's processors are, for suggestions.
pub(super) fn check(image: Option<&Spanned<String>>, machine: Option<Architecture>, report: &mut Report) -> Image {
    let Some(image) = image else {
        return Image { link: DEFAULT.to_owned(), architecture: Some(Architecture::X86) };
    };
    let text = image.value.strip_prefix("https://www.googleapis.com/compute/v1/").unwrap_or(&image.value);
    let machine = machine.unwrap_or(Architecture::X86);
    match parts(text) {
        Some((project, name, family)) => match problem(project, name, family, machine, image) {
            Some(problem) if problem.severity == Severity::Error => report.push(problem),
            warning => {
                warning.into_iter().for_each(|warning| report.push(warning));
                return Image { link: text.to_owned(), architecture: architecture(project, name) };
            }
        },
        None => report.push(malformed(image, machine)),
    }
    Image { link: DEFAULT.to_owned(), architecture: None }
}

fn malformed(image: &Spanned<String>, machine: Architecture) -> Diagnostic {
    let message = format!("`{}` is not a full image name", image.value);
    let diagnostic = Diagnostic::error(Code::InvalidImage, message).at(&image.span, "");
    let last = image.value.rsplit('/').next().unwrap_or_default();
    // As short as Terraform and gcloud take them: `project/family`, `family`.
    let project = match image.value.rsplit_once('/') {
        Some((project, _)) => Some(project),
        None => KNOWN.iter().find(|known| known.family == last).map(|known| known.project),
    };
    let refused = project.and_then(|project| problem(project, last, true, machine, image));
    if let Some(refused) = refused.filter(|refused| matches!(refused.code, Code::WithdrawnImage | Code::NotSupported)) {
        return refused;
    }
    let meant = KNOWN.iter().filter(|known| known.is_there()).find(|known| known.family == last);
    let meant = meant.or_else(|| with_architecture(last, machine)).or_else(|| ubuntu(last, machine));
    match meant {
        Some(known) => diagnostic.help("write it in full").patch(&image.span, known.long()),
        None => diagnostic.help(format!(
            "write projects/PROJECT/global/images/family/FAMILY or projects/PROJECT/global/images/IMAGE, such as {}",
            default(machine)
        )),
    }
}

/// Why there is no such image, or none that boots what vpcgen writes. Of a family that is merely unknown a warning remains.
fn problem(
    project: &str,
    name: &str,
    family: bool,
    machine: Architecture,
    image: &Spanned<String>,
) -> Option<Diagnostic> {
    let instead = default(machine);
    let here = |known: &&Known| known.project == project;
    let of = |known: &&Known| {
        known.family == name || (!family && name.strip_prefix(known.family).is_some_and(|rest| rest.starts_with("-v")))
    };
    if let Some(known) = KNOWN.iter().filter(here).find(|known| of(known) && !known.is_there()) {
        let message = format!("Google has withdrawn the image family `{}`", known.family);
        let when = format!("withdrawn in {}", known.withdrawn.unwrap_or_default());
        return Some(
            Diagnostic::error(Code::WithdrawnImage, message)
                .at(&image.span, when)
                .help("Ubuntu 24.04 LTS is the default")
                .patch(&image.span, instead),
        );
    }
    if let Some((_, why)) = WITHOUT_CLOUD_INIT.iter().find(|(of, _)| *of == project) {
        let message = format!("images from `{project}` are not supported yet");
        return Some(
            Diagnostic::error(Code::NotSupported, message)
                .at(&image.span, *why)
                .help("machines install themselves with cloud-init and apt: use an Ubuntu image")
                .patch(&image.span, instead),
        );
    }
    let known_project = KNOWN.iter().any(|known| known.project == project);
    if !family || !known_project || KNOWN.iter().filter(here).any(|known| known.family == name) {
        return None;
    }
    let message = format!("`{project}` has no image family `{name}`");
    let diagnostic = Diagnostic::error(Code::UnknownImage, message).at(&image.span, "");
    if let Some(known) = with_architecture(name, machine) {
        return Some(
            diagnostic
                .help("since 24.04, Ubuntu's image families end in the architecture")
                .patch(&image.span, known.long()),
        );
    }
    let distance = |known: &&Known| strsim::damerau_levenshtein(known.family, name);
    let near = KNOWN.iter().filter(here).filter(|known| known.is_there()).min_by_key(distance);
    let message = format!("unknown image family `{name}` in `{project}`");
    let diagnostic = Diagnostic::warning(Code::UnknownImage, message).at(&image.span, "");
    Some(match near.filter(|near| distance(near) <= 2) {
        Some(near) => diagnostic.help(format!("did you mean `{}`?", near.family)).patch(&image.span, near.long()),
        None => diagnostic.help("ignore this if the family is new; `gcloud compute images list` shows all of them"),
    })
}

/// What an image runs on: by its family, else by its name.
fn architecture(project: &str, name: &str) -> Option<Architecture> {
    let known = KNOWN.iter().find(|known| known.project == project && known.family == name);
    let says = |word: &str| name.split('-').any(|part| part == word);
    match known {
        Some(known) => known.architecture,
        None if says("arm64") || says("aarch64") => Some(Architecture::Arm),
        None if says("amd64") => Some(Architecture::X86),
        None => None,
    }
}

/// The same image for another architecture, else the default for it.
pub(super) fn counterpart(link: &str, architecture: Architecture) -> String {
    let base = |family: &str| family.trim_end_matches("-amd64").trim_end_matches("-arm64").to_owned();
    let name = link.rsplit('/').next().unwrap_or_default();
    let fits = |known: &&Known| known.architecture == Some(architecture) && base(known.family) == base(name);
    KNOWN.iter().find(fits).map_or_else(|| default(architecture).to_owned(), Known::long)
}

/// Project, name, and whether it is a family's.
fn parts(text: &str) -> Option<(&str, &str, bool)> {
    let (project, rest) = text.strip_prefix("projects/")?.split_once('/')?;
    let name = rest.strip_prefix("global/images/")?;
    let (name, family) = name.strip_prefix("family/").map_or((name, false), |family| (family, true));
    let project_id = project.rsplit_once(':').map_or(project, |(_, id)| id);
    (is_name(project_id) && is_name(name)).then_some((project, name, family))
}
