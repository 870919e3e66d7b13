//! Levels 2 and 3 of the proof: Terraform itself and the real google provider take every example, against a stand-in for Google
//! that enforces Google's rules. `fmt`, `init`, `validate`, with OpenTofu too; `plan`, `apply`, a second plan that must be empty, `destroy`, nothing left.

mod google;
mod proof;
#[path = "support/tools.rs"]
mod tools;

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use proof::{
    examples,
    failure::Failure,
    parallel,
    program::{self, Program},
    provider::{self, Provider},
    terraform::{self, Workspace},
};

#[test]
fn every_example_is_formatted() {
    if !terraform::is_here(2, "terraform fmt") {
        return;
    }
    for (example, program) in each_with_each() {
        if let Err(failure) = terraform::check_format(program, &example) {
            panic!("{}: rendered otherwise than `{program} fmt` writes it\n{failure}", examples::name(&example));
        }
        tools::ok(2, &examples::name(&example), &format!("{program} fmt"));
    }
}

/// Each example with each program that is here.
fn each_with_each() -> Vec<(PathBuf, &'static Program)> {
    let programs = |example: PathBuf| program::all().iter().map(move |program| (example.clone(), program));
    examples::all().into_iter().flat_map(programs).collect()
}

#[test]
fn every_example_is_valid() {
    let Some(provider) = provider::find(2, "terraform validate") else { return };
    let wrong = parallel::map(&each_with_each(), |(example, program)| {
        let workspace = Workspace::with(program, example, &provider);
        let valid = workspace.init().and_then(|()| workspace.validate());
        match valid {
            Ok(()) => {
                tools::ok(2, &examples::name(example), &format!("{program} init, validate"));
                None
            }
            Err(failure) => Some(format!("{}: {failure}", examples::name(example))),
        }
    });
    let wrong: Vec<_> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_example_applies() {
    let Some(provider) = provider::find(3, "terraform apply") else { return };
    let wrong = parallel::map(&examples::all(), |example| {
        let (name, start) = (examples::name(example), Instant::now());
        match life(example, &provider) {
            Ok(requests) => {
                let seconds = start.elapsed().as_secs();
                tools::ok(
                    3,
                    &name,
                    &format!("applied, second plan empty, destroyed: {requests} requests, {seconds} s"),
                );
                None
            }
            Err(why) => Some(format!("{name}: {why}")),
        }
    });
    let wrong: Vec<_> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// One tree from nothing to nothing; answers how many requests it took.
fn life(tree: &Path, provider: &Provider) -> Result<usize, String> {
    let workspace = Workspace::new(tree, provider);
    let steps = [Workspace::init, Workspace::plan, Workspace::apply, Workspace::plan_is_empty, Workspace::destroy];
    for step in steps {
        step(&workspace).map_err(|failure| explain(&workspace, &failure))?;
    }
    // A disk that its machine does not take with it stays: that is what `keep` means.
    let kept = |path: &String| path.contains("/disks/") || path.starts_with("storage/") || path.contains("-pki");
    let left: Vec<_> = workspace.google.left().into_iter().filter(|path| !kept(path)).collect();
    if !left.is_empty() {
        return Err(format!("destroy left behind:\n  {}", left.join("\n  ")));
    }
    Ok(workspace.google.requests().len())
}

/// What Terraform printed, and which rules of Google's were broken.
fn explain(workspace: &Workspace, failure: &Failure) -> String {
    let refusals = workspace.google.refusals();
    let lines = refusals.iter().map(|(request, rule, message)| {
        format!(
            "\n  {} {}\n    {message}\n    rule {}: {} ({})",
            request.method, request.path, rule.id, rule.what, rule.source
        )
    });
    format!("{failure}{}", lines.collect::<String>())
}
