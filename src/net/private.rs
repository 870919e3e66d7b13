//! Address space that is not the internet's, in one place.

use super::Cidr;

/// Where suggestions are looked for: RFC 1918, then RFC 6598.
pub const PRIVATE: [Cidr; 4] = [
    Cidr::literal(10, 0, 0, 0, 8),
    Cidr::literal(172, 16, 0, 0, 12),
    Cidr::literal(192, 168, 0, 0, 16),
    Cidr::literal(100, 64, 0, 0, 10),
];

/// Addresses that are reached over the VPC, a VPN or a peering: the private ranges, RFC 2544, class E.
pub const INTERNAL: [Cidr; 6] =
    [PRIVATE[0], PRIVATE[1], PRIVATE[2], PRIVATE[3], Cidr::literal(198, 18, 0, 0, 15), Cidr::literal(240, 0, 0, 0, 4)];

/// Special-purpose blocks (IETF protocol assignments, documentation, 6to4 relays, multicast).
const SPECIAL: [Cidr; 6] = [
    Cidr::literal(192, 0, 0, 0, 24),
    Cidr::literal(192, 0, 2, 0, 24),
    Cidr::literal(198, 51, 100, 0, 24),
    Cidr::literal(203, 0, 113, 0, 24),
    Cidr::literal(192, 88, 99, 0, 24),
    Cidr::literal(224, 0, 0, 0, 4),
];

/// Whether the range holds addresses of the internet. In a subnet, Google calls these privately used public addresses
/// (cloud.google.com/vpc/docs/subnets, "valid IPv4 ranges").
pub fn is_public(range: Cidr) -> bool {
    !INTERNAL.iter().chain(&SPECIAL).any(|block| block.contains(range))
}
