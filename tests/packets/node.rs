//! A machine to which its boot files were applied, with a pod on it.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::machine::Machine;
use crate::terraform::Vm;
use crate::tools::{find, run};
use crate::user_data::{Written, below, write};

pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) address: String,
    /// Its alias range.
    pub(crate) pods: String,
    pub(crate) machine: Machine,
    pub(crate) pod: Machine,
    pub(crate) pod_address: String,
}

/// Replacements for programs that would affect more than the node's namespaces. The settings of missing kernel modules do not matter.
const STUBS: &[(&str, &str)] = &[
    ("modprobe", "#!/bin/sh\n"),
    ("systemctl", "#!/bin/sh\n"),
    ("sysctl", "#!/bin/sh\nexec /usr/sbin/sysctl -e \"$@\"\n"),
];

/// A file in Google's images: https://github.com/GoogleCloudPlatform/guest-configs
const GOOGLES: (&str, &str) =
    ("/etc/sysctl.d/60-gce-network-security.conf", "net.ipv4.ip_forward = 0\nnet.ipv4.conf.all.rp_filter = 1\n");

/// The address of a load balancer. The node needs its local route.
const FORWARDED: &str = "198.51.100.7";

impl Node {
    /// Boots a machine. `connect` attaches it to the VPC.
    pub(crate) fn boot(vm: &Vm, files: &[Written], address: String, connect: impl Fn(&Machine, &str)) -> Self {
        let root = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        files.iter().for_each(|file| file.lay(root.path()));
        write(&below(root.path(), GOOGLES.0), GOOGLES.1, 0o644);
        STUBS.iter().for_each(|(name, text)| write(&root.path().join("usr/local/bin").join(name), text, 0o755));
        let machine = Machine::node(root.path());
        connect(&machine, &address);
        guest_agent(&machine, &vm.pods);
        guest_agent(&machine, FORWARDED);

        prepare(&machine);
        let routes = machine.run(&["ip", "route", "show", "table", "local", "proto", "66"]);
        assert!(
            routes.starts_with(&format!("local {FORWARDED} ")) && routes.lines().count() == 1,
            "{}: {routes}",
            vm.name
        );
        // A later boot: systemd applies all files in sysctl.d in order of their names. Failures to write settings of the host
        // do not matter.
        let _ = run(&mut machine.command("/usr/lib/systemd/systemd-sysctl"));
        assert_eq!(
            machine.run(&["cat", "/proc/sys/net/ipv4/ip_forward"]),
            "1\n",
            "{}: forwarding is off after a reboot",
            vm.name
        );
        // Runs the unit's command twice: a restart must not duplicate the rules.
        let (egress, rules) = (egress(files), || machine.run(&["nft", "list", "ruleset"]));
        machine.run(&egress);
        let once = rules();
        machine.run(&egress);
        assert_eq!(once, rules(), "{}: a second start changes the rules", vm.name);

        let pod = Machine::network();
        let pod_address = attach(&machine, &pod, &template(files).replace("{{.PodCIDR}}", &vm.pods));
        // As systemd's 50-default.conf does through udev: reverse path filtering is loose, which lets forged addresses pass.
        machine.run(&["bash", "-c", "for file in /proc/sys/net/ipv4/conf/veth*/rp_filter; do echo 2 >$file; done"]);
        Self { name: vm.name.clone(), address, pods: vm.pods.clone(), machine, pod, pod_address }
    }
}

/// What node-install installs, so that node-prepare, which runs before it, must not need it.
const INSTALLED_LATER: &str = "conntrack gpg iptables jq nft";

/// Runs the node's script that configures the kernel, on a machine that has no more programs than Google's smallest image.
pub(crate) fn prepare(machine: &Machine) {
    let script = format!(
        "cd /usr/local/bin && for name in {INSTALLED_LATER}; do
           printf '#!/bin/sh\necho %s is not installed yet >&2\nexit 127\n' $name >$name && chmod +x $name || exit
         done
         /usr/local/sbin/node-prepare || exit
         rm {INSTALLED_LATER}"
    );
    machine.run(&["bash", "-c", &script]);
}

/// Simulates Google's guest agent: adds a local route for a load balancer's address, and for the alias range unless this is
/// disabled in its configuration.
pub(crate) fn guest_agent(machine: &Machine, pods: &str) {
    machine.run(&["ip", "route", "add", "to", "local", pods, "scope", "host", "dev", "ens4", "proto", "66"]);
}

fn content<'a>(files: &'a [Written], path: &str) -> &'a str {
    &files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("no {path}")).content
}

/// The command with which systemd loads the rules.
fn egress(files: &[Written]) -> Vec<&str> {
    let units = files.iter().filter(|file| file.path.ends_with(".service"));
    let mut commands = units.flat_map(|unit| unit.content.lines()).filter_map(|line| line.strip_prefix("ExecStart="));
    commands.find(|command| command.contains("/nft ")).expect("a unit that starts nft").split(' ').collect()
}

/// The CNI template that containerd's configuration refers to.
fn template(files: &[Written]) -> &str {
    let config = content(files, "/etc/containerd/config.toml").lines();
    let path = config.filter_map(|line| line.trim().strip_prefix("conf_template = ")).next().expect("a CNI template");
    content(files, path.trim_matches(['\'', '"']))
}

/// Simulates containerd's setup of a pod: runs each plugin of the list with the result of the previous one. Also maps port 18080
/// of the node to port 8080 of the pod. Returns the pod's address.
fn attach(node: &Machine, pod: &Machine, conflist: &str) -> String {
    assert!(!conflist.contains("{{"), "the template uses more than the pod range:\n{conflist}");
    let list: Value = serde_json::from_str(conflist).unwrap();
    let plugins = find(6, crate::WHAT, "ptp", "apt-get install containernetworking-plugins").unwrap();
    let folder = plugins.parent().unwrap();
    let mut result = Value::Null;
    for plugin in list["plugins"].as_array().unwrap() {
        let mut config = plugin.clone();
        for key in ["cniVersion", "name"] {
            config[key] = list[key].clone();
        }
        if !result.is_null() {
            config["prevResult"] = result.clone();
        }
        if plugin["capabilities"]["portMappings"] == true {
            config["runtimeConfig"] =
                json!({"portMappings": [{"hostPort": 18080, "containerPort": crate::vpc::PORT, "protocol": "tcp"}]});
        }
        let mut command = node.command("sh");
        command.args(["-c", "printf %s \"$CONFIG\" | exec \"$PLUGIN\""]).env("CONFIG", config.to_string());
        command.env("PLUGIN", folder.join(plugin["type"].as_str().unwrap())).env("CNI_PATH", folder);
        command.env("CNI_COMMAND", "ADD").env("CNI_CONTAINERID", format!("pod{}", pod.pid())).env("CNI_IFNAME", "eth0");
        command.env("CNI_NETNS", format!("/proc/{}/ns/net", pod.pid()));
        result = serde_json::from_str(&run(&mut command).unwrap_or_else(|error| panic!("{}: {error}", plugin["type"])))
            .unwrap();
    }
    result["ips"][0]["address"].as_str().unwrap().split('/').next().unwrap().to_owned()
}
