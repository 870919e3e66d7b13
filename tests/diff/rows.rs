//! Nothing can be added without its row: every argument that a plan can have is in the table, and every key of a description is in the
//! matrix.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use vpcgen::compile::Document;
use vpcgen::diff::{Behaviour, ROWS, Side, compare};
use vpcgen::plan::Plan;
use vpcgen::render::Origin;
use vpcgen::source::Source;
use vpcgen::spec::written;

use crate::matrix::{all, base, rendered};
use crate::support::{compile_valid, plan};
use crate::toggles::{TOGGLES, description};

/// Plans with every argument that there is: those of the matrix, and those of every key turned on.
fn plans() -> Vec<Plan> {
    let toggled = TOGGLES.iter().map(|toggle| plan(&description(|other| other == toggle)));
    let module = plan(&format!("{}terraform: {{module: true}}\n", description(|_| true)));
    let edited = all().into_iter().map(|edit| rendered(&edit.side()).plan());
    toggled.chain([module]).chain(edited).collect()
}

/// The row that an argument's comparison ends at, or the path that has none.
fn rows(
    kind: &str,
    path: &str,
    value: &Value,
    used: &mut BTreeSet<(&'static str, &'static str)>,
    missing: &mut BTreeSet<String>,
) {
    if let Some(row) = ROWS.iter().find(|row| (row.kind == kind || row.kind == "*") && row.path == path) {
        used.insert((row.kind, row.path));
        return;
    }
    match value {
        Value::Object(map) if !map.is_empty() => {
            map.iter().for_each(|(key, value)| rows(kind, &format!("{path}.{key}"), value, used, missing));
        }
        Value::Array(items) if items.len() == 1 && items[0].is_object() => rows(kind, path, &items[0], used, missing),
        _ => drop(missing.insert(format!("{kind}.{path}"))),
    }
}

#[test]
fn every_argument_has_its_row_and_every_row_an_argument() {
    let (mut used, mut missing) = (BTreeSet::new(), BTreeSet::new());
    for resource in plans().iter().flat_map(Plan::resources) {
        for (path, value) in &resource.arguments {
            rows(resource.address.kind, path, value, &mut used, &mut missing);
        }
    }
    assert!(missing.is_empty(), "arguments without a row in src/diff/rows.rs: {missing:#?}");
    let unused: Vec<_> =
        ROWS.iter().filter(|row| !used.contains(&(row.kind, row.path))).map(|row| (row.kind, row.path)).collect();
    assert!(unused.is_empty(), "rows that no plan needs: {unused:?}");
}

#[test]
fn every_row_names_its_source_once() {
    let mut seen: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for row in ROWS {
        assert!(!row.source.is_empty());
        assert!(seen.insert((row.kind, row.path), row.source).is_none(), "{} {}: twice", row.kind, row.path);
        let ignored = row.source == "lifecycle.ignore_changes";
        assert_eq!(ignored, row.behaviour == Behaviour::Ignored, "{} {}", row.kind, row.path);
    }
}

/// The last resort: a tree that differs is a difference, whichever key it is.
#[test]
fn a_tree_that_differs_is_a_difference() {
    let side = |text: &str| Side {
        description: Document::new("cluster.yaml", text),
        lock_name: "cluster.lock.json".to_owned(),
        lock: None,
    };
    let off = description(|_| false);
    let tree = |text: &str| compile_valid(text).tree(&Origin::tree("cluster.yaml".into()));
    for toggle in &TOGGLES {
        let on = description(|other| other == toggle);
        assert_ne!(tree(&off), tree(&on), "{}", toggle.key);
        for (old, new) in [(&off, &on), (&on, &off)] {
            let diff = compare(&side(old), &side(new), "HEAD").unwrap();
            let cause = diff
                .effects
                .iter()
                .any(|effect| effect.cause.as_ref().is_some_and(|cause| cause.key.contains(toggle.key)));
            assert!(cause, "{}: {:?}", toggle.key, diff.effects);
        }
    }
}

/// The keys of the schema by their paths, with `*` for names that the user chooses.
fn schema_keys(schema: &Value, root: &Value, path: &str, keys: &mut BTreeSet<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return schema_keys(&root["$defs"][name], root, path, keys);
    }
    for part in ["anyOf", "oneOf", "allOf"] {
        schema[part].as_array().into_iter().flatten().for_each(|part| schema_keys(part, root, path, keys));
    }
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        keys.insert(below(key));
        schema_keys(property, root, &below(key), keys);
    }
    if schema["additionalProperties"].is_object() && ["pools", "firewall"].contains(&path) {
        schema_keys(&schema["additionalProperties"], root, &below("*"), keys);
    }
}

/// A key as the schema has it.
fn general(path: &str) -> String {
    let parts: Vec<&str> = path.split('.').collect();
    match parts.as_slice() {
        [kind @ ("pools" | "firewall"), _, rest @ ..] => {
            std::iter::once(*kind).chain(["*"]).chain(rest.iter().copied()).collect::<Vec<_>>().join(".")
        }
        _ => path.to_owned(),
    }
}

#[test]
fn every_key_is_in_the_matrix() {
    let schema: Value = serde_json::from_str(include_str!("../../docs/cluster.schema.json")).unwrap();
    let mut keys = BTreeSet::new();
    schema_keys(&schema, &schema, "", &mut keys);
    assert!(keys.len() > 50, "{keys:?}");
    let mut changed = BTreeSet::new();
    for edit in all() {
        let values = |bytes: Vec<u8>| -> BTreeMap<String, String> {
            let source = Source::new("cluster.yaml", String::from_utf8(bytes).unwrap());
            written(&source).into_iter().map(|written| (written.path, written.value)).collect()
        };
        let (old, new) = (values(base(&edit.base).description.bytes), values(edit.side().description.bytes));
        let differ = old.keys().chain(new.keys()).filter(|key| old.get(*key) != new.get(*key));
        changed.extend(differ.map(|key| general(key)));
    }
    // Parts of a list's items, and mappings whose keys are covered.
    let covered =
        |key: &&String| changed.contains(*key) || changed.iter().any(|other| other.starts_with(&format!("{key}.")));
    let missing: Vec<&String> =
        keys.iter().filter(|key| !covered(key)).filter(|key| !key.contains(".taints.")).collect();
    assert!(missing.is_empty(), "keys without an edit in tests/diff/matrix.txt: {missing:?}");
}
