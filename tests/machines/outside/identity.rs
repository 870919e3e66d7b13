//! Identity tokens: who an instance is, signed by Google, for anyone who knows Google's public keys. Here another key signs, and is served
//! where Google's are.
//! https://cloud.google.com/compute/docs/instances/verifying-instance-identity

use std::{
    path::Path,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use rustls::{
    SignatureScheme,
    pki_types::{PrivateKeyDer, pem::PemObject as _},
    sign::SigningKey,
};
use serde_json::{Value, json};

use super::{
    PROJECT_NUMBER,
    http::{Request, Response},
};
use crate::google::state::Instance;

const ISSUER: &str = "https://accounts.google.com";
const VALID_FOR_SECONDS: u64 = 3600;

/// Signs identity tokens, and publishes the key to verify them with.
pub(crate) struct Signer {
    key: Arc<dyn SigningKey>,
    public: Value,
}

impl Signer {
    /// Reads the key that `prepare/certificates` made.
    pub(crate) fn read(folder: &Path) -> Signer {
        let key = PrivateKeyDer::from_pem_file(folder.join("identity.key")).expect("a key");
        let key = rustls::crypto::ring::sign::any_supported_type(&key).expect("an RSA key");
        let modulus = std::fs::read_to_string(folder.join("identity.modulus")).expect("the key's modulus");
        let modulus = modulus.trim().trim_start_matches("Modulus=");
        let bytes = (0..modulus.len()).step_by(2).map(|at| u8::from_str_radix(&modulus[at..at + 2], 16).expect("hex"));
        let n = BASE64.encode(bytes.collect::<Vec<u8>>());
        let public = json!({"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1", "e": "AQAB", "n": n});
        Signer { key, public }
    }

    /// An instance's token for an audience, with all claims.
    pub(crate) fn token(&self, instance: &Instance, audience: &str) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs();
        let email = instance.service_account.as_ref().map(|account| account.email.as_str()).unwrap_or_default();
        let claims = json!({
            "aud": audience, "azp": instance.id.to_string(), "sub": instance.id.to_string(),
            "email": email, "email_verified": true,
            "iss": ISSUER, "iat": now, "exp": now + VALID_FOR_SECONDS,
            "google": {"compute_engine": {
                "instance_creation_timestamp": now, "instance_id": instance.id.to_string(), "instance_name": instance.name,
                "project_id": instance.project, "project_number": PROJECT_NUMBER, "zone": instance.zone,
            }},
        });
        let part = |value: &Value| BASE64.encode(value.to_string());
        let signed = format!("{}.{}", part(&json!({"alg": "RS256", "kid": "1", "typ": "JWT"})), part(&claims));
        let signer = self.key.choose_scheme(&[SignatureScheme::RSA_PKCS1_SHA256]).expect("an RSA key");
        let signature = signer.sign(signed.as_bytes()).expect("a signature");
        format!("{signed}.{}", BASE64.encode(signature))
    }

    /// Answers requests for the keys, and nothing else.
    pub(crate) fn answer(&self, request: &Request) -> Option<Response> {
        let body = match (request.host(), request.path()) {
            ("accounts.google.com", "/.well-known/openid-configuration") => json!({
                "issuer": ISSUER, "jwks_uri": "https://www.googleapis.com/oauth2/v3/certs",
                "response_types_supported": ["id_token"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
            }),
            ("www.googleapis.com", "/oauth2/v3/certs") => json!({"keys": [self.public]}),
            _ => return None,
        };
        Some(Response::text(200, body.to_string()).with("Content-Type", "application/json"))
    }
}
