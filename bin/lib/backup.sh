# shellcheck shell=bash
# Backups of one data directory by pgBackRest: encrypted, to any moment, the files of photos and uploads with them.
#
#   REPO/pg/      pgBackRest's repository: backups and the write-ahead log (at most a minute behind)
#   REPO/files/   what lies beside the database (photos, uploads, rasters, passwords, keys): encrypted increments, each with its checksum
#   DATA/backup/  where the repository is, its key (keep a copy in a safe), what was done when (for /metrics)
#
# Files are never changed and only deleted long after no row names them, so increments made after a database's state hold all of its files.

backup_usage() {
  cat >&2 <<'TEXT'
usage: bin/manage [--data DIR] backup COMMAND
  init --repo DIR        begin: DIR is best a mount of another machine. Restarts the private database once
  full | incr            back up everything | what changed since the last backup
  files                  the files alone (every few minutes: what was uploaded since is lost with the disk)
  status                 what there is, and how old it is; 1 where the last backup is older than 26 hours
  drill                  restore the newest state into a temporary folder, look at it, remove it
  restore --repo DIR --key FILE [--time "2026-11-28 10:00:00+07"]
                         into an empty --data DIR: the newest state, or that of a moment
TEXT
}

# prepare_backup REPO KEYFILE: settings of pgBackRest for the cluster of this data directory, for its user alone.
prepare_backup() {
  BACKUP="$CLUSTER/backup" REPO=$1 KEY_FILE=$2
  command -v pgbackrest >/dev/null || install_backup_programs
  as_cluster_user mkdir -p "$BACKUP/log" "$BACKUP/lock" "$BACKUP/spool"
  if [[ -f $CLUSTER_STATE/pgpass ]]; then (umask 077 && as_cluster_user tee "$BACKUP/pgpass" >/dev/null <"$CLUSTER_STATE/pgpass" && as_cluster_user chmod 600 "$BACKUP/pgpass"); fi
  backup_settings | (umask 077 && as_cluster_user tee "$BACKUP/pgbackrest.conf" >/dev/null)
}

install_backup_programs() {
  command -v apt-get >/dev/null || die "pgbackrest is not installed: install it, then run $SCRIPT again."
  may_install pgbackrest
  install_packages pgbackrest
}

backup_settings() {
  printf '%s\n' '[global]' "repo1-path=$REPO/pg" 'repo1-cipher-type=aes-256-cbc' "repo1-cipher-pass=$(<"$KEY_FILE")" \
    'repo1-retention-full=4' 'compress-type=zst' 'start-fast=y' 'process-max=2' 'archive-timeout=60' "log-path=$BACKUP/log" \
    "lock-path=$BACKUP/lock" "spool-path=$BACKUP/spool" 'log-level-console=warn' 'log-level-file=info' \
    '[ioc]' "pg1-path=$CLUSTER/data" "pg1-port=$(cat "$CLUSTER_STATE/port" 2>/dev/null || printf 5432)" \
    "pg1-socket-path=$CLUSTER/run" 'pg1-user=postgres'
}

pgbackrest_as_cluster() { as_cluster_user env PGPASSFILE="$BACKUP/pgpass" pgbackrest --config="$BACKUP/pgbackrest.conf" --stanza=ioc "$@"; }

# reach_backup: the repository that init chose.
reach_backup() {
  [[ -s $DATA/backup/repo ]] || die "there is no backup of $DATA yet: begin with «bin/manage backup init --repo DIR»."
  prepare_backup "$(<"$DATA/backup/repo")" "$DATA/backup/key"
}

backup_init() {
  [[ -n ${1:-} ]] || die "--repo needs a folder: one on another machine outlives this one."
  ((${#CLUSTER} < 85)) || die "the path $CLUSTER is too long for a socket, which pgBackRest needs: choose a shorter --data."
  mkdir -p "$1/pg" "$1/files" "$DATA/backup" || die "cannot write $1."
  local repo
  repo=$(cd -- "$1" && pwd -P)
  if ((EUID == 0)); then chown postgres:postgres "$repo/pg"; fi
  chmod 700 "$repo/pg" "$repo/files" "$DATA/backup"
  [[ -s $DATA/backup/key ]] || random_hex 32 | private_file "$DATA/backup/key"
  printf '%s\n' "$repo" >"$DATA/backup/repo"
  reach_backup
  psql_as_admin postgres -c "ALTER SYSTEM SET archive_mode = on" -c "ALTER SYSTEM SET archive_timeout = '60s'" \
    -c "ALTER SYSTEM SET archive_command = 'pgbackrest --config=$BACKUP/pgbackrest.conf --stanza=ioc archive-push %p'"
  step "Restarting the private database, which then keeps its log" cluster.log "see what it says above." \
    as_cluster_user "$PG_BIN/pg_ctl" -D "$CLUSTER/data" -l "$CLUSTER/postgresql.log" -m fast -w -s restart
  step "Making the repository in $repo" backup.log "see what pgBackRest says above." pgbackrest_as_cluster stanza-create
  step "Trying the way of the log into it" backup.log "see what pgBackRest says above." pgbackrest_as_cluster check
  say "Keep a copy of $DATA/backup/key in a safe: without it nothing can be restored."
}

# backup_files full|incr: what lies beside the database, since the last time.
backup_files() {
  local kind=$1 name places=(secret_key) place
  name="$REPO/files/$(date -u +%Y%m%dT%H%M%S.%N)"
  if [[ $kind == full || ! -f $DATA/backup/files.list ]]; then rm -f "$DATA/backup/files.list" && name+=.full; fi
  for place in media uploads coverages mail pg/pgpass; do if [[ -e $DATA/$place ]]; then places+=("$place"); fi; done
  # 1 means that a file changed while it was read: it comes again with the next increment.
  { tar --directory="$DATA" --listed-incremental="$DATA/backup/files.list" --create --file=- "${places[@]}" || [[ $? == 1 ]]; } |
    zstd -q | openssl enc -aes-256-cbc -pbkdf2 -salt -pass "file:$KEY_FILE" -out "$name.part" || die "the files could not be copied to $REPO/files."
  (cd "$REPO/files" && sha256sum "$(basename "$name.part")" | sed 's/\.part$//' >"$name.sha256")
  mv "$name.part" "$name"
}

backup_now() {
  step "Backing up the database ($1)" backup.log "see what pgBackRest says above." pgbackrest_as_cluster "--type=$1" backup
  # After the database: whatever file it names is there.
  step "Backing up the files" backup.log "see above." backup_files "$1"
  note_done backup
}

note_done() { date +%s >"$DATA/backup/last_$1" && chmod 644 "$DATA/backup/last_$1"; }

age_of() { if [[ -s $DATA/backup/last_$1 ]]; then printf '%d' $(($(date +%s) - $(<"$DATA/backup/last_$1"))); fi; }

backup_status() {
  local age drill
  pgbackrest_as_cluster info
  printf 'files: %s increments\n' "$(find "$REPO/files" -name '*.sha256' | wc -l)"
  age=$(age_of backup) drill=$(age_of drill)
  printf 'last backup: %s\nlast restore drill: %s\n' "${age:+$age s ago}" "${drill:-never}${drill:+ s ago}"
  ((${age:-93600} < 93600)) || die "the last backup is older than 26 hours: run «bin/manage backup incr», and see why nobody did."
}

# restore_files: every increment of the newest full one on, checked before it is unpacked; nothing is deleted.
restore_files() {
  local list start=0 index file
  mapfile -t list < <(find "$REPO/files" -type f -not -name '*.sha256' -not -name '*.part' | LC_ALL=C sort)
  for index in "${!list[@]}"; do if [[ ${list[index]} == *.full ]]; then start=$index; fi; done
  for file in "${list[@]:start}"; do
    (cd "$REPO/files" && sha256sum --quiet --check "$(basename "$file").sha256") || die "$file is damaged: its checksum differs."
    openssl enc -d -aes-256-cbc -pbkdf2 -pass "file:$KEY_FILE" -in "$file" | zstd -dq | tar --directory="$DATA" --extract --file=- \
      || die "$file could not be unpacked: is $KEY_FILE the key of this repository?"
  done
}

# backup_restore REPO KEYFILE [TIME]: into this data directory, which must be empty of a database.
backup_restore() {
  local repo=$1 key=$2 moment=$3 target=()
  [[ -d $repo/pg && -s $key ]] || die "--repo and --key: name the repository's folder and the file with its key."
  [[ ! -e $DATA/pg/pgpass ]] || die "$DATA has a database already: restore into an empty folder (--data DIR), look at it, then change places."
  if [[ -n $moment ]]; then target=(--type=time "--target=$moment" --target-action=promote); fi
  CLUSTER_STATE="$DATA/pg" CLUSTER="$DATA/pg/cluster"
  mkdir -p "$CLUSTER_STATE"
  reach_cluster
  as_cluster_user mkdir -p "$CLUSTER/run"
  as_cluster_user mkdir -m 700 "$CLUSTER/data"
  prepare_backup "$(cd -- "$repo" && pwd -P)" "$(realpath "$key")"
  step "Restoring the files" backup.log "see above." restore_files
  step "Restoring the database${moment:+ as of $moment}" backup.log "see what pgBackRest says above." pgbackrest_as_cluster "${target[@]}" restore
  # The copy must not write into the repository of the original.
  printf 'archive_mode = off\n' | as_cluster_user tee -a "$CLUSTER/data/postgresql.auto.conf" >/dev/null
  rm -f "$CLUSTER_STATE/port"
  use_cluster "$DATA"
  step "Waiting for the restored state" cluster.log "see what PostgreSQL says above." await_promotion
  ensure_database make_service_database
  OWNER_URL=$(url_of ioc_owner)
  step "Looking for the file of each row" django.log "these files are in no backup." manage check_files
  say "Restored into $DATA. Begin its own backups with «bin/manage --data $DATA backup init»."
}

await_promotion() {
  local tries
  for tries in {1..3000}; do
    if [[ $(psql_as_admin postgres -c 'SELECT pg_is_in_recovery()' 2>/dev/null) == f ]]; then return 0; fi
    sleep 0.1
  done
  printf 'still in recovery after %d tries\n' "$tries" && return 1
}

# The newest state comes back in a folder of its own, with its files, and goes again.
backup_drill() {
  local place
  place=$(mktemp -d "${TMPDIR:-/tmp}/ioc-drill-XXXXXX")
  chmod 755 "$place"
  if "$ROOT/bin/manage" --data "$place" backup restore --repo "$REPO" --key "$KEY_FILE" && "$ROOT/bin/manage" --data "$place" check; then
    rm -rf "$place" && note_done drill
  else
    SAID_WHY=1 && say "$SCRIPT: the restored state does not stand; $place is kept for a look." && exit 1
  fi
}

# backup_command ARGUMENT…: what follows «bin/manage backup».
backup_command() {
  local command=${1:-help} repo="" key="" moment=""
  shift || true
  while (($#)); do
    case $1 in
      --repo) repo=$(from_caller "${2:?}") && shift 2 ;;
      --key) key=$(from_caller "${2:?}") && shift 2 ;;
      --time) moment=${2:?} && shift 2 ;;
      *) die "there is no option $1: see bin/manage backup help." ;;
    esac
  done
  case $command in
    restore) backup_restore "$repo" "$key" "$moment" ;;
    init | full | incr | files | status | drill)
      [[ -z ${DATABASE_URL:-}${DATABASE_URL_FILE:-} ]] || die "a database of your own is backed up where it runs (docs/backup.md); unset DATABASE_URL."
      use_database
      if [[ $command != init ]]; then reach_backup; fi
      case $command in
        init) backup_init "$repo" ;;
        full | incr) backup_now "$command" ;;
        files) backup_files incr ;;
        status) backup_status ;;
        drill) backup_drill ;;
      esac
      ;;
    *) backup_usage ;;
  esac
}
