//! For a comment on a pull request: the sentence that counts first, what is dangerous under it, then a table, and the rest folded.

use indexmap::IndexMap;

use super::effect::Effect;
use super::escape::{cell, code, fenced, inline, sentence};
use super::terraform::Planned;
use super::words::count;
use super::{Action, Diff, Severity};

/// GitHub takes 65,536 characters.
const MOST: usize = 60_000;
/// What is said of sections that were left out.
const ROOM: usize = 500;

/// The hidden first line, by which a comment is found again.
pub fn marker(file: &str) -> String {
    format!("<!-- vpcgen-diff: {} -->", file.replace("--", "-").replace('>', ""))
}

/// A comment of at most 60,000 characters. Where it would be longer, whole sections are left out, and named.
pub fn markdown(diff: &Diff) -> String {
    let (file, against) = (code(&diff.file), code(&diff.against));
    let verdict = match diff.severity() {
        Some(Severity::Danger) => "🔴 danger",
        Some(Severity::Caution) => "🟠 caution",
        _ => "🔵 nothing is interrupted",
    };
    let mut out = format!(
        "{}\n**vpcgen: {}** · {verdict} ({}, {file} against {against})\n",
        marker(&diff.file),
        inline(&diff.headline()),
        inline(&diff.cluster)
    );
    let footer = format!(
        "\n<sub>This is what happens if {against} is what runs; `terraform plan` compares with what really runs.</sub>\n"
    );
    let mut left_out = Vec::new();
    for (title, section) in sections(diff) {
        let length = |text: &str| text.chars().count();
        if length(&out) + length(&section) + length(&footer) + ROOM > MOST {
            left_out.push(title);
        } else {
            out.push('\n');
            out.push_str(&section);
        }
    }
    if !left_out.is_empty() {
        out.push_str(&format!(
            "\n**Left out, because a comment has {MOST} characters at most: {}.** `vpcgen diff` prints everything.\n",
            left_out.join(", ")
        ));
    }
    out + &footer
}

fn sections(diff: &Diff) -> Vec<(&'static str, String)> {
    let of = |severities: &[Severity]| -> Vec<&Effect> {
        diff.effects.iter().filter(|effect| severities.contains(&effect.severity)).collect()
    };
    let (danger, noticed, quiet) =
        (of(&[Severity::Danger]), of(&[Severity::Danger, Severity::Caution]), of(&[Severity::Info]));
    let mut all = Vec::new();
    if !danger.is_empty() {
        all.push(("the alert", alert(&danger)));
    }
    if !noticed.is_empty() {
        all.push(("the table", table(&noticed)));
    }
    let manual = commands(&diff.effects);
    if !manual.is_empty() {
        let title = if danger.is_empty() { "Commands" } else { "What to do" };
        all.push(("commands", details(title, &manual)));
    }
    if !quiet.is_empty() {
        let title = format!("{} that interrupt nothing", count(quiet.len(), "change"));
        all.push((
            "changes that interrupt nothing",
            details(&title.replace("1 change that interrupt ", "1 change that interrupts "), &table(&quiet)),
        ));
    }
    if !diff.assigned.is_empty() || !diff.released.is_empty() {
        all.push(("pod addresses", addresses(diff)));
    }
    let changed = diff.resources.iter().filter(|change| change.planned != Planned::Nothing);
    let lines: String = changed
        .map(|change| {
            let sign = match change.planned {
                Planned::Create => "+  ",
                Planned::Delete => "-  ",
                Planned::Replace => "-/+",
                Planned::Update | Planned::Nothing => "~  ",
            };
            format!("{sign} {}\n", change.address)
        })
        .collect();
    if !lines.is_empty() {
        let refused = diff.effects.iter().any(|effect| effect.action == Action::Refused && effect.subject == "cluster");
        let whose = if refused { "What Terraform would plan if vpcgen rendered this" } else { "Terraform's plan" };
        let title = format!("{whose}: {}", count(lines.lines().count(), "resource"));
        all.push(("Terraform's plan", details(&title, &fenced("diff", &lines))));
    }
    all
}

/// At the top level, with blank lines around it, or GitHub shows it as a quotation.
fn alert(danger: &[&Effect]) -> String {
    let mut text = "> [!CAUTION]\n".to_owned();
    for effect in danger.iter().take(MOST_LISTED) {
        let says = [effect.what.as_str(), effect.change.as_str(), effect.why.as_str()];
        let says: Vec<String> =
            says.into_iter().filter(|part| !part.is_empty()).map(|part| inline(&sentence(part))).collect();
        text.push_str(&format!("> - **{}**: {}\n", inline(&effect.subject), says.join(". ")));
    }
    if danger.len() > MOST_LISTED {
        text.push_str(&format!("> - and {} more, in the table\n", danger.len() - MOST_LISTED));
    }
    text
}

/// In the alert.
const MOST_LISTED: usize = 5;
/// In a table; the rest is counted.
const MOST_ROWS: usize = 60;

fn table(effects: &[&Effect]) -> String {
    let mut text = "| | what happens | cause |\n|---|---|---|\n".to_owned();
    for effect in effects.iter().take(MOST_ROWS) {
        text.push_str(&row(effect));
    }
    if effects.len() > MOST_ROWS {
        text.push_str(&format!("| | and {} more: `vpcgen diff` prints all | |\n", effects.len() - MOST_ROWS));
    }
    text
}

fn row(effect: &Effect) -> String {
    let sign = match effect.severity {
        Severity::Danger => "🔴",
        Severity::Caution => "🟠",
        Severity::Info => "🔵",
    };
    let mut says = format!("**{}**: {}", cell(&effect.subject), cell(&effect.what));
    if !effect.change.is_empty() {
        says.push_str(&format!("<br>{}", cell(&effect.change)));
    }
    // The alert says it of what is dangerous.
    if !effect.why.is_empty() && effect.severity != Severity::Danger {
        says.push_str(&format!("<br>{}", cell(&effect.why)));
    }
    let cause = effect.cause.as_ref().map_or(String::new(), |cause| {
        let removed = if cause.removed { ", removed" } else { "" };
        let place = cell(&format!("{}:{}{removed}", cause.file, cause.line));
        if cause.key.is_empty() { place } else { format!("{}<br>{place}", cell(&format!("`{}`", cause.key))) }
    });
    let action = match (effect.action, effect.when_it_counts()) {
        (Action::Refused, _) | (_, None) => effect.action.as_str().to_owned(),
        (action, Some((short, _))) => format!("{}, {short}", action.as_str()),
    };
    format!("| {sign} {action} | {says} | {cause} |\n")
}

/// Each list of commands once, with everything that it is for.
fn commands(effects: &[Effect]) -> String {
    let mut all: IndexMap<&[String], Vec<String>> = IndexMap::new();
    for effect in effects.iter().filter(|effect| !effect.manual.is_empty()) {
        let title = format!("**{}**: {}", inline(&effect.subject), inline(&effect.what));
        all.entry(&effect.manual).or_default().push(title);
    }
    let block = |(commands, titles): (&[String], Vec<String>)| {
        let lines: String = commands.iter().map(|command| format!("{command}\n")).collect();
        format!("{}\n\n{}\n", titles.join("<br>\n"), fenced("sh", &lines))
    };
    all.into_iter().map(block).collect()
}

fn details(title: &str, text: &str) -> String {
    format!("<details><summary>{title}</summary>\n\n{}\n\n</details>\n", text.trim_end())
}

fn addresses(diff: &Diff) -> String {
    let block = |(name, pods): &(String, crate::net::Cidr)| format!("{name} {pods}\n");
    let list = |title: &str, all: &[(String, crate::net::Cidr)]| match all.is_empty() {
        true => String::new(),
        false => {
            let mut lines: String = all.iter().take(MOST_ROWS).map(block).collect();
            if all.len() > MOST_ROWS {
                lines.push_str(&format!("and {} more\n", all.len() - MOST_ROWS));
            }
            format!("{title}:\n\n{}\n", fenced("", &lines))
        }
    };
    let title =
        format!("Pod addresses: {} assigned, {} released", count(diff.assigned.len(), "block"), diff.released.len());
    details(&title, &format!("{}{}", list("Assigned", &diff.assigned), list("Released", &diff.released)))
}
