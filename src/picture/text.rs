/// At most `most` characters: names differ at their ends, so the middle goes.
pub(crate) fn shorten(name: &str, most: usize) -> String {
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
    fn names_lose_their_middle() {
        assert_eq!(shorten("kub-web-1", 9), "kub-web-1");
        assert_eq!(shorten("production-web-17", 11), "prod…web-17");
        assert_eq!(shorten("abc", 1), "…");
    }
}
