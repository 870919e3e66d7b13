#!/usr/bin/env bash
# Whole processes against an empty Rust program, run in turn so that a noisy machine disturbs all alike. Prints medians in
# milliseconds and their ratios; the promise is a ratio (at most 3 for the guide's cluster), not a time.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-200}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cargo build --release --quiet
echo 'fn main() {}' >"$work/empty.rs"
rustc --edition 2024 -C opt-level=3 -C panic=abort -o "$work/empty" "$work/empty.rs"
cat >"$work/large.yaml" <<'YAML'
name: kub
project: some-project
region: europe-west1
kubernetes: { max_pods_per_node: 30 }
network: { nodes: 10.0.0.0/19, pods: 10.64.0.0/12, services: 10.8.0.0/20 }
pools: { n: { count: 4999 } }
YAML

mkdir "$work/locked"
cp "$work/large.yaml" "$work/locked/cluster.yaml"
target/release/vpcgen lock "$work/locked/cluster.yaml" 2>/dev/null

declare -A programs=(
  [empty]="$work/empty"
  [guide]="target/release/vpcgen render generated-examples/vpc-native/cluster.yaml"
  [5000_machines]="target/release/vpcgen render $work/large.yaml"
  [5000_locked]="target/release/vpcgen render $work/locked/cluster.yaml"
  [5000_validate]="target/release/vpcgen validate $work/locked/cluster.yaml"
)
for ((run = 0; run < runs; run++)); do
  for name in "${!programs[@]}"; do
    read -ra command <<<"${programs[$name]}"
    start=${EPOCHREALTIME/./}
    "${command[@]}" &>/dev/null
    echo $((${EPOCHREALTIME/./} - start)) >>"$work/$name.times"
  done
done

median() { sort -n "$work/$1.times" | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
base=$(median empty)
for name in empty guide 5000_machines 5000_locked 5000_validate; do
  awk -v name="$name" -v time="$(median "$name")" -v base="$base" \
    'BEGIN { printf "%-14s %8.2f ms  %6.2f x empty\n", name, time / 1000, time / base }'
done

if [[ -x /usr/bin/time ]]; then
  /usr/bin/time -f '5000_machines  %M KiB at most' target/release/vpcgen render "$work/large.yaml" 2>&1 >/dev/null
else
  echo "memory: skipped, /usr/bin/time is not here (Debian: apt-get install time)"
fi
