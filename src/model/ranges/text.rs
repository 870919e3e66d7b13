//! From text to a range: what is not one, and what it means.

use std::net::Ipv4Addr;

use super::limits::SUBNET_PREFIX;
use super::range::Role;
use super::replacement::Replacements;
use crate::diag::{Code, Diagnostic, Report, thousands};
use crate::net::{Cidr, CidrError};
use crate::source::Spanned;

/// What other tools call 0.0.0.0/0.
const EVERYWHERE: [&str; 8] = ["0.0.0.0", "0/0", "*", "any", "all", "everywhere", "internet", "world"];

/// Why a text is not a range in canonical notation, and the range that it means.
pub(super) struct Malformed {
    code: Code,
    message: String,
    help: String,
    pub(super) meant: Option<Cidr>,
}

impl Malformed {
    /// The range that it means can be used.
    pub(super) fn diagnostic(self, text: &Spanned<String>) -> Diagnostic {
        let diagnostic = Diagnostic::error(self.code, self.message).at(&text.span, "").help(self.help);
        match self.meant {
            Some(meant) => diagnostic.patch(&text.span, meant.to_string()),
            None => diagnostic,
        }
    }

    /// The range that it means may be unusable or in use: then the next one that is free is suggested.
    pub(super) fn of_a_subnet(self, text: &Spanned<String>, role: Role, replacements: &mut Replacements) -> Diagnostic {
        let meant = self.meant;
        let found = meant.and_then(|meant| replacements.find(role, meant));
        let help = match found.filter(|found| Some(*found) != meant) {
            Some(found) if replacements.in_use(role).is_some() => format!("{}; the cluster uses {found}", self.help),
            Some(found) => format!("{}; that cannot be used here, but {found} is free", self.help),
            None => self.help.clone(),
        };
        Self { meant: found, help, ..self }.diagnostic(text)
    }
}

/// A range in canonical notation; anything else is reported. `usual`: the prefix length to suggest for an address that has none.
pub(crate) fn parse(text: &Spanned<String>, usual: u8, report: &mut Report) -> Option<Cidr> {
    read(text, usual).map_err(|malformed| report.push(malformed.diagnostic(text))).ok()
}

/// A range in canonical notation, or why the text is none.
pub(super) fn read(text: &Spanned<String>, usual: u8) -> Result<Cidr, Malformed> {
    let value = text.value.as_str();
    let error = match value.parse() {
        Ok(cidr) => return Ok(cidr),
        Err(error) => error,
    };
    let (code, message, help, meant) = match error {
        CidrError::HostBits(range) => {
            let (first, last) = range.bounds();
            let address = |n: u64| Ipv4Addr::from(u32::try_from(n).unwrap_or(u32::MAX));
            let message = format!("`{value}` is an address inside a range, not a range");
            let help = format!(
                "the /{} that contains it is {range} ({} to {})",
                range.prefix(),
                address(first),
                address(last)
            );
            (Code::HostBits, message, help, Some(range))
        }
        CidrError::Ipv6 => {
            let help = "vpcgen supports only IPv4 ranges here, such as 10.0.0.0/20".to_owned();
            (Code::InvalidCidr, format!("`{value}` is an IPv6 range"), help, None)
        }
        CidrError::Syntax => {
            let (help, meant) = meaning(value, usual);
            (Code::InvalidCidr, format!("`{value}` is not a valid range in CIDR notation"), help, meant)
        }
    };
    Err(Malformed { code, message, help, meant })
}

/// What a text that is no range means, and how to write it.
fn meaning(text: &str, usual: u8) -> (String, Option<Cidr>) {
    let everywhere = Cidr::literal(0, 0, 0, 0, 0);
    match canonical(text, usual) {
        Some(range) if text.contains('/') => (format!("without leading zeros, it is {range}"), Some(range)),
        _ if usual == 32 && EVERYWHERE.contains(&text.to_lowercase().as_str()) => {
            (format!("for every address, write {everywhere}"), Some(everywhere))
        }
        Some(range) if range.prefix() == 32 => (format!("for one address, write {range}"), Some(range)),
        Some(range) => (format!("add a prefix length: {range} has {} addresses", thousands(range.size())), Some(range)),
        None => ("write four numbers up to 255 and a prefix length up to 32, such as 10.0.0.0/20".to_owned(), None),
    }
}

/// What a range with leading zeros, or an address without a prefix length, means.
fn canonical(text: &str, usual: u8) -> Option<Cidr> {
    let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
    let octets: Option<Vec<u8>> = address.split('.').map(|octet| octet.parse().ok()).collect();
    let octets: [u8; 4] = octets?.try_into().ok()?;
    let address = Ipv4Addr::from(octets);
    let prefix = match prefix {
        Some(prefix) => prefix.parse().ok().filter(|prefix| *prefix <= 32)?,
        // As wide as usual, or as the address can be without its end being lost.
        None => usual.max(32 - u8::try_from(u32::from(address).trailing_zeros()).ok()?.min(32)),
    };
    // A single address is no subnet's range.
    (prefix <= SUBNET_PREFIX.1 || usual == 32).then(|| Cidr::containing(address, prefix))
}
