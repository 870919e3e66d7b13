//! Level 4 of the proof: the guide's cluster. What Terraform asks Google for, applying `generated-examples/vpc-native`, is what the
//! guide's own gcloud commands ask for, body for body. What may differ stands in `permitted.rs`, each with its reason; nothing else
//! may, in either direction, and an entry there that no longer matches anything is an error too.

mod adoption;
mod bodies;
mod compare;
#[path = "../google/mod.rs"]
mod google;
mod permitted;
#[path = "../proof/mod.rs"]
mod proof;
mod recording;
#[path = "../support/tools.rs"]
mod tools;

use bodies::Bodies;
use compare::{Permitted, problems};
use google::Google;
use permitted::{EXAMPLES_IMAGE, GUIDES_IMAGE, IMAGE, PERMITTED};
use proof::{
    examples,
    provider::{self, Provider},
    terraform::Workspace,
};
use recording::{RENEW, Recording};
use serde_json::{Value, json};

const EXAMPLE: &str = "vpc-native";

#[test]
fn terraform_sends_the_guides_requests() {
    let Some(provider) = provider::find(4, "the guide's requests") else {
        return;
    };
    let ours = recording::without_user_data(apply(&provider, &[]));
    if !Recording::renew(&ours, &provider.to_string(), EXAMPLE) {
        let recorded = Recording::read();
        recorded.check_code(EXAMPLE);
        let different = compare::problems(&recorded.bodies, &ours, &[]);
        let what = "Terraform asks for something else than was recorded";
        assert!(different.is_empty(), "{what}:\n{}\nRenew the recording: {RENEW}", different.join("\n"));
    }
    let problems = problems(&bodies::of_guide(), &ours, &PERMITTED.iter().collect::<Vec<_>>());
    assert!(problems.is_empty(), "the guide's cluster is not what it was:\n{}", problems.join("\n"));
    let (theirs, entries) = (bodies::of_guide().len(), PERMITTED.len());
    tools::ok(4, EXAMPLE, &format!("{theirs} resources as gcloud asks for them, {entries} permitted differences"));
}

/// The same promise where there is no provider.
#[test]
fn the_recorded_run_matches_the_guide() {
    if std::env::var_os("VPCGEN_RECORD").is_some() {
        return;
    }
    let recorded = Recording::read();
    recorded.check_code(EXAMPLE);
    let problems = problems(&bodies::of_guide(), &recorded.bodies, &PERMITTED.iter().collect::<Vec<_>>());
    assert!(problems.is_empty(), "the guide's cluster is not what it was:\n{}", problems.join("\n"));
    tools::ok(4, EXAMPLE, &format!("the same, as recorded with {}", recorded.provider));
}

/// The example boots an image that exists. With the guide's own, the one entry about images must not be needed.
#[test]
fn the_guides_image_can_be_described() {
    let Some(provider) = provider::find(4, "the guide's own image") else {
        return;
    };
    let ours = apply(&provider, &[(EXAMPLES_IMAGE, GUIDES_IMAGE)]);
    let permitted: Vec<&Permitted> = PERMITTED.iter().filter(|entry| entry.field != IMAGE).collect();
    let problems = problems(&bodies::of_guide(), &ours, &permitted);
    assert!(problems.is_empty(), "with the guide's image:\n{}", problems.join("\n"));
    tools::ok(4, EXAMPLE, "the same with the guide's own image");
}

/// Applies the example, changed, and answers what was asked for.
fn apply(provider: &Provider, changes: &[(&str, &str)]) -> Bodies {
    let workspace = Workspace::new(&examples::named(EXAMPLE), provider);
    for (find, put) in changes {
        let found = examples::replace(&workspace.tree(), find, put).expect("the copy can be changed");
        assert!(found, "no file of the example says {find:?}");
    }
    for step in [Workspace::init, Workspace::plan, Workspace::apply] {
        step(&workspace).unwrap_or_else(|failure| panic!("{failure}"));
    }
    bodies::of_recording(&workspace.google.requests())
}

/// The comparison sees what it should: the guide against itself is equal, and against a changed self it is not.
#[test]
fn a_changed_recording_is_detected() {
    let guide = bodies::of_guide();
    assert_eq!(problems(&guide, &guide, &[]), Vec::<String>::new());
    let network = "compute/global/networks/k8s-vpc";
    type Change = fn(&mut Value);
    let changes: [(&str, Change); 3] = [
        ("another value", |body| body["mtu"] = json!(1460)),
        ("a field too many", |body| body["description"] = json!("mine")),
        ("a field that is missing", |body| body["mtu"] = Value::Null),
    ];
    for (what, change) in changes {
        let mut ours = guide.clone();
        change(ours.get_mut(network).unwrap());
        assert_eq!(problems(&guide, &ours, &[]).len(), 1, "{what} is not seen");
    }
    let mut more = guide.clone();
    more.insert("compute/global/firewalls/open".to_owned(), json!({"name": "open"}));
    assert_eq!(problems(&guide, &more, &[]).len(), 1, "a request too many is not seen");
    assert_eq!(problems(&more, &guide, &[]).len(), 1, "a request that is missing is not seen");
    let mut moved = guide.clone();
    let machine = moved.get_mut("compute/zones/asia-southeast1-b/instances/kub-n-1").unwrap();
    machine["networkInterfaces"][0]["aliasIpRanges"][0]["ipCidrRange"] = json!("192.168.18.0/24");
    assert_eq!(problems(&guide, &moved, &[]).len(), 1, "a moved alias is not seen");
}

/// A table that permits what never happens would hide the day on which it does.
#[test]
fn an_unused_permitted_difference_is_an_error() {
    let guide = bodies::of_guide();
    let problems = problems(&guide, &guide, &[&PERMITTED[0]]);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].contains("no longer"), "{}", problems[0]);
}

/// The stand-in takes the guide's own requests, in the guide's own steps.
#[test]
fn the_stand_in_accepts_the_guides_requests() {
    adoption::replay(&Google::start());
}
