use super::{Backend, Terraform};
use crate::diag::{Code, Diagnostic, Report};
use crate::spec;

/// How the generated Terraform is used.
pub(super) fn check(terraform: Option<&spec::Terraform>, report: &mut Report) -> Terraform {
    let gcs = terraform.and_then(|t| t.backend.as_ref()).and_then(|backend| backend.gcs.as_ref());
    let module = terraform.and_then(|t| t.module.as_ref());
    if let (Some(gcs), Some(module)) = (gcs, module.filter(|module| module.value)) {
        report.push(
            Diagnostic::error(Code::InvalidBackend, "a module cannot have a backend")
                .at(&gcs.value.bucket.as_ref().map_or(gcs.span.clone(), |bucket| bucket.span.clone()), "")
                .and(&module.span, "a module")
                .help("remove `module` or `backend`; the root module that calls this one has the backend"),
        );
    }
    let backend = gcs.and_then(|gcs| {
        let Some(bucket) = &gcs.value.bucket else {
            let diagnostic = Diagnostic::error(Code::MissingKey, "missing required key `bucket` in the backend `gcs`");
            report.push(diagnostic.at(&gcs.span, "").help("add `bucket: my-terraform-state`"));
            return None;
        };
        if !is_bucket(&bucket.value) {
            let diagnostic =
                Diagnostic::error(Code::InvalidBackend, format!("`{}` is not a valid bucket name", bucket.value))
                    .at(&bucket.span, "");
            let bare = bucket.value.trim_start_matches("gs://").to_lowercase();
            let (bare, folder) = bare.split_once('/').unwrap_or((&bare, ""));
            let help = match folder.trim_end_matches('/') {
                "" => "use 3 to 63 lower-case letters, digits, `-`, `_` and `.`, starting and ending with a letter or digit".to_owned(),
                folder => format!("write only the bucket here, and `prefix: {folder}` beside it"),
            };
            let diagnostic = if is_bucket(bare) { diagnostic.patch(&bucket.span, bare) } else { diagnostic };
            report.push(diagnostic.help(help));
        }
        let prefix = gcs.value.prefix.as_ref().map(|prefix| prefix.value.clone()).unwrap_or_default();
        if let Some(wrong) = gcs.value.prefix.as_ref().filter(|p| p.value.chars().any(char::is_control) || p.value.starts_with('/')) {
            let message = "`prefix` must not start with a slash or contain control characters";
            let diagnostic = Diagnostic::error(Code::InvalidBackend, message).at(&wrong.span, "");
            let bare = wrong.value.trim_start_matches('/');
            let diagnostic = if !bare.is_empty() && !bare.chars().any(char::is_control) {
                diagnostic.patch(&wrong.span, bare)
            } else {
                diagnostic
            };
            report.push(diagnostic.help("write it like `clusters/kub`"));
        }
        Some(Backend { bucket: bucket.value.clone(), prefix })
    });
    Terraform { backend, module: module.is_some_and(|module| module.value) }
}

/// cloud.google.com/storage/docs/buckets#naming; dotted names of up to 222 characters are domains and never state buckets.
fn is_bucket(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
    let edge = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    (3..=63).contains(&text.len())
        && text.bytes().all(inner)
        && edge(text.bytes().next())
        && edge(text.bytes().next_back())
}
