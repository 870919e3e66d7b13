use super::{Code, Diagnostic, Severity};

/// Which warnings are errors, and which are not reported. Errors stay errors.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels {
    /// All warnings are errors, except for the allowed ones.
    pub deny_warnings: bool,
    /// Warnings of these codes are errors.
    pub deny: Vec<Code>,
    /// Warnings of these codes are not reported.
    pub allow: Vec<Code>,
}

impl Levels {
    /// The severity of a diagnostic; `None` if it is not reported.
    pub(super) fn of(&self, diagnostic: &Diagnostic) -> Option<Severity> {
        let (severity, code) = (diagnostic.severity, &diagnostic.code);
        match severity {
            Severity::Error => Some(severity),
            Severity::Warning if self.allow.contains(code) => None,
            Severity::Warning if self.deny_warnings || self.deny.contains(code) => Some(Severity::Error),
            Severity::Warning => Some(severity),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Report;

    /// More than are kept: those that are not cannot hide behind the limit.
    #[test]
    fn thousands_of_warnings_are_denied_too() {
        let report = |levels: &Levels| {
            let mut report = Report::default();
            for number in 0..1_200 {
                report.push(Diagnostic::warning(Code::ZoneKept, format!("{number}")));
            }
            let denied = report.apply(levels);
            (denied, report.count(Severity::Error), report.count(Severity::Warning))
        };
        let (deny, allow) = (vec![Code::ZoneKept], vec![Code::ZoneKept]);
        assert_eq!(report(&Levels::default()), (0, 0, 1_200));
        assert_eq!(report(&Levels { deny_warnings: true, ..Levels::default() }), (1_200, 1_200, 0));
        assert_eq!(report(&Levels { deny, ..Levels::default() }), (1_000, 1_000, 200));
        assert_eq!(report(&Levels { deny_warnings: true, allow, ..Levels::default() }), (200, 200, 0));
    }
}
