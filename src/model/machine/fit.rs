//! Compatibility: of a machine type with its boot disk, and of its processors with the image.

use super::family::Family;
use super::image::{self, Image};
use super::{disk, machine_type};
use crate::diag::{Code, Diagnostic, Report};
use crate::spec;

/// What is suggested instead of a boot disk that is refused, in this order.
const DISKS: [&str; 2] = ["pd-balanced", "hyperdisk-balanced"];

/// A machine whose type and family are known.
pub(super) struct Fit<'a> {
    pub(super) spec: &'a spec::Machine<'a>,
    pub(super) machine_type: &'a str,
    pub(super) family: &'a Family,
    /// The type of such machines that exist.
    pub(super) in_use: Option<&'a str>,
}

impl Fit<'_> {
    /// Whether this machine boots from this disk. Google says so only when it creates the machine.
    pub(super) fn disk(&self, disk: &str, report: &mut Report) {
        let Some(takes) = DISKS.iter().find(|disk| self.family.boots_from(disk)) else { return };
        let written = self.spec.disk.and_then(|disk| disk.kind.as_ref());
        let needs = disk::fewest_processors(disk, self.family.name);
        let has = machine_type::size(self.machine_type).map(|size| size.processors);
        let message = match (needs, has) {
            _ if !self.family.boots_from(disk) => {
                let default = if written.is_none() { ", the default" } else { "" };
                format!("`{}` cannot boot from {disk}{default}", self.machine_type)
            }
            (Some(needs), Some(has)) if has < needs => {
                let family = self.family.name.to_uppercase();
                format!("{disk} needs at least {needs} vCPUs on {family}; `{}` has {has}", self.machine_type)
            }
            _ => return,
        };
        let diagnostic = Diagnostic::error(Code::DiskMismatch, message);
        let whose = format!("{} machines boot from {takes}", self.family.name.to_uppercase());
        report.push(match (written, self.spec.machine_type) {
            (Some(written), machine_type) => diagnostic
                .at(&written.span, whose)
                .and(machine_type.map(|written| &written.span), "this machine")
                .help(format!("use {takes}"))
                .patch(&written.span, *takes),
            (None, Some(machine_type)) if self.spec.disk.is_some() => {
                diagnostic.at(&machine_type.span, whose).help(format!("add `type: {takes}` under `disk`"))
            }
            (None, Some(machine_type)) => {
                diagnostic.at(&machine_type.span, whose).help(format!("add `disk: {{ type: {takes} }}` beside it"))
            }
            (None, None) => diagnostic.help(format!("add `disk: {{ type: {takes} }}`")),
        });
    }

    /// Whether the image is built for the processors.
    pub(super) fn image(&self, image: &Image, report: &mut Report) {
        let runs_on = self.family.architecture;
        let Some(made_for) = image.architecture.filter(|made_for| *made_for != runs_on) else { return };
        let default = if self.spec.image.is_none() { "the default image" } else { "the image" };
        let message = format!(
            "`{}` is an {} machine, but {default} is for {}",
            self.machine_type,
            runs_on.name(),
            made_for.name()
        );
        let diagnostic = Diagnostic::error(Code::ArchitectureMismatch, message);
        // The boot disks that exist fit the image: another image would not change them.
        let in_use = self.in_use.filter(|in_use| machine_type::architecture(in_use) == Some(made_for.name()));
        if let Some((in_use, written)) = in_use.zip(self.spec.machine_type) {
            let help = format!(
                "existing machines have boot disks for {}: change it back to `{in_use}`; for {} machines, add a pool",
                made_for.name(),
                runs_on.name()
            );
            report.push(diagnostic.at(&written.span, runs_on.name()).help(help).patch(&written.span, in_use));
            return;
        }
        let instead = image::counterpart(&image.link, runs_on);
        report.push(match (self.spec.image, self.spec.machine_type) {
            (Some(written), machine_type) => diagnostic
                .at(&written.span, made_for.name())
                .and(machine_type.map(|written| &written.span), runs_on.name())
                .help(format!("use the image for {}", runs_on.name()))
                .patch(&written.span, instead),
            (None, Some(machine_type)) => {
                diagnostic.at(&machine_type.span, runs_on.name()).help(format!("add `image: {instead}` beside it"))
            }
            (None, None) => diagnostic.help(format!("add `image: {instead}`")),
        });
    }
}
