//! kubeadm itself reads the configuration from the node's scripts: the init configuration in a dry run, whose static pods must have
//! the required flags, and the join configuration with the join data that the control plane published.

use std::path::Path;

use base64::{Engine as _, prelude::BASE64_STANDARD as BASE64};

use crate::machine::Machine;
use crate::tools::{build, namespaces, run};
use crate::unpack::{NODES, Node, each, with};
use crate::vpc::Vpc;

pub(crate) const INIT: &str = "/etc/kubernetes/kubeadm-init.yaml";
const JOIN: &str = "/etc/kubernetes/kubeadm-join.yaml";

pub(crate) fn kubeadm(what: &str) -> Option<std::path::PathBuf> {
    let kubeadm = build(5, what, "kubeadm")?;
    namespaces(5, what).then_some(kubeadm)
}

/// Writes a file on the machine.
fn write(machine: &Machine, path: &str, text: &str) {
    machine.run(&["bash", "-c", &format!("echo '{text}' >{path}")]);
}

/// Starts a script of the node as systemd would.
fn start(machine: &Machine, script: &str, name: &str, secret: &str) -> Result<String, String> {
    run(machine.command(script).env("NODE", name).env("SECRET", secret))
}

/// Runs `kubeadm init` with the node's own script, and returns the machine and kubeadm's output.
fn init(node: &Node, kubeadm: &Path) -> Result<(Machine, String), String> {
    let machine = node.boots(kubeadm);
    let first = node.files["/usr/local/lib/cluster.sh"].split("control_planes=(").nth(1).unwrap();
    let first = first.split([' ', ')']).next().unwrap();
    start(&machine, "/usr/local/sbin/control-plane", first, "")?;
    let printed = machine.run(&["cat", "/var/log/kubeadm.log"]);
    Ok((machine, printed))
}

/// The name that the machine gave to kubeadm.
fn name(machine: &Machine) -> String {
    let given = machine.run(&["cat", "/given.yaml"]);
    given.lines().find_map(|line| line.strip_prefix("  name: ")).unwrap().to_owned()
}

/// The flags of a static pod.
fn flags(machine: &Machine, pod: &str) -> Vec<String> {
    let manifest = machine.run(&["cat", &format!("/dry/{pod}.yaml")]);
    manifest.lines().filter_map(|line| line.trim().strip_prefix("- --")).map(str::to_owned).collect()
}

fn vpc(node: &Node) -> Vpc {
    let tree = node.user_data.parent().and_then(Path::parent).unwrap();
    Vpc::read(&crate::rendered::terraform(tree))
}

fn expect(pod: &str, flags: &[String], wanted: &[String]) -> Result<(), String> {
    for flag in wanted {
        let name = flag.split('=').next().unwrap_or_default();
        let given: Vec<&String> = flags.iter().filter(|flag| flag.split('=').next() == Some(name)).collect();
        if given != [flag] {
            return Err(format!("{pod}: --{flag} was expected, {given:?} is given"));
        }
    }
    match flags.iter().find(|flag| flag.contains("cloud")) {
        // Only the kubelet needs to know of an external cloud provider; the API server rejects the old flags.
        Some(flag) => Err(format!("{pod}: --{flag}")),
        None => Ok(()),
    }
}

fn check_init(node: &Node, kubeadm: &Path) -> Result<(), String> {
    let (machine, printed) = init(node, kubeadm)?;
    let vpc = vpc(node);
    let services = format!("service-cluster-ip-range={}", vpc.services);
    expect(
        "kube-apiserver",
        &flags(&machine, "kube-apiserver"),
        &["advertise-address=10.99.0.2".into(), services.clone()],
    )?;
    let manager = ["allocate-node-cidrs=false".into(), format!("cluster-cidr={}", vpc.pods), services];
    expect("kube-controller-manager", &flags(&machine, "kube-controller-manager"), &manager)?;
    expect("etcd", &flags(&machine, "etcd"), &[format!("name={}", name(&machine))])?;
    // A dry run only prints the kubelet's flags.
    for flag in ["--cloud-provider=external", "--node-ip=10.99.0.2"] {
        if !printed.contains(flag) {
            return Err(format!("kubelet: {flag} was expected"));
        }
    }
    check_names(node, &printed)
}

/// The certificate of the API server must contain every name that clients use.
fn check_names(node: &Node, printed: &str) -> Result<(), String> {
    let certificate = printed.lines().find(|line| line.contains("apiserver serving cert")).unwrap_or_default();
    let signed: Vec<&str> = certificate.split(['[', ']', ' ']).collect();
    let endpoint = node.files[INIT].lines().find_map(|line| line.strip_prefix("controlPlaneEndpoint: "));
    let manager = node.files["/etc/kubernetes/cloud-controller-manager.yaml"].split("KUBERNETES_SERVICE_HOST").nth(1);
    let manager = manager.and_then(|after| after.split("value: ").nth(1)).and_then(|value| value.lines().next());
    let names = [endpoint.and_then(|endpoint| endpoint.split(':').next()), manager];
    match names.into_iter().flatten().find(|name| !signed.contains(name)) {
        Some(name) => Err(format!("the API server's certificate does not contain {name}: {certificate}")),
        None => Ok(()),
    }
}

#[test]
fn kubeadm_applies_the_init_configuration() {
    let what = "kubeadm init --dry-run";
    let Some(kubeadm) = kubeadm(what) else { return };
    each(what, |node| if node.files.contains_key(INIT) { check_init(node, &kubeadm) } else { Ok(()) });
}

/// The join data that the control plane's own script publishes.
fn published(node: &Node, kubeadm: &Path) -> String {
    let machine = node.boots(kubeadm);
    write(&machine, "/var/lib/cluster/initialized", "1.36.1");
    machine.run(&["mkdir", "-p", "/etc/kubernetes/pki"]);
    write(&machine, "/etc/kubernetes/pki/ca.crt", "the CA");
    start(&machine, "/usr/local/sbin/publish-join-data", "the-node", "").unwrap();
    // kubeadm was upgraded in place after the disk was marked.
    assert_eq!(machine.run(&["cat", "/var/lib/cluster/initialized"]), "1.36.3\n");
    let calls = machine.run(&["cat", "/calls"]);
    let destroyed: Vec<&str> = calls.lines().filter(|call| call.ends_with(":destroy")).collect();
    assert!(destroyed.len() == 1 && destroyed[0].ends_with("/versions/9:destroy"), "{calls}");
    machine.run(&["cat", "/secret"])
}

#[test]
fn kubeadm_joins_with_the_published_data() {
    let what = "kubeadm join configuration";
    let Some(kubeadm) = kubeadm(what) else { return };
    each(what, |node| {
        if !node.files.contains_key("/usr/local/sbin/kubeadm-join") {
            return Ok(());
        }
        let control_plane =
            NODES.iter().find(|other| other.example == node.example && other.files.contains_key(INIT)).unwrap();
        let machine = node.boots(&kubeadm);
        start(&machine, "/usr/local/sbin/kubeadm-join", "the-node", &published(control_plane, &kubeadm))?;
        if name(&machine) != "the-node" {
            return Err(format!("the name is {}", name(&machine)));
        }
        // The kubeconfig that kubeadm was given: the published data, and the instance's own token.
        let kubeconfig: serde_json::Value = serde_json::from_str(&machine.run(&["cat", "/given.conf"])).unwrap();
        let init = &control_plane.files[INIT];
        let endpoint = init.lines().find_map(|line| line.strip_prefix("controlPlaneEndpoint: ")).unwrap();
        let cluster = &kubeconfig["clusters"][0]["cluster"];
        assert_eq!(cluster["server"], format!("https://{endpoint}"));
        assert_eq!(cluster["certificate-authority-data"], BASE64.encode("the CA\n"));
        assert_eq!(kubeconfig["users"][0]["user"]["token"], "the.identity.token");
        let left = machine.run(&["find", "/run", "-name", "*.conf"]);
        if left.is_empty() { Ok(()) } else { Err(format!("left: {left}")) }
    });
}

/// Joining control planes use a different configuration.
#[test]
fn kubeadm_accepts_the_join_configuration_of_a_control_plane() {
    let what = "kubeadm join configuration of a control plane";
    let Some(kubeadm) = kubeadm(what) else { return };
    each(what, |node| {
        if !node.files.contains_key(INIT) {
            return Ok(());
        }
        let text = node.files[JOIN].replace("NODE_NAME", "kub-m-2").replace("NODE_ADDRESS", "10.99.0.3");
        // kubeadm checks that there is a file.
        let text = text.replace("/run/kubeadm-join.conf", &node.here(INIT).to_string_lossy());
        if !text.contains("controlPlane:") {
            return Err("it does not join as a control plane".to_owned());
        }
        let filled = node.with_file(JOIN, &text);
        run(std::process::Command::new(&kubeadm).args(["config", "validate", "--config"]).arg(filled.here(JOIN)))
            .map(drop)
    });
}

#[test]
fn kubeadm_rejects_broken_configurations() {
    let Some(kubeadm) = kubeadm("kubeadm refuses") else { return };
    for (from, to) in [
        ("podSubnet", "podSubnets"),
        ("name: allocate-node-cidrs", "name: allocate-node-cidr"),
        ("clusterName:", "apiServer: {extraArgs: [{name: cloud-provider, value: external}]}\nclusterName:"),
        ("name: cloud-provider", "name: cloud-providers"),
        ("serviceSubnet: ", "serviceSubnet: 10.250.0.0/20 #"),
    ] {
        let node = with(INIT);
        let broken = node.with_file(INIT, &std::fs::read_to_string(node.mutated(INIT, from, to)).unwrap());
        assert!(check_init(&broken, &kubeadm).is_err(), "{from} → {to} passes");
    }
}
