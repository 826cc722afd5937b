#!/usr/bin/env bash
# Builds the image and holds it to what is promised of it: health, user, read-only root, signal, contents, compose.
# On Debian, as root, it brings what is missing: an engine of its own, a base image. It takes all of that away again.
#   docker/check.sh            AUTHDOUBLE_BASE=local makes the base image, Redis's and nginx's of Debian's packages instead of pulling them
set -euo pipefail
cd "$(dirname "$0")/.."

base=node:22-bookworm-slim
name="authdouble-check-$$"
work=$(mktemp -d)
passed=0
failed=0
stand_ins=()

install_package() { DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >"$work/apt.log" 2>&1 || { tail -n 5 "$work/apt.log" >&2; exit 1; }; }

clean_up() {
  docker rm -f -v "$name" "$name-own" >/dev/null 2>&1 || true
  if [ -f "$work/compose-ran" ]; then
    "${compose[@]}" -p "$name" -f docker/compose.yaml down --volumes >/dev/null 2>&1 || true
    cluster down --volumes >/dev/null 2>&1 || true
  fi
  docker image rm -f "$name" "${stand_ins[@]}" >/dev/null 2>&1 || true
  if [ -n "${engine:-}" ]; then
    kill "$engine" 2>/dev/null || true
    for _ in $(seq 100); do kill -0 "$engine" 2>/dev/null || break; sleep 0.1; done
    umount "$work"/exec/netns/* 2>/dev/null || true
    if [ -n "${bridge_is_ours:-}" ]; then ip link delete docker0 2>/dev/null || true; fi
  fi
  rm -rf "$work" 2>/dev/null || true
}
trap clean_up EXIT

start_engine() {
  command -v dockerd >/dev/null || install_package docker.io
  ip link show docker0 >/dev/null 2>&1 || bridge_is_ours=1
  mkdir "$work/data" "$work/exec"
  setsid dockerd --data-root "$work/data" --exec-root "$work/exec" -H "unix://$work/docker.sock" --pidfile "$work/dockerd.pid" \
    >"$work/dockerd.log" 2>&1 </dev/null &
  engine=$!
  export DOCKER_HOST="unix://$work/docker.sock"
  for _ in $(seq 60); do docker info >/dev/null 2>&1 && return; sleep 0.5; done
  tail -n 20 "$work/dockerd.log" >&2
  exit 1
}

# check <what is promised> <command ...>: inside a function that is checked, set -e is off.
check() {
  local promise=$1
  shift
  if "$@" >"$work/check.log" 2>&1; then
    echo "ok      $promise"
    passed=$((passed + 1))
  else
    echo "FAILED  $promise"
    sed 's/^/        /' "$work/check.log"
    failed=$((failed + 1))
  fi
}

await_health() {
  for _ in $(seq 60); do
    [ "$(docker inspect -f '{{.State.Health.Status}}' "$name")" = healthy ] && return
    sleep 0.5
  done
  docker logs "$name"
  return 1
}
equals() { [ "$1" = "$2" ] || { echo "expected $2, found $1"; return 1; }; }
refuses_to_write() { ! docker exec -u 0 "$name" sh -c "touch $1" 2>/dev/null; }
answers() { curl -fsS --max-time 5 "$1"; }
under() { [ "$1" -lt "$2" ] || { echo "$1 is not under $2"; return 1; }; }
ends_by_itself() {
  local before after
  before=$(date +%s%N)
  docker kill --signal TERM "$name"
  docker wait "$name" >"$work/exit"
  after=$(date +%s%N)
  stopped=$(((after - before) / 1000000))
  equals "$(cat "$work/exit")" 143 2>/dev/null || equals "$(cat "$work/exit")" 0
  under "$stopped" 1000
}

docker info >/dev/null 2>&1 || start_engine
if ! docker image inspect "$base" >/dev/null 2>&1; then
  if [ "${AUTHDOUBLE_BASE:-}" = local ] || ! timeout 60 docker pull -q "$base"; then
    command -v debootstrap >/dev/null || install_package debootstrap
    docker/base-image.sh "$base" >/dev/null
  fi
fi

DOCKER_BUILDKIT=0 docker build -q --network host -f docker/Dockerfile -t "$name" . >"$work/build.log" 2>&1 || {
  cat "$work/build.log" >&2
  exit 1
}
size() { docker image inspect -f '{{.Size}}' "$1"; }
added=$((($(size "$name") - $(size "$base")) / 1000000))

docker run -d --name "$name" -p 127.0.0.1::4740 --read-only --cap-drop ALL --security-opt no-new-privileges --memory 256m --pids-limit 64 "$name" >/dev/null
check 'becomes healthy by its own health check' await_health
port=$(docker port "$name" 4740 | sed 's/.*://')
check 'answers from outside' answers "http://127.0.0.1:$port/healthz"
check 'does not run as root' equals "$(docker exec "$name" id -u)" 1000
check 'cannot write to its root file system' refuses_to_write /authdouble/x
check 'cannot write over itself' refuses_to_write /authdouble/dist/cli/main.js
check 'holds no development dependencies' docker exec "$name" sh -c '! ls -d node_modules/typescript node_modules/vitest node_modules/@biomejs 2>/dev/null'
check 'holds no sources or tests' docker exec "$name" sh -c '! ls -d src test 2>/dev/null'
check 'has a licence and a version among its labels' equals "$(docker inspect -f '{{index .Config.Labels "org.opencontainers.image.licenses"}} {{index .Config.Labels "org.opencontainers.image.version"}}' "$name")" "MIT $(node -p 'require("./package.json").version')"
check 'runs the other commands' docker run --rm --network none --read-only "$name" providers

# A provider of one's own lies in a folder that is mounted; the process is not root, and reads it.
mkdir "$work/providers"
chmod 777 "$work/providers"
docker run --rm --network none -v "$work/providers:/providers" -w /providers "$name" init provider acme >/dev/null
printf 'extends: ./acme.yaml\nsettings: { acces: {} }\n' >"$work/providers/wrong.yaml"
chmod -R a+rX "$work/providers"
mounted=(docker run --rm --read-only --cap-drop ALL --network none -v "$work/providers:/providers:ro" "$name")
exec_of_own() { equals "$("${mounted[@]}" exec --quiet --provider /providers/acme.yaml -- printenv AUTHDOUBLE_ACME_CLIENT_ID)" demo-client; }
wrong_of_own() {
  local code=0
  "${mounted[@]}" serve --provider /providers/wrong.yaml >"$work/wrong" 2>&1 || code=$?
  equals "$code" 2 && grep -q '/providers/wrong.yaml:2: settings.acces: unknown setting; did you mean access?' "$work/wrong"
}
serves_own() {
  docker run -d --name "$name-own" -p 127.0.0.1::4740 --read-only --cap-drop ALL -v "$work/providers:/providers:ro" "$name" serve --provider /providers/acme.yaml --watch
  for _ in $(seq 60); do [ "$(docker inspect -f '{{.State.Health.Status}}' "$name-own")" = healthy ] && break; sleep 0.5; done
  local url
  url="http://127.0.0.1:$(docker port "$name-own" 4740 | sed 's/.*://')"
  curl -fsS --max-time 5 "$url/acme/oauth/authorize?response_type=code&client_id=demo-client&redirect_uri=https://example.com/callback" -o /dev/null -w '%{redirect_url}' | grep -q code= || return 1
  sed -i 's|/oauth/authorize|/oauth2/authorize|' "$work/providers/acme.yaml"
  for _ in $(seq 40); do docker logs "$name-own" 2>&1 | grep -q 'reloaded acme' && break; sleep 0.25; done
  curl -fsS --max-time 5 -o /dev/null "$url/acme/oauth2/authorize?response_type=code&client_id=demo-client&redirect_uri=https://example.com/callback"
}
check 'own provider: a file in a mounted folder is taken by exec' exec_of_own
check 'own provider: a wrong file ends with 2, file and line' wrong_of_own
check 'own provider: it is served from the mounted folder, and read again when it changes' serves_own
docker rm -f -v "$name-own" >/dev/null 2>&1 || true

check 'adds less than 30 MB to the Node image' under "$added" 30
check 'ends within a second of SIGTERM' ends_by_itself

# image_or_stand_in <name> <Debian package> <command>: where no registry is reached, the image is made of Debian's package.
image_or_stand_in() {
  docker image inspect "$1" >/dev/null 2>&1 && return
  if [ "${AUTHDOUBLE_BASE:-}" != local ] && timeout 60 docker pull -q "$1"; then return; fi
  DOCKER_BUILDKIT=0 docker build -q --network host -t "$1" - >"$work/stand-in.log" 2>&1 <<EOF || { tail -n 20 "$work/stand-in.log"; return 1; }
FROM $base
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $2 && rm -rf /var/lib/apt/lists/*
WORKDIR /data
CMD $3
EOF
  stand_ins+=("$1")
}

cluster() { "${compose[@]}" -p "$name-cluster" -f docker/compose.cluster.yaml "$@"; }
free_port() { node -e 'const s = require("node:net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'; }
ready() {
  for _ in $(seq 60); do
    curl -fs --max-time 5 "$1/readyz" && return
    sleep 0.5
  done
  cluster logs --tail 20
  return 1
}
client=(-d client_id=c55de605-48b6-42ef-b69e-cd9d14ded15a -d redirect_uri=http://127.0.0.1:8080/callback)
secret=(-d client_secret=7356b8a1-75ac-4336-970b-bef63cd219c1)
# authorize <where>: the code is in $code
authorize() {
  code=$(curl -fsS --max-time 10 -o /dev/null -w '%{redirect_url}' -G "$1/zettle/authorize" "${client[@]}" -d response_type=code -d scope=READ:USERINFO -d state=s |
    sed -n 's/.*[?&]code=\([^&]*\).*/\1/p')
  [ -n "$code" ]
}
# redeem <where>: the refresh token is in $refresh_token
redeem() {
  refresh_token=$(curl -fsS --max-time 10 "$1/zettle/token" "${client[@]}" "${secret[@]}" -d grant_type=authorization_code -d "code=$code" |
    node -p 'JSON.parse(require("node:fs").readFileSync(0, "utf8")).refresh_token')
  [ -n "$refresh_token" ]
}
refresh() {
  refresh_token=$(curl -fsS --max-time 10 "$1/zettle/token" "${client[@]}" "${secret[@]}" -d grant_type=refresh_token -d "refresh_token=$refresh_token" |
    node -p 'JSON.parse(require("node:fs").readFileSync(0, "utf8")).refresh_token')
  [ -n "$refresh_token" ]
}
address_of() { docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$(cluster ps -q "$1")"; }
at_one_then_two() { authorize "http://$(address_of one):4740" && redeem "http://$(address_of two):4740" && refresh "$balanced" && refresh "$balanced"; }
one_process_goes() {
  authorize "http://$(address_of one):4740" && cluster stop one && redeem "$balanced" || return 1
  for _ in 1 2 3 4; do refresh "$balanced" || return 1; done
}
redis_goes() {
  cluster kill redis || return 1
  ! curl -fs --max-time 10 "$balanced/readyz" || return 1
  cluster start redis && ready "$balanced" && refresh "$balanced"
}

docker tag "$name" authdouble
check 'testcontainers: what docs/in-your-tests.md shows of Node works, and of Python where its library is installed' \
  timeout 300 node docker/testcontainers.mjs

compose=(docker compose --ansi never)
if ! docker compose version >/dev/null 2>&1; then
  compose=(docker-compose --ansi never)
  if ! command -v docker-compose >/dev/null && [ "$(id -u)" = 0 ]; then install_package docker-compose; fi
fi
if "${compose[@]}" version >/dev/null 2>&1; then
  touch "$work/compose-ran"
  check 'compose: an application with hard-coded hosts gets a token over TLS' \
    timeout 120 "${compose[@]}" -p "$name" -f docker/compose.yaml up --no-build --abort-on-container-exit --exit-code-from app
  check 'cluster: the image of Redis is there' image_or_stand_in redis:7-alpine redis-server '["redis-server"]'
  check 'cluster: the image of nginx is there' image_or_stand_in nginx:1-alpine nginx-light '["nginx", "-g", "daemon off;"]'
  AUTHDOUBLE_PORT=$(free_port)
  export AUTHDOUBLE_PORT
  balanced="http://127.0.0.1:$AUTHDOUBLE_PORT"
  check 'cluster: two processes start behind nginx' timeout 180 "${compose[@]}" -p "$name-cluster" -f docker/compose.cluster.yaml up -d --no-build
  check 'cluster: it becomes ready' ready "$balanced"
  check 'cluster: a code of one process is redeemed at the other, and refreshed behind nginx' at_one_then_two
  check 'cluster: a code of one process is redeemed after that process has stopped' one_process_goes
  check 'cluster: without Redis it is not ready, and what was promised is there when Redis is back' redis_goes
  cluster down --volumes >/dev/null 2>&1
else
  echo 'Compose is not there: the compose files were not checked'
fi

docker image rm authdouble >/dev/null
echo "the image adds $added MB to $base and stopped in ${stopped:-?} ms"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
