//! The CIS Kubernetes Benchmark as data, held against a machine: each item holds, or has its reason in the table.
#![allow(dead_code, reason = "each level uses only part of it")]

mod benchmark;

use std::{cell::RefCell, collections::BTreeMap};

pub(crate) use benchmark::Item;
use serde_json::Value;

/// Something that the benchmark asks of a machine.
pub(crate) enum Check {
    /// A flag of a static pod.
    Flag(&'static str, &'static str, Wanted),
    /// A field of the kubelet's configuration, as a JSON pointer.
    Kubelet(&'static str, Wanted),
    /// Every file below a folder with this ending, at least one, has no permission beyond these.
    Mode(&'static str, &'static str, u32),
    /// The same files belong to root.
    Owner(&'static str, &'static str),
    /// A file contains this text.
    Contains(&'static str, &'static str),
}

/// What the value of a flag or field must be.
pub(crate) enum Wanted {
    Present,
    Absent,
    Is(&'static str),
    Not(&'static str),
    /// This, or not given where it is the default.
    SameOrAbsent(&'static str),
    AtLeast(u64),
    /// A list that contains it.
    Has(&'static str),
    HasNot(&'static str),
    /// A list of nothing but these.
    OneOf(&'static [&'static str]),
}

impl Wanted {
    fn fits(&self, value: Option<&str>) -> bool {
        let mut parts = value.into_iter().flat_map(|value| value.split(','));
        match self {
            Wanted::Present => value.is_some(),
            Wanted::Absent => value.is_none(),
            Wanted::Is(wanted) => value == Some(wanted),
            Wanted::Not(wanted) => value != Some(wanted),
            Wanted::SameOrAbsent(wanted) => value.is_none_or(|value| value == *wanted),
            Wanted::AtLeast(least) => {
                value.and_then(|value| value.parse().ok()).is_some_and(|number: u64| number >= *least)
            }
            Wanted::Has(wanted) => parts.any(|part| part == *wanted),
            Wanted::HasNot(wanted) => parts.all(|part| part != *wanted),
            Wanted::OneOf(all) => value.is_some() && parts.all(|part| all.contains(&part)),
        }
    }
}

/// Runs a command of the shell on a machine.
pub(crate) type Shell<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// What does not hold on a machine. A control plane is held against the items for nodes too.
pub(crate) fn failures(control_plane: bool, shell: Shell<'_>) -> Vec<String> {
    // Many items read the same file.
    let said = RefCell::new(BTreeMap::new());
    let once = |script: &str| said.borrow_mut().entry(script.to_owned()).or_insert_with(|| shell(script)).clone();
    let control_planes = if control_plane { benchmark::CONTROL_PLANE } else { &[] };
    control_planes.iter().chain(benchmark::NODE).filter_map(|item| failure(item, &once)).collect()
}

/// The numbers of all items, and the number of those with a reason.
pub(crate) fn numbers() -> (Vec<&'static str>, usize) {
    let all = || benchmark::CONTROL_PLANE.iter().chain(benchmark::NODE);
    (all().map(|item| item.number).collect(), all().filter(|item| item.reason.is_some()).count())
}

/// Whether the table has a reason why an item is not met.
pub(crate) fn has_reason(number: &str) -> bool {
    let mut all = benchmark::CONTROL_PLANE.iter().chain(benchmark::NODE);
    all.any(|item| item.number == number && item.reason.is_some())
}

fn failure(item: &Item, shell: Shell<'_>) -> Option<String> {
    let failed = item.checks.iter().find_map(|check| check.run(shell).err());
    match (failed, item.reason) {
        (Some(failed), None) => Some(format!("CIS {}: {failed}", item.number)),
        (None, Some(reason)) if !item.checks.is_empty() => {
            Some(format!("CIS {} holds now, so its reason is out of date: {reason}", item.number))
        }
        _ => None,
    }
}

impl Check {
    fn run(&self, shell: Shell<'_>) -> Result<(), String> {
        match self {
            Check::Flag(pod, flag, wanted) => {
                let manifest = shell(&format!("cat /etc/kubernetes/manifests/{pod}.yaml"))?;
                let flag = format!("- --{flag}=");
                let values: Vec<&str> = manifest.lines().filter_map(|line| line.trim().strip_prefix(&flag)).collect();
                match values.as_slice() {
                    [] if wanted.fits(None) => Ok(()),
                    [value] if wanted.fits(Some(value)) => Ok(()),
                    values => Err(format!("{pod}: {flag}{values:?}")),
                }
            }
            Check::Kubelet(pointer, wanted) => {
                let text = shell("cat /var/lib/kubelet/config.yaml")?;
                let config: Value = serde_saphyr::from_str(&text).map_err(|error| error.to_string())?;
                let value = config.pointer(pointer).map(plain);
                if wanted.fits(value.as_deref()) { Ok(()) } else { Err(format!("kubelet: {pointer} is {value:?}")) }
            }
            Check::Mode(folder, ending, most) => files(folder, ending, shell, |mode, _| mode & !most == 0),
            Check::Owner(folder, ending) => files(folder, ending, shell, |_, owner| owner == "root:root"),
            Check::Contains(path, wanted) => {
                let text = shell(&format!("cat {path}"))?;
                if text.contains(wanted) { Ok(()) } else { Err(format!("{path}: no {wanted:?}")) }
            }
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn files(folder: &str, ending: &str, shell: Shell<'_>, right: impl Fn(u32, &str) -> bool) -> Result<(), String> {
    let found = shell(&format!("find {folder} -mindepth 1 -maxdepth 2 -printf '%m %u:%g %p\\n'"))?;
    let files: Vec<&str> = found.lines().filter(|line| line.ends_with(ending)).collect();
    if files.is_empty() {
        return Err(format!("{folder}: no file {ending}"));
    }
    let wrong = files.into_iter().find(|line| {
        let mut words = line.split(' ');
        let mode = words.next().and_then(|mode| u32::from_str_radix(mode, 8).ok());
        !mode.zip(words.next()).is_some_and(|(mode, owner)| right(mode, owner))
    });
    wrong.map_or(Ok(()), |line| Err(line.to_owned()))
}
