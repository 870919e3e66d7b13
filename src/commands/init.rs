use std::io::Write as _;

use camino::Utf8Path;

use super::{Exit, Preset, fail, say};

/// Writes a description to begin with.
pub(crate) fn init(preset: Preset, file: &Utf8Path) -> Exit {
    // `create_new` and not a look beforehand: nothing can come between.
    let written = fs_err::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
        .and_then(|mut out| out.write_all(preset.text().as_bytes()));
    match written {
        Ok(()) => {
            say(&format!("{file} is written. Put in your project, then: vpcgen render --out .\n"));
            Exit::Done
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            fail(format_args!("{file} exists already, and init overwrites nothing"))
        }
        Err(error) => fail(error),
    }
}
