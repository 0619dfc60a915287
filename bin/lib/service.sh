# shellcheck shell=bash
# The processes of the running service: web and worker in one terminal, each line marked with its name.

declare -A SERVICES # process id -> name

# start_service NAME COMMAND…: in a process group of its own; it gets SIGTERM should this script be killed.
start_service() {
  local name=$1 out
  shift
  # The marker stays outside that group and outlives it, so no last line is lost.
  exec {out}> >(trap '' INT TERM HUP && without_locks sed -u "s/^/$name | /")
  set -m
  (without_locks setpriv --pdeathsig TERM -- "$@") </dev/null >&"$out" 2>&1 {out}>&- &
  SERVICES[$!]=$name
  set +m
  exec {out}>&-
}

start_services() {
  on_exit stop_services
  # At a reload (bin/reload) an old process goes on for a minute, in which the new one has begun on the slowest machine:
  # the web server waits for nothing but the clock.
  rm -f "$DATA/web.$2.pid" # of a process that was killed; the port is free, so nobody has it any more
  start_service "web   " env DATABASE_URL="$APP_URL" "$VENV/bin/granian" --interface asgi --no-ws --host "$1" --port "$2" \
    --workers "${WEB_WORKERS:-1}" --respawn-failed-workers --workers-kill-timeout 10 --respawn-interval 60 \
    --pid-file "$DATA/web.$2.pid" --working-dir "$ROOT" gis_core.asgi:application
  # Uploads become tables, which the role of the servers cannot make; the worker alone is given the one that can.
  # A job may take minutes (imports, reports): the bound on statements of web requests is not for it.
  # What computes in the background gives way to what people wait for.
  start_service "worker" nice -n 5 env DATABASE_URL="$APP_URL" LOADER_DATABASE_URL="$OWNER_URL" PGOPTIONS="-c statement_timeout=15min ${PGOPTIONS:-}" \
    "$VENV/bin/python" "$ROOT/manage.py" procrastinate worker --shutdown-graceful-timeout 8
}

stop_services() {
  local pid tenths=150
  for pid in "${!SERVICES[@]}"; do kill -TERM "$pid" 2>/dev/null; done
  while ((tenths-- > 0)) && any_service; do sleep 0.1; done
  for pid in "${!SERVICES[@]}"; do
    if kill -0 "$pid" 2>/dev/null; then say "$SCRIPT: the $(name_of "$pid") process did not end by itself and is killed."; fi
    stop_group "$pid" 3 # and what it left behind
  done
  SERVICES=()
}

name_of() { printf '%s' "${SERVICES[$1]// /}"; }

any_service() {
  local pid
  for pid in "${!SERVICES[@]}"; do if kill -0 "$pid" 2>/dev/null; then return 0; fi; done
  return 1
}

# http_status PORT PATH: the status that a GET gets, or nothing (a bare machine has no curl).
http_status() {
  local protocol status=""
  exec 3<>"/dev/tcp/127.0.0.1/$1" || return 0
  printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$2" >&3
  read -r -t 10 protocol status _ <&3 || true
  exec 3>&-
  if [[ ${protocol:-} == HTTP/* ]]; then printf '%s' "$status"; fi
}

# await_ready PORT SECONDS
await_ready() {
  local deadline=$((SECONDS + $2))
  until [[ $(http_status "$1" /readyz 2>/dev/null) == 200 ]]; do
    services_live
    ((SECONDS < deadline)) || die "the service does not become ready: /readyz on port $1 says why, and so do the lines above."
    sleep 0.2
  done
}

# A service that ended by itself takes the others with it: half a service is worse than none.
services_live() {
  local pid
  for pid in "${!SERVICES[@]}"; do
    kill -0 "$pid" 2>/dev/null ||
      die "the $(name_of "$pid") process ended: its lines above say why; mend it and run $SCRIPT again."
  done
}

watch_services() {
  while services_live; do wait -n "${!SERVICES[@]}" 2>/dev/null || true; done
}
