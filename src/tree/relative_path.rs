use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};

/// A description's path relative to the directory of its tree, with symbolic links resolved on both sides. It does not depend on
/// the current directory, and stays correct when both are moved together.
///
/// # Errors
/// If the path is not valid UTF-8, so that the header cannot contain it.
pub fn relative_path(dir: &Utf8Path, file: &Utf8Path) -> Result<Utf8PathBuf, String> {
    let parent = match file.parent() {
        Some(parent) if parent != "" => parent,
        _ => Utf8Path::new("."),
    };
    let (to, from) = (real(parent.as_std_path())?, real(dir.as_std_path())?);
    let common = from.components().zip(to.components()).take_while(|(one, other)| one == other).count();
    let up = from.components().skip(common).map(|_| OsStr::new(".."));
    let down = to.components().skip(common).map(Component::as_os_str);
    let path: PathBuf = up.chain(down).chain(file.file_name().map(OsStr::new)).collect();
    // A plain `-` would mean standard input.
    let path = if path == Path::new("-") { PathBuf::from("./-") } else { path };
    Utf8PathBuf::from_path_buf(path)
        .map_err(|path| format!("the path from {dir} to {file} is not valid UTF-8: {}", path.display()))
}

/// Rejects a relative `dir` whose name is below the current directory but which a symbolic link takes outside of it. The author of
/// the repository chose that target, not the person who runs vpcgen in it.
///
/// # Errors
/// If a symbolic link leads outside; the message contains the target.
pub fn ensure_inside(dir: &Utf8Path) -> Result<(), String> {
    let inside = dir.components().all(|part| matches!(part, Utf8Component::Normal(_) | Utf8Component::CurDir));
    if !inside {
        return Ok(());
    }
    let (here, there) = (real(Path::new("."))?, real(dir.as_std_path())?);
    if there.starts_with(&here) {
        return Ok(());
    }
    Err(format!(
        "{dir} leads out of the current directory through a symbolic link, to {there}; use `--out {there}` if that is intended",
        there = there.display()
    ))
}

/// Resolves all symbolic links, including those in the existing part of a path that does not exist.
fn real(path: &Path) -> Result<PathBuf, String> {
    let absolute = std::path::absolute(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let (mut known, mut rest) = (absolute.as_path(), Vec::new());
    loop {
        if let Ok(real) = known.canonicalize() {
            return Ok(real.components().chain(rest.iter().rev().copied()).fold(PathBuf::new(), step));
        }
        let (Some(parent), Some(last)) = (known.parent(), known.components().next_back()) else {
            return Ok(absolute.components().fold(PathBuf::new(), step));
        };
        rest.push(last);
        known = parent;
    }
}

/// Appends one component to a path.
fn step(mut path: PathBuf, part: Component<'_>) -> PathBuf {
    match part {
        Component::CurDir => {}
        Component::ParentDir => drop(path.pop()),
        part => path.push(part),
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_does_not_depend_on_the_current_directory() {
        let relative = |file: &str, dir: &str| relative_path(dir.into(), file.into()).unwrap();
        assert_eq!(relative("cluster.yaml", "."), "cluster.yaml");
        assert_eq!(relative("nowhere/cluster.yaml", "nowhere"), "cluster.yaml");
        assert_eq!(relative("./nowhere/x/../cluster.yaml", "nowhere/"), "cluster.yaml");
        assert_eq!(relative("kub.yaml", "nowhere/kub"), "../../kub.yaml");
        assert_eq!(relative("../kub.yaml", "nowhere"), "../../kub.yaml");
    }

    #[cfg(unix)]
    #[test]
    fn resolves_links_on_both_sides() {
        let folder = tempfile::TempDir::new().unwrap();
        let top = Utf8Path::from_path(folder.path()).unwrap();
        std::fs::create_dir_all(top.join("a/b/tree")).unwrap();
        std::os::unix::fs::symlink("a/b", top.join("short")).unwrap();
        let path = relative_path(&top.join("a/b/tree"), &top.join("short/cluster.yaml")).unwrap();
        assert_eq!(path, "../cluster.yaml");
        assert_eq!(relative_path(&top.join("short/tree"), &top.join("x.yaml")).unwrap(), "../../../x.yaml");
    }
}
