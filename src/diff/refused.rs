//! What the lock of the running cluster says against the new description.

use super::Cause;
use super::effect::{Action, Effect, Severity, TakesEffect};
use super::side::Context;
use crate::diag::Diagnostic;
use crate::source::Source;

/// Each contradiction as an effect. `renders`: the lock was changed as well, so vpcgen renders the description all the same.
pub(super) fn contradictions(all: &[Diagnostic], renders: bool, context: &Context<'_>, source: &Source) -> Vec<Effect> {
    let effect = |diagnostic: &Diagnostic| {
        let (action, what) = match renders {
            false => (Action::Refused, "vpcgen refuses to render this"),
            true => (Action::Update, "the lock was changed as well, so vpcgen renders this"),
        };
        let cause = match (&diagnostic.primary, &diagnostic.elsewhere) {
            (Some(label), _) => Some(Cause {
                key: context.keys.key_at(label.span.start).unwrap_or_default(),
                file: source.name.clone(),
                line: source.position(label.span.start).0,
                removed: false,
            }),
            (None, Some(elsewhere)) => Some(Cause {
                key: String::new(),
                file: elsewhere.source.name.clone(),
                line: elsewhere.source.position(elsewhere.label.span.start).0,
                removed: false,
            }),
            (None, None) => None,
        };
        let cause = cause.map(|cause| {
            // Where a key was removed, its old line says more than the lock's.
            let removed = first_key(&diagnostic.message).and_then(|key| context.keys.at(key));
            if cause.key.is_empty() { removed.unwrap_or(cause) } else { cause }
        });
        if let Some(cause) = &cause {
            context.keys.cause(&[&cause.key]);
        }
        let takes_effect = if renders { TakesEffect::Now } else { TakesEffect::Never };
        let mut effect = Effect::new(action, Severity::Danger, "cluster", what).when(takes_effect).cause(cause);
        effect.change = diagnostic.message.clone();
        effect.why = diagnostic.help.clone().unwrap_or_default();
        effect
    };
    all.iter().map(effect).collect()
}

/// The first key that a message names: `` `network.pods` is … ``
fn first_key(message: &str) -> Option<&str> {
    message.split('`').nth(1)
}
