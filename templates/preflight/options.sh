usage() {
  cat <<'END'
usage: preflight.sh [--applied]

  --applied   the cluster exists: names may be in use, and only machines that do not exist count towards quotas

It needs gcloud, curl and jq. Permissions are those of the credentials that Terraform uses, everything else is asked as gcloud's account.
END
}

applied=false
for option in "$@"; do
  case $option in
  --applied) applied=true ;;
  --help) usage && exit ;;
  *) usage >&2 && exit 1 ;;
  esac
done

for tool in gcloud curl jq; do
  command -v "$tool" >/dev/null || {
    echo "$tool is not installed" >&2
    exit 1
  }
done
export CLOUDSDK_CORE_DISABLE_PROMPTS=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

