//! The tables under `data/`: facts that have a date. Plain text: one row per line, columns separated by blanks. Lines
//! that begin with `#` name the source and the date.

/// The rows of a table, as words.
pub(super) fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    rows_where(table, |_| true)
}

/// The rows whose first word is one of these. The others are not read any further, for most of the facts in a table are about
/// what a description does not mention.
pub(super) fn rows_where(table: &'static str, first: impl Fn(&str) -> bool) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    let chosen = lines.filter(move |line| line.split_ascii_whitespace().next().is_some_and(&first));
    chosen.map(|line| line.split_ascii_whitespace().collect())
}

/// The day on which the facts of a table were true.
pub(super) fn date(table: &'static str) -> &'static str {
    table.lines().find_map(|line| line.strip_prefix("# Date: ")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLES: [(&str, usize); 6] = [
        (include_str!("data/disk-types.txt"), 2),
        (include_str!("data/images.txt"), 3),
        (include_str!("data/kubernetes-support.txt"), 3),
        (include_str!("data/machine-families.txt"), 5),
        (include_str!("data/machine-types.txt"), 2),
        (include_str!("data/regions.txt"), 2),
    ];

    #[test]
    fn each_table_says_its_source_and_date_and_has_whole_rows() {
        for (table, words) in TABLES {
            assert!(table.contains("\n# Source: "), "{table}");
            assert!(date(table).starts_with("20"), "{table}");
            assert!(rows(table).count() > 5);
            for row in rows(table) {
                assert!(row.len() >= words, "{row:?}");
            }
        }
    }
}
