#!/usr/bin/env bash
# Runs the conformance suite against a client: a summary for people, SARIF for code scanning, the verdict as exit code.
set -euo pipefail

home="$RUNNER_TEMP/authdouble"
cd "$INPUT_DIRECTORY"
summary="$home/summary.md"
arguments=(conform --report text --report "markdown=$summary" --report "sarif=$INPUT_SARIF")
if [ -n "$INPUT_PROVIDER" ]; then arguments+=(--provider "$INPUT_PROVIDER"); fi
while IFS= read -r argument; do
  if [ -n "$argument" ]; then arguments+=("$argument"); fi
done <<<"$INPUT_ARGUMENTS"
client=()
while IFS= read -r argument; do
  if [ -n "$argument" ]; then client+=("$argument"); fi
done <<<"$INPUT_EXEC"
if [ "${#client[@]}" -gt 0 ]; then arguments+=(--exec -- "${client[@]}"); fi

# What is there afterwards is of this run.
rm -f "$summary" "$INPUT_SARIF"
verdict=0
"$home/command" "${arguments[@]}" || verdict=$?
if [ -f "$summary" ]; then cat "$summary" >>"$GITHUB_STEP_SUMMARY"; fi
if [ -f "$INPUT_SARIF" ]; then echo "sarif=$(cd "$(dirname "$INPUT_SARIF")" && pwd)/$(basename "$INPUT_SARIF")" >>"$GITHUB_OUTPUT"; fi
exit "$verdict"
