#!/usr/bin/env bash
# Ends the authdouble that was started, and shows what it had to say.
set -euo pipefail

home="$RUNNER_TEMP/authdouble"
if [ ! -f "$home/pid" ]; then
  echo "authdouble was not started"
  exit 0
fi
pid=$(cat "$home/pid")
rm -f "$home/pid"
kill "$pid" 2>/dev/null || true
for _ in $(seq 50); do
  if ! kill -0 "$pid" 2>/dev/null; then break; fi
  sleep 0.1
done
kill -9 "$pid" 2>/dev/null || true
# What stands in the log is for reading: a runner shall take no line of it for a command.
silence=$(node -p 'crypto.randomUUID()')
echo "::group::authdouble's log"
echo "::stop-commands::$silence"
cat "$home/log.txt"
echo "::$silence::"
echo "::endgroup::"
