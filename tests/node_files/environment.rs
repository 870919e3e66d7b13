//! A node in a simulated environment: its own unmodified scripts run from their real paths,
//! and the real kubeadm checks their configuration.

use std::path::Path;

use tempfile::TempDir;

use crate::machine::Machine;
use crate::unpack::{Node, write};

/// The metadata server, and Secret Manager: it returns the last version added, and the secret with the CA responds with the status
/// `$CA_STATUS`. Other control planes respond if `$OTHER_VERSION` is set, and their
/// etcd if `$MEMBERS` is. `/calls` records the calls.
const CURL: &str = r#"#!/bin/bash
url=; data=
for word; do
  case $word in
    http*) url=$word ;;
    @-) data=$(cat) ;;
  esac
done
echo "$url" >>/calls
case $url in
  http://169.254.169.254/computeMetadata/v1/instance/id) echo -n 4711 ;;
  http://169.254.169.254/computeMetadata/v1/instance/name) echo -n "$NODE" ;;
  http://169.254.169.254/computeMetadata/v1/instance/network-interfaces/0/ip) echo -n 10.99.0.2 ;;
  http://169.254.169.254/computeMetadata/v1/instance/network-interfaces/0/ip-aliases/0) echo -n 10.99.7.0/24 ;;
  http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/token) echo '{"access_token": "t", "expires_in": 3599}' ;;
  'http://169.254.169.254/computeMetadata/v1/instance/service-accounts/default/identity?audience='*'&format=full') echo -n the.identity.token ;;
  https://secretmanager.googleapis.com/v1/projects/*/secrets/*:addVersion)
    echo "$data" >/secret && echo '{"name": "projects/1/secrets/s/versions/10"}' ;;
  *'/versions?pageSize='*)
    echo '{"versions": [{"name": "p/versions/10", "state": "ENABLED"}, {"name": "p/versions/9", "state": "ENABLED"},
      {"name": "p/versions/8", "state": "DESTROYED"}]}' ;;
  *:destroy) echo '{}' ;;
  *-pki/versions/latest:access)
    if [[ ${CA_STATUS:-404} == 200 && -e /ca ]]; then cat /ca; else echo "{\"error\": {\"message\": \"${CA_MESSAGE:-as asked}\"}}"; fi
    echo; echo "${CA_STATUS:-404}" ;;
  */versions/latest:access) echo "$SECRET" ;;
  https://*:6443/version) [[ -n ${OTHER_VERSION:-} ]] && echo "{\"gitVersion\": \"v$OTHER_VERSION\"}" ;;
  https://*:2379/v3/cluster/member/list) [[ -n ${MEMBERS:-} ]] && echo "{\"members\": [$MEMBERS]}" ;;
  *) exit 22 ;;
esac
"#;

/// Commands that would change the machine become dry runs, and the configuration is kept for the test.
const KUBEADM: &str = r#"#!/bin/bash
set -euo pipefail
keep() { while [[ $1 != --config ]]; do shift; done; cp "$2" /given.yaml; }
case "$1 ${2:-}" in
  "init phase") mkdir -p /etc/kubernetes/pki && echo ca.key >/etc/kubernetes/pki/ca.key ;;
  init*)
    keep "$@"
    REAL config validate --config /given.yaml
    export KUBEADM_INIT_DRYRUN_DIR=/dry
    mkdir -p /dry
    shift
    REAL init --dry-run --ignore-preflight-errors=all "$@"
    # A dry run leaves no CA behind.
    mkdir -p /etc/kubernetes/pki/etcd && cd /etc/kubernetes/pki
    for file in ca.crt ca.key sa.key sa.pub front-proxy-ca.crt front-proxy-ca.key etcd/ca.crt etcd/ca.key; do echo $file >$file; done ;;
  join*)
    keep "$@"
    cp "$(sed -n 's/^ *kubeConfigPath: //p' /given.yaml)" /given.conf
    REAL config validate --config /given.yaml ;;
  *) exit 64 ;;
esac
"#;

/// A cluster of this version. `$ANOTHER` is that of the other control plane, and a worker's kubelet says of its own pod that it is an
/// API server of the version `$WORKER`.
const KUBECTL: &str = r#"#!/bin/bash
case "$*" in
  *"--raw /version"*) echo '{"gitVersion": "v1.36.3"}' ;;
  *"get nodes --selector node-role.kubernetes.io/control-plane"*) echo -n "the-node another" ;;
  *component=kube-apiserver*)
    jq -n --arg another "${ANOTHER:-1.36.2}" --arg worker "${WORKER:-1.0.0}" '{items: (
      {"the-node": "1.35.0", another: $another, worker: $worker} |
      to_entries | map({spec: {nodeName: .key, containers: [{image: "registry.k8s.io/kube-apiserver:v\(.value)"}]}}))}' ;;
esac
"#;

/// The kubelet of the same version is installed.
const DPKG_QUERY: &str = "#!/bin/sh\necho 1.36.2-1.1\n";

/// Always succeeds.
const YES: &str = "#!/bin/sh\n";
/// Always fails. Nothing in these tests needs to wait, so waiting is a failure.
const NO: &str = "#!/bin/sh\nexit 1\n";

impl Node {
    /// Boots this node in the simulated environment.
    pub(crate) fn boots(&self, kubeadm: &Path) -> Machine {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let root = folder.path();
        self.copy_to(root);
        let kubeadm = KUBEADM.replace("REAL", &kubeadm.to_string_lossy());
        let programs = [
            ("curl", CURL),
            ("kubeadm", &kubeadm),
            ("kubectl", KUBECTL),
            ("getent", YES),
            ("sleep", NO),
            ("dpkg-query", DPKG_QUERY),
            ("systemctl", YES),
            ("crictl", YES),
        ];
        for folder in ["etcd", "pki"] {
            std::fs::create_dir_all(root.join("var/lib/cluster").join(folder)).unwrap();
        }
        for folder in ["var/lib/node-boot", "var/lib/etcd", "var/log"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        for (name, text) in programs {
            write(&root.join("usr/local/bin").join(name), text, 0o755);
        }
        Machine::node(root)
    }
}
