//! The JSON Schema: a validator accepts the examples, and it and the parser agree. Both refuse a wrong shape, vpcgen refuses whatever
//! the schema refuses, and the schema accepts whatever vpcgen accepts.

use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};
use vpcgen::diag::Code;
use vpcgen::render::Origin;
use vpcgen::spec;

mod support;
use support::{check, cluster, compile_valid, examples};

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| jsonschema::draft202012::new(&spec::schema()).unwrap());

/// Every key that there is.
fn everything() -> Value {
    let machine = json!({
        "names": ["some-name"], "machine_type": "n2-standard-4", "external_ip": true, "secure_boot": true,
        "image": "projects/ubuntu-os-cloud/global/images/family/ubuntu-2404-lts-amd64",
        "disk": {"size": 50, "type": "pd-ssd", "keep": false},
        "service_account": "nodes@some-project.iam.gserviceaccount.com",
    });
    let mut pool = machine.clone();
    pool["names"] = json!(["first", "second"]);
    let more = json!({
        "count": 2, "zones": ["europe-west1-b"], "spot": true, "labels": {"a.io/b": "c", "d": 7},
        "taints": [{"key": "k", "value": "v", "effect": "NoSchedule"}],
    });
    pool.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mut control_plane = machine;
    control_plane["count"] = json!(1);
    control_plane["state_disk"] = json!({"size": 30, "type": "pd-balanced"});
    control_plane["service_account"] = json!("control-plane@some-project.iam.gserviceaccount.com");
    json!({
        "name": "kub", "project": "some-project", "region": "europe-west1", "zones": ["europe-west1-b", "europe-west1-c"],
        "labels": {"team": "platform", "tier": 1},
        "kubernetes": {"version": "1.36", "max_pods_per_node": 60, "pod_security": "restricted", "encrypt_secrets": true},
        "network": {
            "name": "some-vpc", "subnet": "some-subnet", "mtu": 1500, "routing": "global", "nodes": "10.0.0.0/20",
            "pods": "10.4.0.0/14", "services": "10.8.0.0/20", "peers": ["10.64.0.0/16"], "nat": true, "ip_forward": false, "policy": true,
        },
        "access": {"ssh": ["10.64.0.0/16"], "api": ["10.64.0.0/16"], "os_login": false},
        "firewall": {"some-rule": {"allow": ["tcp:22", "udp:1-2", "icmp", 47], "from": ["10.0.0.0/8"], "to": "nodes"}},
        "control_plane": control_plane,
        "pools": {"web": pool, "batch": {"count": 1}},
        "addons": {"disk_csi": false, "metrics_server": true},
        "backup": {"bucket": "some-bucket", "every": "30m", "keep_hourly": "3d", "keep_daily": "30d"},
        "terraform": {"backend": {"gcs": {"bucket": "some-bucket", "prefix": "some/prefix"}}, "module": false},
    })
}

#[test]
fn the_committed_copy_is_what_the_command_prints() {
    let committed = include_str!("../docs/cluster.schema.json");
    assert!(committed == format!("{:#}\n", spec::schema()), "run `make docs`");
}

#[test]
fn the_examples_and_every_key_are_valid() {
    let texts = examples().into_iter().map(|dir| std::fs::read_to_string(dir.join("cluster.yaml")).unwrap());
    for text in texts.chain([everything().to_string()]) {
        cluster(&text);
        let value: Value = serde_saphyr::from_str(&text).unwrap();
        let errors: Vec<String> = SCHEMA.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:?}\n{text}");
    }
}

/// What the schema describes and none of these values has, each with the keys that lead there.
fn missing(schema: &Value, root: &Value, values: &[&Value], path: &str, found: &mut Vec<String>) {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => root.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    };
    if let Some(properties) = schema["properties"].as_object() {
        assert_eq!(schema["additionalProperties"], json!(false), "{path}");
        for (key, property) in properties {
            let path = format!("{path}.{key}");
            assert!(property["description"].is_string(), "{path} is not described");
            let below: Vec<&Value> = values.iter().filter_map(|value| value.get(key)).collect();
            if below.is_empty() {
                found.push(path);
            } else {
                missing(property, root, &below, &path, found);
            }
        }
    } else if schema["additionalProperties"].is_object() {
        let below: Vec<&Value> =
            values.iter().filter_map(|value| value.as_object()).flat_map(|map| map.values()).collect();
        missing(&schema["additionalProperties"], root, &below, &format!("{path}.*"), found);
    }
    for either in schema["anyOf"].as_array().into_iter().flatten() {
        missing(either, root, values, path, found);
    }
    if schema["items"].is_object() {
        let below: Vec<&Value> = values.iter().filter_map(|value| value.as_array()).flatten().collect();
        missing(&schema["items"], root, &below, &format!("{path}[]"), found);
    }
}

/// `everything` is everything: each property of the schema is in it, at its place, and none takes a key that does not exist.
#[test]
fn no_key_is_forgotten_and_each_is_described() {
    let schema = spec::schema();
    let whole = everything();
    let mut found = Vec::new();
    missing(&schema, &schema, &[&whole], "", &mut found);
    assert!(found.is_empty(), "{found:?}");
    // Without a key anywhere, the walk says so.
    let mut all = Vec::new();
    places(&whole, "", &mut all);
    let keys: Vec<_> =
        all.iter().filter(|place| matches!(whole.pointer(parent(place)), Some(Value::Object(_)))).collect();
    let named = ["/labels/", "/firewall/", "/pools/web/labels/", "/pools/"];
    let mut removed = 0;
    for place in keys.iter().filter(|place| !place.is_empty()) {
        let (above, key) = place.rsplit_once('/').unwrap();
        if named.contains(&format!("{above}/").as_str()) || above == "/pools/batch" {
            continue;
        }
        let mut less = whole.clone();
        less.pointer_mut(above).unwrap().as_object_mut().unwrap().remove(&key.replace("~1", "/"));
        // Another pool has a number of nodes too.
        if *place != "/pools/web/count" {
            let mut found = Vec::new();
            missing(&schema, &schema, &[&less], "", &mut found);
            assert!(!found.is_empty(), "{place} is not missed");
            removed += 1;
        }
    }
    assert!(removed > 50, "{removed}");
    for refused in ["autoscale", "gpu", "local_ssd", "existing"] {
        assert!(!schema.to_string().contains(&format!("\"{refused}\":")), "{refused} is refused");
    }
}

/// The place that holds this one.
fn parent(place: &str) -> &str {
    place.rsplit_once('/').map_or("", |(above, _)| above)
}

/// The schema's defaults, written out, change nothing.
#[test]
fn the_defaults_are_the_real_ones() {
    let schema = spec::schema();
    let of = |name: &str| -> Value {
        let properties = schema["$defs"][name]["properties"].as_object().unwrap();
        let default = |(key, property): (&String, &Value)| Some((key.clone(), property.get("default")?.clone()));
        properties.iter().filter_map(default).collect::<serde_json::Map<_, _>>().into()
    };
    let mut pool = of("Pool");
    pool["disk"] = of("Disk");
    pool["count"] = json!(2);
    let mut control_plane = of("ControlPlane");
    control_plane["disk"] = of("Disk");
    control_plane["state_disk"] = of("StateDisk");
    let mut least = json!({"name": "kub", "project": "some-project", "region": "europe-west1"});
    let render = |value: &Value| compile_valid(&value.to_string()).single(&Origin::single("cluster.yaml".into()));
    let before = render(&least);
    let written = json!({
        "kubernetes": of("Kubernetes"), "network": of("Network"), "access": of("Access"), "terraform": of("Terraform"),
        "control_plane": control_plane, "pools": {"n": pool},
    });
    least.as_object_mut().unwrap().extend(written.as_object().unwrap().clone());
    assert!(least.to_string().matches(':').count() > 20, "{least}");
    assert_eq!(before, render(&least));
}

/// The parser's and the validator's view of one description. What is of the wrong shape for the one is for the other; the
/// schema is never stricter than vpcgen.
fn agree(value: &Value) {
    let (_, report, _) = check(&value.to_string());
    let shape = [Code::UnknownKey, Code::WrongType];
    let misshapen = report.sorted().iter().any(|diagnostic| shape.contains(&diagnostic.code));
    let valid = SCHEMA.is_valid(value);
    assert!(!(misshapen && valid), "only the parser refuses {value}");
    assert!(valid || report.has_errors(), "only the schema refuses {value}: {:?}", SCHEMA.validate(value));
}

#[test]
fn bounds_are_the_same() {
    for (path, values) in [
        ("/kubernetes/max_pods_per_node", [7, 8, 256, 257]),
        ("/network/mtu", [1299, 1300, 8896, 8897]),
        ("/control_plane/disk/size", [9, 10, 65_536, 65_537]),
        ("/control_plane/count", [0, 1, 1, 2]),
        ("/control_plane/state_disk/size", [9, 10, 65_536, 65_537]),
    ] {
        for (value, right) in values.into_iter().zip([false, true, true, false]) {
            let mut description = everything();
            *description.pointer_mut(path).unwrap() = json!(value);
            assert_eq!(SCHEMA.is_valid(&description), right, "{path} {value}");
            assert_eq!(check(&description.to_string()).2.is_some(), right, "{path} {value}");
        }
    }
}

/// Where in a value one can change something.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| places(value, &format!("{at}/{}", key.replace('/', "~1")), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, value)| places(value, &format!("{at}/{index}"), found));
        }
        _ => {}
    }
}

/// What might stand in any place. Not `true` and not `1.0`: unquoted, the one is a right name to vpcgen and a slip to an
/// editor; the other is a whole number to JSON Schema only.
fn anything() -> Vec<Value> {
    vec![
        json!(null),
        json!(-1),
        json!(0),
        json!(7),
        json!(1.5),
        json!(4_294_967_296_u64),
        json!([]),
        json!({}),
        json!(""),
        json!("text"),
        json!("10.0.0.0/8"),
        json!("10.0.0.1/08"),
        json!("UPPER"),
        json!(["x"]),
        json!([[1]]),
        json!({"x": 1}),
        json!({"count": 1}),
    ]
}

#[test]
fn parser_and_schema_agree_on_every_value_in_every_place() {
    let whole = everything();
    let mut all = Vec::new();
    places(&whole, "", &mut all);
    for place in &all {
        for new in anything() {
            let mut value = whole.clone();
            *value.pointer_mut(place).unwrap() = new;
            agree(&value);
        }
        let Some(Value::Object(map)) = whole.pointer(place) else { continue };
        for key in map.keys().map(String::as_str).chain(["nothing", "gpu", "count"]) {
            let mut value = whole.clone();
            let map = value.pointer_mut(place).unwrap().as_object_mut().unwrap();
            // Taken out if it is there, put in if it is not.
            if map.remove(key).is_none() {
                map.insert(key.to_owned(), json!(1));
            }
            agree(&value);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn parser_and_schema_agree_on_any_text(
        at in any::<prop::sample::Index>(), text in "[ -~]{0,12}|[a-z0-9./:-]{1,20}|[a-zA-Z0-9äß_.-]{1,3}",
    ) {
        let mut value = everything();
        let mut all = Vec::new();
        places(&value, "", &mut all);
        all.retain(|place| value.pointer(place).is_some_and(Value::is_string));
        *value.pointer_mut(&all[at.index(all.len())]).unwrap() = text.into();
        agree(&value);
    }
}
