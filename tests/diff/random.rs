//! Random pairs of descriptions: everything that changes is explained, and Terraform plans the same.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use vpcgen::compile::Document;
use vpcgen::diff::{Diff, Planned, Side, compare, json, markdown, text};

use crate::matrix::rendered;
use crate::planned::{difference, ours, render, terraform};
use crate::proof::{parallel, provider, terraform::Workspace};
use crate::toggles::{TOGGLES, description};
use crate::tools;

/// A description with any keys turned on, any number of machines, and perhaps a second pool and more control planes.
fn any_description() -> impl Strategy<Value = String> {
    let keys = prop::collection::vec(any::<bool>(), TOGGLES.len());
    (keys, 0_u8..4, prop::option::of(1_u8..3), prop::sample::select(&[1_u8, 1, 3])).prop_map(
        |(on, count, other, control_planes)| {
            let on = |toggle: &crate::toggles::Toggle| on[TOGGLES.iter().position(|other| other == toggle).unwrap()];
            let text = description(on).replace("count: 1", &format!("count: {count}"));
            let text = match other {
                Some(other) => {
                    text.replace("pools: {", &format!("pools: {{db: {{count: {other}, machine_type: n2-standard-4}}, "))
                }
                None => text,
            };
            text.replace("control_plane: {", &format!("control_plane: {{count: {control_planes}, "))
        },
    )
}

fn side(text: &str) -> Side {
    Side { description: Document::new("cluster.yaml", text), lock_name: "cluster.lock.json".to_owned(), lock: None }
}

/// Both sides, the new one with the lock of the old one, as when the file was edited.
fn pair(old: &str, new: &str) -> (Side, Side) {
    let lock = Some(rendered(&Side { lock: Some(fresh(old)), ..side(old) }).lock.text().into_bytes());
    (Side { lock: lock.clone(), ..side(old) }, Side { lock, ..side(new) })
}

fn fresh(text: &str) -> Vec<u8> {
    let outcome = vpcgen::compile::compile(Document::new("cluster.yaml", text), None);
    let drawn =
        || outcome.reports().iter().map(|(report, source)| vpcgen::diag::draw(report, source)).collect::<String>();
    let compiled = outcome.compiled.as_ref().unwrap_or_else(|| panic!("{}", drawn()));
    compiled.lock.text().into_bytes()
}

fn diff(old: &Side, new: &Side) -> Diff {
    compare(old, new, "HEAD").unwrap_or_else(|outcome| {
        let drawn =
            outcome.reports().iter().map(|(report, source)| vpcgen::diag::draw(report, source)).collect::<String>();
        panic!("{drawn}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn everything_that_changes_is_explained(old in any_description(), new in any_description()) {
        let (old, new) = pair(&old, &new);
        let diff = diff(&old, &new);
        for change in diff.resources.iter().filter(|change| change.planned != Planned::Nothing) {
            let address = change.address.to_string();
            prop_assert!(diff.effects.iter().any(|effect| effect.addresses.contains(&address)), "{address}: {change:?}");
        }
        prop_assert!(markdown(&diff).chars().count() <= 60_000);
        prop_assert!(json(&diff)["changes"].is_array() && !text(&diff).contains("\n\n\n"));
        prop_assert!(compare(&old, &old, "HEAD").unwrap().is_empty());
    }
}

#[test]
fn terraform_plans_random_pairs_as_we_say() {
    let Some(provider) = provider::find(3, "random pairs of descriptions") else { return };
    let mut runner = TestRunner::deterministic();
    let mut next = || any_description().new_tree(&mut runner).unwrap().current();
    // Applying takes most of the time: few descriptions that run, several changes of each.
    let bases: Vec<(String, Vec<String>)> = (0..3).map(|_| (next(), (0..4).map(|_| next()).collect())).collect();
    let wrong: Vec<String> = parallel::map(&bases, |(old, all)| {
        let folder = tempfile::tempdir().unwrap();
        render(&rendered(&Side { lock: Some(fresh(old)), ..side(old) }), folder.path(), true);
        let workspace = Workspace::new(folder.path(), &provider);
        for step in [Workspace::init, Workspace::plan, Workspace::apply, Workspace::plan, Workspace::apply] {
            step(&workspace).unwrap_or_else(|failure| panic!("{failure}\n{old}"));
        }
        all.iter().filter_map(|new| check(old, new, &workspace).err()).collect::<Vec<_>>()
    })
    .into_iter()
    .flatten()
    .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    tools::ok(3, "diff", "12 random pairs: planned as announced");
}

fn check(old: &str, new: &str, workspace: &Workspace) -> Result<(), String> {
    let (old, new) = pair(old, new);
    let diff = diff(&old, &new);
    let copy = workspace.fork();
    // What Terraform refuses is in the matrix.
    render(&rendered(&new), &copy.tree(), false);
    copy.plan_with(&["-refresh=false"]).map_err(|failure| failure.to_string())?;
    let planned = copy.planned().map_err(|failure| failure.to_string())?;
    let texts = || [&old, &new].map(|side| String::from_utf8_lossy(&side.description.bytes).into_owned()).join("---\n");
    difference(&ours(&diff), &terraform(&planned)).map_or(Ok(()), |wrong| Err(format!("{wrong}{}", texts())))
}
