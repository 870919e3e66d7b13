//! The rules of this repository that no lint checks.

use std::collections::BTreeSet;
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
fn every_dependency_states_its_purpose() {
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
        "visible",
        "diag",
        "source",
        "net",
        "spec",
        "model",
        "lock",
        "plan",
        "picture",
        "address_plan",
        "topology",
        "render",
        "expand",
        "adopt",
        "compile",
        "diff",
        "tree",
        "commands",
        "cli",
    ];
    // Three on the same level.
    let level = |room: &str| order.iter().position(|r| *r == room).map(|at| at.max(3));
    let mut sources = Vec::new();
    files("src", &mut sources);
    for file in sources {
        let part = file.components().nth(1).unwrap().as_os_str().to_str().unwrap();
        let Some(own) = level(part.trim_end_matches(".rs")) else { continue };
        let text = read(file.to_str().unwrap());
        for room in uses(&text) {
            assert!(level(&room).is_none_or(|level| level <= own), "{}: uses {room}", file.display());
        }
    }
}

/// The rooms that a source names: `crate::a`, `crate::{a::B, c}`, `crate::{\n a, b::{C, D}}`.
fn uses(text: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for used in text.split("crate::").skip(1) {
        let Some(list) = used.strip_prefix('{') else {
            rooms.insert(word(used));
            continue;
        };
        // The first word of every entry of the outermost braces.
        let mut depth = 1;
        let mut entry = true;
        for (at, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 1 => entry = true,
                c if entry && c.is_ascii_lowercase() => {
                    rooms.insert(word(&list[at..]));
                    entry = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    rooms
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect()
}

#[test]
fn every_form_of_import_is_detected() {
    let text =
        "use crate::{\n    plan::{self, Plan}, render,\n};\nuse crate::spec;\nlet x = crate::model::validate(y);\n";
    let rooms: Vec<String> = uses(text).into_iter().collect();
    assert_eq!(rooms, ["model", "plan", "render", "spec"]);
}
/// Permissive licences.
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
fn every_dependency_has_a_permissive_licence() {
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

/// Every warning can be allowed and denied: `Code::WARNINGS` lists those that the sources make. The one that it leaves out is a warning
/// of other commands than `validate`.
#[test]
fn the_list_of_warnings_is_complete() {
    let mut sources = Vec::new();
    files("src", &mut sources);
    let mut made = BTreeSet::new();
    for file in sources {
        let text: String = read(file.to_str().unwrap()).split_whitespace().collect();
        made.extend(
            text.split("Diagnostic::warning(Code::")
                .skip(1)
                .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric()).collect::<String>()),
        );
    }
    assert!(made.remove("LockBehind"));
    let listed: BTreeSet<String> = vpcgen::diag::Code::WARNINGS.iter().map(|code| format!("{code:?}")).collect();
    assert_eq!(made, listed);
}
