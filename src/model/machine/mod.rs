//! The keys that every kind of machine has: each by itself, then whether they go together.

mod custom_type;
mod disk;
mod family;
mod fit;
mod image;
mod image_family;
mod machine_type;
mod state_disk;

pub(crate) use machine_type::{architecture, carries_control_plane, family_of, size, takes_disk};
pub(super) use state_disk::state_disk;

use self::fit::Fit;
use super::Machine;
use crate::diag::{Code, Diagnostic, Report};
use crate::source::Spanned;
use crate::spec;

/// A machine. `in_use`: the type of those that exist.
pub(super) fn check(spec: &spec::Machine<'_>, in_use: Option<&str>, report: &mut Report) -> Machine {
    let machine_type = machine_type::check(spec.machine_type, report);
    let family = machine_type.as_deref().and_then(machine_type::family_of);
    let image = image::check(spec.image, family.map(|family| family.architecture), report);
    let (disk, known) = disk::check(spec.disk, report);
    if let (Some(family), Some(machine_type)) = (family, &machine_type) {
        let fit = Fit { spec, machine_type, family, in_use };
        if known {
            fit.disk(&disk.kind, report);
        }
        fit.image(&image, report);
    }
    Machine {
        live_migration: machine_type.as_deref().is_none_or(machine_type::migrates),
        machine_type: machine_type.unwrap_or_default(),
        image: image.link,
        disk,
        external_ip: spec.external_ip.unwrap_or(false),
        secure_boot: spec.secure_boot.unwrap_or(false),
        service_account: spec.service_account.and_then(|account| service_account(account, report)),
    }
}

/// The email address of a service account: `ID@PROJECT.iam.gserviceaccount.com`, or a project's default one.
fn service_account(account: &Spanned<String>, report: &mut Report) -> Option<String> {
    let address = account.value.split_once('@').filter(|(id, domain)| {
        let word = |text: &str| {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        let host = domain.strip_suffix(".gserviceaccount.com");
        word(id) && host.is_some_and(|host| host.split('.').all(word))
    });
    if address.is_none() {
        report.push(
            Diagnostic::error(
                Code::InvalidServiceAccount,
                format!("`{}` is not a service account's email address", account.value),
            )
            .at(&account.span, "")
            .help("write it like ID@PROJECT.iam.gserviceaccount.com, or remove the key to have one created"),
        );
        return None;
    }
    Some(account.value.clone())
}
