//! The stand-in rejects what Google rejects: for every rule, a request over plain HTTP that violates it, and the error in Google's format.
//! A rule without a case is an error.

mod addresses;
mod callers;
mod client;
mod controller;
mod disks;
mod firewalls;
#[path = "../google/mod.rs"]
mod google;
mod health_checks;
mod iam;
mod interfaces;
mod load_balancers;
mod machines;
mod names;
mod nats;
mod networks;
mod other_services;
mod requests;
mod state;
mod storage;

use std::collections::BTreeSet;

use client::Client;
use google::rules;
use requests::{Case, machine, post};

fn cases() -> Vec<Case> {
    let cases = [
        names::cases(),
        networks::cases(),
        firewalls::cases(),
        addresses::cases(),
        nats::cases(),
        machines::cases(),
        callers::cases(),
        disks::cases(),
        disks::schedules(),
        health_checks::cases(),
        load_balancers::cases(),
        interfaces::cases(),
        other_services::cases(),
        iam::cases(),
        storage::cases(),
    ];
    cases.into_iter().flatten().collect()
}

/// Runs every case against a new fixture and reports all failures.
#[test]
fn every_rule_rejects_a_violation() {
    let failures: Vec<String> = cases().iter().filter_map(|case| Client::new().check(case).err()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_rule_has_a_case() {
    let tested: BTreeSet<_> = cases().iter().map(|case| case.rule.id).collect();
    let untested: Vec<_> = rules::ALL.iter().map(|rule| rule.id).filter(|id| !tested.contains(id)).collect();
    assert!(untested.is_empty(), "rules without a case here: {untested:?}");
    let ids: BTreeSet<_> = rules::ALL.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), rules::ALL.len(), "duplicate id in the table");
}

/// A rejected request changes nothing: the same instance without the error is accepted afterwards.
#[test]
fn a_rejected_request_changes_nothing() {
    let client = Client::new();
    let there = client.google.left();
    let mut faulty = machine("b", "10.4.1.0/24");
    faulty["networkInterfaces"][0]["aliasIpRanges"][0]["ipCidrRange"] = "10.5.0.0/24".into();
    let request = post("zones/us-east1-b/instances", faulty);
    client.google.send(request.method, &request.path, &request.body);
    assert_eq!(client.google.left(), there);
    client.grant(&post("zones/us-east1-b/instances", machine("b", "10.4.1.0/24")));
}
