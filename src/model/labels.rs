//! Two kinds of labels: Google's on resources, Kubernetes' on nodes; and taints.

use indexmap::IndexMap;
use unicode_general_category::{GeneralCategory, get_general_category};

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
            Diagnostic::error(
                Code::InvalidLabel,
                format!("{} labels; a resource can have at most {MOST}", labels.len()),
            )
            .at(&key.span, "the first one too many")
            .help("remove some"),
        );
    }
    for (key, value) in labels {
        let wrong_key = !begins_with_letter(&key.value) || !is_label(&key.value);
        for (part, wrong, what) in [(key, wrong_key, "key"), (value, !is_label(&value.value), "value")] {
            if wrong {
                let rule = "up to 63 lower-case letters, digits, hyphens and underscores";
                let first = if what == "key" { ", starting with a letter" } else { "" };
                let message = format!("`{}` is not a valid label {what}", part.value);
                let help = format!("use {rule}{first}");
                let diagnostic = Diagnostic::error(Code::InvalidLabel, message).at(&part.span, "").help(help);
                let lower = mend(&part.value);
                let right = is_label(&lower) && (what == "value" || begins_with_letter(&lower));
                report.push(if right { diagnostic.patch(&part.span, lower) } else { diagnostic });
            }
        }
        if value.value.is_empty() {
            // Google takes it; the provider does not send it and then misses it in every plan (7.45, tried).
            let message = format!("the label `{}` has no value", key.value);
            let help = "the Terraform provider omits such labels and then shows a difference in every plan: give it a value, such as `true`";
            let diagnostic = Diagnostic::error(Code::InvalidLabel, message).at(&key.span, "").help(help);
            let written = !value.span.is_empty();
            report.push(if written { diagnostic.patch(&value.span, "\"true\"") } else { diagnostic });
        }
    }
    labels.iter().map(|(key, value)| (key.value.clone(), value.value.clone())).collect()
}

/// The nearest valid label.
fn mend(text: &str) -> String {
    let lower = text.to_lowercase();
    let valid = |c: char| if is_letter(c) || is_number(c) || c == '-' { c } else { '_' };
    lower.chars().filter(|c| !is_mark(*c)).map(valid).collect()
}

/// `[\p{Ll}\p{Lo}\p{N}_-]{0,63}`, as gcloud checks it (command_lib/util/args/labels_util.py).
fn is_label(text: &str) -> bool {
    let valid = |c: char| c == '-' || c == '_' || is_letter(c) || is_number(c);
    text.chars().count() <= LONGEST && text.chars().all(valid)
}

/// A key begins with `[\p{Ll}\p{Lo}]`.
fn begins_with_letter(key: &str) -> bool {
    key.starts_with(is_letter)
}

/// A lower-case letter, or one of a script without case. A vowel sign of such a script is a mark, not a letter.
fn is_letter(c: char) -> bool {
    matches!(get_general_category(c), GeneralCategory::LowercaseLetter | GeneralCategory::OtherLetter)
}

fn is_number(c: char) -> bool {
    use GeneralCategory::{DecimalNumber, LetterNumber, OtherNumber};
    matches!(get_general_category(c), DecimalNumber | LetterNumber | OtherNumber)
}

fn is_mark(c: char) -> bool {
    use GeneralCategory::{EnclosingMark, NonspacingMark, SpacingMark};
    matches!(get_general_category(c), EnclosingMark | NonspacingMark | SpacingMark)
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
                Diagnostic::error(Code::InvalidNodeLabel, format!("a kubelet must not set the label `{}` on itself", key.value))
                    .at(&key.span, "the kubelet would refuse to start")
                    .help(format!(
                        "use your own prefix, or `node.kubernetes.io/{name}`, or set it later: `kubectl label node NODE {}={}`",
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
                    .help("a node can have one taint for each key and effect: remove one of them"),
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
            Diagnostic::error(Code::MissingKey, format!("missing required key `{what}` in a taint"))
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
            Diagnostic::error(Code::InvalidNodeLabel, format!("`{}` is not a valid taint effect", wrong.value))
                .at(&wrong.span, "");
        report.push(match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).patch(&wrong.span, *near),
            None => diagnostic.help(format!("use one of {}", EFFECTS.join(", "))),
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
            Diagnostic::error(Code::InvalidNodeLabel, format!("`{}` is not a valid node {what} key", key.value))
                .at(&key.span, "")
                .help("use up to 63 letters, digits, `-`, `_` and `.`, starting and ending with a letter or digit, after an optional domain and `/`"),
        );
    }
}

fn node_value(value: &Spanned<String>, report: &mut Report) {
    if !is_word(&value.value) {
        report.push(
            Diagnostic::error(Code::InvalidNodeLabel, format!("`{}` is not a valid value for a node label or taint", value.value))
                .at(&value.span, "")
                .help("use up to 63 letters, digits, `-`, `_` and `.`, starting and ending with a letter or digit, or leave it empty"),
        );
    }
}

/// `(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?`, at most 63.
fn is_word(text: &str) -> bool {
    let edge = |b: Option<u8>| b.is_none_or(|b| b.is_ascii_alphanumeric());
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    text.len() <= LONGEST && text.bytes().all(inner) && edge(text.bytes().next()) && edge(text.bytes().next_back())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_those_of_the_class_that_google_names() {
        for valid in ["team", "größe", "日本", "ह", "a१", "x_-9"] {
            assert!(is_label(valid) && begins_with_letter(valid), "{valid}");
        }
        // A vowel sign is a mark; Georgian capitals, titlecase digraphs and modifier letters are no lower-case letters.
        for invalid in ["हि", "Ა", "ǅ", "aʰ", "a.b", "A", &"a".repeat(64)] {
            assert!(!is_label(invalid), "{invalid}");
            assert!(is_label(&mend(invalid)) || invalid.len() == 64, "{} of {invalid}", mend(invalid));
        }
        assert!(!begins_with_letter("1a") && !begins_with_letter("_a") && !begins_with_letter(""));
    }
}
