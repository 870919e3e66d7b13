//! Snapshots of etcd: their bucket, how often they are taken, how long they are kept.

use super::{Backup, Derived};
use crate::diag::{Code, Diagnostic, Report, thousands};
use crate::source::Spanned;
use crate::spec::{self, BackupSettings, Spec};

/// In minutes. The machines look every five minutes whether a snapshot is due.
const INTERVAL: (u32, u32) = (15, 24 * 60);
/// In days.
const KEPT: (u32, u32) = (1, 3650);

/// The settings, or `None` where there are no snapshots. `project` and `cluster`: where they are valid.
pub(super) fn check(spec: &Spec, project: Option<&str>, cluster: Option<&str>, report: &mut Report) -> Option<Backup> {
    let default = BackupSettings::default();
    let settings = match spec.backup.as_ref().map(|backup| &backup.value) {
        Some(spec::Backup::Switch(false)) => return None,
        Some(spec::Backup::Settings(settings)) => settings,
        Some(spec::Backup::Switch(true)) | None => &default,
    };
    let derived = project.zip(cluster).map(|(project, cluster)| Derived(cluster).backup_bucket(project));
    let every = settings.every.as_ref().map_or(60, |every| interval(every, report));
    let days = |written: Option<&Spanned<String>>, default, report: &mut Report| {
        written.map_or(default, |written| days(written, report))
    };
    let keep_hourly = days(settings.keep_hourly.as_ref(), 7, report);
    let keep_daily = days(settings.keep_daily.as_ref(), 90, report);
    let bucket = match &settings.bucket {
        Some(written) => bucket(written, report),
        None => derived.inspect(|bucket| check_derived(bucket, spec, report)),
    };
    Some(Backup { bucket: bucket.unwrap_or_default(), every, keep_hourly, keep_daily })
}

/// cloud.google.com/storage/docs/buckets#naming. Names with dots are domains, which their owner must verify.
fn is_bucket(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    let edge = |b: Option<u8>| b.is_some_and(|b| b != b'-' && b != b'_');
    (3..=63).contains(&text.len())
        && text.bytes().all(inner)
        && edge(text.bytes().next())
        && edge(text.bytes().next_back())
}

/// What Google allows in no bucket's name: its own name, and common misspellings of it.
fn is_reserved(text: &str) -> bool {
    text.starts_with("goog") || text.contains("google") || text.contains("g00gle")
}

fn bucket(written: &Spanned<String>, report: &mut Report) -> Option<String> {
    let text = &written.value;
    if is_bucket(text) && !is_reserved(text) {
        return Some(text.clone());
    }
    let error = |message: String| Diagnostic::error(Code::InvalidBackup, message).at(&written.span, "");
    if is_bucket(text) {
        let message = format!("the bucket name `{text}` is reserved by Google");
        report.push(error(message).help("choose a name that neither starts with `goog` nor contains `google`"));
        return None;
    }
    let bare = text.trim_start_matches("gs://").trim_end_matches('/').to_lowercase().replace('.', "-");
    let diagnostic = error(format!("`{text}` is not a valid bucket name"));
    let diagnostic =
        if is_bucket(&bare) && !is_reserved(&bare) { diagnostic.patch(&written.span, bare) } else { diagnostic };
    report.push(
        diagnostic
            .help("use 3 to 63 lower-case letters, digits, `-` and `_`, starting and ending with a letter or digit"),
    );
    None
}

/// The derived name has valid characters, and at most 30 + 17 + 6 of them.
fn check_derived(bucket: &str, spec: &Spec, report: &mut Report) {
    if !is_reserved(bucket) {
        return;
    }
    let message = format!("the bucket for etcd's snapshots cannot be named `{bucket}`: Google reserves such names");
    let diagnostic = Diagnostic::error(Code::InvalidBackup, message)
        .help("set `backup.bucket` to a name that neither starts with `goog` nor contains `google`");
    let (project, name) = (spec.project.as_ref(), spec.name.as_ref());
    let cause = [project, name].into_iter().flatten().find(|part| is_reserved(&part.value)).or(project);
    report.push(match cause {
        Some(cause) => diagnostic.at(&cause.span, "the bucket is named after it"),
        None => diagnostic,
    });
}

fn interval(written: &Spanned<String>, report: &mut Report) -> u32 {
    let unit = |unit, minutes: u32| number(&written.value, unit).and_then(|number| number.checked_mul(minutes));
    let minutes = unit('m', 1).or_else(|| unit('h', 60));
    if let Some(minutes) = minutes.filter(|minutes| (INTERVAL.0..=INTERVAL.1).contains(minutes)) {
        return minutes;
    }
    let message = match minutes {
        Some(_) => format!("a snapshot every {}; it must be every 15m to 24h", written.value),
        None => format!("`{}` is not a valid interval", written.value),
    };
    let help = "write minutes or hours, from 15m to 24h, such as `1h`";
    report.push(Diagnostic::error(Code::InvalidBackup, message).at(&written.span, "").help(help));
    60
}

fn days(written: &Spanned<String>, report: &mut Report) -> u32 {
    let days = number(&written.value, 'd');
    if let Some(days) = days.filter(|days| (KEPT.0..=KEPT.1).contains(days)) {
        return days;
    }
    let message = match days {
        Some(_) => format!("snapshots kept for {}; it must be {}d to {}d", written.value, KEPT.0, KEPT.1),
        None => format!("`{}` is not a number of days", written.value),
    };
    let most = thousands(u64::from(KEPT.1));
    let help = format!("write days, from 1 to {most}, such as `7d`");
    report.push(Diagnostic::error(Code::InvalidBackup, message).at(&written.span, "").help(help));
    1
}

/// A number with a unit behind it.
fn number(text: &str, unit: char) -> Option<u32> {
    let digits = text.strip_suffix(unit)?;
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_a_unit() {
        assert_eq!((number("30m", 'm'), number("7d", 'd')), (Some(30), Some(7)));
        for wrong in ["", "d", "7", "+7d", "-7d", "7.5d", "7 d", "99999999999d", "7h"] {
            assert_eq!(number(wrong, 'd'), None, "{wrong}");
        }
    }

    #[test]
    fn bucket_names_follow_googles_rules() {
        for right in ["my-bucket", "a_b", "1ab"] {
            assert!(is_bucket(right) && !is_reserved(right), "{right}");
        }
        for wrong in ["ab", "-ab", "ab_", "A-b", "a.b.c", &"a".repeat(64)] {
            assert!(!is_bucket(wrong), "{wrong}");
        }
        assert!(is_reserved("goog-x") && is_reserved("my-google-x"));
    }
}
