//! Keys that differ without a resource that does: what they do is outside a plan, or nothing.

use super::effect::{Action, Effect, Severity, TakesEffect};
use super::side::Context;
use super::words::arrow;

/// The effects of keys that no other effect is about.
pub(super) fn effects(context: &Context<'_>) -> Vec<Effect> {
    let mut all = Vec::new();
    let unclaimed = context.keys.unclaimed();
    let backend = |plan: &crate::plan::Plan| {
        plan.backend.as_ref().map(|backend| format!("gs://{}/{}", backend.bucket, backend.prefix))
    };
    let (before, after) = (backend(context.old), backend(context.new));
    if before != after {
        let text = |backend: Option<String>| backend.unwrap_or_else(|| "a local file".to_owned());
        let effect = Effect::new(Action::Update, Severity::Caution, "state", "Terraform's state moves")
            .change(arrow("terraform.backend", &text(before), &text(after)))
            .why("Until the state is copied, Terraform refuses to plan. Without it, a plan would create everything a second time")
            .manual("terraform init -migrate-state");
        all.push(effect.cause(context.keys.cause(&["terraform.backend"])));
    }
    if context.old.module != context.new.module {
        let what = if context.new.module { "the tree becomes a module" } else { "the tree is no longer a module" };
        let effect = Effect::new(Action::Update, Severity::Danger, "state", what)
            .change(arrow("terraform.module", &context.old.module.to_string(), &context.new.module.to_string()))
            .why(
                "Every resource gets another address: a plan destroys all of them and creates them again, until they are moved in the state. \
                 State disks refuse that (prevent_destroy)",
            )
            .manual("terraform state mv 'google_compute_network.vpc' 'module.NAME.google_compute_network.vpc'   # and so on, for each address of terraform state list");
        all.push(effect.cause(context.keys.cause(&["terraform.module"])));
    }
    for key in unclaimed.iter().filter(|key| *key == "zones" || key.ends_with(".zones")) {
        let Some((before, after)) = context.keys.values(key) else { continue };
        let text = |value: &str| if value.is_empty() { "default".to_owned() } else { value.to_owned() };
        let effect = Effect::new(Action::Update, Severity::Info, "cluster", "existing machines keep their zones")
            .when(TakesEffect::Never)
            .change(arrow(key, &text(before), &text(after)))
            .why("The lock records each machine's zone; new machines go to the new zones. To move one, change its zone in the lock");
        all.push(effect.cause(context.keys.cause(&[key])));
    }
    all
}
