//! The examples: what `vpcgen render` makes of the descriptions beside them.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// `generated-examples/NAME`, in order of their names.
pub(crate) fn all() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("generated-examples");
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut examples: Vec<_> = entries
        .map(|entry| entry.expect("an entry can be read").path())
        .filter(|path| path.join("versions.tf").exists())
        .collect();
    examples.sort();
    assert!(!examples.is_empty(), "{} holds no example", folder.display());
    examples
}

/// One of them.
pub(crate) fn named(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("generated-examples").join(name)
}

/// The last part of a path: an example's name, a file's.
pub(crate) fn name(example: &Path) -> String {
    example.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Copies a tree, without what Terraform leaves in one.
pub(crate) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

/// Replaces a text in the rendered files of a tree; false: it stands nowhere.
pub(crate) fn replace(tree: &Path, find: &str, put: &str) -> io::Result<bool> {
    let mut found = false;
    for entry in fs::read_dir(tree)? {
        let path = entry?.path();
        // Not what Terraform keeps in a tree: its plan, its state, its plugins.
        let rendered = path.extension().is_some_and(|extension| extension == "tf" || extension == "yaml");
        if path.is_dir() && !name(&path).starts_with('.') {
            found |= replace(&path, find, put)?;
        } else if rendered {
            let text = fs::read_to_string(&path)?;
            found |= text.contains(find);
            fs::write(&path, text.replace(find, put))?;
        }
    }
    Ok(found)
}
