//! The check can fail: one sound configuration, and one mutation of it for each kind of error.

use super::check::Schema;
use super::references;

const SOUND: &str = r#"
provider "google" {
  project = "p"
}

locals {
  ranges = ["10.0.0.0/8"]
}

resource "google_compute_network" "vpc" {
  name                    = "vpc"
  mtu                     = 1460
  auto_create_subnetworks = false
}

resource "google_compute_firewall" "internal" {
  name          = "internal"
  network       = google_compute_network.vpc.id
  source_ranges = local.ranges

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

resource "google_compute_instance" "m" {
  name         = "m"
  zone         = "z"
  machine_type = "n2-standard-2"
  labels       = { team = "t" }

  boot_disk {
    auto_delete = true
  }

  network_interface {
    network = google_compute_network.vpc.id
  }
}
"#;

/// What is wrong, the text that is replaced and its replacement, the failure.
const MUTATIONS: &[(&str, &str, &str, &str)] = &[
    ("unknown attribute", "mtu  ", "mtw  ", "google_compute_network.vpc.mtw: unknown attribute"),
    ("unknown nested attribute", "protocol", "protocols", "allow.protocols: unknown attribute"),
    ("unknown attribute of the provider", "project", "projects", "provider.projects: unknown attribute"),
    ("unknown block", "allow {", "allows {", "google_compute_firewall.internal.allows: unknown block"),
    ("unknown type", "\"google_compute_network\" \"vpc\"", "\"google_compute_networks\" \"vpc\"", "has no such type"),
    ("missing required attribute", "machine_type = \"n2-standard-2\"", "", "m.machine_type: required"),
    ("missing nested attribute", "protocol = \"tcp\"", "", "allow.protocol: required"),
    ("computed attribute", "zone    ", "self_link", "m.self_link: only the provider sets it"),
    ("text for a number", "1460", "\"1460\"", "vpc.mtu: \"1460\" where the type is \"number\""),
    ("text for a bool", "= true", "= \"true\"", "boot_disk.auto_delete"),
    ("number for text", "\"22\"", "22", "allow.ports: 22 where the type is \"string\""),
    ("text for a list", "[\"22\"]", "\"22\"", "allow.ports"),
    ("list for a map", "{ team = \"t\" }", "[\"t\"]", "m.labels"),
    ("number in a map", "\"t\"", "1", "m.labels.team"),
    ("attribute as a block", "source_ranges = local.ranges", "source_ranges {}", "an attribute, written as a block"),
    ("block as an attribute", "allow {", "allow = {", "a block, written as an attribute"),
    ("too few blocks", "boot_disk {\n    auto_delete = true\n  }", "", "m.boot_disk: 0 blocks, at least 1"),
    ("too many blocks", "boot_disk {", "boot_disk {}\n  boot_disk {", "m.boot_disk: 2 blocks, at most 1"),
    (
        "deprecated attribute",
        "source_ranges =",
        "enable_logging = true\n  source_ranges =",
        "enable_logging: deprecated",
    ),
    (
        "reference to nothing",
        "google_compute_network.vpc.id",
        "google_compute_network.net.id",
        "net: nothing of that name",
    ),
    ("reference to no attribute", "vpc.id", "vpc.ident", "vpc.ident: the type has no such attribute"),
    ("reference to no local", "local.ranges", "local.range", "local.range: nothing of that name"),
];

fn failures(text: &str) -> Vec<String> {
    let schema = Schema::read();
    let mut failures = schema.failures(&hcl::parse(text).unwrap());
    failures.extend(references::failures(text, &schema));
    failures
}

#[test]
fn a_sound_configuration_passes() {
    assert_eq!(failures(SOUND), Vec::<String>::new());
}

#[test]
fn each_kind_of_error_is_detected() {
    for (what, from, to, expected) in MUTATIONS {
        let mutated = SOUND.replacen(from, to, 1);
        assert_ne!(mutated, SOUND, "{what}: nothing was changed");
        let failures = failures(&mutated);
        assert!(failures.iter().any(|failure| failure.contains(expected)), "{what}: {failures:?}");
    }
}

/// The parser itself refuses what is written twice.
#[test]
fn a_duplicate_attribute_is_rejected() {
    let twice = SOUND.replacen("mtu  ", "mtu = 1\n  mtu  ", 1);
    assert!(hcl::parse(&twice).is_err());
}
