use serde_json::{Value, json as object};

use super::effect::Effect;
use super::terraform::Planned;
use super::{Diff, Severity, TakesEffect};

/// The promise of `--format json`: `changes` has one entry for each resource, with the worst that happens to it, and one without an
/// address for each thing that is not about a resource; `effects` has the same grouped by pool and idea; `summary` counts the actions.
pub fn json(diff: &Diff) -> Value {
    let resources = diff.resources.iter().filter(|change| change.planned != Planned::Nothing).map(|change| {
        let address = change.address.to_string();
        let mut effects: Vec<(usize, &Effect)> =
            diff.effects.iter().enumerate().filter(|(_, effect)| effect.addresses.contains(&address)).collect();
        let indices: Vec<usize> = effects.iter().map(|(index, _)| *index).collect();
        effects.sort_by_key(|(_, effect)| std::cmp::Reverse((effect.severity, effect.action)));
        let worst = effects.first().map(|(_, effect)| *effect);
        let attributes: Vec<&String> = change.arguments.iter().map(|argument| &argument.path).collect();
        let mut entry = object!({
            "address": address,
            "action": diff.action(change).as_str(),
            "plan": planned(change.planned),
            "attributes": attributes,
            "effects": indices,
        });
        describe(&mut entry, worst);
        entry
    });
    let others = diff.effects.iter().enumerate().filter(|(_, effect)| effect.addresses.is_empty()).map(|(index, effect)| {
        let mut entry =
            object!({ "address": null, "action": effect.action.as_str(), "plan": [], "attributes": [], "effects": [index] });
        describe(&mut entry, Some(effect));
        entry
    });
    let effects = diff.effects.iter().map(|effect| {
        let mut entry = object!({
            "subject": effect.subject,
            "action": effect.action.as_str(),
            "addresses": effect.addresses,
            "machines": effect.machines,
            "attributes": effect.attributes,
        });
        describe(&mut entry, Some(effect));
        entry
    });
    let summary: serde_json::Map<String, Value> =
        diff.summary().into_iter().map(|(action, number)| (action.as_str().to_owned(), number.into())).collect();
    let blocks = |all: &[(String, crate::net::Cidr)]| -> Vec<Value> {
        all.iter().map(|(name, pods)| object!({ "name": name, "pods": pods })).collect()
    };
    object!({
        "changes": resources.chain(others).collect::<Vec<_>>(),
        "effects": effects.collect::<Vec<_>>(),
        "summary": summary,
        "severity": diff.severity().map(Severity::as_str),
        "nodes": { "assigned": blocks(&diff.assigned), "released": blocks(&diff.released) },
    })
}

/// As `terraform show -json` has it.
fn planned(planned: Planned) -> &'static [&'static str] {
    match planned {
        Planned::Nothing => &["no-op"],
        Planned::Create => &["create"],
        Planned::Update => &["update"],
        Planned::Replace => &["delete", "create"],
        Planned::Delete => &["delete"],
    }
}

fn describe(entry: &mut Value, effect: Option<&Effect>) {
    let cause = effect.and_then(|effect| effect.cause.as_ref());
    let text = |effect: &Effect| {
        let parts = [effect.what.as_str(), effect.change.as_str(), effect.why.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
    };
    entry["why"] = effect.map(text).into();
    entry["takes_effect"] = effect.map_or(TakesEffect::Now, |effect| effect.takes_effect).as_str().into();
    entry["severity"] = effect.map_or(Severity::Info, |effect| effect.severity).as_str().into();
    entry["manual"] = effect.map(|effect| effect.manual.clone()).unwrap_or_default().into();
    entry["key"] = cause.map(|cause| cause.key.clone()).into();
    entry["file"] = cause.map(|cause| cause.file.clone()).into();
    entry["line"] = cause.map(|cause| cause.line).into();
}
