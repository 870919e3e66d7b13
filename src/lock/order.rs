use std::cmp::Ordering;

/// The order of names in the file: numbers by their value, so that `kub-n-10` comes after `kub-n-9`. It does not depend on
/// the description's order, so moving a pool there moves no line here.
pub(super) fn by_name(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let ((one, number_left, rest_left), (other, number_right, rest_right)) = (split(left), split(right));
        let (number_left, number_right) = (number_left.trim_start_matches('0'), number_right.trim_start_matches('0'));
        let numbers = || (number_left.len(), number_left).cmp(&(number_right.len(), number_right));
        let order = one.cmp(other).then_with(numbers);
        if order != Ordering::Equal || (rest_left.is_empty() && rest_right.is_empty()) {
            return order.then_with(|| a.cmp(b));
        }
        (left, right) = (rest_left, rest_right);
    }
}

/// The text before the first digit, the number there, and what follows.
fn split(text: &str) -> (&str, &str, &str) {
    let start = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
    let (word, rest) = text.split_at(start);
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (number, rest) = rest.split_at(end);
    (word, number, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_by_their_value() {
        let mut names = ["kub-n-10", "kub-n-9", "kub-m", "kub-n2-1", "kub-n-1", "kub", "kub-n-1-b", "kub-n-09"];
        names.sort_by(|a, b| by_name(a, b));
        let sorted = ["kub", "kub-m", "kub-n2-1", "kub-n-1", "kub-n-1-b", "kub-n-09", "kub-n-9", "kub-n-10"];
        assert_eq!(names, sorted);
    }
}
