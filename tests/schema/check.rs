//! What Terraform would refuse or warn about, from the schema alone.

use std::collections::BTreeMap;

use hcl::{Block, Body};
use serde::Deserialize;

use super::literal;

/// The provider's arguments and the resource types.
#[derive(Deserialize)]
pub(crate) struct Schema {
    provider_block: BlockSchema,
    pub(crate) resources: BTreeMap<String, BlockSchema>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BlockSchema {
    pub(crate) attributes: BTreeMap<String, Attribute>,
    #[serde(default)]
    pub(crate) block_types: BTreeMap<String, Nested>,
    #[serde(default)]
    deprecated: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Attribute {
    #[serde(rename = "type")]
    kind: serde_json::Value,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    #[allow(dead_code, reason = "what is neither required nor optional is computed")]
    computed: bool,
    #[serde(default)]
    deprecated: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nested {
    nesting_mode: String,
    block: BlockSchema,
    #[serde(default)]
    min_items: usize,
    #[serde(default)]
    max_items: usize,
}

impl Schema {
    pub(crate) fn read() -> Self {
        serde_json::from_str(include_str!("google.json")).unwrap()
    }

    /// Every error in one file.
    pub(crate) fn failures(&self, body: &Body) -> Vec<String> {
        let mut failures = Vec::new();
        for block in body.blocks() {
            let labels: Vec<&str> = block.labels.iter().map(|label| label.as_str()).collect();
            match (block.identifier.as_str(), labels.as_slice()) {
                ("terraform" | "locals" | "variable" | "output" | "moved" | "import" | "check", _) => {}
                ("provider", ["google"]) => {
                    check("provider", block, &self.provider_block, &["alias"], &[], &mut failures)
                }
                ("resource", [kind, name]) => {
                    let at = format!("{kind}.{name}");
                    match self.resources.get(*kind) {
                        Some(schema) => check(&at, block, schema, META_ARGUMENTS, META_BLOCKS, &mut failures),
                        None => failures
                            .push(format!("{at}: google.json has no such type; tests/schema/renew prints it again")),
                    }
                }
                (other, _) => failures.push(format!("{other} {labels:?}: unknown kind of block")),
            }
        }
        failures
    }
}

/// Terraform's own, on every resource.
const META_ARGUMENTS: &[&str] = &["count", "for_each", "provider", "depends_on"];
const META_BLOCKS: &[&str] = &["lifecycle", "connection", "provisioner"];

fn check(at: &str, block: &Block, schema: &BlockSchema, own: &[&str], own_blocks: &[&str], failures: &mut Vec<String>) {
    for attribute in block.body.attributes() {
        let name = attribute.key.as_str();
        let at = format!("{at}.{name}");
        match schema.attributes.get(name) {
            _ if own.contains(&name) => {}
            Some(known) if !known.required && !known.optional => {
                failures.push(format!("{at}: only the provider sets it"))
            }
            Some(known) => {
                if known.deprecated {
                    failures.push(format!("{at}: deprecated"));
                }
                literal::check(&at, &attribute.expr, &known.kind, failures);
            }
            None if schema.block_types.contains_key(name) => {
                failures.push(format!("{at}: a block, written as an attribute"))
            }
            None => failures.push(format!("{at}: unknown attribute")),
        }
    }
    for (name, known) in &schema.attributes {
        if known.required && !block.body.attributes().any(|attribute| attribute.key.as_str() == name) {
            failures.push(format!("{at}.{name}: required"));
        }
    }
    check_blocks(at, block, schema, own_blocks, failures);
}

fn check_blocks(at: &str, block: &Block, schema: &BlockSchema, own: &[&str], failures: &mut Vec<String>) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut dynamic = Vec::new();
    for inner in block.body.blocks() {
        let (name, inner) = match inner.identifier.as_str() {
            // `dynamic "name" { content { … } }` stands for any number of blocks.
            "dynamic" => {
                let name = inner.labels.first().map_or("", |label| label.as_str());
                dynamic.push(name);
                (name, inner.body.blocks().find(|block| block.identifier.as_str() == "content").unwrap_or(inner))
            }
            name => (name, inner),
        };
        if own.contains(&name) {
            continue;
        }
        *counts.entry(name).or_default() += 1;
        let at = format!("{at}.{name}");
        match schema.block_types.get(name) {
            Some(known) => {
                if known.block.deprecated {
                    failures.push(format!("{at}: deprecated"));
                }
                check(&at, inner, &known.block, &[], &[], failures);
            }
            None if schema.attributes.contains_key(name) => {
                failures.push(format!("{at}: an attribute, written as a block"))
            }
            None => failures.push(format!("{at}: unknown block")),
        }
    }
    for (name, known) in schema.block_types.iter().filter(|(name, _)| !dynamic.contains(&name.as_str())) {
        let count = counts.get(name.as_str()).copied().unwrap_or(0);
        let most = if known.nesting_mode == "single" { 1 } else { known.max_items };
        if count < known.min_items {
            failures.push(format!("{at}.{name}: {count} blocks, at least {}", known.min_items));
        }
        if most > 0 && count > most {
            failures.push(format!("{at}.{name}: {count} blocks, at most {most}"));
        }
    }
}
