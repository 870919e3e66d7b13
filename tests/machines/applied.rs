//! What was applied: by Terraform with the real provider where it is at hand, else straight from the rendered tree, whose resources
//! become the same requests in the order in which they depend on each other.

use std::{cell::RefCell, collections::BTreeMap, path::Path};

use hcl::{
    Body, Map, Value,
    eval::{Context, Evaluate as _, FuncArgs, FuncDef, ParamType},
};
use serde_json::{Value as Json, json};

use crate::{google::Google, proof::terraform::Workspace, rendered};

pub(crate) enum Applied {
    Terraform(Workspace),
    ReadBack(Google),
}

impl Applied {
    pub(crate) fn google(&self) -> &Google {
        match self {
            Applied::Terraform(workspace) => &workspace.google,
            Applied::ReadBack(google) => google,
        }
    }

    /// Reads a tree and sends what Terraform would send.
    pub(crate) fn read(tree: &Path) -> Applied {
        let google = Google::start();
        let body = hcl::parse(&rendered::terraform(tree)).unwrap_or_else(|error| panic!("{error}"));
        Reader { google: &google, made: BTreeMap::new(), locals: locals(&body), tree, policies: RefCell::default() }
            .all(&body);
        Applied::ReadBack(google)
    }
}

/// The kinds of resources that machines and packets notice, each after those that it refers to.
const KINDS: [&str; 23] = [
    "google_compute_network",
    "google_compute_subnetwork",
    "google_compute_firewall",
    "google_compute_router",
    "google_compute_router_nat",
    "google_compute_address",
    "google_service_account",
    "google_service_account_iam_member",
    "google_project_iam_custom_role",
    "google_project_iam_member",
    "google_secret_manager_secret",
    "google_secret_manager_secret_iam_member",
    "google_storage_bucket",
    "google_storage_bucket_iam_member",
    "google_dns_managed_zone",
    "google_dns_record_set",
    "google_compute_disk",
    "google_compute_instance",
    "google_compute_instance_group",
    "google_compute_instance_group_membership",
    "google_compute_region_health_check",
    "google_compute_region_backend_service",
    "google_compute_forwarding_rule",
];

struct Reader<'a> {
    google: &'a Google,
    /// What other resources refer to, by kind and label.
    made: BTreeMap<String, Map<String, Value>>,
    locals: Map<String, Value>,
    tree: &'a Path,
    /// The bindings of each IAM policy so far, by the path of its resource: a policy is always sent whole.
    policies: RefCell<BTreeMap<String, Vec<Json>>>,
}

fn locals(body: &Body) -> Map<String, Value> {
    let blocks = body.blocks().filter(|block| block.identifier() == "locals");
    let attributes = blocks.flat_map(|block| block.body().attributes());
    attributes.map(|local| (local.key().to_owned(), local.expr().evaluate(&Context::new()).expect("a local"))).collect()
}

impl Reader<'_> {
    fn all(mut self, body: &Body) {
        for kind in KINDS {
            let resources: Vec<_> = body
                .blocks()
                .filter(|block| block.labels().first().is_some_and(|label| label.as_str() == kind))
                .collect();
            for block in resources {
                let label = block.labels()[1].as_str().to_owned();
                let attribute = block.body().attributes().find(|attribute| attribute.key() == "for_each");
                let made = match attribute.map(|each| self.evaluate(each.expr(), None)) {
                    None => self.one(kind, block.body(), None),
                    Some(Value::Object(each)) => {
                        let one = |(key, value): (String, Value)| {
                            let made = self.one(kind, block.body(), Some((&key, &value)));
                            (key, made)
                        };
                        Value::Object(each.into_iter().map(one).collect())
                    }
                    Some(Value::Array(keys)) => {
                        let one = |key: Value| {
                            let name = key.as_str().unwrap_or_default().to_owned();
                            let made = self.one(kind, block.body(), Some((&name, &key)));
                            (name, made)
                        };
                        Value::Object(keys.into_iter().map(one).collect())
                    }
                    Some(other) => panic!("for_each of {kind}.{label} is {other}"),
                };
                self.made.entry(kind.to_owned()).or_default().insert(label, made);
            }
        }
    }

    fn context(&self, each: Option<(&String, &Value)>) -> Context<'static> {
        let mut context = Context::new();
        for (kind, resources) in &self.made {
            context.declare_var(kind.as_str(), Value::Object(resources.clone()));
        }
        context.declare_var("local", Value::Object(self.locals.clone()));
        context.declare_var("path", Value::from_iter([("module", self.tree.to_string_lossy().into_owned())]));
        if let Some((key, value)) = each {
            context
                .declare_var("each", Value::from_iter([("key", Value::from(key.as_str())), ("value", value.clone())]));
        }
        let file = |arguments: FuncArgs| {
            std::fs::read_to_string(arguments[0].as_str().unwrap_or_default())
                .map(Value::from)
                .map_err(|error| error.to_string())
        };
        let toset = |arguments: FuncArgs| Ok(arguments[0].clone());
        context.declare_func("toset", FuncDef::builder().param(ParamType::Any).build(toset));
        context.declare_func("file", FuncDef::builder().param(ParamType::String).build(file));
        context
    }

    fn evaluate(&self, expression: &hcl::Expression, each: Option<(&String, &Value)>) -> Value {
        expression.evaluate(&self.context(each)).unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// Makes one resource; answers what others refer to.
    fn one(&self, kind: &str, body: &Body, each: Option<(&String, &Value)>) -> Value {
        // What is for Terraform alone refers to things that are no values.
        let plain = |structure: &&hcl::Structure| match structure {
            hcl::Structure::Attribute(attribute) => !["depends_on", "for_each"].contains(&attribute.key()),
            hcl::Structure::Block(block) => block.identifier() != "lifecycle",
        };
        let body: Body = body.iter().filter(plain).cloned().collect();
        let body = body.evaluate(&self.context(each)).unwrap_or_else(|error| panic!("{kind}: {error}"));
        let it: Json = hcl::from_body(body).unwrap_or_else(|error| panic!("{kind}: {error}"));
        let project = self.project();
        let name = it["name"].as_str().unwrap_or_default().to_owned();
        let compute = |scope: &str, collection: &str| format!("/compute/v1/projects/{project}/{scope}/{collection}");
        let region = format!("regions/{}", it["region"].as_str().unwrap_or_default());
        let zone = format!("zones/{}", it["zone"].as_str().unwrap_or_default());
        let (path, sent) = match kind {
            "google_compute_network" => (
                compute("global", "networks"),
                json!({"name": name, "autoCreateSubnetworks": false, "mtu": it["mtu"], "routingConfig": {"routingMode": it["routing_mode"]}}),
            ),
            "google_compute_subnetwork" => (compute(&region, "subnetworks"), subnetwork(&it)),
            "google_compute_firewall" => (compute("global", "firewalls"), firewall(&it)),
            "google_compute_router" => (compute(&region, "routers"), json!({"name": name, "network": it["network"]})),
            "google_compute_router_nat" => {
                let router = it["router"].as_str().unwrap_or_default();
                let nat = nat(&it);
                self.send("PATCH", &format!("{}/{router}", compute(&region, "routers")), &json!({"nats": [nat]}));
                return Value::Null;
            }
            "google_compute_address" => (
                compute(&region, "addresses"),
                json!({"name": name, "addressType": it["address_type"], "subnetwork": it["subnetwork"]}),
            ),
            "google_service_account" => {
                let id = it["account_id"].as_str().unwrap_or_default();
                self.send("POST", &format!("/iam/v1/projects/{project}/serviceAccounts"), &json!({"accountId": id}));
                let email = format!("{id}@{project}.iam.gserviceaccount.com");
                let name = format!("projects/{project}/serviceAccounts/{email}");
                return Value::from_iter([
                    ("member", format!("serviceAccount:{email}")),
                    ("email", email),
                    ("name", name),
                ]);
            }
            "google_service_account_iam_member" => {
                self.bind(&format!("/iam/v1/{}", it["service_account_id"].as_str().unwrap_or_default()), &it);
                return Value::Null;
            }
            "google_project_iam_custom_role" => {
                let id = it["role_id"].as_str().unwrap_or_default();
                let role = json!({"roleId": id, "role": {"includedPermissions": it["permissions"]}});
                self.send("POST", &format!("/iam/v1/projects/{project}/roles"), &role);
                return Value::from_iter([("name", format!("projects/{project}/roles/{id}"))]);
            }
            "google_project_iam_member" => {
                self.bind(&format!("/cloudresourcemanager/v1/projects/{project}"), &it);
                return Value::Null;
            }
            "google_storage_bucket" => {
                let path = format!("/storage/v1/b?project={project}");
                self.send("POST", &path, &bucket(&it));
                return Value::from_iter([("name", name)]);
            }
            "google_storage_bucket_iam_member" => {
                let name = it["bucket"].as_str().unwrap_or_default();
                let (path, bindings) = (format!("/storage/v1/b/{name}/iam"), self.bindings(name, &it));
                self.send("PUT", &path, &json!({"bindings": bindings}));
                return Value::Null;
            }
            "google_secret_manager_secret" => {
                let id = it["secret_id"].as_str().unwrap_or_default();
                let secret = json!({"replication": {"automatic": {}}});
                self.send("POST", &format!("/secretmanager/v1/projects/{project}/secrets?secretId={id}"), &secret);
                return Value::from_iter([("id", format!("projects/{project}/secrets/{id}"))]);
            }
            "google_secret_manager_secret_iam_member" => {
                self.bind(&format!("/secretmanager/v1/{}", it["secret_id"].as_str().unwrap_or_default()), &it);
                return Value::Null;
            }
            "google_compute_disk" => (compute(&zone, "disks"), disk(&it)),
            "google_compute_instance_group" => {
                (compute(&zone, "instanceGroups"), json!({"name": name, "network": it["network"]}))
            }
            "google_compute_instance_group_membership" => {
                let group = it["instance_group"].as_str().unwrap_or_default();
                let path = format!("{}/{group}/addInstances", compute(&zone, "instanceGroups"));
                self.send("POST", &path, &json!({"instances": [{"instance": it["instance"]}]}));
                return Value::Null;
            }
            "google_compute_region_health_check" => (compute(&region, "healthChecks"), health_check(&it)),
            "google_compute_region_backend_service" => (compute(&region, "backendServices"), backend_service(&it)),
            "google_compute_forwarding_rule" => (compute(&region, "forwardingRules"), forwarding_rule(&it)),
            "google_dns_managed_zone" => (format!("/dns/v1/projects/{project}/managedZones"), managed_zone(&it)),
            "google_dns_record_set" => {
                let record =
                    json!({"name": it["name"], "type": it["type"], "ttl": it["ttl"], "rrdatas": it["rrdatas"]});
                let zone = it["managed_zone"].as_str().unwrap_or_default();
                self.send(
                    "POST",
                    &format!("/dns/v1/projects/{project}/managedZones/{zone}/changes"),
                    &json!({"additions": [record]}),
                );
                return Value::Null;
            }
            _ => (compute(&zone, "instances"), instance(&it)),
        };
        self.send("POST", &path, &sent);
        let id = format!("{path}/{name}").trim_start_matches("/compute/v1/").to_owned();
        let (_, made) = self.google.send("GET", &format!("{path}/{name}"), &Json::Null);
        let text = |key: &str| Value::from(made[key].as_str().unwrap_or_default());
        Value::from_iter([
            ("self_link", Value::from(format!("https://www.googleapis.com/compute/v1/{id}"))),
            ("id", Value::from(id)),
            ("name", Value::from(name)),
            ("address", text("address")),
            ("dns_name", text("dnsName")),
        ])
    }

    fn send(&self, method: &str, path: &str, body: &Json) {
        let (status, answer) = self.google.send(method, path, body);
        assert!(status == 200 && answer["error"].is_null(), "{method} {path}: {answer}\n{body}");
    }

    /// Adds a binding to the IAM policy of a resource.
    fn bind(&self, path: &str, it: &Json) {
        let bindings = self.bindings(path, it);
        self.send("POST", &format!("{path}:setIamPolicy"), &json!({"policy": {"bindings": bindings}}));
    }

    /// The bindings of a resource with one more.
    fn bindings(&self, of: &str, it: &Json) -> Vec<Json> {
        let mut policies = self.policies.borrow_mut();
        let bindings = policies.entry(of.to_owned()).or_default();
        bindings.push(json!({"role": it["role"], "members": [it["member"]]}));
        bindings.clone()
    }

    fn project(&self) -> String {
        let text = rendered::terraform(self.tree);
        let line =
            text.lines().find_map(|line| line.trim().strip_prefix("project = ")).unwrap_or("\"stand-in-project\"");
        line.trim_matches('"').to_owned()
    }
}

/// A block that may be there once, several times or not at all.
fn blocks(value: &Json) -> Vec<&Json> {
    match value {
        Json::Null => Vec::new(),
        Json::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

fn subnetwork(it: &Json) -> Json {
    let secondary = blocks(&it["secondary_ip_range"])
        .into_iter()
        .map(|range| json!({"rangeName": range["range_name"], "ipCidrRange": range["ip_cidr_range"]}));
    json!({"name": it["name"], "network": it["network"], "ipCidrRange": it["ip_cidr_range"], "secondaryIpRanges": secondary.collect::<Vec<_>>(), "privateIpGoogleAccess": it["private_ip_google_access"]})
}

fn nat(it: &Json) -> Json {
    let subnetworks = blocks(&it["subnetwork"]).into_iter().map(|subnetwork| {
        json!({
            "name": subnetwork["name"],
            "sourceIpRangesToNat": subnetwork["source_ip_ranges_to_nat"],
            "secondaryIpRangeNames": subnetwork["secondary_ip_range_names"],
        })
    });
    json!({
        "name": it["name"],
        "natIpAllocateOption": it["nat_ip_allocate_option"],
        "sourceSubnetworkIpRangesToNat": it["source_subnetwork_ip_ranges_to_nat"],
        "subnetworks": subnetworks.collect::<Vec<_>>(),
    })
}

fn firewall(it: &Json) -> Json {
    let protocols = |action: &str| -> Json {
        let all = blocks(&it[action]).into_iter();
        all.map(|what| json!({"IPProtocol": what["protocol"], "ports": what["ports"]})).collect()
    };
    let mut rule = json!({"name": it["name"], "network": it["network"], "sourceRanges": it["source_ranges"], "sourceTags": it["source_tags"], "destinationRanges": it["destination_ranges"], "targetTags": it["target_tags"], "allowed": protocols("allow"), "denied": protocols("deny")});
    if it["priority"].is_number() {
        rule["priority"] = it["priority"].clone();
    }
    rule
}

fn bucket(it: &Json) -> Json {
    json!({
        "name": it["name"],
        "location": it["location"],
        "iamConfiguration": {
            "uniformBucketLevelAccess": {"enabled": it["uniform_bucket_level_access"]},
            "publicAccessPrevention": it["public_access_prevention"],
        },
    })
}

fn managed_zone(it: &Json) -> Json {
    let network = &it["private_visibility_config"]["networks"]["network_url"];
    let network = format!("https://www.googleapis.com/compute/v1/{}", network.as_str().unwrap_or_default());
    json!({"name": it["name"], "dnsName": it["dns_name"], "description": "-", "visibility": it["visibility"], "privateVisibilityConfig": {"networks": [{"networkUrl": network}]}})
}

fn disk(it: &Json) -> Json {
    let of_type = format!(
        "zones/{}/diskTypes/{}",
        it["zone"].as_str().unwrap_or_default(),
        it["type"].as_str().unwrap_or_default()
    );
    json!({"name": it["name"], "type": of_type, "sizeGb": it["size"].to_string(), "labels": it["labels"]})
}

fn health_check(it: &Json) -> Json {
    let https = &it["https_health_check"];
    json!({
        "name": it["name"],
        "type": "HTTPS",
        "httpsHealthCheck": {"port": https["port"], "requestPath": https["request_path"]},
        "checkIntervalSec": it["check_interval_sec"],
        "timeoutSec": it["timeout_sec"],
        "healthyThreshold": it["healthy_threshold"],
        "unhealthyThreshold": it["unhealthy_threshold"],
    })
}

fn backend_service(it: &Json) -> Json {
    let backends = blocks(&it["backend"])
        .into_iter()
        .map(|backend| json!({"group": backend["group"], "balancingMode": backend["balancing_mode"]}));
    json!({
        "name": it["name"],
        "loadBalancingScheme": it["load_balancing_scheme"],
        "protocol": it["protocol"],
        "healthChecks": it["health_checks"],
        "backends": backends.collect::<Vec<_>>(),
    })
}

fn forwarding_rule(it: &Json) -> Json {
    json!({
        "name": it["name"],
        "loadBalancingScheme": it["load_balancing_scheme"],
        "backendService": it["backend_service"],
        "IPAddress": it["ip_address"],
        "IPProtocol": it["ip_protocol"],
        "ports": it["ports"],
        "subnetwork": it["subnetwork"],
    })
}

fn instance(it: &Json) -> Json {
    let (disk, interface) = (&it["boot_disk"], &it["network_interface"]);
    let start = &disk["initialize_params"];
    let zone = it["zone"].as_str().unwrap_or_default();
    let aliases = blocks(&interface["alias_ip_range"]).into_iter().map(
        |alias| json!({"ipCidrRange": alias["ip_cidr_range"], "subnetworkRangeName": alias["subnetwork_range_name"]}),
    );
    let size = start["size"].to_string();
    let of_type = format!("zones/{zone}/diskTypes/{}", start["type"].as_str().unwrap_or_default());
    let start = json!({"sourceImage": start["image"], "diskType": of_type, "diskSizeGb": size});
    let boot = json!({"boot": true, "autoDelete": disk["auto_delete"], "deviceName": disk["device_name"], "initializeParams": start});
    let attached = blocks(&it["attached_disk"]).into_iter().map(
        |disk| json!({"source": disk["source"], "deviceName": disk["device_name"], "mode": "READ_WRITE", "autoDelete": false}),
    );
    let disks: Vec<Json> = [boot].into_iter().chain(attached).collect();
    let metadata =
        it["metadata"].as_object().into_iter().flatten().map(|(key, value)| json!({"key": key, "value": value}));
    let access = blocks(&interface["access_config"])
        .into_iter()
        .map(|access| json!({"type": "ONE_TO_ONE_NAT", "networkTier": access["network_tier"]}));
    json!({
        "name": it["name"],
        "machineType": format!("zones/{zone}/machineTypes/{}", it["machine_type"].as_str().unwrap_or_default()),
        "canIpForward": it["can_ip_forward"],
        "tags": {"items": it["tags"]},
        "labels": it["labels"],
        "disks": disks,
        "networkInterfaces": [{"subnetwork": interface["subnetwork"], "networkIP": interface["network_ip"], "aliasIpRanges": aliases.collect::<Vec<_>>(), "accessConfigs": access.collect::<Vec<_>>()}],
        "serviceAccounts": [{"email": it["service_account"]["email"], "scopes": it["service_account"]["scopes"]}],
        "metadata": {"items": metadata.collect::<Vec<_>>()},
    })
}
