/// A number with thousands separators: `150,000`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

/// A number of things: `1 machine`, `12 machines`, `4,096 addresses`.
pub fn quantity(number: u64, thing: &str) -> String {
    let ending = match number {
        1 => "",
        _ if thing.ends_with('s') => "es",
        _ => "s",
    };
    format!("{} {thing}{ending}", thousands(number))
}

#[cfg(test)]
mod tests {
    use super::{quantity, thousands};

    #[test]
    fn groups_of_three() {
        let all = [0, 7, 999, 1_000, 65_536, 4_294_967_296].map(thousands);
        assert_eq!(all, ["0", "7", "999", "1,000", "65,536", "4,294,967,296"]);
    }

    #[test]
    fn one_and_several() {
        let all = [(0, "machine"), (1, "machine"), (12, "machine"), (1, "address"), (4_096, "address")];
        let all = all.map(|(number, thing)| quantity(number, thing));
        assert_eq!(all, ["0 machines", "1 machine", "12 machines", "1 address", "4,096 addresses"]);
    }
}
