//! Level 3, on a running cluster: a changed description is applied in place, and nothing is replaced.

mod google;
mod proof;
#[path = "support/tools.rs"]
mod tools;

use proof::{
    examples, provider,
    terraform::{self, Workspace},
};

/// Text in the guide's example, and what is put in its place.
const CHANGES: [(&str, &str); 7] = [
    ("= 1500", "= 1460"),
    ("10.122.16.0/21", "10.122.16.0/20"),
    ("[\"22\", \"80\", \"3389\"]", "[\"22\", \"80\"]"),
    ("n2-standard-4", "n2-standard-8"),
    ("192.168.18.0/24", "192.168.20.0/24"),
    ("\"kub-node\"", "\"kub-worker\""),
    ("can_ip_forward = true", "can_ip_forward = false"),
];

#[test]
fn a_change_applies_in_place() {
    let what = "a change of a running cluster";
    if !terraform::is_here(3, what) {
        return;
    }
    let Some(provider) = provider::find(3, what) else {
        return;
    };
    let workspace = Workspace::new(&examples::named("vpc-native"), &provider);
    for step in [Workspace::init, Workspace::plan, Workspace::apply] {
        step(&workspace).unwrap_or_else(|failure| panic!("{failure}"));
    }
    let before = workspace.google.requests().len();
    for (find, put) in CHANGES {
        let found = examples::replace(&workspace.tree(), find, put).expect("the copy can be changed");
        assert!(found, "no file of the example says {find:?} any more: find another change");
    }
    assert!(workspace.plan_is_empty().is_err(), "a plan with seven changes in it passes for empty");
    for step in [Workspace::plan, Workspace::apply, Workspace::plan_is_empty] {
        step(&workspace).unwrap_or_else(|failure| panic!("{failure}"));
    }
    let requests = workspace.google.requests();
    let replaced: Vec<_> =
        requests[before..].iter().filter(|request| request.method == "DELETE").map(|request| &request.path).collect();
    assert!(replaced.is_empty(), "replaced instead of changed: {replaced:?}");
    let changed = requests[before..].iter().filter(|request| request.writes()).count();
    let what = format!("{} changes: {changed} requests, nothing replaced, second plan empty", CHANGES.len());
    tools::ok(3, "vpc-native", &what);
}
