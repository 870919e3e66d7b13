use std::fmt;

use super::Lock;
use crate::diag::{Code, Diagnostic, Severity};
use crate::net::Cidr;

/// So many machines are named; the rest is a number.
const NAMED: usize = 3;

/// What a lock does not know yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Behind {
    /// There is no lock at all.
    pub missing: bool,
    /// Machines it would gain, with their blocks.
    pub gained: Vec<(String, Cidr)>,
    /// Machines it would release the blocks of.
    pub gone: Vec<(String, Cidr)>,
}

/// What writing `after` over `before` would change; `None`: nothing.
pub fn behind(before: Option<&Lock>, after: &Lock) -> Option<Behind> {
    if before == Some(after) {
        return None;
    }
    let only_in = |one: &Lock, other: Option<&Lock>| -> Vec<(String, Cidr)> {
        let unknown = |name: &&String| other.is_none_or(|other| !other.nodes.contains_key(*name));
        one.nodes.keys().filter(unknown).map(|name| (name.clone(), one.nodes[name].pods)).collect()
    };
    Some(Behind {
        missing: before.is_none(),
        gained: only_in(after, before),
        gone: before.map(|before| only_in(before, Some(after))).unwrap_or_default(),
    })
}

impl Behind {
    /// As a diagnostic; `file`: the lock's name. An error where nothing may change.
    pub fn diagnostic(&self, file: &str, severity: Severity) -> Diagnostic {
        let message = match self.missing {
            true => format!("there is no {file}: {self}"),
            false => format!("{file} is behind the description: {self}"),
        };
        let diagnostic = match severity {
            Severity::Error => Diagnostic::error(Code::LockBehind, message),
            Severity::Warning => Diagnostic::warning(Code::LockBehind, message),
        };
        diagnostic.help("`vpcgen lock` or `vpcgen render --out` writes it; commit it with the description")
    }
}

impl fmt::Display for Behind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |all: &[(String, Cidr)]| {
            let named: Vec<_> = all.iter().take(NAMED).map(|(name, block)| format!("{name} ({block})")).collect();
            match all.len().saturating_sub(NAMED) {
                0 => named.join(", "),
                more => format!("{} and {more} more", named.join(", ")),
            }
        };
        match (self.gained.is_empty(), self.gone.is_empty()) {
            (false, false) => write!(f, "it would gain {} and release {}", list(&self.gained), list(&self.gone)),
            (false, true) => write!(f, "it would gain {}", list(&self.gained)),
            _ => write!(f, "it would release {}", list(&self.gone)),
        }
    }
}
