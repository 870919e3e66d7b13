use super::effect::Effect;
use super::escape::sentence;
use super::{Action, Diff, Severity};
use crate::sanitize;

const RED: &str = "\u{1b}[1;31m";
const YELLOW: &str = "\u{1b}[1;33m";
const BLUE: &str = "\u{1b}[1;34m";
const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const PLAIN: &str = "\u{1b}[0m";

/// For people. The text has ANSI colours; print it through `anstream`, which strips them unless the output is a terminal.
pub fn text(diff: &Diff) -> String {
    let mut out = format!("{BOLD}{}{PLAIN}\n", sanitize::line(&headline(diff)));
    for effect in &diff.effects {
        out.push('\n');
        self::effect(effect, &mut out);
    }
    out.push_str(&format!("\n{DIM}{}{PLAIN}\n", sanitize::text(&footer(diff))));
    out
}

fn headline(diff: &Diff) -> String {
    format!("{} against {}: {}", diff.file, diff.against, diff.headline())
}

/// What the comparison rests on.
fn footer(diff: &Diff) -> String {
    format!("This is what happens if {} is what runs; `terraform plan` compares with what really runs.", diff.against)
}

fn effect(effect: &Effect, out: &mut String) {
    let colour = match effect.severity {
        Severity::Danger => RED,
        Severity::Caution => YELLOW,
        Severity::Info => BLUE,
    };
    let word = match (effect.action, effect.severity) {
        (Action::Refused, _) => "refused",
        (_, severity) => severity.as_str(),
    };
    out.push_str(&format!(
        "{colour}{word}{PLAIN}{BOLD}: {}: {}{PLAIN}\n",
        sanitize::line(&effect.subject),
        sanitize::line(&effect.what)
    ));
    let mut line = |text: &str| out.push_str(&format!("  {}\n", sanitize::line(text)));
    if let Some(cause) = &effect.cause {
        let removed = if cause.removed { " (removed)" } else { "" };
        let key = if cause.key.is_empty() { String::new() } else { format!(" {}", cause.key) };
        line(&format!("--> {}:{}{key}{removed}", cause.file, cause.line));
    }
    if !effect.change.is_empty() {
        line(&effect.change);
    }
    if !effect.why.is_empty() {
        line(&format!("{}.", sentence(effect.why.trim_end_matches('.'))));
    }
    if let (Some((_, sentence)), false) = (effect.when_it_counts(), effect.action == Action::Refused) {
        line(sentence);
    }
    for command in &effect.manual {
        line(&format!("$ {command}"));
    }
}
