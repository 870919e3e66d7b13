//! The examples: the output of `vpcgen render` for the descriptions next to them.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// All `generated-examples/NAME`, sorted by name.
pub(crate) fn all() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("generated-examples");
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut examples: Vec<_> = entries
        .map(|entry| entry.expect("an entry can be read").path())
        .filter(|path| path.join("versions.tf").exists())
        .collect();
    examples.sort();
    assert!(!examples.is_empty(), "{} contains no examples", folder.display());
    examples
}

/// The example with this name.
pub(crate) fn named(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("generated-examples").join(name)
}

/// The last component of a path: the name of an example or a file.
pub(crate) fn name(example: &Path) -> String {
    example.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Copies a tree without Terraform's working files.
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

/// Replaces text in the rendered files of a tree. Returns false if no file contains it.
pub(crate) fn replace(tree: &Path, find: &str, put: &str) -> io::Result<bool> {
    let mut found = false;
    for entry in fs::read_dir(tree)? {
        let path = entry?.path();
        // Skips Terraform's plan, state and plugins.
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
