//! What goes together: a machine family with its boot disk, its processors with the image.

use super::family::Family;
use super::image::{self, Image};
use crate::diag::{Code, Diagnostic, Report};
use crate::spec;

/// Preferred boot disks, when another is refused.
const DISKS: [&str; 2] = ["pd-balanced", "hyperdisk-balanced"];

/// A machine whose type and family are known.
pub(super) struct Fit<'a> {
    pub(super) spec: &'a spec::Machine<'a>,
    pub(super) machine_type: &'a str,
    pub(super) family: &'a Family,
}

impl Fit<'_> {
    /// Whether the family boots from this disk. Google says so only when it makes the machine.
    pub(super) fn disk(&self, disk: &str, report: &mut Report) {
        if self.family.boots_from(disk) {
            return;
        }
        let Some(takes) = DISKS.iter().find(|disk| self.family.boots_from(disk)) else { return };
        let written = self.spec.disk.and_then(|disk| disk.kind.as_ref());
        let default = if written.is_none() { ", the default" } else { "" };
        let message = format!("`{}` does not boot from {disk}{default}", self.machine_type);
        let diagnostic = Diagnostic::error(Code::DiskMismatch, message);
        let whose = format!("the family {} takes {takes}", self.family.name);
        report.push(match (written, self.spec.machine_type) {
            (Some(written), machine_type) => diagnostic
                .at(&written.span, whose)
                .and(machine_type.map(|written| &written.span), "this machine")
                .help(format!("take {takes}"))
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

    /// Whether the processors understand the image.
    pub(super) fn image(&self, image: &Image, report: &mut Report) {
        let runs_on = self.family.architecture;
        let Some(made_for) = image.architecture.filter(|made_for| *made_for != runs_on) else { return };
        let default = if self.spec.image.is_none() { "the default image" } else { "the image" };
        let message = format!(
            "`{}` is an {} machine, and {default} is made for {}",
            self.machine_type,
            runs_on.name(),
            made_for.name()
        );
        let diagnostic = Diagnostic::error(Code::ArchitectureMismatch, message);
        let instead = image::counterpart(&image.link, runs_on);
        report.push(match (self.spec.image, self.spec.machine_type) {
            (Some(written), machine_type) => diagnostic
                .at(&written.span, made_for.name())
                .and(machine_type.map(|written| &written.span), runs_on.name())
                .help(format!("take the image for {}", runs_on.name()))
                .patch(&written.span, instead),
            (None, Some(machine_type)) => {
                diagnostic.at(&machine_type.span, runs_on.name()).help(format!("add `image: {instead}` beside it"))
            }
            (None, None) => diagnostic.help(format!("add `image: {instead}`")),
        });
    }
}
