use crate::diag::{Code, Diagnostic, Report};
use crate::source::Spanned;

/// Ubuntu 24.04 LTS. A family without an architecture does not exist from 24.04 on.
const DEFAULT: &str = "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64";

/// Google's own image projects whose images do not boot what vpcgen writes: without cloud-init, or without apt.
const WITHOUT_CLOUD_INIT: [&str; 16] = [
    "centos-cloud",
    "cos-cloud",
    "debian-cloud",
    "fedora-coreos-cloud",
    "opensuse-cloud",
    "oracle-linux-cloud",
    "rhel-cloud",
    "rhel-sap-cloud",
    "rocky-linux-accelerator-cloud",
    "rocky-linux-cloud",
    "suse-cloud",
    "suse-sap-cloud",
    "windows-cloud",
    "windows-sql-cloud",
    "freebsd-org-cloud-dev",
    "deeplearning-platform-release",
];

/// The boot image in the long form that Terraform passes on untouched: a short one costs look-ups at every plan.
pub(super) fn check(image: Option<&Spanned<String>>, report: &mut Report) -> String {
    let Some(image) = image else { return DEFAULT.to_owned() };
    let text = image.value.strip_prefix("https://www.googleapis.com/compute/v1/").unwrap_or(&image.value);
    let Some((project, _)) = parts(text) else {
        let message = format!("`{}` is not the full name of an image", image.value);
        report.push(
            Diagnostic::error(Code::InvalidImage, message)
                .at(&image.span, "")
                .help(format!("write projects/PROJECT/global/images/family/FAMILY or projects/PROJECT/global/images/IMAGE, such as {DEFAULT}")),
        );
        return DEFAULT.to_owned();
    };
    if WITHOUT_CLOUD_INIT.contains(&project) {
        let message = format!("images of `{project}` are not supported yet");
        report.push(
            Diagnostic::error(Code::NotSupported, message)
                .at(&image.span, "no cloud-init and apt in these images")
                .help(format!("machines are set up by cloud-init: take an Ubuntu image, such as {DEFAULT}")),
        );
    }
    text.to_owned()
}

/// Project and family or image.
fn parts(text: &str) -> Option<(&str, &str)> {
    let (project, rest) = text.strip_prefix("projects/")?.split_once('/')?;
    let name = rest.strip_prefix("global/images/")?;
    let name = name.strip_prefix("family/").unwrap_or(name);
    let project_id = project.rsplit_once(':').map_or(project, |(_, id)| id);
    (super::name::is_name(project_id) && super::name::is_name(name)).then_some((project, name))
}
