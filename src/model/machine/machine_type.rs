//! Machine types: how they are written, what is known of them, and the ones that are meant.

use std::sync::LazyLock;

use super::custom_type::{self, Custom};
use super::family::{self, Family, Feature};
use crate::diag::{Code, Diagnostic, Report};
use crate::model::name;
use crate::model::table::{rows, rows_where};
use crate::source::Spanned;

/// Two processors and 8 GB: what kubeadm asks for, and cheap.
pub(super) const DEFAULT: &str = "e2-standard-2";
/// What `kubeadm init` asks of a machine: processors and MB of memory (`ControlPlaneNumCPU` and `ControlPlaneMem` in
/// kubeadm's `cmd/kubeadm/app/constants/constants.go`).
const KUBEADM: (u32, u32) = (2, 1700);

/// How large a machine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) processors: u32,
    /// MB.
    pub(super) memory: u32,
}

struct Known {
    name: String,
    class: &'static str,
    size: Size,
}

const TABLE: &str = include_str!("../data/machine-types.txt");

/// All of them: for suggestions.
static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| rows(TABLE).flat_map(of_row).collect());

/// The one of this name, read from the rows of its class.
fn find(name: &str) -> Option<Known> {
    rows_where(TABLE, |class| name.starts_with(class)).flat_map(of_row).find(|known| known.name == name)
}

fn of_row(row: Vec<&'static str>) -> impl Iterator<Item = Known> {
    let class = row[0];
    row.into_iter().skip(1).filter_map(move |one| of_table(class, one))
}

/// `4:4:16`: the end of the name (`-`: the class is the whole name), vCPUs, GB.
fn of_table(class: &'static str, one: &str) -> Option<Known> {
    let mut words = one.split(':');
    let (suffix, processors, gb) = (words.next()?, words.next()?, words.next()?);
    let name = if suffix == "-" { class.to_owned() } else { format!("{class}-{suffix}") };
    let memory = (gb.parse::<f64>().ok()? * 1024.0) as u32;
    Some(Known { name, class, size: Size { processors: processors.parse().ok()?, memory } })
}

/// Checks a machine type; `None` where it is not one, so that nothing follows from it.
pub(super) fn check(written: Option<&Spanned<String>>, report: &mut Report) -> Option<String> {
    let Some(written) = written else { return Some(DEFAULT.to_owned()) };
    let text = written.value.as_str();
    if !name::is_name(text) || !text.contains('-') {
        let diagnostic = Diagnostic::error(Code::InvalidMachineType, format!("`{text}` is not a valid machine type"))
            .at(&written.span, "");
        let meant = text.to_lowercase().replace(['_', ' ', '.'], "-");
        report.push(match nearest(&meant) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).patch(&written.span, near),
            None => diagnostic.help("machine types look like e2-standard-2 or n2-custom-4-8192; `gcloud compute machine-types list` shows all of them"),
        });
        return None;
    }
    if let Some(refused) = not_supported(written) {
        report.push(refused);
        return None;
    }
    if let Some(custom) = Custom::parse(text) {
        return custom_type::check(&custom, written, report).then(|| text.to_owned());
    }
    let shared_core = ["e2-custom-micro-", "e2-custom-small-", "e2-custom-medium-"];
    if !shared_core.iter().any(|shared| text.starts_with(shared)) && find(text).is_none() {
        report.push(unknown(written));
    }
    Some(text.to_owned())
}

/// Machine types that exist and that vpcgen cannot render yet: Google or Terraform would refuse them only at apply.
fn not_supported(written: &Spanned<String>) -> Option<Diagnostic> {
    let text = written.value.as_str();
    let family = family_of(text);
    let of_family = |feature| family.is_some_and(|family| family.has(feature));
    let any_part = |of: fn(&str) -> bool| text.split('-').skip(1).any(of);
    let refused = |what: &str, why: &str| {
        Diagnostic::error(Code::NotSupported, format!("`{text}` is not supported yet: {what}")).at(&written.span, why)
    };
    if of_family(Feature::Gpu) {
        let help = "use a machine type without accelerators, such as n2-standard-8";
        return Some(
            refused("it includes GPUs", "Google creates it only with other settings for host maintenance").help(help),
        );
    }
    if any_part(|part| part == "metal") {
        let help = "use a virtual machine type, one without `-metal`";
        return Some(
            refused("it is a bare-metal machine", "which needs another network interface and image").help(help),
        );
    }
    if any_part(|part| part.ends_with("lssd") && part != "nolssd") || of_family(Feature::LocalSsd) {
        let diagnostic = refused("it includes local SSDs", "Terraform would replace the machine at every apply");
        // Without a disk of its own, the machine boots from the default one.
        let boots = family.is_some_and(|family| family.boots_from(super::disk::DEFAULT_TYPE));
        let without = text.strip_suffix("-lssd").filter(|name| find(name).is_some());
        return Some(match without {
            Some(name) if boots => diagnostic.help(format!("use `{name}`")).patch(&written.span, name),
            Some(name) => diagnostic.help(format!("use `{name}`")),
            None => diagnostic.help("use a machine type without local SSDs, such as n2-standard-8"),
        });
    }
    None
}

/// Whether Google can move such a machine to another host while it runs.
pub(super) fn migrates(machine_type: &str) -> bool {
    !family_of(machine_type).is_some_and(|family| family.has(Feature::NoLiveMigration))
}

fn unknown(written: &Spanned<String>) -> Diagnostic {
    let text = written.value.as_str();
    let message = format!("unknown machine type `{text}`");
    let diagnostic = Diagnostic::warning(Code::UnknownMachineType, message).at(&written.span, "");
    let class: Vec<&Known> = KNOWN.iter().filter(|known| is_of(text, known.class)).collect();
    if let Some(first) = class.first() {
        // The family and class are right, so it is the number: the next larger one, else the largest.
        let asked: u32 = text[first.class.len() + 1..].split('-').next().and_then(|n| n.parse().ok()).unwrap_or(0);
        let plain =
            class.iter().filter(|known| known.name[first.class.len() + 1..].bytes().all(|b| b.is_ascii_digit()));
        let near =
            plain.clone().filter(|known| known.size.processors >= asked).min_by_key(|known| known.size.processors);
        if let Some(near) = near.or_else(|| plain.max_by_key(|known| known.size.processors)) {
            let sizes: Vec<&str> = class.iter().map(|known| &known.name[first.class.len() + 1..]).collect();
            let help = format!("`{}` exists with {}: did you mean `{}`?", first.class, sizes.join(", "), near.name);
            return diagnostic.help(help).patch(&written.span, near.name.as_str());
        }
    }
    match nearest(text) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).patch(&written.span, near),
        None => diagnostic
            .help("ignore this if the machine type is new; `gcloud compute machine-types list` shows all of them"),
    }
}

fn is_of(text: &str, class: &str) -> bool {
    text.strip_prefix(class).is_some_and(|rest| rest.starts_with('-'))
}

fn nearest(text: &str) -> Option<&'static str> {
    let distance = |name: &str| strsim::damerau_levenshtein(text, name);
    let near = KNOWN.iter().map(|known| known.name.as_str()).min_by_key(|name| distance(name))?;
    // Another family only where a single character differs: nobody who writes Q7 means C2.
    let family = |name: &str| name.split('-').next().map(str::to_owned);
    let most = if family(near) == family(text) { 2 } else { 1 };
    (distance(near) <= most).then_some(near)
}

/// What the processors of a type are, as messages name it, if that is known.
pub(crate) fn architecture(machine_type: &str) -> Option<&'static str> {
    family_of(machine_type).map(|family| family.architecture.name())
}

/// What is known of a type's family.
pub(crate) fn family_of(machine_type: &str) -> Option<&'static Family> {
    match machine_type.split('-').next()? {
        "custom" => family::find("n1"),
        family => family::find(family),
    }
}

/// Whether a machine of this type takes disks of this type. A machine of an unknown family takes those that are like its boot disk.
pub(crate) fn takes_disk(machine_type: &str, disk: &str, boot_disk: &str) -> bool {
    let generation = |disk: &str| disk.starts_with("hyperdisk-");
    family_of(machine_type).map_or(generation(disk) == generation(boot_disk), |family| family.boots_from(disk))
}

/// How large a machine of this type is, if that is known.
pub(crate) fn size(machine_type: &str) -> Option<Size> {
    if let Some(custom) = Custom::parse(machine_type) {
        return Some(Size { processors: custom.processors, memory: custom.memory });
    }
    find(machine_type).map(|known| known.size)
}

/// kubeadm refuses to make a control plane of a machine that is too small for it.
pub(crate) fn carries_control_plane(written: Option<&Spanned<String>>, machine_type: &str, report: &mut Report) {
    let (Some(written), Some(size)) = (written, size(machine_type)) else { return };
    let (processors, memory) = KUBEADM;
    let enough = |size: &Size| size.processors >= processors && size.memory >= memory;
    if enough(&size) {
        return;
    }
    let message = format!(
        "`{machine_type}` has {} vCPU and {} MB; `kubeadm init` needs at least {processors} vCPUs and {memory} MB",
        size.processors, size.memory
    );
    let same_class = |known: &&Known| is_of(machine_type, known.class) && enough(&known.size);
    let larger = KNOWN.iter().filter(same_class).min_by_key(|known| known.size.processors);
    let larger = larger.map_or(DEFAULT, |known| known.name.as_str());
    report.push(
        Diagnostic::error(Code::MachineTooSmall, message)
            .at(&written.span, "too small for a control plane")
            .help(format!("use `{larger}`"))
            .patch(&written.span, larger),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_the_ones_of_the_table_or_written_in_the_name() {
        assert_eq!(size("e2-standard-2"), Some(Size { processors: 2, memory: 8192 }));
        assert_eq!(size("f1-micro"), Some(Size { processors: 1, memory: 614 }));
        assert_eq!(size("n2-custom-6-20480"), Some(Size { processors: 6, memory: 20_480 }));
        assert_eq!(size("e9-standard-2"), None);
    }

    #[test]
    fn every_type_has_a_family() {
        for known in KNOWN.iter() {
            assert!(family_of(&known.name).is_some(), "{}", known.name);
        }
    }
}
