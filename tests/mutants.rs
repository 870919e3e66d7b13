//! Level 3 can fail: trees with one mistake each pass `terraform plan`, and the stand-in refuses them for that mistake.

mod google;
mod proof;
#[path = "support/tools.rs"]
mod tools;

use proof::{
    examples, parallel,
    provider::{self, Provider},
    terraform::Workspace,
};

/// A tree that must be refused: the guide's example with one text replaced, and the rule that this breaks.
struct Mutant {
    what: &'static str,
    find: &'static str,
    put: String,
    rule: &'static str,
}

fn mutants() -> Vec<Mutant> {
    let mutant = |what, find, put: &str, rule| Mutant { what, find, put: put.to_owned(), rule };
    let range_of_alias = "subnetwork_range_name = \"asia-southeast1-sub-1-pod\"";
    // The machine's alone: the secrets' members are refused by a rule of their own.
    let account = "email  = \"247839977271-compute@developer.gserviceaccount.com\"";
    let nobody = "email  = \"nobody@youzhi-lab.iam.gserviceaccount.com\"";
    let padded = format!("#cloud-config\n# {}\n", "-".repeat(262_144));
    vec![
        mutant("an alias outside the pod range", "192.168.17.0/24", "192.168.64.0/24", "alias.inside"),
        mutant("two nodes with one block", "192.168.17.0/24", "192.168.18.0/24", "alias.in-use"),
        mutant("an alias out of no range", range_of_alias, "subnetwork_range_name = \"gone\"", "alias.range"),
        mutant("ranges that overlap", "172.16.16.0/21", "192.168.20.0/22", "range.overlap"),
        mutant("a range with host bits", "10.122.16.0/21", "10.122.17.0/21", "cidr"),
        mutant("an MTU that no network has", "= 1500", "= 9000", "network.mtu"),
        mutant("an account that is not there", account, nobody, "machine.account"),
        mutant("metadata that is too large", "#cloud-config\n", &padded, "metadata.value"),
    ]
}

#[test]
fn mutants_are_refused() {
    let Some(provider) = provider::find(3, "trees that must be refused") else { return };
    let wrong = parallel::map(&mutants(), |mutant| refused(mutant, &provider).err());
    let wrong: Vec<_> = wrong.into_iter().flatten().collect();
    // One is enough to read: what breaks the example itself breaks all of them in the same way.
    assert!(wrong.is_empty(), "{} of {} mutants; the first: {}", wrong.len(), mutants().len(), wrong[0]);
    tools::ok(3, "vpc-native", &format!("{} wrong trees refused, each for its own reason", mutants().len()));
}

fn refused(mutant: &Mutant, provider: &Provider) -> Result<(), String> {
    let Mutant { what, find, put, rule } = mutant;
    let workspace = Workspace::new(&examples::named("vpc-native"), provider);
    if !examples::replace(&workspace.tree(), find, put).expect("the copy can be changed") {
        return Err(format!("{what}: no file of the example says {find:?} any more; find another way to break {rule}"));
    }
    for step in [Workspace::init, Workspace::plan] {
        step(&workspace).map_err(|failure| format!("{what}: not even planned: {failure}"))?;
    }
    if workspace.apply().is_ok() {
        return Err(format!("{what}: applied, although it breaks {rule}"));
    }
    let refusals = workspace.google.refusals();
    if refusals.iter().any(|(_, broken, _)| broken.id == *rule) {
        return Ok(());
    }
    Err(format!(
        "{what}: refused, but not by {rule}: {:?}",
        refusals.iter().map(|(_, rule, message)| (rule.id, message)).collect::<Vec<_>>()
    ))
}
