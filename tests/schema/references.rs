//! Whether `google_x.y.z` names a resource of this tree and an attribute of its type, and `local.x` a local of it.

use std::collections::BTreeSet;

use hcl::edit::expr::{Expression, Traversal, TraversalOperator};
use hcl::edit::structure::Body;
use hcl::edit::visit::{Visit, visit_block, visit_traversal};

use super::check::Schema;

/// Every reference of a tree (all its files together) to something that is not there.
pub(crate) fn failures(tree: &str, schema: &Schema) -> Vec<String> {
    let body: Body = tree.parse().unwrap();
    let mut declared = Declared::default();
    declared.visit_body(&body);
    let mut references = References { schema, declared: declared.0, failures: Vec::new() };
    references.visit_body(&body);
    references.failures
}

/// `type.name` of each resource, `local.name` of each local.
#[derive(Default)]
struct Declared(BTreeSet<String>);

impl Visit for Declared {
    fn visit_block(&mut self, block: &hcl::edit::structure::Block) {
        match (block.ident.as_str(), block.labels.as_slice()) {
            ("locals", _) => {
                self.0.extend(block.body.attributes().map(|local| format!("local.{}", local.key.as_str())))
            }
            ("resource", [kind, name]) => drop(self.0.insert(format!("{}.{}", kind.as_str(), name.as_str()))),
            _ => visit_block(self, block),
        }
    }
}

struct References<'a> {
    schema: &'a Schema,
    declared: BTreeSet<String>,
    failures: Vec<String>,
}

impl Visit for References<'_> {
    fn visit_traversal(&mut self, traversal: &Traversal) {
        if let Expression::Variable(root) = &traversal.expr {
            let names = traversal.operators.iter().filter_map(|operator| match operator.value() {
                TraversalOperator::GetAttr(name) => Some(name.as_str()),
                _ => None,
            });
            self.check(root.as_str(), &names.collect::<Vec<_>>());
        }
        visit_traversal(self, traversal);
    }
}

impl References<'_> {
    fn check(&mut self, root: &str, names: &[&str]) {
        let (Some(name), true) = (names.first(), root == "local" || root.starts_with("google_")) else { return };
        let whole = format!("{root}.{name}");
        if !self.declared.contains(&whole) {
            return self.failures.push(format!("{whole}: nothing of that name"));
        }
        let (Some(schema), Some(attribute)) = (self.schema.resources.get(root), names.get(1)) else { return };
        if !schema.attributes.contains_key(*attribute) && !schema.block_types.contains_key(*attribute) {
            self.failures.push(format!("{whole}.{attribute}: the type has no such attribute"));
        }
    }
}
