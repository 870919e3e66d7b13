//! Level 3: what the real provider plans for each edit is what we say.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use vpcgen::compile::Compiled;
use vpcgen::diff::{Behaviour, Diff, Planned};
use vpcgen::render::Origin;

use crate::matrix::{Edit, all, base, rendered};
use crate::proof::{parallel, provider, terraform::Workspace};
use crate::tools;

/// Writes a tree over the one in a folder: what is no longer rendered goes.
pub(crate) fn render(compiled: &Compiled, folder: &Path, guarded: bool) {
    let gone = ["backup.tf", "pools.tf"].map(|file| folder.join(file));
    gone.iter().for_each(|file| drop(std::fs::remove_file(file)));
    for file in compiled.tree(&Origin::tree("cluster.yaml".into())) {
        let path = folder.join(&file.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text =
            if guarded { file.text } else { file.text.replace("prevent_destroy = true", "prevent_destroy = false") };
        std::fs::write(path, text).unwrap();
    }
    // The state stays where it is, whatever the description says.
    std::fs::write(folder.join("backend_override.tf"), "terraform {\n  backend \"local\" {}\n}\n").unwrap();
}

/// A base, applied to a stand-in.
pub(crate) fn applied(name: &str, provider: &provider::Provider) -> Workspace {
    let folder = tempfile::tempdir().unwrap();
    render(&rendered(&base(name)), folder.path(), true);
    let workspace = Workspace::new(folder.path(), provider);
    for step in [Workspace::init, Workspace::plan, Workspace::apply] {
        step(&workspace).unwrap_or_else(|failure| panic!("{name}: {failure}"));
    }
    // An external address that was just assigned is known to the provider only when it has read the machine again.
    for step in [Workspace::plan, Workspace::apply] {
        step(&workspace).unwrap_or_else(|failure| panic!("{name}: {failure}"));
    }
    workspace
}

/// Address and action, and the arguments that force a replacement.
type Planning = BTreeSet<(String, Planned, Vec<String>)>;

/// As Terraform plans it.
pub(crate) fn terraform(planned: &Value) -> Planning {
    let managed =
        planned["resource_changes"].as_array().into_iter().flatten().filter(|change| change["mode"] == "managed");
    managed
        .filter_map(|resource| {
            let change = &resource["change"];
            let mut actions: Vec<&str> = change["actions"].as_array()?.iter().filter_map(Value::as_str).collect();
            actions.sort_unstable();
            let action = match actions.as_slice() {
                ["create"] => Planned::Create,
                ["update"] => Planned::Update,
                ["delete"] => Planned::Delete,
                ["create", "delete"] => Planned::Replace,
                ["no-op"] => return None,
                other => panic!("{other:?}"),
            };
            let path = |path: &Value| {
                let names = path.as_array().into_iter().flatten().filter_map(Value::as_str);
                names.collect::<Vec<_>>().join(".")
            };
            let mut paths: Vec<String> = change["replace_paths"].as_array().into_iter().flatten().map(path).collect();
            paths.sort();
            paths.dedup();
            Some((resource["address"].as_str()?.to_owned(), action, paths))
        })
        .collect()
}

/// As we say it.
pub(crate) fn ours(diff: &Diff) -> Planning {
    let changes = diff.resources.iter().filter(|change| change.planned != Planned::Nothing);
    changes
        .map(|change| {
            let forcing = change.arguments.iter().filter(|a| a.behaviour == Behaviour::Replace);
            // A trigger is no path.
            let forcing = forcing.filter(|a| !a.path.starts_with("lifecycle"));
            let mut paths: Vec<String> = match change.planned {
                Planned::Replace => forcing.map(|a| a.path.clone()).collect(),
                _ => Vec::new(),
            };
            paths.sort();
            (change.address.to_string(), change.planned, paths)
        })
        .collect()
}

pub(crate) fn difference(ours: &Planning, theirs: &Planning) -> Option<String> {
    let only = |a: &Planning, b: &Planning, who: &str| -> String {
        a.difference(b)
            .map(|(address, action, paths)| format!("  only {who}: {address} {action:?} {paths:?}\n"))
            .collect()
    };
    let text = only(ours, theirs, "ours") + &only(theirs, ours, "Terraform's");
    (!text.is_empty()).then_some(text)
}

/// Plans an edit in a copy of the applied base, and returns the difference.
fn check(edit: &Edit, workspace: &Workspace) -> Result<(), String> {
    let diff = edit.diff();
    let copy = workspace.fork();
    let compiled = rendered(&edit.side());
    render(&compiled, &copy.tree(), true);
    let guarded: Vec<String> =
        diff.resources.iter().filter(|change| change.guarded).map(|change| change.address.to_string()).collect();
    let mut planned = copy.plan_with(&["-refresh=false"]);
    if !guarded.is_empty() {
        match planned {
            Ok(()) => return Err(format!("Terraform plans it, but we say that it refuses to destroy {guarded:?}\n")),
            Err(failure) if !failure.to_string().contains("prevent_destroy") => return Err(failure.to_string()),
            Err(_) => {}
        }
        // What else it would do.
        render(&compiled, &copy.tree(), false);
        planned = copy.plan_with(&["-refresh=false"]);
    }
    planned.map_err(|failure| failure.to_string())?;
    let planned = copy.planned().map_err(|failure| failure.to_string())?;
    if let Some(text) = difference(&ours(&diff), &terraform(&planned)) {
        return Err(text);
    }
    // With the plan at hand, there is nothing to add.
    let mut annotated = diff.clone();
    annotated.annotate(&planned)?;
    match annotated.effects == diff.effects {
        true => Ok(()),
        false => Err(format!("annotated with {:?}", annotated.effects)),
    }
}

#[test]
fn terraform_plans_what_we_say() {
    let Some(provider) = provider::find(3, "what a changed description does") else { return };
    let edits = all();
    let only = std::env::var("VPCGEN_EDIT").ok();
    let edits: Vec<&Edit> =
        edits.iter().filter(|edit| only.as_ref().is_none_or(|only| edit.title.contains(only))).collect();
    let bases: Vec<&str> = edits.iter().map(|edit| edit.base.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
    let applied = parallel::map(&bases, |name| applied(name, &provider));
    let work: Vec<(&Edit, &Workspace)> =
        edits.iter().map(|edit| (*edit, &applied[bases.iter().position(|name| *name == edit.base).unwrap()])).collect();
    let wrong: Vec<String> = parallel::map(&work, |(edit, workspace)| {
        let wrong = check(edit, workspace).err().map(|what| format!("{}: {}\n{what}", edit.base, edit.title));
        wrong.inspect(|wrong| tools::say(wrong))
    })
    .into_iter()
    .flatten()
    .collect();
    assert!(wrong.is_empty(), "{} of {} edits:\n{}", wrong.len(), edits.len(), wrong.join("\n"));
    tools::ok(3, "diff", &format!("{} edits: planned as announced", edits.len()));
}
