//! Two kinds of labels: Google's on resources, Kubernetes' on nodes; and taints.

use indexmap::IndexMap;

use super::Taint;
use crate::diag::{Code, Diagnostic, Report};
use crate::source::{Span, Spanned};
use crate::spec;

type Written = IndexMap<Spanned<String>, Spanned<String>>;

/// Most labels on one resource.
const MOST: usize = 64;
/// The longest key or value, Google's and Kubernetes'.
const LONGEST: usize = 63;
/// Namespaces in which a kubelet may label itself, below kubernetes.io and k8s.io
/// (k8s.io/kubelet/pkg/apis, `IsKubeletLabel`; the NodeRestriction admission plugin holds to it).
const KUBELET_NAMESPACES: [&str; 2] = ["kubelet.kubernetes.io", "node.kubernetes.io"];
const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// Google's labels (cloud.google.com/compute/docs/labeling-resources).
pub(super) fn google(labels: Option<&Written>, report: &mut Report) -> IndexMap<String, String> {
    let Some(labels) = labels else { return IndexMap::new() };
    if let Some((key, _)) = labels.get_index(MOST) {
        report.push(
            Diagnostic::error(Code::InvalidLabel, format!("{} labels; a resource takes {MOST} at most", labels.len()))
                .at(&key.span, "one too many")
                .help("leave some out"),
        );
    }
    for (key, value) in labels {
        let wrong_key = !key.value.starts_with(char::is_alphabetic) || !is_label(&key.value);
        for (part, wrong, what) in [(key, wrong_key, "key"), (value, !is_label(&value.value), "value")] {
            if wrong {
                let rule = "up to 63 lower-case letters, digits, hyphens and underscores";
                let first = if what == "key" { ", a letter first" } else { "" };
                let message = format!("`{}` cannot be the {what} of a label", part.value);
                let help = format!("Google takes {rule}{first}");
                let diagnostic = Diagnostic::error(Code::InvalidLabel, message).at(&part.span, "").help(help);
                let lower = mend(&part.value);
                let right = is_label(&lower) && (what == "value" || lower.starts_with(char::is_alphabetic));
                report.push(if right { diagnostic.patch(&part.span, lower) } else { diagnostic });
            }
        }
        if value.value.is_empty() {
            // Google takes it; the provider does not send it and then misses it in every plan (7.45, tried).
            let message = format!("the label `{}` has no value", key.value);
            let help = "Terraform's provider leaves such labels out and shows a difference at every plan: give it one, such as `true`";
            let diagnostic = Diagnostic::error(Code::InvalidLabel, message).at(&key.span, "").help(help);
            let written = !value.span.is_empty();
            report.push(if written { diagnostic.patch(&value.span, "\"true\"") } else { diagnostic });
        }
    }
    labels.iter().map(|(key, value)| (key.value.clone(), value.value.clone())).collect()
}

/// The nearest right label.
fn mend(text: &str) -> String {
    let letter = |c: char| if c.is_alphanumeric() || c == '-' { c } else { '_' };
    text.to_lowercase().chars().map(letter).collect()
}

/// `[\p{Ll}\p{Lo}\p{N}_-]{0,63}`: letters of any script, none upper-case.
fn is_label(text: &str) -> bool {
    let letter = |c: char| c == '-' || c == '_' || (c.is_alphanumeric() && !c.is_uppercase());
    text.chars().count() <= LONGEST && text.chars().all(letter)
}

/// Labels that a kubelet gives its node.
pub(super) fn node(labels: Option<&Written>, report: &mut Report) -> IndexMap<String, String> {
    let Some(labels) = labels else { return IndexMap::new() };
    for (key, value) in labels {
        node_key(key, "label", report);
        node_value(value, report);
        let Some((namespace, name)) = key.value.split_once('/') else { continue };
        let under = |of: &str| namespace == of || namespace.strip_suffix(of).is_some_and(|rest| rest.ends_with('.'));
        if (under("kubernetes.io") || under("k8s.io")) && !KUBELET_NAMESPACES.iter().any(|of| under(of)) {
            report.push(
                Diagnostic::error(Code::InvalidNodeLabel, format!("a kubelet may not give itself the label `{}`", key.value))
                    .at(&key.span, "it would refuse to start")
                    .help(format!(
                        "use a namespace of your own, or set it later: `kubectl label node NODE {}={}`; `node.kubernetes.io/{name}` works too",
                        key.value, value.value
                    ))
                    .patch(&key.span, format!("node.kubernetes.io/{name}")),
            );
        }
    }
    labels.iter().map(|(key, value)| (key.value.clone(), value.value.clone())).collect()
}

/// Taints that a kubelet registers its node with.
pub(super) fn taints(taints: Option<&Vec<Spanned<spec::Taint>>>, report: &mut Report) -> Vec<Taint> {
    let mut checked: Vec<(Taint, &Span)> = Vec::new();
    for written in taints.into_iter().flatten() {
        let Some(taint) = one_taint(written, report) else { continue };
        if let Some((_, first)) = checked.iter().find(|(t, _)| (&t.key, &t.effect) == (&taint.key, &taint.effect)) {
            // The API server refuses such a Node ("taints must be unique by key and effect pair").
            let message = format!("two taints with the key `{}` and the effect {}", taint.key, taint.effect);
            report.push(
                Diagnostic::error(Code::InvalidNodeLabel, message)
                    .at(&written.span, "again here")
                    .and(*first, "first here")
                    .help(
                        "a node takes one taint for each key and effect: leave one of them out, whatever their values",
                    ),
            );
            continue;
        }
        checked.push((taint, &written.span));
    }
    checked.into_iter().map(|(taint, _)| taint).collect()
}

fn one_taint(taint: &Spanned<spec::Taint>, report: &mut Report) -> Option<Taint> {
    let spec::Taint { key, value, effect } = &taint.value;
    let mut missing = |what: &str, example: &str| {
        report.push(
            Diagnostic::error(Code::MissingKey, format!("a taint without `{what}`"))
                .at(&taint.span, "")
                .help(format!("add `{what}: {example}`")),
        );
    };
    if key.is_none() {
        missing("key", "dedicated");
    }
    if effect.is_none() {
        missing("effect", "NoSchedule");
    }
    if let Some(key) = key {
        node_key(key, "taint", report);
    }
    if let Some(value) = value {
        node_value(value, report);
    }
    if let Some(wrong) = effect.as_ref().filter(|effect| !EFFECTS.contains(&effect.value.as_str())) {
        let near =
            EFFECTS.iter().find(|e| strsim::damerau_levenshtein(&e.to_lowercase(), &wrong.value.to_lowercase()) <= 2);
        let diagnostic =
            Diagnostic::error(Code::InvalidNodeLabel, format!("`{}` is not the effect of a taint", wrong.value))
                .at(&wrong.span, "");
        report.push(match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).patch(&wrong.span, *near),
            None => diagnostic.help(format!("Kubernetes knows {}", EFFECTS.join(", "))),
        });
    }
    Some(Taint {
        key: key.as_ref()?.value.clone(),
        value: value.as_ref().map(|v| v.value.clone()).unwrap_or_default(),
        effect: effect.as_ref()?.value.clone(),
    })
}

/// `[prefix/]name`: a DNS subdomain of at most 253 characters, a name of at most 63.
fn node_key(key: &Spanned<String>, what: &str, report: &mut Report) {
    let (namespace, name) = key.value.split_once('/').map_or((None, key.value.as_str()), |(ns, name)| (Some(ns), name));
    let label = |part: &str| {
        let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        !part.is_empty()
            && part.len() <= LONGEST
            && part.bytes().all(inner)
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    let domain = |ns: &str| ns.len() <= 253 && ns.split('.').all(label);
    if name.is_empty() || !is_word(name) || !namespace.is_none_or(domain) {
        report.push(
            Diagnostic::error(Code::InvalidNodeLabel, format!("`{}` cannot be the key of a node's {what}", key.value))
                .at(&key.span, "")
                .help("Kubernetes takes up to 63 letters, digits, `-`, `_` and `.`, a letter or digit first and last, after an optional domain and `/`"),
        );
    }
}

fn node_value(value: &Spanned<String>, report: &mut Report) {
    if !is_word(&value.value) {
        report.push(
            Diagnostic::error(Code::InvalidNodeLabel, format!("`{}` cannot be the value of a node's label or taint", value.value))
                .at(&value.span, "")
                .help("Kubernetes takes up to 63 letters, digits, `-`, `_` and `.`, a letter or digit first and last, or nothing"),
        );
    }
}

/// `(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?`, at most 63.
fn is_word(text: &str) -> bool {
    let edge = |b: Option<u8>| b.is_none_or(|b| b.is_ascii_alphanumeric());
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    text.len() <= LONGEST && text.bytes().all(inner) && edge(text.bytes().next()) && edge(text.bytes().next_back())
}
