use std::io::{ErrorKind, Read as _};

use camino::{Utf8Path, Utf8PathBuf};

use super::{Exit, Preset, fail};
use crate::compile::{Document, LockFile, LockPolicy, Outcome, compile};
use crate::diag::Diagnostic;
use crate::lock;
use crate::render::Origin;
use crate::tree;

/// More than any description; the rest is not read.
const MOST_BYTES: u64 = (1 << 20) + 1;

/// Where a description comes from.
#[derive(Debug)]
pub(crate) enum Input {
    /// A file; `-` is standard input.
    File(Utf8PathBuf),
    /// Built in.
    Preset(Preset),
}

/// What was read, and what it means.
pub(super) struct Compiling {
    pub(super) outcome: Outcome,
    /// The lock's file as it is now; `None`: it does not exist, or the description cannot have one.
    pub(super) lock_bytes: Option<Vec<u8>>,
}

impl Input {
    /// The origin of one text on standard output.
    pub(super) fn single(&self) -> Origin {
        match self {
            Input::File(file) => Origin::single(file),
            Input::Preset(preset) => Origin::preset_single(preset.name()),
        }
    }

    /// The origin of a tree.
    pub(super) fn tree(&self, dir: &Utf8Path) -> Origin {
        match self {
            Input::File(file) if file == "-" => Origin::tree(file),
            Input::File(file) => Origin::tree(&tree::seen_from(dir, file)),
            Input::Preset(preset) => Origin::preset_tree(preset.name()),
        }
    }

    /// Where its lock lies; presets and standard input have none.
    pub(super) fn lock(&self) -> Option<Utf8PathBuf> {
        match self {
            Input::File(file) if file != "-" => Some(lock::path(file)),
            _ => None,
        }
    }

    /// Reads the description and its lock, and compiles them.
    pub(super) fn compile(&self, policy: LockPolicy) -> Result<Compiling, Exit> {
        let description = match self {
            Input::Preset(preset) => Document::new(format!("<preset {}>", preset.name()), preset.text()),
            Input::File(file) => Document::new(name(file), read_description(file).map_err(fail)?),
        };
        let Some(path) = self.lock() else {
            if policy == LockPolicy::Frozen {
                return Err(fail("`--locked` needs a description in a file: nothing else has a lock"));
            }
            return Ok(Compiling { outcome: compile(description, None), lock_bytes: None });
        };
        let lock_bytes = read_lock(&path).map_err(fail)?;
        let lock = LockFile { name: path.into_string(), bytes: lock_bytes.clone(), policy };
        let mut outcome = compile(description, Some(lock));
        if let Some(error) = self.shared_lock() {
            outcome.description.report.push(error);
            outcome.compiled = None;
        }
        Ok(Compiling { outcome, lock_bytes })
    }

    /// Another description beside this one that has the same lock; not this one by another name.
    fn shared_lock(&self) -> Option<Diagnostic> {
        let Input::File(file) = self else { return None };
        let real = file.canonicalize().ok();
        lock::shared(file, |other| other.canonicalize().is_ok_and(|other| Some(other) != real))
    }
}

fn name(file: &Utf8Path) -> &str {
    if file == "-" { "<stdin>" } else { file.as_str() }
}

fn read_description(file: &Utf8Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = if file == "-" {
        std::io::stdin().lock().take(MOST_BYTES).read_to_end(&mut bytes)
    } else {
        fs_err::File::open(file).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes))
    };
    match read {
        Ok(_) => Ok(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(format!("there is no file {file}; `vpcgen init` writes one to begin with"))
        }
        Err(error) => Err(error.to_string()),
    }
}

fn read_lock(path: &Utf8Path) -> Result<Option<Vec<u8>>, String> {
    let mut bytes = Vec::new();
    let most = lock::MOST_BYTES as u64 + 1;
    match fs_err::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes)) {
        Ok(_) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}
