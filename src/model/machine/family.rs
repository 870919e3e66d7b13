//! Machine families: their processors, the boot disks they take, the custom types they have.

use std::sync::LazyLock;

use crate::model::table::rows;

/// A processor architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Architecture {
    /// x86-64, amd64.
    X86,
    /// Arm64.
    Arm,
}

impl Architecture {
    /// A column of a table.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "x86" => Some(Self::X86),
            "arm" => Some(Self::Arm),
            _ => None,
        }
    }

    /// As messages name it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::X86 => "x86",
            Self::Arm => "Arm",
        }
    }
}

/// What is known of a machine family.
#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) name: &'static str,
    pub(super) architecture: Architecture,
    /// Boot disk types that it refuses.
    refuses: Vec<&'static str>,
    /// Custom types.
    pub(super) custom: CustomRule,
    /// What every machine of the family includes, or cannot do.
    feature: Option<Feature>,
}

/// A property that all machines of a family share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feature {
    /// Accelerators are part of the machine type.
    Gpu,
    /// Local SSDs are part of the machine type.
    LocalSsd,
    /// Host maintenance stops and restarts the machine, because it cannot migrate.
    NoLiveMigration,
}

impl Family {
    /// Whether a machine of the family boots from this type of disk, as far as is known.
    pub(super) fn boots_from(&self, disk: &str) -> bool {
        !self.refuses.contains(&disk)
    }

    /// Whether its machines have this property.
    pub(super) fn has(&self, feature: Feature) -> bool {
        self.feature == Some(feature)
    }
}

/// Which custom types a family has.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum CustomRule {
    /// None.
    No,
    /// Unknown, or only what holds for all.
    Common,
    /// These numbers of processors, in order; MB for each; whether there is extended memory.
    Known { processors: Vec<u32>, memory: (u32, u32), extended: bool },
}

static FAMILIES: LazyLock<Vec<Family>> = LazyLock::new(|| {
    rows(include_str!("../data/machine-families.txt"))
        .map(|row| Family {
            name: row[0],
            architecture: if row[1] == "arm" { Architecture::Arm } else { Architecture::X86 },
            refuses: row[2].split(',').filter(|disk| *disk != "-").collect(),
            custom: match row[3] {
                "no" => CustomRule::No,
                "-" | "yes" => CustomRule::Common,
                rule => known(rule).expect("a test reads every row"),
            },
            feature: match row[4] {
                "gpu" => Some(Feature::Gpu),
                "local-ssd" => Some(Feature::LocalSsd),
                "no-migration" => Some(Feature::NoLiveMigration),
                _ => None,
            },
        })
        .collect()
});

/// `2-32/2,36-128/4:512-8192+ext`.
fn known(rule: &str) -> Option<CustomRule> {
    let (processors, memory) = rule.split_once(':')?;
    let mut all = Vec::new();
    for part in processors.split(',') {
        match part.split_once('/') {
            None => all.push(part.parse().ok()?),
            Some((range, step)) => {
                let (from, to) = range.split_once('-')?;
                let (from, to): (u32, u32) = (from.parse().ok()?, to.parse().ok()?);
                all.extend((from..=to).step_by(step.parse().ok()?));
            }
        }
    }
    let (memory, extended) = memory.strip_suffix("+ext").map_or((memory, false), |memory| (memory, true));
    let (least, most) = memory.split_once('-')?;
    Some(CustomRule::Known { processors: all, memory: (least.parse().ok()?, most.parse().ok()?), extended })
}

/// The family of this name.
pub(super) fn find(name: &str) -> Option<&'static Family> {
    FAMILIES.iter().find(|family| family.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads() {
        let n2 = find("n2").unwrap();
        let CustomRule::Known { processors, memory, extended } = &n2.custom else { panic!("{:?}", n2.custom) };
        assert!(processors.contains(&32) && !processors.contains(&34) && processors.contains(&36));
        assert_eq!((*memory, *extended), ((512, 8192), true));
        assert!(!find("c4").unwrap().boots_from("pd-balanced") && find("c4").unwrap().boots_from("hyperdisk-balanced"));
        assert_eq!(find("t2a").unwrap().architecture, Architecture::Arm);
        assert!(find("g2").unwrap().has(Feature::Gpu) && find("h3").unwrap().has(Feature::NoLiveMigration));
        assert_eq!(FAMILIES.len(), 34);
    }
}
