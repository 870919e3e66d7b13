//! The arithmetic of custom machine types: `n2-custom-4-8192`.

use super::family::{self, CustomRule};
use crate::diag::{Code, Diagnostic, Report};
use crate::source::Spanned;

/// Memory comes in steps of so many MB (the API's discovery document, `Instance.machineType`).
const STEP: u32 = 256;

/// A custom type, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Custom<'a> {
    /// As written; empty for the first family, N1.
    prefix: &'a str,
    family: &'a str,
    pub(super) processors: u32,
    /// MB.
    pub(super) memory: u32,
    extended: bool,
}

impl<'a> Custom<'a> {
    /// `[FAMILY-]custom-PROCESSORS-MEMORY[-ext]`. E2's shared-core types (`e2-custom-medium-4096`) are not among them.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let at = text.find("custom-")?;
        let prefix = &text[..at];
        let family = if prefix.is_empty() { "n1" } else { prefix.strip_suffix('-')? };
        let rest = &text[at + "custom-".len()..];
        let (rest, extended) = rest.strip_suffix("-ext").map_or((rest, false), |rest| (rest, true));
        let (processors, memory) = rest.split_once('-')?;
        Some(Self { prefix, family, processors: processors.parse().ok()?, memory: memory.parse().ok()?, extended })
    }

    fn name(&self, processors: u32, memory: u32) -> String {
        let extended = if self.extended { "-ext" } else { "" };
        format!("{}custom-{processors}-{memory}{extended}", self.prefix)
    }
}

/// Whether there is such a type, as far as is known; the nearest one that there is, if not.
pub(super) fn check(custom: &Custom<'_>, written: &Spanned<String>, report: &mut Report) -> bool {
    let text = written.value.as_str();
    let Some(family) = family::find(custom.family) else {
        let message = format!("unknown machine family `{}`", custom.family);
        let help = "ignore this if the family is new; E2, N1, N2, N2D and N4 have custom machine types";
        report.push(Diagnostic::warning(Code::UnknownMachineType, message).at(&written.span, "").help(help));
        return true;
    };
    let (allowed, per_processor, extends) = match &family.custom {
        CustomRule::No => {
            let message = format!("the family `{}` has no custom machine types", custom.family);
            let help = "use a predefined type, or E2, N1, N2, N2D or N4";
            report.push(Diagnostic::error(Code::InvalidMachineType, message).at(&written.span, "").help(help));
            return false;
        }
        CustomRule::Common => (None, None, true),
        CustomRule::Known { processors, memory, extended } => (Some(processors), Some(*memory), *extended),
    };
    let error = |message: String| Diagnostic::error(Code::InvalidMachineType, message).at(&written.span, "");
    if custom.extended && !extends {
        let plain = text.trim_end_matches("-ext");
        report.push(
            error(format!("the family `{}` has no extended memory", custom.family))
                .help(format!("remove `-ext`: `{plain}`"))
                .patch(&written.span, plain),
        );
        return false;
    }
    let processors = allowed.map_or(custom.processors.max(1), |allowed| {
        let next = allowed.iter().find(|n| **n >= custom.processors).or(allowed.last());
        next.copied().unwrap_or(custom.processors)
    });
    let bounds = per_processor.map(|(least, most)| {
        let most = if custom.extended { u32::MAX / STEP * STEP } else { most.saturating_mul(processors) / STEP * STEP };
        (least.saturating_mul(processors).next_multiple_of(STEP), most)
    });
    let clamped = bounds.map_or(custom.memory, |(least, most)| custom.memory.clamp(least, most));
    let memory = clamped.checked_next_multiple_of(STEP).unwrap_or(u32::MAX / STEP * STEP).max(STEP);
    let reason = match (bounds, per_processor) {
        _ if processors != custom.processors => {
            format!("{} vCPUs; `{}` has {}", custom.processors, custom.family, listed(allowed))
        }
        (Some((least, most)), Some((each_least, each_most))) if clamped != custom.memory => {
            let most = if custom.extended { "any amount".to_owned() } else { format!("{most} MB") };
            format!(
                "{} MB for {processors} vCPUs; `{}` takes {least} MB to {most} ({each_least} to {each_most} for each vCPU)",
                custom.memory, custom.family
            )
        }
        _ if memory != custom.memory => {
            format!("{} MB of memory; custom types take multiples of {STEP}", custom.memory)
        }
        _ => return true,
    };
    let nearest = custom.name(processors, memory);
    report.push(
        error(format!("there is no machine type `{text}`: {reason}"))
            .help(format!("the nearest is `{nearest}`"))
            .patch(&written.span, nearest),
    );
    false
}

/// The numbers of processors, shortened.
fn listed(allowed: Option<&Vec<u32>>) -> String {
    let Some(allowed) = allowed else { return "1 or more".to_owned() };
    let words: Vec<String> = allowed.iter().map(u32::to_string).collect();
    match words.as_slice() {
        [first, second, third, .., last] if words.len() > 8 => {
            format!("{first}, {second}, {third} and so on to {last}")
        }
        _ => words.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with a type, and what is suggested instead.
    fn verdict(text: &str) -> Option<String> {
        let mut report = Report::default();
        let right = check(&Custom::parse(text).unwrap(), &Spanned::new(text.to_owned(), 0..text.len()), &mut report);
        assert_eq!(right, !report.has_errors());
        report.sorted().first().and_then(|d| d.patch.as_ref()).map(|patch| patch.text.clone())
    }

    #[test]
    fn the_nearest_type_is_one() {
        for right in
            ["n2-custom-4-8192", "custom-1-1024", "n1-custom-6-8192", "e2-custom-2-2048", "n2d-custom-96-98304"]
        {
            assert_eq!(verdict(right), None, "{right}");
        }
        for (wrong, near) in [
            ("n2-custom-5-8192", "n2-custom-6-8192"),
            ("n2-custom-34-65536", "n2-custom-36-65536"),
            ("n2-custom-4-8000", "n2-custom-4-8192"),
            ("n2-custom-4-65536", "n2-custom-4-32768"),
            ("custom-2-1000", "custom-2-2048"),
            ("e2-custom-64-65536", "e2-custom-32-65536"),
            ("e2-custom-2-8192-ext", "e2-custom-2-8192"),
            ("n2-custom-2-4294967295", "n2-custom-2-16384"),
        ] {
            assert_eq!(verdict(wrong).as_deref(), Some(near), "{wrong}");
            assert_eq!(verdict(near), None, "{near}");
        }
        assert!(Custom::parse("n2-standard-4").is_none() && Custom::parse("e2-custom-medium-4096").is_none());
    }
}
