#!/usr/bin/env bash
# Makes a local stand-in for the official Node image out of Debian's packages and npm's own Node binary, for machines
# that reach no image registry. Needs root, debootstrap, npm and a running engine. About 40 seconds.
#   docker/base-image.sh node:22-bookworm-slim
set -euo pipefail

tag=${1:?the name of the image to make, such as node:22-bookworm-slim}
major=${tag#node:}
major=${major%%-*}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root="$work/root"

mirror=$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources 2>/dev/null | head -n 1)
debootstrap --variant=minbase --include=ca-certificates,libstdc++6 bookworm "$root" "${mirror:-http://deb.debian.org/debian}" >"$work/log" || {
  tail -n 20 "$work/log" >&2
  exit 1
}
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*

cd "$work"
npm init --yes >/dev/null 2>&1
case $(uname -m) in aarch64) arch=arm64 ;; *) arch=x64 ;; esac
npm install --no-audit --no-fund --silent "node-linux-$arch@$major" npm@10
install -m 755 "node_modules/node-linux-$arch/bin/node" "$root/usr/local/bin/node"
mkdir -p "$root/usr/local/lib/node_modules"
cp -R node_modules/npm "$root/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$root/usr/local/bin/npx"
chroot "$root" sh -c 'groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node'

changes=(--change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' --change 'CMD ["node"]')
# Behind a network that ends TLS itself, npm inside the build has to trust what npm outside trusts.
if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then
  install -m 644 "$NODE_EXTRA_CA_CERTS" "$root/etc/ssl/local-ca.pem"
  changes+=(--change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/local-ca.pem')
fi
tar -C "$root" -c . | docker import "${changes[@]}" - "$tag"
