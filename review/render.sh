#!/usr/bin/env bash
# Fails if the committed tree or lock is not what the description renders.
set -euo pipefail

dir=${VPCGEN_DIR:-$(dirname -- "$VPCGEN_FILE")}
# The difference quotes files of the pull request: nothing in it may be a workflow command.
stop=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$stop"
status=0
vpcgen render --out "$dir" --check -- "$VPCGEN_FILE" || status=$?
echo "::$stop::"
case $status in
0) ;;
2)
  echo "::error title=vpcgen render::The files in $dir are out of date: run vpcgen render $VPCGEN_FILE --out $dir, and commit them and the lock"
  exit 1
  ;;
*) exit "$status" ;;
esac
