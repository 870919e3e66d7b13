use std::io::Read as _;

use camino::{Utf8Path, Utf8PathBuf};

use super::{Exit, Preset, boot_size, fail};
use crate::diag::Report;
use crate::lock;
use crate::model::{self, Cluster};
use crate::render::Origin;
use crate::source::Source;
use crate::spec::{self, Spec};
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

impl Input {
    /// The origin of one text on standard output.
    pub(super) fn single(&self) -> Origin {
        match self {
            Input::File(file) => Origin::single(file),
            Input::Preset(preset) => Origin::preset_single(preset.name()),
        }
    }

    /// The origin of a tree in this directory.
    pub(super) fn tree(&self, dir: &Utf8Path) -> Result<Origin, String> {
        Ok(match self {
            Input::File(file) if file == "-" => Origin::tree(file),
            Input::File(file) => Origin::tree(&tree::seen_from(dir, file)?),
            Input::Preset(preset) => Origin::preset_tree(preset.name()),
        })
    }

    /// Where its lock lies; presets and standard input have none.
    pub(super) fn lock(&self) -> Option<Utf8PathBuf> {
        match self {
            Input::File(file) if file != "-" => Some(lock::path(file)),
            _ => None,
        }
    }

    /// Reads it and judges it, without its lock.
    pub(super) fn describe(&self) -> Result<Described, Exit> {
        let source = match self {
            Input::Preset(preset) => Source::new(format!("<preset {}>", preset.name()), preset.text()),
            Input::File(file) => match spec::decode(name(file), read(file).map_err(fail)?) {
                Ok(source) => source,
                Err((source, report)) => return Ok(Described { source, report, spec: None, cluster: None }),
            },
        };
        let mut report = Report::default();
        let spec = spec::read(&source, &mut report);
        let cluster = spec.as_ref().and_then(|spec| {
            let cluster = model::validate(spec, &mut report)?;
            boot_size::check(&source, spec, &cluster, &mut report);
            (!report.has_errors()).then_some(cluster)
        });
        Ok(Described { source, report, spec, cluster })
    }
}

/// The text, what there is to say about it, and what it describes if it describes anything.
pub(super) struct Described {
    pub(super) source: Source,
    pub(super) report: Report,
    pub(super) spec: Option<Spec>,
    pub(super) cluster: Option<Cluster>,
}

fn name(file: &Utf8Path) -> &str {
    if file == "-" { "<stdin>" } else { file.as_str() }
}

fn read(file: &Utf8Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = if file == "-" {
        std::io::stdin().lock().take(MOST_BYTES).read_to_end(&mut bytes)
    } else {
        fs_err::File::open(file).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes))
    };
    match read {
        Ok(_) => Ok(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(format!("there is no file {file}; `vpcgen init` writes one to begin with"))
        }
        Err(error) => Err(error.to_string()),
    }
}
