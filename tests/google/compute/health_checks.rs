//! Health checks: global and regional ones, which backend services use, and legacy HTTP ones, which target pools use.

use serde_json::{Value, json};

use super::{Collection, Place, Within, no_action};
use crate::google::{
    World,
    json::{default, number, text},
    refusal::Refusal,
    rules,
};

/// The global collection.
pub(crate) static GLOBAL: Collection = within(Within::Global);

/// The regional collection.
pub(crate) static REGIONAL: Collection = within(Within::Region);

const fn within(within: Within) -> Collection {
    Collection { name: "healthChecks", kind: "compute#healthCheck", within, check, fixed: &[], act: no_action }
}

/// Legacy HTTP health checks.
pub(crate) static HTTP: Collection = Collection {
    name: "httpHealthChecks",
    kind: "compute#httpHealthCheck",
    within: Within::Global,
    check: check_http,
    fixed: &[],
    act: no_action,
};

/// Each type, its settings field, and its default port.
const TYPES: [(&str, &str, u16); 6] = [
    ("TCP", "tcpHealthCheck", 80),
    ("SSL", "sslHealthCheck", 443),
    ("HTTP", "httpHealthCheck", 80),
    ("HTTPS", "httpsHealthCheck", 443),
    ("HTTP2", "http2HealthCheck", 443),
    ("GRPC", "grpcHealthCheck", 443),
];

/// The settings of a checked health check.
pub(in crate::google) fn block(check: &Value) -> &Value {
    TYPES.iter().find(|(name, ..)| check["type"] == *name).map_or(check, |(_, block, _)| &check[*block])
}

fn check(_: &mut World, _: &Place, check: &mut Value) -> Result<(), Refusal> {
    let Some((name, block, port)) = TYPES.iter().find(|(name, ..)| check["type"] == *name) else {
        return Err(rules::HEALTH_CHECK_TYPE.field("resource.type", &check["type"], "Unknown health check type."));
    };
    if let Some((_, other, _)) = TYPES.iter().find(|(_, other, _)| other != block && !check[*other].is_null()) {
        let why = format!("The field does not match the health check type '{name}'.");
        return Err(rules::HEALTH_CHECK_TYPE.field(format!("resource.{other}"), &check[*other], why));
    }
    check[*block] = check[*block].as_object().map_or(json!({}), |fields| fields.clone().into());
    let settings = &mut check[*block];
    if settings["portSpecification"].is_null() || settings["portSpecification"] == "USE_FIXED_PORT" {
        default(settings, "port", *port);
    }
    check_port(settings)?;
    if *name != "GRPC" {
        default(settings, "proxyHeader", "NONE");
    }
    if name.starts_with("HTTP") {
        default(settings, "requestPath", "/");
    }
    check_times(check)?;
    default(check, "logConfig", json!({"enable": false}));
    Ok(())
}

fn check_http(_: &mut World, _: &Place, check: &mut Value) -> Result<(), Refusal> {
    default(check, "port", 80);
    default(check, "requestPath", "/");
    check_port(check)?;
    check_times(check)
}

fn check_port(settings: &Value) -> Result<(), Refusal> {
    if settings["port"].is_null() || number(settings, "port").is_some_and(|port| (1..=65535).contains(&port)) {
        return Ok(());
    }
    Err(rules::HEALTH_CHECK_PORT.field("resource.port", &settings["port"], "Must be between 1 and 65535."))
}

fn check_times(check: &mut Value) -> Result<(), Refusal> {
    let limits = [
        ("checkIntervalSec", 5, 300),
        ("timeoutSec", 5, 300),
        ("healthyThreshold", 2, 10),
        ("unhealthyThreshold", 2, 10),
    ];
    for (field, usual, most) in limits {
        default(check, field, usual);
        if !number(check, field).is_some_and(|number| (1..=most).contains(&number)) {
            let why = format!("Must be between 1 and {most}.");
            return Err(rules::HEALTH_CHECK_TIMES.field(format!("resource.{field}"), &check[field], why));
        }
    }
    if number(check, "timeoutSec") > number(check, "checkIntervalSec") {
        let why = format!(
            "Timeout must not be greater than the check interval of {} ({}).",
            text(check, "name"),
            check["checkIntervalSec"]
        );
        return Err(rules::HEALTH_CHECK_TIMES.field("resource.timeoutSec", &check["timeoutSec"], why));
    }
    Ok(())
}
