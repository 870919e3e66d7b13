//! `validate --deny` and `--allow`.

use crate::support::folder::Folder;

const RIGHT: &str = "name: kub\nproject: some-project\nregion: europe-west1\n";
/// Two warnings.
const ODD: &str = "name: kub\nproject: some-project\nregion: europe-west1\nkubernetes: {pod_security: privileged}\nnetwork: {nodes: 172.17.0.0/20}\n";

#[test]
fn warnings_can_be_denied_and_allowed() {
    let folder = Folder::with(ODD);
    let codes = ["awkward-range", "privileged-pods"];
    for (arguments, status, shown) in [
        (vec![], 0, ["warning[", "warning["]),
        (vec!["--deny", "warnings"], 1, ["error[", "error["]),
        (vec!["--deny", "privileged-pods"], 1, ["warning[", "error["]),
        (vec!["--deny", "warnings", "--allow", "awkward-range"], 1, ["", "error["]),
        (vec!["--allow", "privileged-pods", "--deny", "warnings"], 1, ["error[", ""]),
        (vec!["--allow", "awkward-range,privileged-pods", "--deny=warnings"], 0, ["", ""]),
        (vec!["--allow", "awkward-range", "--allow", "privileged-pods", "--deny", "warnings"], 0, ["", ""]),
        (vec!["--deny", "awkward-range", "--deny", "privileged-pods"], 1, ["error[", "error["]),
    ] {
        let run = folder.run(&[&["validate"][..], &arguments].concat()).ends(status);
        for (code, level) in codes.iter().zip(shown) {
            let found = run.err().contains(&format!("{level}{code}]"));
            assert_eq!(found, !level.is_empty(), "{arguments:?}: {code}: {}", run.err());
            assert_eq!(run.err().contains(code), !level.is_empty(), "{arguments:?}: {code}: {}", run.err());
        }
        assert_eq!(run.err().contains("(--deny)"), status == 1, "{arguments:?}: {}", run.err());
        let json = folder.run(&[&["validate", "--format", "json"][..], &arguments].concat()).ends(status).out();
        let errors = shown.iter().filter(|level| **level == "error[").count();
        assert_eq!(json.matches("\"severity\": \"error\"").count(), errors, "{arguments:?}: {json}");
    }
    let run = folder.run(&["validate", "--deny", "warnings"]).ends(1);
    assert!(run.err().contains("\n2 errors\n") && run.err().contains("\n2 warnings reported as errors (--deny)\n"));
    folder.write("cluster.yaml", RIGHT);
    let run = folder.run(&["validate", "--deny", "warnings", "--allow", "zone-kept"]).ends(0);
    assert!(!run.err().contains("--deny"));
}

#[test]
fn errors_stay_errors() {
    let folder = Folder::with(&format!("{RIGHT}network: {{mtu: 9000}}\n"));
    let run = folder.run(&["validate", "--allow", "awkward-range", "--deny", "warnings"]).ends(1);
    assert!(run.err().contains("error[mtu]") && !run.err().contains("(--deny)"), "{}", run.err());
    // An error under a code that can be a warning.
    folder.write("cluster.yaml", &format!("{RIGHT}firewall: {{a: {{allow: [tcp:x], from: [10.0.0.0/8]}}}}\n"));
    let run = folder.run(&["validate", "--allow", "invalid-allow"]).ends(1);
    assert!(run.err().contains("error[invalid-allow]"), "{}", run.err());
}

#[test]
fn wrong_codes_are_refused() {
    let folder = Folder::with(RIGHT);
    for (arguments, message) in [
        (["--allow", "awkward-rnge"], "there is no code `awkward-rnge`; did you mean `awkward-range`?"),
        (["--deny", "xyz"], "there is no code `xyz`; `vpcgen explain` lists them"),
        (["--deny", "warnings,Zone_Kept"], "there is no code `Zone_Kept`; did you mean `zone-kept`?"),
        (["--allow", "overlap"], "`overlap` is an error, and only warnings can be allowed"),
        (["--deny", "overlap"], "`overlap` is always an error"),
        (["--allow", "warnings"], "name the code of each warning to allow"),
        (["--deny=zone-kept", "--allow=zone-kept"], "`zone-kept` is both denied and allowed"),
    ] {
        let run = folder.run(&["validate", arguments[0], arguments[1]]).ends(1);
        assert!(run.out().is_empty() && run.err().contains(message), "{arguments:?}: {}", run.err());
    }
}
