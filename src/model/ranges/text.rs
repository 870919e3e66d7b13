//! From text to a range: what is not one, and what it may have meant.

use std::net::Ipv4Addr;

use crate::diag::{Code, Diagnostic, Report};
use crate::net::{Cidr, CidrError};
use crate::source::Spanned;

/// Smallest and largest range of a subnet, as prefix lengths.
pub(super) const SUBNET_PREFIX: (u8, u8) = (4, 29);

/// What other tools call 0.0.0.0/0.
const EVERYWHERE: [&str; 8] = ["0.0.0.0", "0/0", "*", "any", "all", "everywhere", "internet", "world"];

/// A range in canonical notation. `usual`: the prefix length to suggest for an address that has none.
pub(crate) fn parse(text: &Spanned<String>, usual: u8, report: &mut Report) -> Option<Cidr> {
    let value = text.value.as_str();
    let diagnostic = match value.parse() {
        Ok(cidr) => return Some(cidr),
        Err(CidrError::HostBits(range)) => {
            let (first, last) = range.bounds();
            let address = |n: u64| Ipv4Addr::from(u32::try_from(n).unwrap_or(u32::MAX));
            let message = format!("`{value}` is an address inside a range, not a range");
            Diagnostic::error(Code::HostBits, message)
                .at(&text.span, "")
                .help(format!(
                    "the /{} that holds it is {range} ({} to {})",
                    range.prefix(),
                    address(first),
                    address(last)
                ))
                .patch(&text.span, range.to_string())
        }
        Err(CidrError::Ipv6) => Diagnostic::error(Code::InvalidCidr, format!("`{value}` is an IPv6 range"))
            .at(&text.span, "")
            .help("vpcgen plans IPv4 ranges; write one like 10.0.0.0/20"),
        Err(CidrError::Syntax) => {
            let diagnostic = Diagnostic::error(Code::InvalidCidr, format!("`{value}` is not a range in CIDR notation"))
                .at(&text.span, "");
            match canonical(value, usual) {
                Some(range) if value.contains('/') => {
                    diagnostic.help(format!("without leading zeros it is {range}")).patch(&text.span, range.to_string())
                }
                _ if usual == 32 && EVERYWHERE.contains(&value.to_lowercase().as_str()) => {
                    diagnostic.help("everywhere is 0.0.0.0/0").patch(&text.span, "0.0.0.0/0")
                }
                Some(range) if range.prefix() == 32 => {
                    diagnostic.help(format!("one address is {range}")).patch(&text.span, range.to_string())
                }
                Some(range) => diagnostic
                    .help(format!("say how wide it is: {range} has {} addresses", range.size()))
                    .patch(&text.span, range.to_string()),
                None => diagnostic.help("four numbers up to 255 and a prefix length up to 32, like 10.0.0.0/20"),
            }
        }
    };
    report.push(diagnostic);
    None
}

/// What a range with leading zeros, or an address without a prefix length, may have meant.
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
