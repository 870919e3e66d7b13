use std::fmt;
use std::io::{ErrorKind, Read as _};

use camino::{Utf8Path, Utf8PathBuf};

use super::Preset;
use crate::compile::{Document, LockFile, LockPolicy, Outcome, compile};
use crate::diag::{Code, Diagnostic, Report};
use crate::diff::Side;
use crate::lock;
use crate::render::{Origin, argument};
use crate::sanitize;
use crate::source::Source;
use crate::tree;

/// One byte more than the largest description allowed; anything beyond is not read.
const MOST_BYTES: u64 = (1 << 20) + 1;

/// Most files are read at once.
const USUAL_BYTES: usize = 8 << 10;

/// The description to use if none is given.
pub(super) const DEFAULT: &str = "cluster.yaml";
/// The fallback if none is given and [`DEFAULT`] does not exist.
const OTHER_DEFAULT: &str = "cluster.yml";

/// The source of a description.
#[derive(Debug)]
pub(crate) enum Input {
    /// A file; `-` is standard input.
    File(Utf8PathBuf),
    /// A built-in description.
    Preset(Preset),
}

/// Why an input could not be read.
#[derive(Debug)]
pub(super) struct InputError {
    /// The file that the error is about.
    name: String,
    code: Code,
    message: String,
    help: String,
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.help)
    }
}

impl InputError {
    /// The error as a report on an empty file.
    pub(super) fn report(&self) -> (Report, Source) {
        let mut report = Report::default();
        report.push(Diagnostic::error(self.code, self.message.as_str()).help(self.help.as_str()));
        (report, Source::new(self.name.as_str(), ""))
    }
}

/// A compiled description, and the content of its lock file.
pub(super) struct Compiling {
    pub(super) outcome: Outcome,
    /// The current content of the lock file; `None` if it does not exist or the description cannot have one.
    pub(super) lock_bytes: Option<Vec<u8>>,
}

impl Input {
    /// The origin of a single file on standard output.
    pub(super) fn single(&self) -> Origin {
        match self {
            Input::File(file) => Origin::single(file),
            Input::Preset(preset) => Origin::preset_single(preset.name()),
        }
    }

    /// The origin of a tree in `dir`.
    pub(super) fn tree(&self, dir: &Utf8Path) -> Result<Origin, String> {
        Ok(match self {
            Input::File(file) if file == "-" => Origin::tree(file),
            Input::File(file) => Origin::tree(&tree::relative_path(dir, file)?),
            Input::Preset(preset) => Origin::preset_tree(preset.name()),
        })
    }

    /// A command that reads it.
    pub(super) fn command(&self, verb: &str) -> String {
        let argument = match self {
            Input::File(file) if file == DEFAULT => String::new(),
            Input::File(file) => format!(" {}", argument(file)),
            Input::Preset(preset) => format!(" --preset {}", preset.name()),
        };
        sanitize::line(&format!("vpcgen {verb}{argument}")).into_owned()
    }

    /// The path of its lock; presets and standard input have none.
    pub(super) fn lock(&self) -> Option<Utf8PathBuf> {
        match self {
            Input::File(file) if file != "-" => Some(lock::path(file)),
            _ => None,
        }
    }

    /// The named file, or else the description in the current directory.
    pub(crate) fn file(named: Option<Utf8PathBuf>) -> Self {
        let found = if exists(OTHER_DEFAULT.into()) && !exists(DEFAULT.into()) { OTHER_DEFAULT } else { DEFAULT };
        Input::File(named.unwrap_or_else(|| found.into()))
    }

    /// Reads the description and its lock, and compiles them.
    pub(super) fn compile(&self, policy: LockPolicy) -> Result<Compiling, InputError> {
        let description = match self {
            Input::Preset(preset) => Document::new(format!("<preset {}>", preset.name()), preset.text()),
            Input::File(file) => Document::new(name(file), read_description(file)?),
        };
        let Some(path) = self.lock() else {
            if policy == LockPolicy::Frozen {
                return Err(InputError {
                    name: description.name,
                    code: Code::LockBehind,
                    message: "`--locked` needs a description in a file".to_owned(),
                    help: "presets and standard input have no lock".to_owned(),
                });
            }
            return Ok(Compiling { outcome: compile(description, None), lock_bytes: None });
        };
        let lock_bytes = read_lock(&path)?;
        let lock = LockFile { name: path.into_string(), bytes: lock_bytes.clone(), policy };
        let mut outcome = compile(description, Some(lock));
        if let Some(error) = self.shared_lock() {
            outcome.description.report.push(error);
            outcome.compiled = None;
        }
        Ok(Compiling { outcome, lock_bytes })
    }

    /// An error if another description in the same directory uses the same lock file. Another name for this file does not count.
    fn shared_lock(&self) -> Option<Diagnostic> {
        let Input::File(file) = self else { return None };
        let real = file.canonicalize().ok();
        lock::shared(file, |other| other.canonicalize().is_ok_and(|path| Some(path) != real) && is_description(other))
    }
}

/// A YAML file counts as a description even if it has errors. A file with another extension could be anything, so it counts only if
/// it compiles; only then could vpcgen write its lock.
fn is_description(file: &Utf8Path) -> bool {
    let yaml = matches!(file.extension(), Some("yaml" | "yml"));
    yaml || (file.is_file()
        && read_description(file)
            .is_ok_and(|bytes| compile(Document::new(file.as_str(), bytes), None).compiled.is_some()))
}

/// The description in the current directory.
pub(super) fn found() -> Utf8PathBuf {
    match Input::file(None) {
        Input::File(file) => file,
        Input::Preset(_) => DEFAULT.into(),
    }
}

/// A directory stands for the description in it.
pub(super) fn in_directory(file: &Utf8Path) -> Utf8PathBuf {
    if !file.is_dir() {
        return file.to_owned();
    }
    let (first, other) = (file.join(DEFAULT), file.join(OTHER_DEFAULT));
    if exists(&other) && !exists(&first) { other } else { first }
}

/// A description and the lock beside it, to be compared.
pub(super) fn side(file: &Utf8Path) -> Result<Side, InputError> {
    let path = lock::path(file);
    let lock = if file == "-" { None } else { read_lock(&path)? };
    Ok(Side { description: Document::new(name(file), read_description(file)?), lock_name: path.into_string(), lock })
}

fn exists(file: &Utf8Path) -> bool {
    file.symlink_metadata().is_ok()
}

/// The same name with the other YAML extension, if that file exists: both would share one lock.
pub(super) fn twin(file: &Utf8Path) -> Option<Utf8PathBuf> {
    let other = match file.extension() {
        Some("yaml") => file.with_extension("yml"),
        Some("yml") => file.with_extension("yaml"),
        _ => return None,
    };
    exists(&other).then_some(other)
}

fn name(file: &Utf8Path) -> &str {
    if file == "-" { "<stdin>" } else { file.as_str() }
}

fn read_description(file: &Utf8Path) -> Result<Vec<u8>, InputError> {
    let mut bytes = Vec::with_capacity(USUAL_BYTES);
    let read = if file == "-" {
        std::io::stdin().lock().take(MOST_BYTES).read_to_end(&mut bytes)
    } else {
        fs_err::File::open(file).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes))
    };
    match read {
        Ok(_) => Ok(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let help = match twin(file) {
                Some(other) => format!("did you mean {other}?"),
                None => "run `vpcgen init` to create one".to_owned(),
            };
            Err(unreadable(name(file), format!("there is no file {file}"), &help))
        }
        Err(error) => Err(unreadable(name(file), error.to_string(), "make it readable, or specify another file")),
    }
}

fn read_lock(path: &Utf8Path) -> Result<Option<Vec<u8>>, InputError> {
    let mut bytes = Vec::with_capacity(USUAL_BYTES);
    let most = lock::MOST_BYTES as u64 + 1;
    match fs_err::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)) {
        Ok(_) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path.as_str(), error.to_string(), "restore the lock file from Git")),
    }
}

fn unreadable(name: &str, message: String, help: &str) -> InputError {
    InputError { name: name.to_owned(), code: Code::Unreadable, message, help: help.to_owned() }
}
