//! What a node installs: its own script runs with fake package tools that keep the packages in a file, `NAME VERSION` per line.

use tempfile::TempDir;

use crate::machine::Machine;
use crate::tools::{namespaces, ok};
use crate::unpack::{NODES, Node, write};

const WHAT: &str = "node-install";
const SCRIPT: &str = "/usr/local/sbin/node-install";

const DPKG_QUERY: &str = r#"#!/bin/bash
[[ -n $3 ]] || { cat /broken; exit; }
while read -r name version; do
  [[ $name == "$3" ]] && { echo -n "installed $version"; exit 0; }
done </packages
exit 1
"#;

/// Resolves a version as the repository would: `1.36.3-*` is 1.36.3-1.1.
const APT_GET: &str = r#"#!/bin/bash
echo "apt-get $*" >>/calls
[[ " $* " == *" install "* ]] || exit 0
if [[ " $* " == *" --reinstall "* ]]; then : >/broken; fi
allowed=$(grep -c -- --allow-downgrades <<<"$*")
while read -r absent; do [[ " $* " != *" $absent "* ]] || exit 100; done <<<"$(cat /absent 2>/dev/null || echo none)"
for word; do
  case $word in
    -* | install | DPkg::* | Dpkg::* | Acquire::*) continue ;;
  esac
  name=${word%%=*} version=1
  [[ $word == *=* ]] && version=${word#*=} version=${version%\*}1.1
  if grep -q "^$name " /packages && [[ $allowed == 0 ]]; then exit 100; fi
  sed -i "/^$name /d" /packages
  echo "$name $version" >>/packages
done
"#;

/// Downloads a file that names its source.
const CURL: &str = r#"#!/bin/bash
echo "curl ${!#}" >>/calls
while [[ $1 != -o ]]; do shift; done
echo "${!#}" >"$2"
"#;

/// The keys of Docker and Kubernetes, and another one in a file that says so.
const GPG: &str = r#"#!/bin/bash
key() { printf 'pub:-:\nfpr:::::::::%s:\nsub:-:\nfpr:::::::::0000:\n' "$1"; }
case $(cat "${!#}") in
  *docker*) key 9DC858229FC7DD38854AE2D88D81803C0EBFCD88 ;;
  *pkgs.k8s.io*) key DE15B14486CD377B9E876E1A234654DA9A296436 ;;
esac
if [[ -e /another-key ]]; then key 1111; fi
"#;

/// A machine on which these packages are installed.
fn machine(node: &Node, packages: &str) -> Machine {
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let root = folder.path();
    node.copy_to(root);
    let logged = |name: &str| format!("#!/bin/sh\necho \"{name} $*\" >>/calls\n");
    let (mark, systemctl) = (logged("apt-mark"), logged("systemctl"));
    let programs = [
        ("dpkg-query", DPKG_QUERY),
        ("apt-get", APT_GET),
        ("dpkg", "#!/bin/sh\necho amd64\n"),
        ("apt-mark", &mark),
        ("systemctl", &systemctl),
        ("curl", CURL),
        ("gpg", GPG),
        // Nothing in this test needs to wait, so waiting is a failure.
        ("sleep", "#!/bin/sh\nexit 1\n"),
    ];
    for (name, text) in programs {
        write(&root.join("usr/local/bin").join(name), text, 0o755);
    }
    write(&root.join("packages"), packages, 0o644);
    write(&root.join("calls"), "", 0o644);
    write(&root.join("broken"), "ok kubelet\n", 0o644);
    write(
        &root.join("etc/apt/sources.list.d/image.list"),
        "deb https://pkgs.k8s.io/core:/stable:/v1.30/deb/ /\n",
        0o644,
    );
    Machine::node(root)
}

/// Runs the script and returns the packages, and the calls since the last run.
fn install(machine: &Machine) -> (String, String) {
    machine.run(&["truncate", "--size=0", "/calls"]);
    machine.run(&[SCRIPT]);
    (machine.run(&["sort", "/packages"]), machine.run(&["cat", "/calls"]))
}

/// The version in a text such as `"kubelet=1.36.3-*"`.
fn pinned(node: &Node, package: &str) -> String {
    let script = &node.files[SCRIPT];
    let after = script.split(&format!("\"{package}=")).nth(1).unwrap();
    // The Kubernetes version is an argument of the script with a default.
    let default = script.split("version=${1:-").nth(1).and_then(|after| after.split('}').next()).unwrap();
    let containerd = script.lines().find_map(|line| line.strip_prefix("containerd=")).unwrap();
    let version = after.split(['"', '-']).next().unwrap();
    format!("{package} {}-1.1", version.replace("$version", default).replace("$containerd", containerd))
}

const PINNED: [&str; 4] = ["containerd.io", "kubelet", "kubeadm", "kubectl"];
const HOLD: &str = "apt-mark hold containerd.io kubelet kubeadm kubectl cri-tools kubernetes-cni";

#[test]
fn installs_the_pinned_versions_whatever_the_image_contains() {
    if !namespaces(5, WHAT) {
        return;
    }
    let node = &NODES[0];
    let images = [
        ("plain", ""),
        (
            "with Kubernetes built in",
            "kubelet 1.30.1-1.1\nkubeadm 1.30.1-1.1\nkubectl 1.30.1-1.1\ncontainerd.io 1.7.2-1\ncri-tools 1.30.0-1.1\nkubernetes-cni 1.4.0-1.1\njq 1\n",
        ),
    ];
    for (image, packages) in images {
        let machine = machine(node, packages);
        let (after, calls) = install(&machine);
        for package in PINNED {
            assert!(after.contains(&pinned(node, package)), "{image}: {after}");
        }
        for package in ["cri-tools ", "kubernetes-cni ", "conntrack ", "nftables "] {
            assert!(after.contains(package), "{image}: {package}of\n{after}");
        }
        assert!(calls.contains(HOLD) && calls.contains("systemctl restart containerd"), "{image}: {calls}");
        let lists = machine.run(&["ls", "/etc/apt/sources.list.d"]);
        assert!(!lists.contains("image.list"), "{lists}");
        // A second run, as after a reboot during installation, installs nothing but restarts containerd to read its configuration.
        let (again, calls) = install(&machine);
        assert_eq!(again, after, "{image}");
        assert!(!calls.contains("apt-get") && calls.contains(HOLD), "{image}: {calls}");
        assert!(calls.contains("systemctl restart containerd"), "{image}: {calls}");
    }
    ok(5, &node.example, WHAT);
}

/// Docker's repository lists a package that it does not have.
#[test]
fn takes_another_patch_release_of_containerd_if_the_pinned_one_is_missing() {
    if !namespaces(5, WHAT) {
        return;
    }
    let node = &NODES[0];
    let hurried = node.with_file(
        SCRIPT,
        &node.files[SCRIPT].replacen(
            "wait_for 300 \"the Kubernetes packages\"",
            "wait_for 0 \"the Kubernetes packages\"",
            1,
        ),
    );
    write(&hurried.here(SCRIPT), &hurried.files[SCRIPT], 0o755);
    let machine = machine(&hurried, "");
    machine.run(&["bash", "-c", "echo 'containerd.io=2.3.7-*' >/absent"]);
    let (after, _) = install(&machine);
    assert!(after.contains("containerd.io 2.3.1.1") && after.contains(&pinned(node, "kubelet")), "{after}");
}

/// The disk was full in the middle of an installation: apt alone would say for ever that kubeadm's dependency is not installed.
#[test]
fn installs_again_what_dpkg_left_half_installed() {
    if !namespaces(5, WHAT) {
        return;
    }
    let node = &NODES[0];
    let machine = machine(node, "");
    machine.run(&["bash", "-c", "printf 'ok kubelet\\nreinstreq cri-tools\\n' >/broken"]);
    let (_, calls) = install(&machine);
    let installs: Vec<&str> = calls.lines().filter(|call| call.contains(" install ")).collect();
    assert!(installs[0].ends_with(" --reinstall install cri-tools"), "{calls}");
}

#[test]
fn trusts_no_other_key() {
    if !namespaces(5, WHAT) {
        return;
    }
    let node = &NODES[0];
    let hurried = node.with_file(SCRIPT, &node.files[SCRIPT].replace("wait_for 900", "wait_for 0"));
    write(&hurried.here(SCRIPT), &hurried.files[SCRIPT], 0o755);
    let machine = machine(&hurried, "");
    machine.run(&["touch", "/another-key"]);
    let failed = machine.command(SCRIPT).output().unwrap();
    let console = String::from_utf8_lossy(&failed.stderr).into_owned();
    assert!(!failed.status.success() && console.contains("is not the key with the fingerprint 9DC858"), "{console}");
    assert_eq!(machine.run(&["bash", "-c", "ls /etc/apt/sources.list.d | grep docker || true"]), "");
}

#[test]
fn does_not_downgrade_an_upgraded_member() {
    if !namespaces(5, WHAT) {
        return;
    }
    let newer = "kubelet 1.99.0-1.1\n";
    let machine = machine(&NODES[0], newer);
    machine.run(&["mkdir", "-p", "/var/lib/node-boot"]);
    machine.run(&["touch", "/var/lib/node-boot/joined"]);
    assert_eq!(install(&machine), (newer.to_owned(), String::new()));
}
