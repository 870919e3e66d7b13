#!/usr/bin/env bash
# Annotates the description's lines with what is wrong.
set -euo pipefail

options=(--locked --format github)
[[ -z $VPCGEN_DENY ]] || options+=("--deny=$VPCGEN_DENY")
[[ -z $VPCGEN_ALLOW ]] || options+=("--allow=$VPCGEN_ALLOW")
vpcgen validate "${options[@]}" -- "$VPCGEN_FILE"
