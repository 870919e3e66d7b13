//! The edits of `matrix.txt`, and our answers.

use std::path::PathBuf;

use vpcgen::compile::{Compiled, Document, LockFile, LockPolicy, compile, regardless};
use vpcgen::diag::draw;
use vpcgen::diff::{Diff, Side, compare};

use crate::tools::project;

/// One edit.
#[derive(Debug)]
pub(crate) struct Edit {
    pub(crate) base: String,
    pub(crate) title: String,
    description: Vec<(String, String)>,
    lock: Vec<(String, String)>,
    lock_gone: bool,
    expected: Vec<String>,
}

const MATRIX: &str = "tests/diff/matrix.txt";

/// All edits, in order.
pub(crate) fn all() -> Vec<Edit> {
    let text = std::fs::read_to_string(project(MATRIX)).unwrap();
    let mut all: Vec<Edit> = Vec::new();
    let mut base = String::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("=== ") {
            base = name.to_owned();
        } else if let Some(title) = line.strip_prefix("--- ") {
            all.push(Edit::parse(&format!("base: {base}\ntitle: {title}\n")));
        } else if let Some(edit) = all.last_mut() {
            edit.line(line);
        }
    }
    assert!(all.len() >= 120, "{} edits", all.len());
    all
}

/// A base: the description and the lock that run.
pub(crate) fn base(name: &str) -> Side {
    let read = |file: &str| std::fs::read(project("generated-examples").join(name).join(file)).unwrap();
    Side {
        description: Document::new("cluster.yaml", read("cluster.yaml")),
        lock_name: "cluster.lock.json".to_owned(),
        lock: Some(read("cluster.lock.json")),
    }
}

fn edited(text: &[u8], edits: &[(String, String)], title: &str) -> Vec<u8> {
    let mut text = String::from_utf8(text.to_vec()).unwrap();
    for (old, new) in edits {
        if old.is_empty() {
            text.push_str(new);
            continue;
        }
        assert!(text.contains(old), "{title}: the text has no {old:?}");
        text = text.replacen(old, new, 1);
    }
    text.into_bytes()
}

impl Edit {
    /// One edit in a file of its own: `base:`, `title:`, then the texts as in the matrix.
    pub(crate) fn parse(text: &str) -> Edit {
        let mut edit = Edit {
            base: String::new(),
            title: String::new(),
            description: Vec::new(),
            lock: Vec::new(),
            lock_gone: false,
            expected: Vec::new(),
        };
        for line in text.lines() {
            match (line.strip_prefix("base: "), line.strip_prefix("title: ")) {
                (Some(base), _) => base.clone_into(&mut edit.base),
                (_, Some(title)) => title.clone_into(&mut edit.title),
                _ => edit.line(line),
            }
        }
        edit
    }

    fn line(&mut self, line: &str) {
        let value = |rest: &str| rest.replace("\\n", "\n");
        if line == "lock gone" {
            self.lock_gone = true;
        } else if let Some(old) = line.strip_prefix("lock - ") {
            self.lock.push((value(old), String::new()));
        } else if let Some(new) = line.strip_prefix("lock + ") {
            self.lock.last_mut().expect("a text to replace").1 = value(new);
        } else if let Some(old) = line.strip_prefix("- ") {
            self.description.push((value(old), String::new()));
        } else if let Some(new) = line.strip_prefix("+ ") {
            match self.description.last_mut() {
                Some(last) => last.1 = value(new),
                None => self.description.push((String::new(), value(new))),
            }
        } else if let Some(effect) = line.strip_prefix("> ") {
            self.expected.push(effect.to_owned());
        }
    }

    /// The edited side.
    pub(crate) fn side(&self) -> Side {
        let old = base(&self.base);
        let bytes = edited(&old.description.bytes, &self.description, &self.title);
        let lock = old.lock.map(|lock| edited(&lock, &self.lock, &self.title));
        let lock = if self.lock_gone { Some(fresh(&bytes)) } else { lock };
        Side { description: Document::new("cluster.yaml", bytes), lock_name: old.lock_name, lock }
    }

    pub(crate) fn diff(&self) -> Diff {
        self.diff_against("HEAD")
    }

    pub(crate) fn diff_against(&self, against: &str) -> Diff {
        compare(&base(&self.base), &self.side(), against).unwrap_or_else(|outcome| {
            let reports = outcome.reports();
            panic!(
                "{}: {}",
                self.title,
                reports.iter().map(|(report, source)| draw(report, source)).collect::<String>()
            )
        })
    }
}

/// The lock that a description gets that has none.
fn fresh(description: &[u8]) -> Vec<u8> {
    let outcome = compile(Document::new("cluster.yaml", description), None);
    outcome.compiled.expect("a valid description").lock.text().into_bytes()
}

/// What a side renders; what its lock contradicts, as if the lock agreed.
pub(crate) fn rendered(side: &Side) -> Compiled {
    let lock = LockFile { name: side.lock_name.clone(), bytes: side.lock.clone(), policy: LockPolicy::Update };
    let compiled = compile(side.description.clone(), Some(lock.clone())).compiled;
    compiled.or_else(|| regardless(side.description.clone(), lock)).expect("a valid description")
}

fn answer(diff: &Diff) -> Vec<String> {
    let line = |effect: &vpcgen::diff::Effect| {
        let key = effect.cause.as_ref().map_or("no key".to_owned(), |cause| {
            let removed = if cause.removed { " removed" } else { "" };
            let file = if cause.file == "cluster.yaml" { "" } else { "lock: " };
            format!("{file}{} line {}{removed}", cause.key, cause.line)
        });
        let change = if effect.change.is_empty() { String::new() } else { format!(": {}", effect.change) };
        format!(
            "{} {} {}: {}: {}{change} ({key})",
            effect.severity.as_str(),
            effect.action.as_str(),
            effect.takes_effect.as_str(),
            effect.subject,
            effect.what
        )
    };
    diff.effects.iter().map(line).collect()
}

/// Both sides are valid by themselves.
#[test]
fn every_edit_can_be_compared() {
    let mut wrong = String::new();
    for edit in all() {
        if let Err(outcome) = compare(&base(&edit.base), &edit.side(), "HEAD") {
            let drawn: String = outcome.reports().iter().map(|(report, source)| draw(report, source)).collect();
            wrong += &format!("{}: {}: {drawn}\n", edit.base, edit.title);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_edit_has_its_answer() {
    let edits = all();
    let answers: Vec<Vec<String>> = edits.iter().map(|edit| answer(&edit.diff())).collect();
    if std::env::var_os("VPCGEN_RECORD").is_some() {
        record(&answers);
        return;
    }
    let mut wrong = String::new();
    for (edit, answer) in edits.iter().zip(&answers) {
        if *answer != edit.expected {
            let lines =
                |all: &[String], mark: &str| all.iter().map(|line| format!("  {mark} {line}\n")).collect::<String>();
            wrong += &format!("{}: {}\n{}{}", edit.base, edit.title, lines(&edit.expected, "-"), lines(answer, "+"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn record(answers: &[Vec<String>]) {
    let path: PathBuf = project(MATRIX);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut answers = answers.iter();
    let (mut out, mut pending): (String, Vec<String>) = (String::new(), Vec::new());
    let flush = |out: &mut String, pending: &mut Vec<String>| {
        let blank = out.ends_with("\n\n");
        if blank && !pending.is_empty() {
            out.pop();
        }
        pending.drain(..).for_each(|line| *out += &format!("> {line}\n"));
        if blank && !out.ends_with("\n\n") {
            out.push('\n');
        }
    };
    for line in text.lines().filter(|line| !line.starts_with("> ")) {
        if line.starts_with("--- ") || line.starts_with("=== ") {
            flush(&mut out, &mut pending);
        }
        if line.starts_with("--- ") {
            pending = answers.next().unwrap().clone();
        }
        out += &format!("{line}\n");
    }
    if !pending.is_empty() {
        flush(&mut out, &mut pending);
    }
    std::fs::write(path, out).unwrap();
}

/// What happens to a resource must be said: no resource changes without an effect, and nothing is said of one that does not.
#[test]
fn every_resource_that_changes_is_explained() {
    for edit in all() {
        let diff = edit.diff();
        for change in diff.resources.iter().filter(|change| change.planned != vpcgen::diff::Planned::Nothing) {
            let address = change.address.to_string();
            assert!(
                diff.effects.iter().any(|effect| effect.addresses.contains(&address)),
                "{}: {}: {address} {:?} {:?}",
                edit.base,
                edit.title,
                change.planned,
                change.arguments
            );
        }
    }
}
