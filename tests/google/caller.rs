//! The caller of a request: the project owner, or an instance with the token of its service account.

use super::{
    Request, World,
    json::{list, text, texts},
    refusal::Refusal,
    rules,
};

/// The prefix of the tokens that an instance's metadata server issues; the instance's id follows.
const TOKEN: &str = "ya29.stand-in.";

/// The identity that a request is made with.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Caller {
    /// The project owner, who runs `terraform apply`.
    Owner,
    /// A service account, identified by its email address.
    Account(String),
}

/// The access token of an instance's service account.
pub(super) fn token(instance_id: u64) -> String {
    format!("{TOKEN}{instance_id}")
}

/// Terraform sends a fake token, and tests send none. Instances call the APIs by their host names and always need a token.
pub(super) fn of(world: &World, request: &Request) -> Result<Caller, Refusal> {
    let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let id = match token {
        None if request.by_name => {
            let message = "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie \
                           or other valid authentication credential.";
            return Err(rules::TOKEN.refuse(message));
        }
        None => return Ok(Caller::Owner),
        Some(token) => match token.strip_prefix(TOKEN) {
            None if request.by_name => return Err(invalid()),
            None => return Ok(Caller::Owner),
            Some(id) => id,
        },
    };
    let instance = world.all("instances").find(|(_, instance)| instance["id"] == id);
    let account = instance.and_then(|(_, instance)| list(instance, "serviceAccounts").first());
    let account = account.ok_or_else(invalid)?;
    let service = request.path.trim_start_matches('/').split('/').next().unwrap_or_default();
    if !texts(account, "scopes").iter().any(|scope| opens(scope, service)) {
        return Err(rules::INSUFFICIENT_SCOPES.refuse("Request had insufficient authentication scopes."));
    }
    Ok(Caller::Account(text(account, "email").to_owned()))
}

fn invalid() -> Refusal {
    rules::TOKEN.refuse(
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other \
                         valid authentication credential.",
    )
}

/// Whether a token with this scope can call the service at all. Roles then determine what it may do.
fn opens(scope: &str, service: &str) -> bool {
    let scope = scope.trim_start_matches("https://www.googleapis.com/auth/");
    match scope.split('.').next() {
        Some("cloud-platform") => true,
        Some("compute") => service == "compute",
        Some("devstorage") => ["storage", "upload", "download"].contains(&service),
        Some("ndev") => service == "dns",
        _ => false,
    }
}
