#!/usr/bin/env bash
# Says what the change does to the running cluster: in the job's summary, and in one comment on the pull request, which is updated.
set -euo pipefail

say() { echo "::$1 title=vpcgen diff::$2"; }

base=$VPCGEN_BASE
if [[ -z $base && -n ${GITHUB_BASE_REF-} ]]; then
  base=origin/$GITHUB_BASE_REF
  # A checkout of depth 1 has only the pull request's commit.
  git rev-parse --verify --quiet "$base^{commit}" >/dev/null ||
    git fetch --quiet --no-tags --depth=1 origin "+refs/heads/$GITHUB_BASE_REF:refs/remotes/$base"
fi
if [[ -z $base ]]; then
  echo "This is no pull request, and no base was given: there is nothing to compare with."
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
marker=${VPCGEN_FILE//--/-}
marker="<!-- vpcgen-diff: ${marker//>/} -->"
if ! git cat-file -e "$base:./$VPCGEN_FILE" 2>/dev/null; then
  echo "\`$VPCGEN_FILE\` is new: nothing runs yet that a change could touch." >>"$GITHUB_STEP_SUMMARY"
  exit 0
fi

options=(--against "$base" --format markdown)
[[ -z $VPCGEN_FAIL_ON ]] || options+=("--fail-on=$VPCGEN_FAIL_ON")
status=0
vpcgen diff "${options[@]}" -- "$VPCGEN_FILE" >"$work/body" 2>"$work/messages" || status=$?
if [[ $status == 1 && ! -s $work/body ]]; then
  {
    echo "vpcgen could not compare \`$VPCGEN_FILE\` with \`$base\`:"
    echo
    sed 's/^/    /' "$work/messages"
  } >>"$GITHUB_STEP_SUMMARY"
  say error "$VPCGEN_FILE cannot be compared with $base: see the job's summary"
  exit 1
fi
changes=true
if [[ ! -s $work/body ]]; then
  changes=false
  echo "$marker" >"$work/body"
  echo "**vpcgen: nothing changes** (\`$VPCGEN_FILE\` against \`$base\`)" >>"$work/body"
fi
cat "$work/body" >>"$GITHUB_STEP_SUMMARY"

# One comment, found by its first line. Nothing is said where nothing changes and nothing was said before.
comment() {
  local repository=$GITHUB_REPOSITORY number ids last
  number=$(jq -r '.pull_request.number // empty' "$GITHUB_EVENT_PATH")
  [[ -n $number ]] || return 0
  if jq -e '.pull_request.head.repo.full_name != .repository.full_name' "$GITHUB_EVENT_PATH" >/dev/null; then
    say notice "A pull request from a fork gets no comment, because its token cannot write: see the job's summary"
    return 0
  fi
  ids=$(MARKER=$marker gh api --paginate "repos/$repository/issues/$number/comments" \
    --jq '.[] | select(.body | startswith(env.MARKER)) | .id') || return 1
  last=$(tail -n 1 <<<"$ids")
  if [[ -n $last ]]; then
    gh api --method PATCH "repos/$repository/issues/comments/$last" --field body=@"$work/body" >/dev/null
  elif $changes; then
    gh api --method POST "repos/$repository/issues/$number/comments" --field body=@"$work/body" >/dev/null
  fi
}
if [[ $VPCGEN_COMMENT == true && -n $GH_TOKEN ]] && ! comment; then
  say warning "The comment could not be written; the job needs the permission pull-requests: write. See the job's summary"
fi

if [[ $status == 1 ]]; then
  say error "$VPCGEN_FILE: a change is as severe as $VPCGEN_FAIL_ON"
  exit 1
fi
