# shellcheck shell=bash
# One data directory and the environment variables that manage.py and the servers read (gis_core/settings.py).

# use_data DIRECTORY: it holds everything that is not code: database, uploads, static files, secrets, logs.
use_data() {
  (umask 022 && mkdir -p -- "$1/log") || die "cannot write $1: choose another folder with --data."
  DATA=$(cd -- "$1" && pwd -P)
  LOG_DIR="$DATA/log"
  if [[ ! -s $DATA/secret_key ]]; then random_hex 32 | private_file "$DATA/secret_key"; fi
  if [[ ! -s $DATA/audit_key ]]; then random_hex 32 | private_file "$DATA/audit_key"; fi
  unset DJANGO_SETTINGS_MODULE # manage.py, asgi.py and the tests each know theirs
  export DATA_DIR="$DATA" PYTHONUNBUFFERED=1
  if [[ -z ${SECRET_KEY:-} ]]; then export SECRET_KEY_FILE="${SECRET_KEY_FILE:-$DATA/secret_key}"; fi
  if [[ -z ${AUDIT_KEY:-} ]]; then export AUDIT_KEY_FILE="${AUDIT_KEY_FILE:-$DATA/audit_key}"; fi
}

# use_database: the one in DATABASE_URL (or DATABASE_URL_FILE), else the private cluster of the data directory.
# Leaves OWNER_URL for commands that change the schema and APP_URL for the servers.
use_database() {
  if [[ -n ${DATABASE_URL:-}${DATABASE_URL_FILE:-} ]]; then
    OWNER_URL=${DATABASE_URL:-$(<"$DATABASE_URL_FILE")}
    APP_URL=$OWNER_URL
    unset DATABASE_URL_FILE
    "$VENV/bin/python" "$ROOT/bin/lib/check_database.py" <<<"$OWNER_URL" || { SAID_WHY=1 && exit 1; }
  else
    use_cluster "$DATA"
    ensure_database make_service_database
    OWNER_URL=$(url_of ioc_owner)
    APP_URL=$(url_of ioc_app)
  fi
}

# manage ARGUMENT…: manage.py as the owner of the database.
manage() { DATABASE_URL="$OWNER_URL" "$VENV/bin/python" "$ROOT/manage.py" "$@"; }

# prepare run|test: system packages and the Python environment; one script at a time.
prepare() {
  lock "$VAR/prepare.lock" "Another script is preparing this checkout: waiting for it to end ..."
  ensure_packages "$1"
  ensure_python "$1"
}

prepared() { unlock "$VAR/prepare.lock"; }

# name_data ARGUMENT…: the folder named by a leading --data; REST is what follows.
name_data() {
  DATA=$VAR
  if [[ ${1:-} == --data ]]; then
    (($# > 1)) || die "--data needs a folder."
    DATA=$(from_caller "$2")
    shift 2
  fi
  REST=("$@")
  use_data "$DATA"
}

# enter_data ARGUMENT…: everything that a command needs, for that folder.
enter_data() {
  name_data "$@"
  prepare run
  prepared
  use_database
}

# run_as_caller COMMAND…: in the caller's folder (names of files among the arguments are meant from there), then end as it ended.
run_as_caller() {
  local code=0
  cd "$CALLER_DIR" || die "the folder $CALLER_DIR is gone."
  "$@" || code=$?
  SAID_WHY=1 # by the command itself
  exit "$code"
}
