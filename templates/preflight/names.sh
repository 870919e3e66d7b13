# Names that exist, in the form in which they are unique.
existing() {
  jq -r --arg unique "$1" --arg region "$region" '
    .[] | ((.email // "" | split("@")[0]) // .name | split("/") | last) as $name
    | if $unique == "zone" then "\(.zone // "" | split("/") | last)/\($name)"
      elif $unique == "region" then select(.region // "" | endswith("/\($region)")) | $name
      else $name end' <<<"$answer"
}

# Deleted custom roles keep their names for a time.
deleted_roles() { jq -r '.[] | select(.deleted // false).name | split("/") | last' <<<"$answer"; }

needs='' # lines of metrics and amounts
instances=''
in_use() {
  if $applied; then
    yes "the $1 $2 exists"
  else
    no "the $1 $2 does not exist yet" "choose another name, or delete it; if it belongs to this cluster: --applied"
  fi
}

while IFS='|' read -r kind list unique metric all; do
  if [[ $unique == world ]]; then
    for name in $all; do
      if ask storage buckets describe "gs://$name"; then
        in_use "$kind" "$name"
      elif [[ $reason == *404* ]]; then
        yes "the name of the $kind $name is free"
      else
        no "the name of the $kind $name is free; it exists in another project" "set backup.bucket"
      fi
    done
    continue
  fi
  read -ra command <<<"$list"
  if ! ask "${command[@]}"; then
    unsure "the names of the ${kind}s are free" "$reason"
    continue
  fi
  found=$(existing "$unique")
  [[ $kind != instance ]] || instances=$found
  deleted=''
  [[ $kind != 'custom role' ]] || deleted=$(deleted_roles)
  free=0
  for name in $all; do
    if has "$name" "$deleted"; then
      no "the $kind $name does not exist yet; it was deleted, and its name is reserved for 37 days" \
        "choose another name for the cluster, or within 7 days: gcloud iam roles undelete $name --project=$project, and import it"
    elif has "$name" "$found"; then
      in_use "$kind" "$name"
    else
      free=$((free + 1))
    fi
  done
  [[ $free == 0 ]] || yes "names of the kind $kind that are free: $free"
  [[ -z $metric ]] || needs="$needs$metric $free
"
done < <(grep . <<<"$names")

