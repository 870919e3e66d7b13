use super::{Cidr, PRIVATE};

/// The next free range of this prefix length at or after `near`, in the private block that `near` lies in, then from the
/// start of each private block; `taken` and everything that overlaps it is left out. `None` where nothing fits.
pub fn next_free(near: Cidr, prefix: u8, taken: &[Cidr]) -> Option<Cidr> {
    let home = PRIVATE.iter().find(|block| block.contains(near));
    let after = home.and_then(|home| first_fit(*home, near.bounds().0, prefix, taken));
    after.or_else(|| PRIVATE.iter().find_map(|block| first_fit(*block, block.bounds().0, prefix, taken)))
}

fn first_fit(block: Cidr, from: u64, prefix: u8, taken: &[Cidr]) -> Option<Cidr> {
    if prefix < block.prefix() || prefix > 32 {
        return None;
    }
    let step = 1_u64 << (32 - u32::from(prefix));
    let mut at = from.next_multiple_of(step);
    while at + step - 1 <= block.bounds().1 {
        let candidate = Cidr::containing(u32::try_from(at).ok()?.into(), prefix);
        match taken.iter().filter(|t| t.overlaps(candidate)).map(|t| t.bounds().1).max() {
            // Continue after the range that overlaps: the search is as long as `taken`, not as the block.
            Some(last) => at = (last + 1).next_multiple_of(step),
            None => return Some(candidate),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_what_is_in_the_way() {
        let taken = [Cidr::literal(192, 168, 16, 0, 21), Cidr::literal(192, 168, 24, 0, 24)];
        assert_eq!(next_free(taken[0], 21, &taken), Some(Cidr::literal(192, 168, 32, 0, 21)));
        assert_eq!(next_free(taken[0], 15, &taken), Some(Cidr::literal(10, 0, 0, 0, 15)));
        assert_eq!(next_free(taken[0], 3, &taken), None);
    }
}
