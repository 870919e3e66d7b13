//! The trees in `generated-examples` and the locks in them are what their descriptions render to: the same paths, the same bytes.
//! `make examples` renders them anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

mod support;
use support::{compile_valid, examples};
use vpcgen::render::Origin;

/// Everything below a folder but the description, and the page about it.
fn tree(dir: &Path, at: &Path, found: &mut BTreeMap<PathBuf, String>) {
    for entry in std::fs::read_dir(at).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tree(dir, &path, found);
        } else if !["cluster.yaml", "README.md"].contains(&path.file_name().unwrap().to_str().unwrap()) {
            found.insert(path.strip_prefix(dir).unwrap().to_owned(), std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn examples_are_what_their_descriptions_render_to() {
    for dir in examples() {
        let mut committed = BTreeMap::new();
        tree(&dir, &dir, &mut committed);
        let compiled = compile_valid(&std::fs::read_to_string(dir.join("cluster.yaml")).unwrap());
        let files =
            compiled.tree(&Origin::tree("cluster.yaml".into())).into_iter().map(|file| (file.path.into(), file.text));
        let lock = compiled.lock;
        let rendered: BTreeMap<PathBuf, String> = files.chain([("cluster.lock.json".into(), lock.text())]).collect();
        let paths = |tree: &BTreeMap<PathBuf, String>| tree.keys().cloned().collect::<Vec<_>>();
        assert_eq!(paths(&committed), paths(&rendered), "{}: run `make examples`", dir.display());
        for (path, text) in &rendered {
            let differ = similar::TextDiff::from_lines(&committed[path], text);
            assert!(
                committed[path] == *text,
                "{}: run `make examples` and read the difference\n{}",
                dir.join(path).display(),
                differ.unified_diff()
            );
        }
    }
}

#[test]
fn the_guides_cluster_stays_small() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("generated-examples/vpc-native");
    let lines = |path: &Path| std::fs::read_to_string(path).unwrap().lines().count();
    assert!(lines(&dir.join("cluster.yaml")) <= 25);
    let mut committed = BTreeMap::new();
    tree(&dir, &dir, &mut committed);
    let terraform = committed.iter().filter(|(path, _)| path.extension().is_some_and(|e| e == "tf"));
    assert!(terraform.map(|(_, text)| text.lines().count()).sum::<usize>() <= 580);
}

#[test]
fn boot_files_fit_into_metadata() {
    // 256 KiB for one value (the API's discovery document, `Metadata`), of which half is for descriptions with many peers and labels.
    for dir in examples() {
        let mut committed = BTreeMap::new();
        tree(&dir, &dir, &mut committed);
        for (path, text) in committed.iter().filter(|(path, _)| path.starts_with("cloud-init")) {
            assert!(text.len() < 136 * 1024, "{}: {} bytes", path.display(), text.len());
        }
    }
}
