//! `validate --format`: what CI systems read, checked as they read it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;

use serde_json::Value;
use vpcgen::diag::Report;
use vpcgen::diag::ci::{Finding, findings, github, gitlab, sarif};
use vpcgen::source::Source;

use crate::support::check_both;
use crate::support::folder::Folder;
use crate::tools::{missing, project};

const WRONG: &str =
    "name: kub\nproject: some-project\nregion: europe-west1\nnetwork: {mtu: 9000, nodes: 172.17.0.0/20}\n";

/// The reports on all fixtures.
fn fixtures() -> Vec<(Rc<Source>, Report)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(project("tests/invalid")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let lock = fs::read(path.with_extension("lock.json")).ok();
            let lock_name = name.replace(".yaml", ".lock.json");
            let lock = lock.map(|bytes| (lock_name.as_str(), bytes));
            all.extend(check_both((&name, fs::read(&path).unwrap()), lock));
        }
    }
    assert!(all.len() > 70);
    all
}

fn found(reports: &[(Rc<Source>, Report)]) -> Vec<Finding<'_>> {
    findings(reports.iter().map(|(source, report)| (report, source.as_ref())))
}

/// A workflow command as GitHub's runner reads it (`ActionCommand.TryParseV2` in actions/runner).
fn command(line: &str) -> (String, BTreeMap<String, String>, String) {
    let (head, data) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (kind, properties) = head.split_once(' ').unwrap();
    let unescape = |text: &str| {
        [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]
            .iter()
            .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    };
    let properties = properties.split(',').map(|pair| pair.split_once('=').unwrap());
    let properties = properties.map(|(key, value)| (key.to_owned(), unescape(value))).collect();
    (kind.to_owned(), properties, unescape(data))
}

#[test]
fn github_annotates_the_lines() {
    let folder = Folder::with(WRONG);
    let run = folder.run(&["validate", "--format", "github"]).ends(1);
    assert_eq!(run.err(), "");
    insta::assert_snapshot!(run.out(), @r"
    ::error file=cluster.yaml,line=4,endLine=4,col=16,endColumn=20,title=vpcgen mtu::an MTU of 9000; it must be 1300 to 8896%0Ahelp: the default is 1460; 1500 and 8896 are common too
    ::warning file=cluster.yaml,line=4,endLine=4,col=29,endColumn=42,title=vpcgen awkward-range::`network.nodes` 172.17.0.0/20 overlaps 172.17.0.0/16, Docker's default bridge: machines that run Docker cannot reach it%0Ahelp: allowed, but another private range avoids this
    ");
    let names = ["a,b:c%.yaml", "./cluster.yaml", "nowhere.yaml"];
    folder.write(names[0], WRONG);
    let run = folder.run(&["validate", "--format", "github", names[0], names[1], names[2]]).ends(1);
    let files: Vec<_> = run.out().lines().map(|line| command(line).1["file"].clone()).collect();
    assert_eq!(files, ["nowhere.yaml", "a,b:c%.yaml", "cluster.yaml", "a,b:c%.yaml", "cluster.yaml"]);
}

/// Every finding is one line, however long its text, and nothing that a description quotes can begin a command of its own.
#[test]
fn github_reads_every_finding() {
    let mut reports = fixtures();
    let hostile = "name: \"x\\n::add-mask::y\\r%0A::error::z\"\nproject: some-project\nregion: europe-west1\n";
    reports.extend(check_both(("cluster.yaml", hostile.into()), None));
    let (all, text) = (found(&reports), github(&found(&reports)));
    assert_eq!(text.lines().count(), all.len());
    for line in text.lines() {
        let (kind, properties, message) = command(line);
        assert!(["error", "warning"].contains(&kind.as_str()) && !message.is_empty(), "{line}");
        assert!(properties["title"].starts_with("vpcgen ") && properties.contains_key("file"), "{line}");
        assert!(!properties.contains_key("col") || properties["line"] == properties["endLine"], "{line}");
    }
    let kinds: Vec<_> = text.lines().map(|line| command(line).0).collect();
    assert!(kinds.is_sorted(), "errors come first");
}

/// OASIS' own JSON schema, in the crate that `tests/sarif` names.
fn schema() -> Option<Value> {
    let manifest = project("tests/sarif/Cargo.toml");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--locked", "--format-version", "1", "--manifest-path"]).arg(manifest);
    let metadata: Value = serde_json::from_slice(&cargo.output().unwrap().stdout).ok()?;
    let packages = metadata["packages"].as_array()?;
    let package = packages.iter().find(|package| package["name"] == "serde-sarif")?;
    let folder = Path::new(package["manifest_path"].as_str()?).parent()?;
    let mut schema: Value = serde_json::from_str(&fs::read_to_string(folder.join("src/schema.json")).ok()?).ok()?;
    // The committee's pattern for languages, which our logs do not have, has a bracket too many.
    for object in ["run", "toolComponent"] {
        schema["definitions"][object]["properties"]["language"].as_object_mut()?.remove("pattern");
    }
    Some(schema)
}

#[test]
fn sarif_is_valid_and_complete() {
    let reports = fixtures();
    let log = sarif(&found(&reports));
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), found(&reports).len());
    // What GitHub needs beyond the schema: docs.github.com, "SARIF support for code scanning".
    for rule in rules {
        for key in ["shortDescription", "fullDescription", "help"] {
            assert!(rule[key]["text"].as_str().is_some_and(|text| !text.is_empty()), "{rule}");
        }
    }
    for result in results {
        let rule = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[rule]["id"], result["ruleId"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert!(place["region"]["startLine"].as_u64().unwrap() > 0 && place["artifactLocation"]["uri"].is_string());
    }
    assert!(results.iter().filter(|result| result["fixes"].is_array()).count() > 40);
    let prints: BTreeSet<_> =
        results.iter().map(|result| result["partialFingerprints"]["vpcgen/v1"].as_str()).collect();
    assert_eq!(prints.len(), results.len());
    let Some(schema) = schema() else {
        return missing("the SARIF schema", "cargo fetches it from crates.io");
    };
    let validator = jsonschema::validator_for(&schema).unwrap();
    for log in [&log, &sarif(&[])] {
        let errors: Vec<_> = validator.iter_errors(log).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    let mut wrong = log.clone();
    wrong["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!validator.is_valid(&wrong), "the schema finds nothing");
}

#[test]
fn sarif_counts_characters_and_escapes_paths() {
    let folder = Folder::with("");
    folder.write("ü b.yaml", &WRONG.replace("mtu", "x-é: 𝒳, mtu"));
    let run = folder.run(&["validate", "--format", "sarif", "ü b.yaml"]).ends(1);
    let log: Value = serde_json::from_str(&run.out()).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let mtu = results.iter().find(|result| result["ruleId"] == "mtu").unwrap();
    let place = &mtu["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "%C3%BC%20b.yaml");
    assert_eq!(log["runs"][0]["columnKind"], "unicodeCodePoints");
    assert_eq!((&place["region"]["startColumn"], &place["region"]["endColumn"]), (&24.into(), &28.into()));
}

/// Another wrong value, or lines above, do not make new findings of old ones; the same mistake in another pool is another one.
#[test]
fn fingerprints_identify_findings() {
    let pools = |size: u32, above: &str| {
        format!(
            "name: kub\nproject: some-project\n{above}region: europe-west1\npools:\n  a:\n    count: 1\n    disk:\n      size: {size}\n  b:\n    \
             count: 1\n    disk:\n      size: 1\n"
        )
    };
    let prints = |text: &str| {
        let reports = check_both(("cluster.yaml", text.into()), None);
        let json = gitlab(&found(&reports));
        let one = |issue: &Value| (issue["check_name"].clone(), issue["fingerprint"].as_str().unwrap().to_owned());
        json.as_array().unwrap().iter().map(one).collect::<Vec<_>>()
    };
    let before = prints(&pools(1, ""));
    assert_eq!(before.len(), 2);
    assert_ne!(before[0].1, before[1].1);
    assert_eq!(prints(&pools(2, "# a comment\nlabels: {a: b}\n")), before);
    assert_eq!(prints(&pools(100, "")), before[1..]);
}

#[test]
fn gitlab_has_the_documented_shape() {
    let reports = fixtures();
    let issues = gitlab(&found(&reports));
    let issues = issues.as_array().unwrap();
    let mut prints = BTreeSet::new();
    for issue in issues {
        assert!(["description", "check_name", "fingerprint"].iter().all(|key| issue[*key].is_string()), "{issue}");
        assert!(["critical", "minor"].contains(&issue["severity"].as_str().unwrap()));
        assert!(issue["location"]["path"].is_string() && issue["location"]["lines"]["begin"].as_u64().unwrap() > 0);
        prints.insert(issue["fingerprint"].as_str().unwrap());
    }
    assert_eq!(prints.len(), issues.len(), "GitLab shows findings with the same fingerprint once");
    let folder = Folder::with("name: kub\nproject: some-project\nregion: europe-west1\n");
    assert_eq!(folder.run(&["validate", "--format", "gitlab"]).ends(0).out(), "[]\n");
    assert_eq!(folder.run(&["validate", "--format", "github"]).ends(0).out(), "");
}
