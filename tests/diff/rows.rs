//! Nothing can be added without its row.
