missing=0 unknown=0

yes() { printf 'yes  %s\n' "$1"; }

# no STATEMENT FIX
no() {
  printf 'no   %s\n     %s\n' "$1" "$2"
  missing=$((missing + 1))
}

# unsure STATEMENT [REASON]: Google does not say.
unsure() {
  printf '?    %s\n' "$1"
  [[ -z ${2-} ]] || printf '     %s\n' "$2"
  unknown=$((unknown + 1))
}

# ask COMMAND...: gcloud's answer as JSON in $answer; if it fails, the first line of its message in $reason.
ask() {
  answer=$(gcloud "$@" --project="$project" --format=json 2>"$work/error") && return
  reason=$(grep -m 1 ERROR "$work/error" || head -n 1 "$work/error")
  return 1
}

# has LINE LIST: whether the list has this line.
has() { grep -qxF -- "$1" <<<"$2"; }

