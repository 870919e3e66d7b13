//! Level 3: applied, an edit restarts the machines that it is said to restart, and is refused if that was announced.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use vpcgen::diff::{Action, Diff};

use crate::matrix::{Edit, all, rendered};
use crate::planned::{applied, render};
use crate::proof::{parallel, provider, terraform::Workspace};
use crate::tools;

/// What a cluster has that Terraform did not make: accounts that edits name, a snapshot in the bucket.
fn live(copy: &Workspace) {
    for id in ["frontend", "control"] {
        let body = json!({"accountId": id, "serviceAccount": {"displayName": id}});
        let (status, answer) = copy.google.send("POST", "/iam/v1/projects/my-project/serviceAccounts", &body);
        assert_eq!(status, 200, "{answer}");
    }
    let buckets = ["my-project-prod-etcd", "my-project-kub-etcd", "youzhi-lab-kub-etcd"];
    let upload = |bucket: &&str| {
        let path = format!("/upload/storage/v1/b/{bucket}/o?uploadType=media&name=hourly/snapshot.db.gz");
        copy.google.send("POST", &path, &Value::String("a snapshot".to_owned())).0 == 200
    };
    assert_eq!(buckets.iter().filter(|bucket| upload(bucket)).count(), 1);
}

/// Blocks that change hands: who is first decides whether Google refuses.
const RACE: &str = "in no fixed order";

/// What one edit does to the stand-in.
fn check(edit: &Edit, workspace: &Workspace) -> Result<(), String> {
    let diff = edit.diff();
    let copy = workspace.fork();
    render(&rendered(&edit.side()), &copy.tree(), true);
    copy.plan_with(&["-refresh=false"]).map_err(|failure| failure.to_string())?;
    live(&copy);
    let outcome = copy.apply();
    let refused: Vec<String> =
        copy.google.refusals().into_iter().map(|(_, rule, message)| format!("{}: {message}", rule.id)).collect();
    let announced = diff.effects.iter().any(|effect| effect.action == Action::Refused);
    match (announced, outcome) {
        (true, Ok(())) if diff.effects.iter().any(|effect| effect.why.contains(RACE)) => {}
        (true, Ok(())) => return Err("it was said to be refused, and applies".to_owned()),
        (true, Err(_)) if refused.is_empty() => return Err("it fails, but nothing was refused".to_owned()),
        (true, Err(_)) => return Ok(()),
        (false, Err(failure)) => return Err(format!("refused without notice: {refused:?}\n{failure}")),
        (false, Ok(())) => {}
    }
    let stopped: BTreeSet<String> = copy
        .google
        .requests()
        .iter()
        .filter(|request| request.method == "POST" && request.path.ends_with("/stop"))
        .filter_map(|request| request.path.rsplit('/').nth(1).map(str::to_owned))
        .collect();
    let restarts = diff.effects.iter().filter(|effect| effect.action == Action::Restart);
    let said: BTreeSet<String> = restarts.flat_map(|effect| effect.machines.iter().cloned()).collect();
    match stopped == said {
        true => Ok(()),
        false => Err(format!("stopped: {stopped:?}, announced: {said:?}")),
    }
}

/// vpcgen renders it, and Terraform plans it.
fn applies(diff: &Diff) -> bool {
    let vpcgen = |effect: &vpcgen::diff::Effect| effect.what.starts_with("vpcgen refuses");
    !diff.resources.is_empty()
        && !diff.effects.iter().any(vpcgen)
        && !diff.resources.iter().any(|change| change.guarded)
}

#[test]
fn applied_it_restarts_and_is_refused_as_we_say() {
    let Some(provider) = provider::find(3, "changes that restart or are refused") else { return };
    let edits = all();
    let only = std::env::var("VPCGEN_EDIT").ok();
    // Of the others, a few are enough to see that nothing else stops a machine.
    let matters = |(at, edit): &(usize, &Edit)| {
        let diff = edit.diff();
        let worth = |effect: &vpcgen::diff::Effect| matches!(effect.action, Action::Restart | Action::Refused);
        let chosen = diff.effects.iter().any(worth) || at % 6 == 0;
        applies(&diff) && only.as_ref().map_or(chosen, |only| edit.title.contains(only))
    };
    let edits: Vec<&Edit> = edits.iter().enumerate().filter(matters).map(|(_, edit)| edit).collect();
    let bases: Vec<&str> = edits.iter().map(|edit| edit.base.as_str()).collect::<BTreeSet<_>>().into_iter().collect();
    let workspaces = parallel::map(&bases, |name| applied(name, &provider));
    let work: Vec<(&Edit, &Workspace)> = edits
        .iter()
        .map(|edit| (*edit, &workspaces[bases.iter().position(|name| *name == edit.base).unwrap()]))
        .collect();
    let wrong: Vec<String> = parallel::map(&work, |(edit, workspace)| {
        let wrong = check(edit, workspace).err().map(|what| format!("{}: {}: {what}", edit.base, edit.title));
        wrong.inspect(|wrong| tools::say(wrong))
    })
    .into_iter()
    .flatten()
    .collect();
    assert!(wrong.is_empty(), "{} of {} edits:\n{}", wrong.len(), edits.len(), wrong.join("\n"));
    tools::ok(3, "diff", &format!("{} edits applied: restarted and refused as announced", edits.len()));
}
