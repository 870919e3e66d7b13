//! Level 2, without Terraform: what is rendered, read back and checked against the schema that the google provider publishes
//! (`google.json`; `README.md` says how it is printed).

mod check;
mod literal;
mod references;
mod rejects;

#[path = "../support/rendered.rs"]
mod rendered;
#[path = "../support/tools.rs"]
mod tools;

use check::Schema;

#[test]
fn every_rendered_file_validates_against_the_providers_schema() {
    let schema = Schema::read();
    for example in rendered::examples("schema") {
        let mut failures = Vec::new();
        for file in example.files("", ".tf") {
            let name = file.file_name().unwrap().to_string_lossy();
            let body = hcl::parse(&std::fs::read_to_string(&file).unwrap()).unwrap();
            failures.extend(schema.failures(&body).into_iter().map(|failure| format!("{name}: {failure}")));
        }
        for (name, whole) in [("the tree", example.terraform()), ("main.tf", example.single.clone())] {
            failures.extend(
                schema.failures(&hcl::parse(&whole).unwrap()).into_iter().map(|failure| format!("{name}: {failure}")),
            );
            failures
                .extend(references::failures(&whole, &schema).into_iter().map(|failure| format!("{name}: {failure}")));
        }
        assert!(failures.is_empty(), "{}:\n{}", example.name, failures.join("\n"));
        tools::ok(2, &example.name, "the provider's schema");
    }
}

/// What is emitted no longer has to be looked up.
#[test]
fn the_schema_has_no_unused_resource() {
    let trees: String = rendered::examples("schema-types").iter().map(rendered::Example::terraform).collect();
    let unused: Vec<String> =
        Schema::read().resources.into_keys().filter(|kind| !trees.contains(&format!("resource \"{kind}\""))).collect();
    assert!(
        unused.is_empty(),
        "no example emits {unused:?}: tests/schema/renew leaves them out, or an example is missing"
    );
}
