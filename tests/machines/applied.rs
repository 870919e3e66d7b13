//! What was applied: by Terraform with the real provider where it is at hand, else straight from the rendered tree, whose resources
//! become the same requests in the order in which they depend on each other.

use std::{collections::BTreeMap, path::Path};

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
        Reader { google: &google, made: BTreeMap::new(), locals: locals(&body), tree }.all(&body);
        Applied::ReadBack(google)
    }
}

/// The kinds of resources that machines and packets notice, each after those that it refers to.
const KINDS: [&str; 10] = [
    "google_compute_network",
    "google_compute_subnetwork",
    "google_compute_firewall",
    "google_compute_router",
    "google_compute_router_nat",
    "google_compute_address",
    "google_service_account",
    "google_dns_managed_zone",
    "google_dns_record_set",
    "google_compute_instance",
];

struct Reader<'a> {
    google: &'a Google,
    /// What other resources refer to, by kind and label.
    made: BTreeMap<String, Map<String, Value>>,
    locals: Map<String, Value>,
    tree: &'a Path,
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
                return Value::from_iter([("member", format!("serviceAccount:{email}")), ("email", email)]);
            }
            "google_dns_managed_zone" => (format!("/dns/v1/projects/{project}/managedZones"), zone(&it)),
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
            _ => (compute(&format!("zones/{}", it["zone"].as_str().unwrap_or_default()), "instances"), instance(&it)),
        };
        self.send("POST", &path, &sent);
        let id = format!("{path}/{name}").trim_start_matches("/compute/v1/").to_owned();
        let (_, made) = self.google.send("GET", &format!("{path}/{name}"), &Json::Null);
        let text = |key: &str| Value::from(made[key].as_str().unwrap_or_default());
        Value::from_iter([
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
    let allowed =
        blocks(&it["allow"]).into_iter().map(|allow| json!({"IPProtocol": allow["protocol"], "ports": allow["ports"]}));
    json!({"name": it["name"], "network": it["network"], "sourceRanges": it["source_ranges"], "sourceTags": it["source_tags"], "targetTags": it["target_tags"], "allowed": allowed.collect::<Vec<_>>()})
}

fn zone(it: &Json) -> Json {
    let network = &it["private_visibility_config"]["networks"]["network_url"];
    let network = format!("https://www.googleapis.com/compute/v1/{}", network.as_str().unwrap_or_default());
    json!({"name": it["name"], "dnsName": it["dns_name"], "description": "-", "visibility": it["visibility"], "privateVisibilityConfig": {"networks": [{"networkUrl": network}]}})
}

fn instance(it: &Json) -> Json {
    let (disk, interface) = (&it["boot_disk"], &it["network_interface"]);
    let start = &disk["initialize_params"];
    let zone = it["zone"].as_str().unwrap_or_default();
    let aliases = blocks(&interface["alias_ip_range"]).into_iter().map(
        |alias| json!({"ipCidrRange": alias["ip_cidr_range"], "subnetworkRangeName": alias["subnetwork_range_name"]}),
    );
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
        "disks": [{"boot": true, "autoDelete": disk["auto_delete"], "deviceName": disk["device_name"], "initializeParams": {"sourceImage": start["image"], "diskType": format!("zones/{zone}/diskTypes/{}", start["type"].as_str().unwrap_or_default()), "diskSizeGb": start["size"].to_string()}}],
        "networkInterfaces": [{"subnetwork": interface["subnetwork"], "networkIP": interface["network_ip"], "aliasIpRanges": aliases.collect::<Vec<_>>(), "accessConfigs": access.collect::<Vec<_>>()}],
        "serviceAccounts": [{"email": it["service_account"]["email"], "scopes": it["service_account"]["scopes"]}],
        "metadata": {"items": metadata.collect::<Vec<_>>()},
    })
}
