use std::io::{self, Write as _};

use camino::Utf8Path;

use super::{Exit, Preset, fail, say, schema};

/// The schema's file, beside the description.
const SCHEMA: &str = "cluster.schema.json";

/// Writes a description to begin with, and beside it the schema that its first line shows editors the way to.
pub(crate) fn init(preset: Preset, file: &Utf8Path) -> Exit {
    let text = format!("# yaml-language-server: $schema={SCHEMA}\n{}", preset.text());
    match create(file, &text) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return fail(format_args!("{file} exists already, and init overwrites nothing"));
        }
        Err(error) => return fail(error),
    }
    match create(&file.with_file_name(SCHEMA), &schema::text()) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return fail(error),
        _ => {}
    }
    say(&format!(
        "{file} is written, and {SCHEMA} for your editor. Put in your project, then: vpcgen render --out .\n"
    ));
    Exit::Done
}

/// `create_new` and not a look beforehand: nothing can come between.
fn create(file: &Utf8Path, text: &str) -> io::Result<()> {
    let mut out = fs_err::OpenOptions::new().write(true).create_new(true).open(file)?;
    out.write_all(text.as_bytes())
}
