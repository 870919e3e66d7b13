use super::Cidr;

/// Aligned blocks of one width inside a range, handed out first fit.
#[derive(Debug, Clone)]
pub struct Blocks {
    range: Cidr,
    width: u8,
    next: u64,
}

impl Blocks {
    /// All blocks of prefix length `width` in `range`; none where the range is narrower than one block.
    pub fn new(range: Cidr, width: u8) -> Self {
        Self { range, width, next: 0 }
    }

    /// How many blocks the range has in all.
    pub fn capacity(&self) -> u64 {
        self.width.checked_sub(self.range.prefix()).map_or(0, |bits| 1 << u32::from(bits))
    }
}

impl Iterator for Blocks {
    type Item = Cidr;

    fn next(&mut self) -> Option<Cidr> {
        if self.next >= self.capacity() {
            return None;
        }
        let first = self.range.bounds().0 + self.next * (1 << (32 - u32::from(self.width)));
        self.next += 1;
        let address = u32::try_from(first).expect("a block inside an IPv4 range").into();
        Some(Cidr::containing(address, self.width))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_order_and_no_more_than_fit() {
        let range = Cidr::literal(192, 168, 16, 0, 21);
        let blocks: Vec<_> = Blocks::new(range, 24).collect();
        assert_eq!(blocks.len(), 8);
        assert_eq!(blocks[0], Cidr::literal(192, 168, 16, 0, 24));
        assert_eq!(blocks[7], Cidr::literal(192, 168, 23, 0, 24));
        assert_eq!(Blocks::new(range, 20).count(), 0);
        assert_eq!(Blocks::new(Cidr::literal(255, 255, 255, 0, 24), 24).count(), 1);
    }
}
