# allows VALUE: what the policy in $answer says to it, yes, no or ?. Groups of values (in:, under:) can contain it.
allows() {
  jq -r --arg value "$1" '
    def lists($all): $all | any(. == $value or . == "is:\($value)" or . == "in:\($value)-locations");
    def groups($all): $all | any(startswith("in:") or startswith("under:"));
    (.listPolicy // {}) as $policy | ($policy.allowedValues // []) as $allowed | ($policy.deniedValues // []) as $denied
    | if .booleanPolicy.enforced // false then "no"
      elif $policy.allValues == "DENY" or lists($denied) then "no"
      elif groups($denied) then "?"
      elif $allowed == [] or lists($allowed) then "yes"
      elif groups($allowed) then "?"
      else "no" end' <<<"$answer"
}

asked='' known=false
while IFS='|' read -r constraint value fix; do
  what="the organisation policy $constraint allows $value"
  [[ -n $value ]] || what="the organisation policy $constraint is off"
  if [[ $constraint != "$asked" ]]; then
    asked=$constraint known=true
    ask resource-manager org-policies describe "$constraint" --effective || known=false
  fi
  if ! $known; then
    unsure "$what" "$reason"
    continue
  fi
  case $(allows "$value") in
  yes) yes "$what" ;;
  no) no "$what" "$fix" ;;
  *) unsure "$what" "it names groups of values: gcloud resource-manager org-policies describe $constraint --effective --project=$project" ;;
  esac
done < <(grep . <<<"$policies")

printf '\n'
((unknown == 0)) || echo "$unknown could not be checked."
if ((missing > 0)); then
  echo "$missing missing: the cluster cannot be applied yet."
  exit 1
fi
echo "Nothing is missing."
