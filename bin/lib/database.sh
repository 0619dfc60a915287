# shellcheck shell=bash
# The service's database in the private cluster: roles, extensions, and the URLs that reach it.

SQL_DIR="$ROOT/bin/lib"

# psql_as_admin DATABASE [ARGUMENT…]: psql as the cluster's superuser, whom nothing else uses.
psql_as_admin() {
  local database=$1
  shift
  PGPASSFILE="$CLUSTER_STATE/pgpass" PGCONNECT_TIMEOUT=10 "$PG_BIN/psql" --no-psqlrc --quiet --no-align --tuples-only \
    --host=127.0.0.1 --port="$(<"$CLUSTER_STATE/port")" --username=postgres --dbname="$database" "$@"
}

apply_roles() {
  IOC_OWNER_PASSWORD=$(password_of ioc_owner) IOC_APP_PASSWORD=$(password_of ioc_app) \
    psql_as_admin postgres --file="$SQL_DIR/roles.sql"
}

# The database of the running service.
make_service_database() {
  apply_roles
  if [[ -z $(psql_as_admin postgres -c "SELECT 1 FROM pg_database WHERE datname = 'ioc'") ]]; then
    psql_as_admin postgres -c 'CREATE DATABASE ioc OWNER ioc_owner'
  fi
  psql_as_admin postgres -c 'REVOKE CONNECT, TEMPORARY ON DATABASE ioc FROM PUBLIC' \
    -c 'GRANT CONNECT, TEMPORARY ON DATABASE ioc TO ioc_owner, ioc_app'
  psql_as_admin ioc --file="$SQL_DIR/database.sql"
}

# The benchmarks' own: a million parcels have no place beside the service's.
make_bench_database() {
  if [[ -z $(psql_as_admin postgres -c "SELECT 1 FROM pg_database WHERE datname = 'ioc_bench'") ]]; then
    psql_as_admin postgres -c 'CREATE DATABASE ioc_bench OWNER ioc_owner'
    psql_as_admin ioc_bench --file="$SQL_DIR/database.sql"
  fi
}

# Databases that a test run makes and drops: the template has the extensions, so the tests need no superuser either.
make_test_template() {
  apply_roles
  psql_as_admin postgres -c 'ALTER ROLE ioc_owner CREATEDB'
  psql_as_admin template1 --file="$SQL_DIR/database.sql"
  make_service_database # for commands that look at the database itself (makemigrations --check)
}

# ensure_database make_service_database|make_test_template: once for each version of the SQL.
ensure_database() {
  local want
  want=$(fingerprint cat "$SQL_DIR/roles.sql" "$SQL_DIR/database.sql" "$SQL_DIR/database.sh" "$CLUSTER_STATE/pgpass")
  if stamped "$CLUSTER_STATE/prepared" "$want"; then return 0; fi
  step "Preparing roles and extensions" cluster.log "see what PostgreSQL says above." "$1"
  stamp "$CLUSTER_STATE/prepared" "$want"
}

# loaded_state: what decides whether there is anything to migrate or to load, of the code and of the database.
loaded_state() {
  hash_files "$ROOT/uv.lock"
  find "$ROOT" \( -path '*/migrations/*.py' -o -path '*/pilot/*' -o -path "$ROOT/fixtures/*" \) -not -path "$VENV/*" \
    -not -path '*/node_modules/*' -type f -not -name '*.pyc' -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum
  psql_as_admin ioc -c 'SELECT app, name FROM django_migrations ORDER BY 1, 2' -c 'SELECT step, part FROM gis_core_pilotstep ORDER BY 1, 2' 2>&1 || true
}

# url_of ROLE [DATABASE]
url_of() {
  printf 'postgis://%s:%s@127.0.0.1:%s/%s' "$1" "$(password_of "$1")" "$(<"$CLUSTER_STATE/port")" "${2:-ioc}"
}
