//! Which part of the pods' range is shown block by block, and how large each block is there.

use crate::picture::{MARGIN, WIDTH};

/// The gutter that says with which address a row begins.
pub(super) const GUTTER: f64 = 112.0;

/// What there is room for in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Words {
    /// The node's whole name, its block and its zone.
    All,
    /// Name and block.
    NameAndBlock,
    /// Pool and number.
    Short,
    /// The number alone.
    Number,
    /// Nothing.
    None,
}

/// An aligned part of the pods' range as rows of blocks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    /// Number of the first block.
    pub(super) first: u64,
    /// How many blocks.
    pub(super) blocks: u64,
    /// How many in a row.
    pub(super) columns: u64,
    /// A block's size, with the gap to the next.
    pub(super) cell: (f64, f64),
    /// The text in it.
    pub(super) words: Words,
}

impl Grid {
    /// The smallest aligned part of `capacity` blocks that holds those from `first` to `last`, with some air.
    pub(super) fn holding(first: u64, last: u64, capacity: u64) -> Self {
        let mut blocks = 8.min(capacity);
        while first / blocks != last / blocks {
            blocks *= 2;
        }
        let (columns, height, words) = match blocks {
            0..=8 => (4, 60.0, Words::All),
            9..=32 => (4, 42.0, Words::NameAndBlock),
            33..=128 => (8, 38.0, Words::NameAndBlock),
            129..=256 => (16, 26.0, Words::Short),
            257..=512 => (32, 24.0, Words::Number),
            513..=1024 => (32, 20.0, Words::Number),
            1025..=2048 => (32, 17.0, Words::Number),
            2049..=8192 => (128, 12.0, Words::None),
            _ => (256, 4.0, Words::None),
        };
        let columns = columns.min(blocks);
        // A range of one or two blocks does not fill the page.
        let width = (WIDTH - 2.0 * MARGIN - GUTTER) / columns.max(4) as f64;
        Self { first: first / blocks * blocks, blocks, columns, cell: (width, height), words }
    }

    /// How many rows.
    pub(super) fn rows(&self) -> u64 {
        self.blocks.div_ceil(self.columns)
    }

    /// Where a block's corner is, from the grid's.
    pub(super) fn corner(&self, block: u64) -> (f64, f64) {
        let at = block - self.first;
        ((at % self.columns) as f64 * self.cell.0, (at / self.columns) as f64 * self.cell.1)
    }

    /// The whole grid's size.
    pub(super) fn size(&self) -> (f64, f64) {
        (self.columns as f64 * self.cell.0, self.rows() as f64 * self.cell.1)
    }

    /// Every so many rows a label has room.
    pub(super) fn label_every(&self) -> u64 {
        (14.0 / self.cell.1).ceil() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligned_and_wide_enough() {
        let part = |first, last, capacity| {
            let grid = Grid::holding(first, last, capacity);
            (grid.first, grid.blocks)
        };
        assert_eq!(part(0, 0, 1), (0, 1));
        assert_eq!(part(0, 3, 1024), (0, 8));
        assert_eq!(part(9, 12, 1024), (8, 8));
        assert_eq!(part(0, 30, 1024), (0, 32));
        assert_eq!(part(7, 8, 1024), (0, 16));
        assert_eq!(part(0, 65_535, 65_536), (0, 65_536));
    }
}
