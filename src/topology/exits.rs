//! The ways out.

use super::View;
use super::sources::first;
use crate::diag::quantity;
use crate::plan::{Group, Plan};

/// Groups that are named; of more, the rest is counted.
const MOST_GROUPS: usize = 3;

/// A way out of the VPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exit {
    /// What it is.
    pub name: String,
    /// For whom, or how.
    pub words: String,
    /// Where it leads, line by line; `None`: nowhere, because there is no way out.
    pub to: Option<Vec<String>>,
}

/// Every way out of the VPC, and who has none to the internet.
pub(super) fn all(plan: &Plan) -> Vec<Exit> {
    let internet = || Some(vec!["The internet".to_owned()]);
    let (public, private): (Vec<&Group>, Vec<&Group>) =
        plan.groups().filter(|group| !group.nodes.is_empty()).partition(|group| group.external_ip);
    let everyone = |groups: &[&Group]| {
        if groups.len() == public.len() + private.len() { "all machines".to_owned() } else { list(groups) }
    };
    let mut exits = Vec::new();
    if let Some(nat) = &plan.network.nat {
        let words = match private.is_empty() {
            true => "Cloud NAT, unused".to_owned(),
            false => format!("Cloud NAT for {}", everyone(&private)),
        };
        exits.push(Exit { name: nat.clone(), words, to: internet() });
    } else if !private.is_empty() {
        let words = format!("for {}", everyone(&private));
        exits.push(Exit { name: "No way to the internet".to_owned(), words, to: None });
    }
    if !public.is_empty() {
        let words = format!("of {}", everyone(&public));
        exits.push(Exit { name: "External addresses".to_owned(), words, to: internet() });
    }
    if plan.network.private_google_access {
        let words = "without an external address".to_owned();
        exits.push(Exit {
            name: "Private Google Access".to_owned(),
            words,
            to: Some(vec!["Google's APIs".to_owned()]),
        });
    }
    if !plan.network.peers.is_empty() {
        let peers: Vec<String> = plan.network.peers.iter().map(ToString::to_string).collect();
        let word = if peers.len() == 1 { "Peer" } else { "Peers" };
        let words = "pods keep their own addresses".to_owned();
        exits.push(Exit {
            name: "Not masqueraded".to_owned(),
            words,
            to: Some(std::iter::once(word.to_owned()).chain(first(&peers)).collect()),
        });
    }
    exits
}

/// Where the ways out lead, each once.
pub(super) fn destinations<'a>(view: &'a View<'_>) -> Vec<&'a [String]> {
    let mut all: Vec<&[String]> = Vec::new();
    for to in view.exits.iter().filter_map(|exit| exit.to.as_deref()) {
        if !all.contains(&to) {
            all.push(to);
        }
    }
    all
}

/// `the control plane, web and batch`.
fn list(groups: &[&Group]) -> String {
    let mut names: Vec<String> = groups
        .iter()
        .map(|group| if group.label == "control_plane" { "the control plane".to_owned() } else { group.name.clone() })
        .collect();
    if names.len() > MOST_GROUPS + 1 {
        let more = names.split_off(MOST_GROUPS).len();
        names.push(quantity(more as u64, "more pool"));
    }
    match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{} and {last}", before.join(", ")),
        None => String::new(),
    }
}
