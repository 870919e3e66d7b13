use camino::{Utf8Path, Utf8PathBuf};

use super::path;
use crate::diag::{Code, Diagnostic};

/// An error where another description beside this one has the same lock: `cluster.yml` beside `cluster.yaml`. Each would
/// release the machines of the other. `is_description`: whether there is another description of this path.
pub fn shared(description: &Utf8Path, is_description: impl Fn(&Utf8Path) -> bool) -> Option<Diagnostic> {
    let others = ["yaml", "yml", "json", ""].iter().map(|ending| description.with_extension(ending));
    let other: Utf8PathBuf = others.filter(|other| other != description).find(|other| is_description(other))?;
    let (own, name, lock) = (description.file_name()?, other.file_name()?.to_owned(), path(description));
    let message = format!("{own} and {name} share one lock, {}", lock.file_name()?);
    let ending = description.extension().unwrap_or("yaml");
    let help = format!(
        "a description's lock is found by its name: delete {name} if it is a leftover, or rename one of the two, such as to \
         {}-2.{ending}",
        description.file_stem()?
    );
    Some(Diagnostic::error(Code::LockShared, message).help(help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_that_differ_only_in_their_ending() {
        for (description, there, found) in [
            ("c.yaml", "c.yml", true),
            ("d/c.yml", "d/c.yaml", true),
            ("c.json", "c.yaml", true),
            ("c.yaml", "c.json", true),
            ("c", "c.yml", true),
            ("c.yml", "c", true),
            ("c.txt", "c.json", true),
            ("c.yaml", "c.yaml", false),
            ("c.yaml", "d.yml", false),
            ("c.eu.yaml", "c.yml", false),
            ("c.eu.yaml", "c.json", false),
        ] {
            let error = shared(description.into(), |path| path == there);
            assert_eq!(error.is_some(), found, "{description} beside {there}");
        }
    }
}
