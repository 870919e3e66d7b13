//! Address ranges: syntax, prohibited ranges, and free blocks.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use serde_json::Value;

use super::{refusal::Refusal, rules};

/// Ranges that no subnetwork may overlap.
const PROHIBITED: [&str; 7] = [
    "0.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "199.36.153.4/30",
    "199.36.153.8/30",
    "224.0.0.0/4",
    "255.255.255.255/32",
];

/// Parses a range in canonical form.
pub(crate) fn parse(field: &str, value: &Value) -> Result<Ipv4Net, Refusal> {
    let text = value.as_str().unwrap_or_default();
    let Ok(range) = text.parse::<Ipv4Net>() else {
        return Err(rules::CIDR.field(field, value, "Must be a CIDR address range."));
    };
    let proper = range.trunc();
    if proper.to_string() != text {
        return Err(rules::CIDR.field(field, value, format!("Must be a network address; did you mean '{proper}'?")));
    }
    Ok(proper)
}

/// Parses and checks a primary or secondary range of a subnetwork.
pub(crate) fn of_subnetwork(field: &str, value: &Value) -> Result<Ipv4Net, Refusal> {
    let range = parse(field, value)?;
    if !(4..=29).contains(&range.prefix_len()) {
        return Err(rules::RANGE_SIZE.field(field, value, "The prefix length must be between /4 and /29."));
    }
    match PROHIBITED.iter().find(|prohibited| overlap(range, parse_checked(prohibited))) {
        Some(prohibited) => Err(rules::PROHIBITED
            .refuse(format!("Invalid IPCidrRange: {range} overlaps the prohibited range {prohibited}."))),
        None => Ok(range),
    }
}

/// Parses a range that was checked before it was stored.
pub(crate) fn parse_checked(text: &str) -> Ipv4Net {
    text.parse().expect("only checked ranges are stored")
}

/// Whether two ranges overlap, in which case one contains the other.
pub(crate) fn overlap(a: Ipv4Net, b: Ipv4Net) -> bool {
    a.contains(&b) || b.contains(&a)
}

/// The first free block with this prefix length, in address order.
pub(crate) fn first_free(within: Ipv4Net, length: u8, used: &[Ipv4Net]) -> Option<Ipv4Net> {
    within.subnets(length).ok()?.find(|block| !used.iter().any(|other| overlap(*block, *other)))
}

/// The first free address for an instance.
pub(crate) fn first_free_host(within: Ipv4Net, used: &[Ipv4Net]) -> Option<Ipv4Addr> {
    let taken = |address: &Ipv4Addr| used.iter().any(|range| range.contains(address));
    within.hosts().find(|address| !is_reserved(within, *address) && !taken(address))
}

/// Google reserves the first two addresses of a primary range (network, gateway) and the last two.
pub(crate) fn is_reserved(within: Ipv4Net, address: Ipv4Addr) -> bool {
    let (address, first, last) = (u32::from(address), u32::from(within.network()), u32::from(within.broadcast()));
    address - first < 2 || last - address < 2
}
