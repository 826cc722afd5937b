#!/usr/bin/env bash
# Starts authdouble in the background, waits for its ready line, and exports its environment to the steps that follow.
set -euo pipefail

home="$RUNNER_TEMP/authdouble"
if [ -f "$home/pid" ] && kill -0 "$(cat "$home/pid")" 2>/dev/null; then
  echo "::error::authdouble runs already, from an earlier step: use command: stop before the next start"
  exit 1
fi
arguments=(serve --json --port "$INPUT_PORT")
if [ -n "$INPUT_PROVIDER" ]; then arguments+=(--provider "$INPUT_PROVIDER"); fi
while IFS= read -r argument; do
  if [ -n "$argument" ]; then arguments+=("$argument"); fi
done <<<"$INPUT_ARGUMENTS"

cd "$INPUT_DIRECTORY"
rm -f "$home/ready.json"
# A session of its own, where there is such a thing (macOS has no setsid): runners end what a step has left in its group.
apart=()
if command -v setsid >/dev/null; then apart=(setsid); fi
${apart[@]+"${apart[@]}"} "$home/command" "${arguments[@]}" >"$home/ready.json" 2>"$home/log.txt" </dev/null &
pid=$!
echo "$pid" >"$home/pid"

for _ in $(seq 150); do
  if grep -q '"event":"ready"' "$home/ready.json" 2>/dev/null; then break; fi
  if ! kill -0 "$pid" 2>/dev/null; then break; fi
  sleep 0.2
done
if ! grep -q '"event":"ready"' "$home/ready.json"; then
  kill "$pid" 2>/dev/null || true
  rm -f "$home/pid"
  why=$(tail -n 1 "$home/log.txt")
  echo "::error::authdouble did not become ready: ${why//%/%25}"
  cat "$home/log.txt" >&2
  exit 1
fi

member() { node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8").split("\n")[0])[process.argv[2]]' "$home/ready.json" "$1"; }
url=$(member url)
{
  echo "url=$url"
  echo "admin-url=$(member admin)"
} >>"$GITHUB_OUTPUT"
node "$GITHUB_ACTION_PATH/environment.mjs" "$home/ready.json" >>"$GITHUB_ENV"
echo "authdouble is ready at $url"
