# Sourced by the control plane's scripts: access to the marks on the state disk, and to the secret with the CA.
# shellcheck shell=bash disable=SC2034

# initialized  This disk contains the CA and an etcd member of the cluster, last run with the Kubernetes version in this file.
#              From then on, nothing on the disk is ever reset.
# encrypted    This machine's API server stores Secrets encrypted, and all that are stored are.
# founding     kubeadm init started, but did not finish. No other machine knows of that cluster.
# restoring    etcd-restore started, but did not finish. etcd must not run with what is on this disk.
# restored     The snapshot that the member was last restored from.
# joining      kubeadm join started with the version in this file, but did not finish. If etcd counts this machine as a member, it may need its data.
state=/var/lib/cluster
pki=/etc/kubernetes/pki
encrypt_secrets={{ encrypt_secrets }}
ca_files=(ca.crt ca.key sa.key sa.pub front-proxy-ca.crt front-proxy-ca.key etcd/ca.crt etcd/ca.key)

# mark NAME [TEXT]: writes a mark atomically, and returns when it is on disk.
mark() {
  echo "${2:-}" >"$state/$1.new"
  sync "$state/$1.new"
  mv "$state/$1.new" "$state/$1"
  sync -f "$state"
}

unmark() {
  rm -f "${@/#/$state/}"
  sync -f "$state"
}

ca_is_in() {
  local file
  for file in "${ca_files[@]}"; do
    [[ -s $1/$file ]] || return 1
  done
}

# copy_ca FROM TO. The certificates that kubeadm derives from the CA are not copied: each machine gets new ones.
copy_ca() {
  install -d -m 0755 "$2/etcd"
  tar -c -C "$1" "${ca_files[@]}" | tar -x -C "$2"
  sync -f "$2"
}

# encryption_config FIRST SECOND: identity or secretbox. The API server stores Secrets with the first, and reads those of both. The
# key follows from the CA's, so that all control planes have the same one, and it is nowhere but with the CA.
encryption_config() {
  local key provider file=$pki/encryption.yaml
  key=$({ echo "Secrets at rest" && cat "$pki/ca.key"; } | openssl dgst -sha256 -binary | base64)
  (
    umask 077
    exec >"$file.new"
    printf '%s\n' 'apiVersion: apiserver.config.k8s.io/v1' 'kind: EncryptionConfiguration' resources: '  - resources: [secrets]' '    providers:'
    for provider; do
      case $provider in
      identity) echo '      - identity: {}' ;;
      secretbox) echo "      - secretbox: {keys: [{name: ca, secret: $key}]}" ;;
      esac
    done
  )
  mv "$file.new" "$file"
}

# address_of CONTROL-PLANE
address_of() { getent ahostsv4 "$1.{{ domain }}" | awk 'NR == 1 { print $1 }'; }

# etcd_member ADDRESS VERB JSON: etcd's API on another control plane, which does not need a majority to list the members.
# https://etcd.io/docs/v3.6/dev-guide/apispec/
etcd_member() {
  curl -fsS --max-time 10 --cacert $pki/etcd/ca.crt --cert $pki/etcd/healthcheck-client.crt --key $pki/etcd/healthcheck-client.key \
    -d "$3" "https://$1:2379/v3/cluster/member/$2"
}

# instance ZONE NAME: https://cloud.google.com/compute/docs/reference/rest/v1/instances/get
instance() { google "https://compute.googleapis.com/compute/v1/projects/{{ project }}/zones/$1/instances/$2" --fail; }

# ca_secret PATH [CURL OPTION...]
ca_secret() {
  local path=$1
  shift
  secret_manager "{{ pki_secret }}$path" "$@"
}

# Sets $secret to filled, and $bundle to the content, or $secret to empty. Fails if neither is certain, so that the caller retries:
# 403 until the permission takes effect, 5xx, no network. Only a certain "empty" allows founding a cluster.
read_ca_secret() {
  local answer body
  answer=$(ca_secret /versions/latest:access --write-out '\n%{http_code}') || return 1
  body=${answer%$'\n'*}
  case ${answer##*$'\n'} in
  200)
    bundle=$(jq -er .payload.data <<<"$body") && secret=filled
    return
    ;;
  404) secret=empty && return ;;
  400) [[ $body == *DESTROYED* ]] && secret=empty && return ;;
  esac
  log "the secret {{ pki_secret }} answers: $(jq -r .error.message <<<"$body" 2>/dev/null || echo "${answer##*$'\n'}")"
  return 1
}

unpack_ca() {
  install -d -m 0755 "$pki/etcd"
  base64 -d <<<"$bundle" | tar -xz -C "$pki"
}

# Publishes the CA unless the secret has it.
publish_ca_once() { read_ca_secret && { [[ $secret == filled ]] || publish_ca; }; }

publish_ca() {
  log "publishing the CA in the secret {{ pki_secret }}"
  printf '{"payload": {"data": "%s"}}' "$(tar -cz -C "$pki" "${ca_files[@]}" | base64 -w 0)" |
    ca_secret :addVersion --fail --data-binary @- >/dev/null
}

# Machines join with their identity tokens, and approve-nodes approves their certificates. kubeadm init always makes another way in, also
# when a control plane resumes: a token, and the rule that approves whatever is requested with one.
rules_for_joining() {
  kubectl apply -f /etc/kubernetes/joining.yaml >/dev/null &&
    kubectl delete clusterrolebinding kubeadm:node-autoapprove-bootstrap --ignore-not-found >/dev/null &&
    kubectl --namespace kube-system delete secrets --field-selector type=bootstrap.kubernetes.io/token --ignore-not-found >/dev/null
}
