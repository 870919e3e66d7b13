/// A number with thousands separators: `150,000`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn groups_of_three() {
        let all = [0, 7, 999, 1_000, 65_536, 4_294_967_296].map(thousands);
        assert_eq!(all, ["0", "7", "999", "1,000", "65,536", "4,294,967,296"]);
    }
}
