#!/usr/bin/env bash
# Downloads a release of vpcgen, checks it, and puts it on the PATH of the steps that follow.
set -euo pipefail

refuse() {
  echo "::error title=vpcgen::$1"
  exit 1
}

[[ $VPCGEN_VERSION =~ ^[0-9]+\.[0-9]+\.[0-9]+[0-9A-Za-z.-]*$ ]] || refuse "version must be a version such as 1.2.3"
[[ $VPCGEN_SHA256 =~ ^[0-9a-f]{64}$ ]] || refuse "sha256 must be the SHA-256 of the archive, 64 hexadecimal digits in lower case"
case $RUNNER_OS-$RUNNER_ARCH in
Linux-X64) target=x86_64-unknown-linux-musl ;;
Linux-ARM64) target=aarch64-unknown-linux-musl ;;
macOS-X64) target=x86_64-apple-darwin ;;
macOS-ARM64) target=aarch64-apple-darwin ;;
*) refuse "there is no release for $RUNNER_OS on $RUNNER_ARCH: put vpcgen on the PATH and leave out version" ;;
esac

name=vpcgen-v$VPCGEN_VERSION-$target
work=$RUNNER_TEMP/$name
rm -rf "$work"
mkdir -p "$work"
curl --fail --location --silent --show-error --retry 3 --proto '=https,file' --proto-redir '=https' \
  --output "$work/archive.tar.gz" "$VPCGEN_RELEASES/v$VPCGEN_VERSION/$name.tar.gz" || refuse "$name.tar.gz cannot be downloaded"
sum=$({ sha256sum "$work/archive.tar.gz" 2>/dev/null || shasum -a 256 "$work/archive.tar.gz"; } | cut -d ' ' -f 1)
[[ $sum == "$VPCGEN_SHA256" ]] || refuse "$name.tar.gz has the SHA-256 $sum, not $VPCGEN_SHA256"
tar -xzf "$work/archive.tar.gz" -C "$work" --strip-components=1 "$name/vpcgen"
echo "$work" >>"$GITHUB_PATH"
"$work/vpcgen" --version
