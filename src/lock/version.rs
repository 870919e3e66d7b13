use std::fmt;
use std::str::FromStr;

/// A full version of Kubernetes, such as `1.36.3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// `1`.
    pub major: u16,
    /// `36`.
    pub minor: u16,
    /// `3`.
    pub patch: u16,
}

impl Version {
    /// How it is written in a description that follows the patch releases: `1.36`.
    pub fn series(self) -> String {
        format!("{}.{}", self.major, self.minor)
    }
}

impl FromStr for Version {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut numbers = text.split('.').map(|number| {
            let canonical = number == "0" || !number.starts_with(['0', '+']);
            number.parse().ok().filter(|_| canonical)
        });
        match (numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
            (Some(Some(major)), Some(Some(minor)), Some(Some(patch)), None) => Ok(Self { major, minor, patch }),
            _ => Err(()),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_versions_only_and_ordered_by_number() {
        for text in ["1.36.3", "0.0.0", "1.9.10"] {
            assert_eq!(text.parse::<Version>().unwrap().to_string(), text);
        }
        for text in ["", "1", "1.36", "v1.36.3", "1.36.3-rc.0", "1.36.3.4", "01.36.3", "1.36.+3", "1.36.99999", "1..3"]
        {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
        assert!("1.9.10".parse::<Version>() < "1.10.9".parse::<Version>());
    }
}
