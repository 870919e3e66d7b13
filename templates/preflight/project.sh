# Terraform's credentials, and the project.
if token=${GOOGLE_OAUTH_ACCESS_TOKEN:-$(gcloud auth application-default print-access-token 2>/dev/null)} && [[ -n $token ]]; then
  yes "Terraform finds credentials"
else
  token=''
  no "Terraform finds credentials" "gcloud auth application-default login"
fi
if ask projects describe "$project"; then
  yes "the project $project exists"
else
  no "the project $project exists, and gcloud's account can read it" "$reason"
  printf '\nNothing else can be checked.\n'
  exit 1
fi
if ask billing projects describe "$project"; then
  if jq -e .billingEnabled <<<"$answer" >/dev/null; then
    yes "billing is enabled"
  else
    no "billing is enabled" "gcloud billing projects link $project --billing-account=ACCOUNT"
  fi
else
  unsure "billing is enabled" "$reason"
fi

enabled=''
if ask services list --enabled; then
  enabled=$(jq -r '.[].config.name' <<<"$answer")
  while read -r api; do
    if has "$api" "$enabled"; then
      yes "the API $api is enabled"
    else
      no "the API $api is enabled" "gcloud services enable $api --project=$project"
    fi
  done < <(grep . <<<"$apis")
else
  unsure "the APIs are enabled" "$reason"
fi

# What the credentials may do, also by roles of groups, folders and the organisation.
if [[ -n $token ]]; then
  wanted=$(jq -nR '{permissions: [inputs | split(" ")[1:][]]}' < <(grep . <<<"$roles"))
  url=https://cloudresourcemanager.googleapis.com/v1/projects/$project:testIamPermissions
  if granted=$(curl --silent --show-error --fail --header @- --header 'Content-Type: application/json' --data "$wanted" "$url" \
    <<<"Authorization: Bearer $token" 2>"$work/error"); then
    granted=$(jq -r '.permissions // [] | .[]' <<<"$granted")
    while read -r role permissions; do
      lacking=''
      for permission in $permissions; do
        has "$permission" "$granted" || lacking="$lacking $permission"
      done
      if [[ -z $lacking ]]; then
        yes "Terraform's credentials have the permissions of $role"
      else
        no "Terraform's credentials have the permissions of $role; missing:$lacking" \
          "gcloud projects add-iam-policy-binding $project --role=$role --member=MEMBER"
      fi
    done < <(grep . <<<"$roles")
  else
    unsure "Terraform's credentials have the permissions that they need" "$(<"$work/error")"
  fi
fi

while read -r account; do
  if ! ask iam service-accounts describe "$account"; then
    no "the service account $account exists" "$reason"
  elif jq -e .disabled <<<"$answer" >/dev/null; then
    no "the service account $account is enabled" "gcloud iam service-accounts enable $account"
  else
    yes "the service account $account exists"
  fi
done < <(grep . <<<"$accounts")
if [[ -n $state_bucket ]]; then
  if ask storage buckets describe "gs://$state_bucket"; then
    yes "the bucket $state_bucket for Terraform's state exists"
  else
    no "the bucket $state_bucket for Terraform's state exists" "$reason"
  fi
fi

