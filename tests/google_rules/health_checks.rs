//! Health checks.

use serde_json::{Value, json};

use crate::{
    google::rules,
    requests::{Case, Request, case, post, with_all},
};

/// Requests that the stand-in must reject.
#[rustfmt::skip]
pub(crate) fn cases() -> Vec<Case> {
    let older = |fields: Value| post("global/httpHealthChecks", with_all(json!({"name": "h"}), &fields));
    vec![
        case(&rules::HEALTH_CHECK_TYPE, check(json!({"type": "PING"}))),
        case(&rules::HEALTH_CHECK_TYPE, check(json!({"httpHealthCheck": {"port": 80}}))),
        case(&rules::HEALTH_CHECK_PORT, check(json!({"httpsHealthCheck": {"port": 65536}}))),
        case(&rules::HEALTH_CHECK_PORT, older(json!({"port": 0}))),
        case(&rules::HEALTH_CHECK_TIMES, check(json!({"checkIntervalSec": 5, "timeoutSec": 6}))),
        case(&rules::HEALTH_CHECK_TIMES, check(json!({"checkIntervalSec": 301}))),
        case(&rules::HEALTH_CHECK_TIMES, check(json!({"unhealthyThreshold": 11}))),
        case(&rules::HEALTH_CHECK_TIMES, older(json!({"timeoutSec": 400}))),
    ]
}

/// A valid regional health check with some fields replaced.
pub(crate) fn check(fields: Value) -> Request {
    let check = json!({"name": "h", "type": "HTTPS", "httpsHealthCheck": {"port": 6443, "requestPath": "/readyz"}});
    post("regions/us-east1/healthChecks", with_all(check, &fields))
}
