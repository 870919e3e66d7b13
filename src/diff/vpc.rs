//! What happens to the VPC and its subnet while machines use them, and to the bucket.

use serde_json::Value;

use super::effect::{Action, Effect, Severity, TakesEffect};
use super::side::Context;
use super::state;
use super::terraform::{Planned, ResourceChange};
use super::words::{arrow, show};

/// A resource with effects of its own; `None`: it is described with its like.
pub(super) fn alone(change: &ResourceChange, subject: &str, context: &Context<'_>) -> Option<Vec<Effect>> {
    let address = change.address.to_string();
    let about = |mut effect: Effect, paths: &[&str]| {
        effect.addresses = vec![address.clone()];
        effect.attributes = paths.iter().map(|path| (*path).to_owned()).collect();
        effect
    };
    if let Some(effect) = state::bucket(change, context) {
        return Some(effect.into_iter().map(|(effect, path)| about(effect, &[path.as_str()])).collect());
    }
    if !matches!(subject, "VPC" | "subnet") || change.planned != Planned::Update {
        return None;
    }
    let effects = change.arguments.iter().map(|argument| {
        let (before, after) = (show(&argument.before), show(&argument.after));
        let lowered = argument.after.as_u64() < argument.before.as_u64();
        let effect = |severity, what: &str| Effect::new(Action::Update, severity, subject, what);
        let effect = match argument.path.as_str() {
            "mtu" => effect(if lowered { Severity::Danger } else { Severity::Caution }, "running machines keep the old MTU until they restart")
                .when(TakesEffect::Reboot)
                .change(arrow("network.mtu", &before, &after))
                .why(match lowered {
                    true => "Machines that restarted drop what larger senders send, and connections hang: replace all of them in one go, one after the other",
                    false => "Until all machines have restarted, packet sizes are mixed",
                })
                .cause(context.keys.cause(&["network.mtu"])),
            "routing_mode" => effect(Severity::Caution, "routes of Cloud Routers in other regions come or go at once")
                .change(arrow("network.routing", &before, &after))
                .cause(context.keys.cause(&["network.routing"])),
            "ip_cidr_range" => effect(Severity::Caution, "the node range is widened while machines run")
                .change(arrow("network.nodes", &before, &after))
                .why("This cannot be undone: Google never narrows a range")
                .cause(context.keys.cause(&["network.nodes"])),
            "private_ip_google_access" => effect(
                if argument.after == true { Severity::Info } else { Severity::Caution },
                if argument.after == true { "machines without an external address reach Google's APIs" } else { "machines without an external address no longer reach Google's APIs" },
            )
            .change(arrow("private_ip_google_access", &before, &after))
            .cause(context.keys.cause(&["control_plane.external_ip", "pools"])),
            "secondary_ip_range" => secondary(&argument.before, &argument.after, context),
            path => effect(Severity::Caution, "it changes in place").change(arrow(path, &before, &after)),
        };
        about(effect, &[&argument.path])
    });
    Some(effects.collect())
}

/// The ranges of pods and Services.
fn secondary(before: &Value, after: &Value, context: &Context<'_>) -> Effect {
    let (old, new) = (&context.old.network, &context.new.network);
    if (&old.pods_range, old.pods) != (&new.pods_range, new.pods) {
        return Effect::new(Action::Refused, Severity::Danger, "subnet", "the pod range is replaced")
            .change(arrow("network.pods", &old.pods.to_string(), &new.pods.to_string()))
            .why("Google refuses to remove a range that machines have blocks of; the plan shows an update")
            .cause(context.keys.cause(&["network.pods", "network.subnet", "region", "name"]));
    }
    let effect = Effect::new(
        Action::Update,
        Severity::Danger,
        "subnet",
        "the service range changes, and the API server keeps the old one",
    );
    if old.services == new.services {
        return effect.change(arrow("secondary_ip_range", &show(before), &show(after)));
    }
    effect
        .change(arrow("network.services", &old.services.to_string(), &new.services.to_string()))
        .why("The apply succeeds; Services still get addresses of the old range, which the VPC no longer reserves")
        .when(TakesEffect::Never)
        .cause(context.keys.cause(&["network.services"]))
}
