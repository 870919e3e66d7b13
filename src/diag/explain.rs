//! The explain page of each code: one file each in `explain/`, shown by `vpcgen explain` and printed in `docs/diagnostics.md`.

use std::fmt::Write as _;

use super::Code;

/// What an example needs around it to be a whole description; keys that it has itself are left out.
const PRELUDE: [(&str, &str); 3] = [("name", "kub"), ("project", "youzhi-lab"), ("region", "asia-southeast1")];

/// The page of a code: a title line, paragraphs, examples, a source.
#[derive(Debug, Clone, Copy)]
pub struct Explanation {
    /// One line that says what is wrong.
    pub title: &'static str,
    /// Everything below it, as Markdown.
    pub body: &'static str,
}

impl Code {
    /// The code with this text.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }

    /// The code that is probably meant.
    pub fn nearest(text: &str) -> Option<Self> {
        let lower = text.to_lowercase().replace(['_', ' '], "-");
        let distance = |code: &Code| strsim::damerau_levenshtein(&lower, code.as_str());
        let near = Self::ALL.iter().copied().min_by_key(distance)?;
        (distance(&near) <= 1 + near.as_str().len() / 4).then_some(near)
    }

    /// Its page.
    pub fn explanation(self) -> Explanation {
        let (title, body) = self.page().split_once('\n').unwrap_or((self.page(), ""));
        Explanation { title: title.trim_start_matches("# "), body: body.trim_matches('\n') }
    }
}

/// An example of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The whole description.
    pub description: String,
    /// The lock beside it, where the page is about locks.
    pub lock: Option<String>,
}

impl Explanation {
    /// The example under this word, `Wrong` or `Right`. `None` where none can be shown.
    pub fn example(&self, which: &str) -> Option<Example> {
        let (_, rest) = self.body.split_once(&format!("{which}:\n"))?;
        let example = ["\nRight:\n", "\nSource:"].iter().fold(rest, |rest, end| rest.split(end).next().unwrap_or(rest));
        let block = |language: &str| Some(example.split_once(&format!("```{language}\n"))?.1.split_once("```")?.0);
        let written = block("yaml")?;
        let has = |key: &str| written.lines().any(|line| line.starts_with(&format!("{key}:")));
        let missing = PRELUDE.iter().filter(|(key, _)| !has(key)).map(|(key, value)| format!("{key}: {value}\n"));
        let description = missing.collect::<String>() + written;
        Some(Example { description, lock: block("json").map(str::to_owned) })
    }
}

/// All codes, a line each.
pub fn index() -> String {
    let width = Code::ALL.iter().map(|code| code.as_str().len()).max().unwrap_or_default();
    let line = |code: &Code| format!("{:width$}  {}\n", code.as_str(), code.explanation().title);
    Code::ALL.iter().map(line).collect()
}

/// All pages as one document: `docs/diagnostics.md`.
pub fn handbook() -> String {
    let mut text = String::from(
        "# Diagnostics\n\nEverything that `vpcgen validate` reports, by code. Codes are stable: none is ever renamed. \
         `vpcgen explain CODE` shows one of these pages.\n\nExamples leave out `name`, `project` and `region` where these do not \
         matter. Generated from `src/diag/explain` by `make docs`.\n\n| code | meaning |\n|---|---|\n",
    );
    for code in Code::ALL {
        let _ = writeln!(text, "| [{code}](#{code}) | {} |", code.explanation().title.replace('|', "\\|"));
    }
    for code in Code::ALL {
        let page = code.explanation();
        let _ = write!(text, "\n## {code}\n\n**{}.**\n\n{}\n", page.title, page.body);
    }
    text
}
