use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use ipnet::Ipv4Net;
use serde::{Serialize, Serializer};

/// An IPv4 range in canonical CIDR notation: no host bits, no leading zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cidr(Ipv4Net);

/// Why a text is not a [`Cidr`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CidrError {
    /// Not `A.B.C.D/N` with decimal octets up to 255, `N` up to 32, and no leading zeros.
    Syntax,
    /// An IPv6 range.
    Ipv6,
    /// Bits to the right of the prefix are set; the range they lie in.
    HostBits(Cidr),
}

impl Cidr {
    /// The range of this prefix length that holds the address.
    ///
    /// # Panics
    /// If `prefix` is over 32: prefixes are constants or checked before.
    pub fn containing(address: Ipv4Addr, prefix: u8) -> Self {
        Self(Ipv4Net::new_assert(address, prefix).trunc())
    }

    /// A range written in the code: a default, a rule's own.
    ///
    /// # Panics
    /// If it is not canonical.
    pub const fn literal(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Self {
        let address = Ipv4Addr::new(a, b, c, d);
        assert!(address.to_bits().trailing_zeros() >= 32 - prefix as u32, "host bits");
        Self(Ipv4Net::new_assert(address, prefix))
    }

    /// Its first address.
    pub fn network(self) -> Ipv4Addr {
        self.0.network()
    }

    /// The number of leading bits that all its addresses share.
    pub fn prefix(self) -> u8 {
        self.0.prefix_len()
    }

    /// How many addresses it has, 1 to 2^32.
    pub fn size(self) -> u64 {
        1 << (32 - u32::from(self.prefix()))
    }

    /// First and last address as numbers.
    pub fn bounds(self) -> (u64, u64) {
        let first = u64::from(u32::from(self.network()));
        (first, first + self.size() - 1)
    }

    /// Whether every address of the other is in this one.
    pub fn contains(self, other: Cidr) -> bool {
        self.0.contains(&other.0)
    }

    /// Whether they share an address.
    pub fn overlaps(self, other: Cidr) -> bool {
        self.contains(other) || other.contains(self)
    }
}

impl FromStr for Cidr {
    type Err = CidrError;

    /// Stricter than `ipnet`, which takes host bits and leading zeros.
    fn from_str(text: &str) -> Result<Self, CidrError> {
        if text.contains(':') && text.parse::<ipnet::Ipv6Net>().is_ok() {
            return Err(CidrError::Ipv6);
        }
        let net: Ipv4Net = text.parse().map_err(|_| CidrError::Syntax)?;
        if text.split(['.', '/']).any(|number| number.len() > 1 && number.starts_with('0')) {
            return Err(CidrError::Syntax);
        }
        let canonical = Cidr(net.trunc());
        if canonical.0 == net { Ok(canonical) } else { Err(CidrError::HostBits(canonical)) }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Cidr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_text() {
        assert_eq!("10.0.0.0/8".parse::<Cidr>().unwrap().size(), 1 << 24);
        assert_eq!("0.0.0.0/0".parse::<Cidr>().unwrap().size(), 1 << 32);
        for bad in ["10.0.0.0", "10.0.0.0/08", "010.0.0.0/8", "10.0.0/8", "10.0.0.0/33", "", "a/8", "10.0.0.0/8 "] {
            assert_eq!(bad.parse::<Cidr>(), Err(CidrError::Syntax), "{bad:?}");
        }
        assert_eq!("10.0.3.7/16".parse::<Cidr>(), Err(CidrError::HostBits("10.0.0.0/16".parse().unwrap())));
        assert_eq!("fd00::/8".parse::<Cidr>(), Err(CidrError::Ipv6));
    }
}
