//! Turning a key on, and off again, is a change both times. Terraform considers many attributes that are no longer there unchanged
//! (Optional and Computed in the provider's schema), so an attribute that is ever rendered is always rendered.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use hcl::{Block, Body};
use vpcgen::render::{File, Origin};

mod google;
mod proof;
mod support;
#[path = "support/toggles.rs"]
mod toggles;
#[path = "support/tools.rs"]
mod tools;

use proof::provider;
use proof::terraform::Workspace;
use serde_json::Value;
use support::compile_valid;
use toggles::{TOGGLES, description};

/// Attributes and blocks that come and go, and why that is safe.
const COME_AND_GO: [(&str, &str, &str); 3] = [
    ("google_compute_instance", "network_interface.access_config", "the provider deletes the address (run: level 3)"),
    (
        "google_compute_instance",
        "scheduling.instance_termination_action",
        "it comes with `spot`, which replaces the machine",
    ),
    ("google_compute_instance", "depends_on", "an order, not a value"),
];

fn tree(description: &str) -> Vec<File> {
    compile_valid(description).tree(&Origin::tree("cluster.yaml".into()))
}

/// Renders a description into a folder, the boot files included.
fn render(description: &str, folder: &Path) {
    for file in tree(description) {
        let path = folder.join(file.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, file.text).unwrap();
    }
}

/// Each resource's attributes and blocks by their paths.
fn attributes(description: &str) -> BTreeMap<String, BTreeSet<String>> {
    let text: Vec<String> =
        tree(description).into_iter().filter(|file| file.path.ends_with(".tf")).map(|file| file.text).collect();
    let body: Body = hcl::parse(&text.join("\n")).unwrap();
    let resources = body.blocks().filter(|block| block.identifier() == "resource");
    let name = |block: &Block| block.labels().iter().map(|label| label.as_str()).collect::<Vec<_>>().join(".");
    let paths = |block: &Block| {
        let mut paths = BTreeSet::new();
        collect(block.body(), "", &mut paths);
        paths
    };
    resources.map(|block| (name(block), paths(block))).collect()
}

fn collect(body: &Body, prefix: &str, paths: &mut BTreeSet<String>) {
    paths.extend(body.attributes().map(|attribute| format!("{prefix}{}", attribute.key())));
    for block in body.blocks() {
        paths.insert(format!("{prefix}{}", block.identifier()));
        collect(block.body(), &format!("{prefix}{}.", block.identifier()), paths);
    }
}

#[test]
fn an_attribute_that_is_ever_rendered_is_always_rendered() {
    let off = attributes(&description(|_| false));
    let mut used: BTreeSet<&(&str, &str, &str)> = BTreeSet::new();
    for toggle in &TOGGLES {
        let on = attributes(&description(|other| other == toggle));
        for (resource, paths) in &off {
            for path in on.get(resource).into_iter().flat_map(|on| on.symmetric_difference(paths)) {
                let permitted = COME_AND_GO.iter().find(|(kind, allowed, _)| {
                    let below = path.strip_prefix(allowed).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
                    resource.split('.').next() == Some(kind) && below
                });
                assert!(permitted.is_some(), "{}: {resource}.{path} comes and goes", toggle.key);
                used.extend(permitted);
            }
        }
    }
    assert_eq!(used.len(), COME_AND_GO.len(), "an entry of COME_AND_GO that nothing needs: {used:?}");
}

/// Otherwise a new key could be forgotten here.
#[test]
fn every_boolean_key_is_a_toggle() {
    let schema: Value = serde_json::from_str(include_str!("../docs/cluster.schema.json")).unwrap();
    let mut keys = BTreeSet::new();
    booleans(&schema, &mut keys);
    assert!(keys.remove("module"), "{keys:?}");
    let toggles: BTreeSet<&str> = TOGGLES.iter().map(|toggle| toggle.key).collect();
    let missing: Vec<_> = keys.iter().filter(|key| !toggles.contains(key.as_str())).collect();
    assert!(keys.len() >= 7 && missing.is_empty(), "{missing:?} of {keys:?}");
}

fn booleans(schema: &Value, keys: &mut BTreeSet<String>) {
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let kind = &property["type"];
        let nullable =
            kind.as_array().is_some_and(|kinds| kinds.len() == 2 && kinds[0] == "boolean" && kinds[1] == "null");
        if kind == "boolean" || nullable {
            keys.insert(key.clone());
        }
    }
    match schema {
        Value::Object(fields) => fields.values().for_each(|value| booleans(value, keys)),
        Value::Array(items) => items.iter().for_each(|value| booleans(value, keys)),
        _ => {}
    }
}

/// A module is called from a root whose provider may have another default project: no resource may go there.
#[test]
fn in_a_module_every_resource_names_its_project() {
    let off = description(|_| false);
    let module = attributes(&format!("{off}terraform: {{module: true}}\n"));
    assert!(module.len() > 15);
    // The full name of a service account contains its project, and the names of buckets are global.
    let global = |resource: &str| resource.starts_with("google_storage_bucket_iam_member");
    for (resource, paths) in module.iter().filter(|(resource, _)| !global(resource)) {
        assert!(paths.contains("project") || paths.contains("service_account_id"), "{resource}");
    }
    let names = |all: BTreeMap<String, BTreeSet<String>>| all.into_keys().collect::<Vec<_>>();
    assert_eq!(names(module), names(attributes(&off)));
}

/// The provider's own word: a plan that turns all of them on, and one that turns all of them off again, show each as a change.
#[test]
fn each_key_turned_on_and_off_is_a_change() {
    let Some(provider) = provider::find(3, "keys turned on and off") else { return };
    let (off, on) = (description(|_| false), description(|_| true));
    let folder = tempfile::tempdir().unwrap();
    render(&off, folder.path());
    let workspace = Workspace::new(folder.path(), &provider);
    for step in [Workspace::init, Workspace::plan, Workspace::apply] {
        step(&workspace).unwrap_or_else(|failure| panic!("{failure}"));
    }
    for (how, text) in [("on", &on), ("off", &off)] {
        render(text, &workspace.tree());
        workspace.plan().unwrap_or_else(|failure| panic!("{failure}\n{text}"));
        let planned = workspace.planned().unwrap_or_else(|failure| panic!("{failure}"));
        for toggle in &TOGGLES {
            for (resource, path) in toggle.shows {
                assert!(
                    changes(&planned, resource, path),
                    "`{}` turned {how}: no change of {resource}.{path}",
                    toggle.key
                );
            }
        }
        // The provider learns an external address that was turned on only when it reads the machine again: until then, the
        // output with the address is null.
        for step in [Workspace::apply, Workspace::plan, Workspace::apply, Workspace::plan_is_empty] {
            step(&workspace).unwrap_or_else(|failure| panic!("{failure}\n{text}"));
        }
    }
    tools::ok(3, "on and off", &format!("{} keys: each a change, on and off", TOGGLES.len()));
}

/// Whether a plan changes an attribute: to another value, or by creating or deleting the resource. A value that is only known
/// after apply is none that was asked for.
fn changes(planned: &Value, resource: &str, path: &str) -> bool {
    let all = planned["resource_changes"].as_array().into_iter().flatten();
    let mut of_resource = all.filter(|change| {
        let address = change["address"].as_str().unwrap_or_default();
        address.split('[').next() == Some(resource)
    });
    of_resource.any(|change| {
        let (before, after) = (value(&change["change"]["before"], path), value(&change["change"]["after"], path));
        let unknown =
            value(&change["change"]["after_unknown"], path).is_some_and(|unknown| *unknown == Value::Bool(true));
        before != after && !unknown
    })
}

fn value<'a>(of: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(of, |inner, key| match key.parse::<usize>() {
        Ok(index) => inner.get(index),
        Err(_) => inner.get(key),
    })
}
