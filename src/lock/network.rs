//! Names and ranges of the network. While machines use it, Google changes none of them, except to widen the node range.

use super::agree::Agreement;
use super::{Identity, Lock, list, machines};
use crate::diag::Diagnostic;
use crate::model::PODS_PER_NODE;
use crate::net::Cidr;
use crate::spec;

impl Agreement<'_> {
    fn network(&self) -> Option<&spec::Network> {
        self.spec.network.as_ref()
    }

    pub(super) fn vpc(&self, locked: &Identity) -> Option<Diagnostic> {
        let written = self.network().and_then(|network| network.name.as_ref());
        self.renamed("network", "VPC", &self.cluster.network.name, &locked.network, "name", written)
    }

    pub(super) fn subnet(&self, locked: &Identity) -> Option<Diagnostic> {
        let written = self.network().and_then(|network| network.subnet.as_ref());
        self.renamed("subnet", "subnet", &self.cluster.network.subnet, &locked.subnet, "subnet", written)
    }

    /// `at`: the key in the lock; `key`: the one below `network` in the description.
    fn renamed(
        &self,
        at: &str,
        what: &str,
        now: &str,
        old: &str,
        key: &str,
        written: Option<&crate::source::Spanned<String>>,
    ) -> Option<Diagnostic> {
        if now == old {
            return None;
        }
        let message = format!(
            "the {what} is named `{now}`, but it exists as `{old}`: Terraform would replace it under {}, and Google refuses \
             that half way through the apply",
            machines(self.lock.nodes.len())
        );
        let help = match written {
            Some(_) => format!("change it back; {}", self.if_not_applied()),
            None => format!("set `network.{key}: {old}`; {}", self.if_not_applied()),
        };
        Some(self.contradiction(message, written, &["cluster", at], "the name that exists").back(old).help(help))
    }

    pub(super) fn nodes(&self, locked: &Identity) -> Option<Diagnostic> {
        let (now, old) = (self.cluster.network.nodes, locked.nodes);
        if now.contains(old) {
            return None;
        }
        let message = format!(
            "`network.nodes` is {now}, but the {} have addresses in {old}: Terraform would replace the subnet under them, and \
             Google refuses that half way through the apply",
            machines(self.lock.nodes.len())
        );
        let wider = Cidr::containing(old.network(), old.prefix().saturating_sub(1));
        let written = self.network().and_then(|network| network.nodes.as_ref());
        let help = format!(
            "the node range can only be widened, to a range that contains {old}, such as {wider}; {}",
            self.if_not_applied()
        );
        let contradiction = self.contradiction(message, written, &["cluster", "nodes"], "the range in use");
        Some(contradiction.back(&old.to_string()).help(help))
    }

    pub(super) fn services(&self, locked: &Identity) -> Option<Diagnostic> {
        let (now, old) = (self.cluster.network.services, locked.services);
        if now == old {
            return None;
        }
        let message = format!(
            "`network.services` is {now}, but the API server was started with {old}: applying would succeed, and Services \
             would still get addresses of {old}"
        );
        let written = self.network().and_then(|network| network.services.as_ref());
        let help = match written {
            Some(_) => format!("change it back; {}", self.otherwise("services")),
            None => format!("set `network.services: {old}`; {}", self.otherwise("services")),
        };
        let contradiction = self.contradiction(message, written, &["cluster", "services"], "the range in use");
        Some(contradiction.back(&old.to_string()).help(help))
    }

    pub(super) fn pods(&self) -> Option<Diagnostic> {
        let (now, old) = (self.cluster.network.pods, self.lock.pods);
        if now == old {
            return None;
        }
        let message = format!("`network.pods` is {now}, but the machines have blocks of {old}: {}", self.moved());
        let written = self.network().and_then(|network| network.pods.as_ref());
        let help = match written {
            Some(_) => format!("change it back; {}", self.if_recreated()),
            None => format!("set `network.pods: {old}`; {}", self.if_recreated()),
        };
        Some(self.contradiction(message, written, &["pods"], "the range in use").back(&old.to_string()).help(help))
    }

    pub(super) fn width(&self) -> Option<Diagnostic> {
        let (now, old) = (self.cluster.kubernetes.node_prefix, self.lock.node_prefix);
        if now == old {
            return None;
        }
        let message = format!(
            "`max_pods_per_node` {} needs a /{now} for each node, but the machines have blocks of /{old}: {}",
            self.cluster.kubernetes.max_pods_per_node,
            self.moved()
        );
        let written = self.spec.kubernetes.as_ref().and_then(|kubernetes| kubernetes.max_pods_per_node.as_ref());
        let fits = (PODS_PER_NODE.0..=PODS_PER_NODE.1).filter(|pods| crate::model::node_prefix(*pods) == old);
        let range = fits.clone().min().zip(fits.max());
        let help = match range {
            Some((fewest, most)) => {
                format!("{fewest} to {most} pods per node keep the /{old}; {}", self.if_recreated())
            }
            None => format!("no number of pods per node needs a /{old}; {}", self.if_recreated()),
        };
        let contradiction = self.contradiction(message, written, &["node_prefix"], "the width in use");
        Some(match range {
            Some((fewest, most)) => {
                let nearest = self.cluster.kubernetes.max_pods_per_node.clamp(fewest, most);
                contradiction.number(nearest).help(help)
            }
            None => contradiction.help(help),
        })
    }

    fn if_recreated(&self) -> String {
        format!("if nothing has been applied yet, or every machine may be recreated, delete {}", self.file())
    }

    /// Which machines would get another block if the description were planned as it is.
    fn moved(&self) -> String {
        let fresh = Lock::assign(self.cluster, None);
        let other = |name: &&String| {
            let (old, new) = (self.lock.nodes.get(*name), fresh.nodes.get(*name));
            matches!((old, new), (Some(old), Some(new)) if old.pods != new.pods)
        };
        let names: Vec<&String> = fresh.nodes.keys().filter(other).collect();
        match names.len() {
            0 => "Google does not change a range that machines have addresses of".to_owned(),
            _ => format!("{} would lose the addresses of their running pods", list(&names)),
        }
    }
}
