//! Numbers and names as people read them.

/// `1,048,576`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 block`, `1,024 blocks`.
pub(super) fn count(number: u64, word: &str) -> String {
    let ending = match (number, word.ends_with('s')) {
        (1, _) => "",
        (_, true) => "es",
        (_, false) => "s",
    };
    format!("{} {word}{ending}", grouped(number))
}

/// At most `most` characters: names differ at their ends, so the middle goes.
pub(super) fn shorten(name: &str, most: usize) -> String {
    let length = name.chars().count();
    if length <= most {
        return name.to_owned();
    }
    let tail = most.saturating_sub(1) * 3 / 5;
    let head = most.saturating_sub(1 + tail);
    let start: String = name.chars().take(head).collect();
    let end: String = name.chars().skip(length - tail).collect();
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_write_them() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_048_576), "1,048,576");
        assert_eq!(count(1, "address"), "1 address");
        assert_eq!(count(4_096, "address"), "4,096 addresses");
        assert_eq!(shorten("kub-web-1", 9), "kub-web-1");
        assert_eq!(shorten("production-web-17", 11), "prod…web-17");
        assert_eq!(shorten("abc", 1), "…");
    }
}
