//! The house rules that no lint knows.

use std::path::{Path, PathBuf};

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn files(below: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(below)).unwrap() {
        let path = entry.unwrap().path();
        let relative = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().to_owned();
        if path.is_dir() { files(relative.to_str().unwrap(), found) } else { found.push(relative) }
    }
}

#[test]
fn the_toolchain_is_the_minimum_rust_version() {
    let toolchain = read("rust-toolchain.toml");
    let minimum = env!("CARGO_PKG_RUST_VERSION");
    assert!(toolchain.contains(&format!("channel = \"{minimum}.")), "{toolchain}\nis not {minimum}");
}

#[test]
fn every_dependency_says_what_for() {
    let manifest = read("Cargo.toml");
    let sections = manifest.split("\n[").filter(|section| section.contains("dependencies]"));
    for line in sections.flat_map(|section| section.lines().skip(1)).filter(|line| line.contains('=')) {
        assert!(line.contains(" # "), "{line}");
    }
}

/// A room uses only the rooms above it: `spec` never `model`, `plan` never `render`.
#[test]
fn rooms_use_only_the_rooms_above_them() {
    let order = [
        "visible", "diag", "source", "net", "spec", "model", "lock", "plan", "ranges", "render", "tree", "commands",
        "cli",
    ];
    // Three that lie on one floor.
    let level = |room: &str| order.iter().position(|r| *r == room).map(|at| at.max(3));
    let mut sources = Vec::new();
    files("src", &mut sources);
    for file in sources {
        let part = file.components().nth(1).unwrap().as_os_str().to_str().unwrap();
        let Some(own) = level(part.trim_end_matches(".rs")) else { continue };
        let text = read(file.to_str().unwrap());
        for used in text.split("crate::").skip(1) {
            let room: String = used.chars().take_while(|c| c.is_ascii_lowercase()).collect();
            assert!(level(&room).is_none_or(|level| level <= own), "{}: uses {room}", file.display());
        }
    }
}

/// Licences that put no condition on whoever uses vpcgen.
const LICENCES: [&str; 12] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Zlib",
];

#[test]
fn every_dependency_has_a_licence_we_can_take() {
    let arguments = ["metadata", "--format-version", "1", "--locked"];
    let output = std::process::Command::new(env!("CARGO")).args(arguments).output().unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 20);
    for package in packages {
        let licence = package["license"].as_str().unwrap_or_default().replace('/', " OR ");
        // `A OR (B AND C)`: one alternative must do, with every part of it.
        let plain = |word: &str| LICENCES.contains(&word.trim().trim_matches(['(', ')']));
        let fine = licence.split(" OR ").any(|alternative| alternative.split(" AND ").all(plain));
        assert!(fine, "{}: {licence:?}", package["name"]);
    }
}
