use crate::diag::{Code, Levels};

/// The word for all warnings.
const ALL: &str = "warnings";

/// What `--deny` names: `None` for all warnings.
pub(crate) fn denied(text: &str) -> Result<Option<Code>, String> {
    if text == ALL {
        return Ok(None);
    }
    let code = code(text)?;
    match Code::WARNINGS.contains(&code) {
        true => Ok(Some(code)),
        false => Err(format!("`{code}` is always an error")),
    }
}

/// The warning that `--allow` names.
pub(crate) fn allowed(text: &str) -> Result<Code, String> {
    if text == ALL {
        return Err("name the code of each warning to allow".to_owned());
    }
    let code = code(text)?;
    match Code::WARNINGS.contains(&code) {
        true => Ok(code),
        false => Err(format!("`{code}` is an error, and only warnings can be allowed")),
    }
}

fn code(text: &str) -> Result<Code, String> {
    Code::parse(text).ok_or_else(|| match Code::nearest(text) {
        Some(near) => format!("there is no code `{text}`; did you mean `{near}`?"),
        None => format!("there is no code `{text}`; `vpcgen explain` lists them"),
    })
}

/// The levels that the options set together.
///
/// # Errors
/// A code that is both denied and allowed.
pub(crate) fn levels(deny: &[Option<Code>], allow: Vec<Code>) -> Result<Levels, String> {
    let codes: Vec<Code> = deny.iter().copied().flatten().collect();
    match codes.iter().find(|code| allow.contains(code)) {
        Some(code) => Err(format!("`{code}` is both denied and allowed")),
        None => Ok(Levels { deny_warnings: deny.contains(&None), deny: codes, allow }),
    }
}
