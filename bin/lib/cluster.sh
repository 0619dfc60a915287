# shellcheck shell=bash
# The private PostgreSQL cluster of one data directory: made, started, stopped here and nowhere else.
#
#   DATA/pg/pgpass     passwords of its roles (libpq's format, 0600)      DATA/pg/port    its TCP port on 127.0.0.1
#   DATA/pg/cluster/   owned by an unprivileged user: data/ run/ postgresql.log
#   DATA/pg/users      locked (shared) by every script that uses the cluster: the last one out stops it

FIRST_PORT=54320
CLUSTER_OPTIONS=()   # more lines for postgresql.conf (bin/test: fsync=off …)

# use_cluster DATA: take part in that directory's cluster, making and starting it where need be.
use_cluster() {
  CLUSTER_STATE="$1/pg"
  CLUSTER="$CLUSTER_STATE/cluster"
  # Whatever the caller's PG* variables point to is another cluster.
  unset "${!PG@}"
  (umask 022 && mkdir -p "$CLUSTER_STATE")
  reach_cluster
  lock "$CLUSTER_STATE/starting" "Waiting for another script that starts or stops this database ..."
  on_exit leave_cluster
  lock_shared "$CLUSTER_STATE/users"
  find_major
  make_cluster
  if ! cluster_runs || { ! cluster_answers && await_orphans; }; then start_cluster; fi
  unlock "$CLUSTER_STATE/starting"
}

# PostgreSQL refuses to run as root: then it runs as the system's user `postgres`, who must be able to reach the folder.
reach_cluster() {
  ((EUID == 0)) || return 0
  id -u postgres >/dev/null 2>&1 || die "there is no system user postgres: install postgresql-common, or set DATABASE_URL."
  local elsewhere
  elsewhere="/var/lib/ioc-map/$(fingerprint printf '%s' "$CLUSTER_STATE" | cut -c1-12)"
  if [[ -d $elsewhere/data ]] || ! as_cluster_user test -x "$CLUSTER_STATE"; then
    CLUSTER=$elsewhere
    say "The user postgres cannot reach $CLUSTER_STATE: the database lives in $CLUSTER."
  fi
  install -d -m 755 -o postgres -g postgres "$CLUSTER"
}

as_cluster_user() {
  if ((EUID == 0)); then
    (cd / && without_locks setpriv --reuid=postgres --regid=postgres --init-groups -- env HOME=/ LC_ALL=C.UTF-8 "$@")
  else
    (without_locks env LC_ALL=C.UTF-8 "$@")
  fi
}

find_major() {
  local made=""
  if [[ -d $CLUSTER/data ]]; then made=$(as_cluster_user cat "$CLUSTER/data/PG_VERSION"); fi
  MAJOR=$(postgres_majors | tail -n 1)
  [[ -n $MAJOR ]] || die "PostgreSQL with PostGIS is not installed: install postgresql-N-postgis-3, or set DATABASE_URL."
  if [[ -n $made ]]; then
    postgres_majors | grep -qx "$made" ||
      die "the database in $CLUSTER was made by PostgreSQL $made, which is not installed: install postgresql-$made-postgis-3, or start afresh with another --data."
    MAJOR=$made
  fi
  PG_BIN="/usr/lib/postgresql/$MAJOR/bin"
}

make_cluster() {
  local secret="$CLUSTER/initdb.secret"
  mkdir -p "$CLUSTER"
  if [[ ! -d $CLUSTER/data ]]; then
    new_passwords
    as_cluster_user rm -rf "$CLUSTER/data.new" "$secret"
    as_cluster_user mkdir -p "$CLUSTER/run"
    (umask 077 && as_cluster_user tee "$secret" >/dev/null < <(password_of postgres))
    step "Making the private database (PostgreSQL $MAJOR, in $CLUSTER)" cluster.log "see what initdb says above." \
      as_cluster_user "$PG_BIN/initdb" --pgdata="$CLUSTER/data.new" --username=postgres --pwfile="$secret" \
      --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8
    as_cluster_user rm -f "$secret"
    cluster_settings | as_cluster_user tee -a "$CLUSTER/data.new/postgresql.conf" >/dev/null
    # Only a finished cluster gets its name, so an interrupted one is made anew.
    as_cluster_user mv "$CLUSTER/data.new" "$CLUSTER/data"
  elif [[ ! -s $CLUSTER_STATE/pgpass ]]; then
    die "the passwords of the database in $CLUSTER are gone: restore $CLUSTER_STATE/pgpass, or remove that folder to start afresh."
  fi
  mkdir -p "$LOG_DIR"
  ln -sfn "$CLUSTER/postgresql.log" "$LOG_DIR/postgresql.log"
}

new_passwords() {
  local role
  for role in postgres ioc_owner ioc_app; do printf '*:*:*:%s:%s\n' "$role" "$(random_hex 24)"; done |
    private_file "$CLUSTER_STATE/pgpass"
}

password_of() { sed -n "s/^\*:\*:\*:$1://p" "$CLUSTER_STATE/pgpass"; }

cluster_settings() {
  local memory_mb buffers
  memory_mb=$(($(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo) / 1024))
  buffers=$((memory_mb / 4 < 1024 ? memory_mb / 4 : 1024))
  printf '%s\n' '' '# ioc-map' "listen_addresses = '127.0.0.1'" 'max_connections = 100' "shared_buffers = ${buffers}MB" \
    "effective_cache_size = $((memory_mb / 2))MB" 'work_mem = 32MB' 'maintenance_work_mem = 256MB' \
    'max_wal_size = 4GB' 'wal_compression = on' 'random_page_cost = 1.1' \
    '# Compiling costs more than it saves on queries of a few milliseconds.' 'jit = off' \
    "timezone = 'UTC'" "log_timezone = 'UTC'" 'log_min_duration_statement = 1s' "log_line_prefix = '%m [%p] %q%u@%d '" \
    "${CLUSTER_OPTIONS[@]}"
}

# Is a server process at work in the cluster's directory? (A process id alone may be another program's by now.)
cluster_runs() { grep -Fxq -- "$CLUSTER/data" <(readlink /proc/[0-9]*/cwd 2>/dev/null); }

# After kill -9 the lock files stay. PostgreSQL takes a stranger or a zombie with that process id for its own, so
# they go once it is certain that nothing of the cluster runs.
clear_stale_locks() {
  as_cluster_user find "$CLUSTER/data/postmaster.pid" "$CLUSTER/run" -type f \( -name postmaster.pid -o -name '.s.PGSQL.*.lock' \) -delete \
    2>/dev/null || true
}

cluster_answers() {
  [[ -f $CLUSTER_STATE/port ]] && "$PG_BIN/pg_isready" -q -t 5 -h 127.0.0.1 -p "$(<"$CLUSTER_STATE/port")"
}

# What is left of a server whose postmaster was killed leaves within seconds; nothing may start before.
await_orphans() {
  local tries
  for tries in {1..100}; do
    if ! cluster_runs; then return 0; fi
    if ((tries % 10 == 0)) && cluster_answers; then return 1; fi
    sleep 0.2
  done
  die "processes of the database in $CLUSTER neither answer nor end: stop them (ps -ef | grep postgres), then run $SCRIPT again."
}

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

start_cluster() {
  local port=$FIRST_PORT last log="$CLUSTER/postgresql.log" options
  if [[ -n $(find "$log" -size +20M 2>/dev/null) ]]; then as_cluster_user mv -f "$log" "$log.1"; fi
  if [[ -f $CLUSTER_STATE/port ]]; then port=$(<"$CLUSTER_STATE/port"); fi
  if port_is_free "$port"; then last=$((port + 200)); else port=$FIRST_PORT last=$((FIRST_PORT + 200)); fi
  clear_stale_locks
  for (( ; port < last; port++)); do
    port_is_free "$port" || continue
    options="-p $port"
    # A socket's path may have 107 characters at most; without one the cluster is reached by TCP alone.
    if ((${#CLUSTER} < 85)); then options+=" -k '$CLUSTER/run'"; else options+=" -c unix_socket_directories="; fi
    if as_cluster_user "$PG_BIN/pg_ctl" -D "$CLUSTER/data" -l "$log" -w -t 300 -s -o "$options" start </dev/null >/dev/null 2>&1; then
      printf '%s\n' "$port" | private_file "$CLUSTER_STATE/port"
      printf 'by %s\n' "$SCRIPT" >"$CLUSTER_STATE/started"
      return 0
    fi
    tail -n 15 "$log" | grep -q 'Address already in use' || break
  done
  tail -n 15 "$log" | sed 's/^/    /' >&2
  if tail -n 15 "$log" | grep -q 'No space left'; then die "the disk is full: free some space and run $SCRIPT again."; fi
  die "the private database did not start: its last lines are above, all of them in $log."
}

# Leave; the last script out stops the cluster, if a script of ours had started it.
leave_cluster() {
  unlock "$CLUSTER_STATE/users"
  unlock "$CLUSTER_STATE/starting" # held still if we failed halfway
  lock "$CLUSTER_STATE/starting" "Waiting for another script that starts or stops this database ..."
  if [[ -f $CLUSTER_STATE/started ]] && flock -n "$CLUSTER_STATE/users" true && cluster_runs; then
    as_cluster_user "$PG_BIN/pg_ctl" -D "$CLUSTER/data" -m fast -w -t 60 -s stop >/dev/null 2>&1 ||
      as_cluster_user "$PG_BIN/pg_ctl" -D "$CLUSTER/data" -m immediate -w -t 20 -s stop >/dev/null 2>&1 ||
      say "$SCRIPT: the database in $CLUSTER did not stop: end it by «kill -QUIT \$(head -n 1 $CLUSTER/data/postmaster.pid)»."
    rm -f "$CLUSTER_STATE/started"
  fi
}
