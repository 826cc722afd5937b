#!/usr/bin/env bash
# Finds the project's own authdouble or installs one from npm, and leaves a link to it for the other steps.
# Without an authdouble and without a version it installs the release that the action itself belongs to, never just the newest.
set -euo pipefail

fail() { echo "::error::$1"; exit 1; }
case "$INPUT_COMMAND" in start | conform) ;; *) fail "authdouble has no command '${INPUT_COMMAND//[^[:alnum:]_-]/?}': start, stop or conform" ;; esac
command -v node >/dev/null || fail "authdouble needs Node 20.19 or newer: actions/setup-node brings it"
[ -d "$INPUT_DIRECTORY" ] || fail "working-directory is no directory"

home="$RUNNER_TEMP/authdouble"
own="$INPUT_DIRECTORY/node_modules/.bin/authdouble"
mkdir -p "$home"

if [ -z "$INPUT_VERSION" ] && [ -x "$own" ]; then
  found=$(cd "$(dirname "$own")" && pwd)/authdouble
else
  release=$(node -p 'require(process.argv[1]).version' "$GITHUB_ACTION_PATH/../../../package.json")
  npm install --prefix "$home" --no-save --no-audit --no-fund --ignore-scripts -- "authdouble@${INPUT_VERSION:-$release}"
  found="$home/node_modules/.bin/authdouble"
fi
ln -sfn "$found" "$home/command"
echo "authdouble $("$home/command" --version)"
