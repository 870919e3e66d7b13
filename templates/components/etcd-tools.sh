# Sourced by the control plane's scripts that work with etcd.
# shellcheck shell=bash disable=SC2034,SC2154 # cluster.sh sets bucket

export ETCDCTL_ENDPOINTS=https://127.0.0.1:2379 ETCDCTL_CACERT=/etc/kubernetes/pki/etcd/ca.crt
export ETCDCTL_CERT=/etc/kubernetes/pki/etcd/healthcheck-client.crt ETCDCTL_KEY=/etc/kubernetes/pki/etcd/healthcheck-client.key

# Puts etcdctl and etcdutl on the PATH. They are static programs in etcd's image, which has no shell. The copy on the host works
# also when etcd is down, and writes to other folders than etcd's.
etcd_tools() {
  local image folder mount
  image=$(sed -n 's/^ *image: *//p' /etc/kubernetes/manifests/etcd.yaml 2>/dev/null || true)
  [[ -n $image ]] || image=$(kubeadm config images list --kubernetes-version "$(kubeadm version -o short)" | grep /etcd:)
  folder=/usr/local/lib/etcd/${image##*:}
  if [[ ! -x $folder/etcdutl ]]; then
    mount=$(mktemp -d)
    crictl inspecti "$image" >/dev/null 2>&1 || wait_for 300 "the image $image" crictl pull "$image" >/dev/null
    ctr --namespace k8s.io images mount "$image" "$mount" >/dev/null
    install -D -t "$folder" "$mount/usr/local/bin/etcdctl" && install -D -t "$folder" "$mount/usr/local/bin/etcdutl" || folder=
    ctr --namespace k8s.io images unmount --rm "$mount" >/dev/null
    rmdir "$mount"
    [[ -n $folder ]] || return 1
  fi
  PATH=$folder:$PATH
}

storage=https://storage.googleapis.com

# objects PREFIX: the name and the size of each object in the bucket, sorted by name.
objects() {
  local page next=
  while true; do
    page=$(google "$storage/storage/v1/b/$bucket/o?prefix=$1&fields=nextPageToken,items(name,size)$next" --fail) || return 1
    jq -r '.items[]? | "\(.name) \(.size)"' <<<"$page"
    next=$(jq -r '.nextPageToken // empty | "&pageToken=\(@uri)"' <<<"$page")
    [[ -n $next ]] || return 0
  done
}

# check_snapshot FILE: whether a snapshot is complete: etcd appends the checksum of its content.
check_snapshot() {
  local content appended
  content=$(head --bytes=-32 "$1" | sha256sum | cut -d ' ' -f 1)
  appended=$(tail --bytes=32 "$1" | od -A n -t x1 | tr -d ' \n')
  if [[ $content != "$appended" ]]; then
    log "the snapshot's checksum is $content, and its content was $appended when it was taken"
    return 1
  fi
  etcdutl snapshot status "$1" --write-out json | jq -e '.totalKey > 0' >/dev/null
}

# check_space FOLDER BYTES WHAT: whether a folder has room.
check_space() {
  local free
  free=$(df --block-size=1 --output=avail "$1" | tail -n 1)
  if ((free < $2)); then
    log "$1 has $((free >> 20)) MiB free, and $3 needs $(($2 >> 20)) MiB"
    return 1
  fi
}
