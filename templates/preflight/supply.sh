# Machine types, disk types and images.
zones=$(cut -d ' ' -f 1 <<<"$machine_types" | sort -u | grep . | paste -sd , -)
if ask compute machine-types list --zones="$zones"; then
  offered=$(jq -r '.[] | "\(.zone | split("/") | last) \(.name)"' <<<"$answer")
  while read -r zone type; do
    if has "$zone $type" "$offered"; then
      yes "$zone has the machine type $type"
    # Custom types are not listed.
    elif [[ $type == *custom* ]] && ask compute machine-types describe "$type" --zone="$zone"; then
      yes "$zone has the machine type $type"
    else
      no "$zone has the machine type $type" "the zones that have it: gcloud compute machine-types list --filter=name=$type"
    fi
  done < <(grep . <<<"$machine_types")
else
  unsure "the zones have the machine types" "$reason"
fi
if ask compute disk-types list --zones="$zones"; then
  offered=$(jq -r '.[] | "\(.zone // "" | split("/") | last) \(.name)"' <<<"$answer")
  while read -r zone type; do
    if has "$zone $type" "$offered"; then
      yes "$zone has disks of the type $type"
    else
      no "$zone has disks of the type $type" "the zones that have it: gcloud compute disk-types list --filter=name=$type"
    fi
  done < <(grep . <<<"$disk_types")
else
  unsure "the zones have the disk types" "$reason"
fi
while read -r image; do
  owner=${image#projects/}
  owner=${owner%%/*}
  if [[ $image == */family/* ]]; then
    found=$(gcloud compute images describe-from-family "${image##*/}" --project="$owner" --format='value(name)' 2>"$work/error")
  else
    found=$(gcloud compute images describe "${image##*/}" --project="$owner" --format='value(name)' 2>"$work/error")
  fi
  if [[ -n $found ]]; then
    yes "the image $image exists: $found"
  else
    no "the image $image exists, and gcloud's account can use it" "$(head -n 1 "$work/error")"
  fi
done < <(grep . <<<"$images")

# Quotas: of new networks and the like, which are counted above, and of the machines that do not exist yet.
left() { jq -r --arg metric "$1" '[.quotas // [] | .[] | select(.metric == $metric) | .limit - .usage | floor] | first // empty' <<<"$2"; }
limit() { jq -r --arg metric "$1" '[.quotas // [] | .[] | select(.metric == $metric).limit | floor] | first // 0' <<<"$2"; }
if ask compute regions describe "$region"; then
  regional=$answer
  while IFS='|' read -r takes machines; do
    new=0
    for machine in $machines; do
      has "$machine" "$instances" || new=$((new + 1))
    done
    for one in $takes; do
      metric=${one%%=*}
      if [[ $metric == *:* ]]; then
        # Without a quota of their own, Spot VMs use the one of their family.
        if [[ $(limit "${metric%%:*}" "$regional") == 0 ]]; then metric=${metric##*:}; else metric=${metric%%:*}; fi
      fi
      needs="$needs$metric $((new * ${one##*=}))
"
    done
  done < <(grep . <<<"$quotas")
  global='{}'
  ask compute project-info describe && global=$answer
  sums=$(awk '
    NF { sum[$1] += $2 }
    $1 ~ /CPUS$/ && $1 != "PREEMPTIBLE_CPUS" { sum["CPUS_ALL_REGIONS"] += $2 }
    END { for (metric in sum) if (sum[metric]) print metric, sum[metric] }' <<<"$needs" | sort)
  while read -r metric need; do
    room=$(left "$metric" "$regional")
    [[ -n $room ]] || room=$(left "$metric" "$global")
    if [[ -n $room ]] && ((room >= need)); then
      yes "the quota $metric has room for $need: $room are left"
    elif [[ -n $room ]]; then
      no "the quota $metric has room for $need: only $room are left" \
        "request more: https://console.cloud.google.com/iam-admin/quotas?project=$project"
    # Only projects with such a limit list it.
    elif [[ $metric != CPUS_ALL_REGIONS ]]; then
      unsure "the quota $metric has room for $need" "https://console.cloud.google.com/iam-admin/quotas?project=$project"
    fi
  done < <(grep . <<<"$sums")
else
  unsure "the quotas have room" "$reason"
fi
while read -r type; do
  unsure "the quota of vCPUs has room for $type" "https://console.cloud.google.com/iam-admin/quotas?project=$project"
done < <(sort -u <<<"$unknown_types" | grep .)

