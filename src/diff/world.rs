//! The value of an argument, with what it refers to.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::plan::{Plan, Resource};
use crate::render;

/// A value that Terraform knows only after the apply. No string of a plan has this character.
const UNKNOWN: &str = "\u{0}";

const ACCOUNT: &str = "google_service_account";

/// One side: every resource by its address, and the files that they read.
pub(super) struct World {
    pub(super) resources: BTreeMap<String, Resource>,
    /// The boot files by their paths in the tree, without their headers.
    pub(super) files: HashMap<String, String>,
    pub(super) project: String,
    /// The projects of service accounts that are there already: a default project that changes moves nothing.
    accounts: BTreeMap<String, String>,
}

/// Whether what the provider computes for a resource is known before the apply: its address.
pub(super) type Known<'a> = &'a dyn Fn(&str) -> bool;

impl World {
    /// `before`: the old side, for the new one.
    pub(super) fn new(plan: &Plan, before: Option<&World>) -> Self {
        let resources = plan.resources().into_iter().map(|resource| (resource.address.to_string(), resource));
        let resources: BTreeMap<String, Resource> = resources.collect();
        let files = plan.groups().map(|group| (group.boot_file.clone(), render::boot_file(plan, group)));
        let accounts = resources.iter().filter(|(_, resource)| resource.address.kind == ACCOUNT).map(|(address, _)| {
            let before = before.filter(|_| !plan.module).and_then(|before| before.accounts.get(address));
            (address.clone(), before.unwrap_or(&plan.project).clone())
        });
        Self { accounts: accounts.collect(), files: files.collect(), project: plan.project.clone(), resources }
    }

    /// A value in which each reference is replaced by what it stands for.
    pub(super) fn value(&self, value: &Value, known: Known<'_>) -> Value {
        match value {
            Value::String(text) if text.contains("${") => self.template(text, known),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.value(item, known)).collect()),
            Value::Object(map) => {
                Value::Object(map.iter().map(|(key, value)| (key.clone(), self.value(value, known))).collect())
            }
            other => other.clone(),
        }
    }

    fn template(&self, text: &str, known: Known<'_>) -> Value {
        let whole = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        if let Some(expression) = whole {
            if let Some(path) =
                expression.strip_prefix("file(\"${path.module}/").and_then(|rest| rest.strip_suffix("\")"))
            {
                return Value::String(self.files.get(path).cloned().unwrap_or_default());
            }
            if let Some(list) = self.list(expression, known) {
                return list;
            }
        }
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (reference, after) = after.split_once('}').unwrap_or((after, ""));
            let Value::String(value) = self.reference(reference, known) else { return UNKNOWN.into() };
            if value == UNKNOWN {
                return UNKNOWN.into();
            }
            out.push_str(before);
            out.push_str(&value);
            rest = after;
        }
        out.push_str(rest);
        Value::String(out)
    }

    /// `[for x in TYPE.LABEL : x.ATTRIBUTE]`
    fn list(&self, expression: &str, known: Known<'_>) -> Option<Value> {
        let (each, attribute) = expression.strip_prefix("[for ")?.strip_suffix(']')?.split_once(" : ")?;
        let (_, resource) = each.split_once(" in ")?;
        let (_, attribute) = attribute.split_once('.')?;
        let all = self.resources.keys().filter(|address| address.split('[').next() == Some(resource));
        Some(Value::Array(all.map(|address| self.reference(&format!("{address}.{attribute}"), known)).collect()))
    }

    /// `TYPE.LABEL.ATTRIBUTE`, `TYPE.LABEL["KEY"].ATTRIBUTE`
    fn reference(&self, reference: &str, known: Known<'_>) -> Value {
        let Some((address, attribute)) = reference.rsplit_once('.') else { return UNKNOWN.into() };
        let Some(resource) = self.resources.get(address) else { return UNKNOWN.into() };
        // An address stays what it is, written or not, as long as its resource does.
        let address_stays =
            resource.address.kind == "google_compute_address" && attribute == "address" && known(address);
        if let Some(argument) = resource.arguments.get(attribute).filter(|_| !address_stays) {
            return self.value(argument, known);
        }
        // The provider derives them from the account's id before it exists (resource_google_service_account.go:476).
        if let (ACCOUNT, "email" | "member", Some(id)) =
            (resource.address.kind, attribute, resource.arguments.get("account_id"))
        {
            return format!("{attribute} of {} in {}", id, self.accounts[address]).into();
        }
        match known(address) {
            true => reference.into(),
            false => UNKNOWN.into(),
        }
    }
}

/// Whether a part of a value is known only after the apply.
pub(super) fn is_unknown(value: &Value) -> bool {
    match value {
        Value::String(text) => text == UNKNOWN,
        Value::Array(items) => items.iter().any(is_unknown),
        Value::Object(map) => map.values().any(is_unknown),
        _ => false,
    }
}
