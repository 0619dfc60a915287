# shellcheck shell=bash
# What every script of bin/ stands on: messages, one sentence on failure, logged steps, signals, stamps and locks.

set -Eeuo pipefail
shopt -s inherit_errexit

ROOT=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
CALLER_DIR=$PWD
cd "$ROOT" || exit
VAR="$ROOT/var"
SCRIPT="bin/$(basename -- "$0")"
LOG_DIR="$VAR/log"
CHILD=""         # process group of the step that is running now
MUST_FINISH=""   # what the running step is, if it must not be cut short
SAID_WHY=""      # set once a sentence explains the failure
ON_EXIT=()       # functions to call at the end, last registered first
declare -A LOCKS # locked file -> our file descriptor

# Messages go to stderr: stdout belongs to the command itself (bin/manage dumpdata > file).
say() { printf '%s\n' "$*" >&2; }

# die SENTENCE: end with one sentence that says what to do.
die() {
  SAID_WHY=1
  say "$SCRIPT: $*"
  exit 1
}

on_exit() { ON_EXIT+=("$1"); }

finish() {
  local code=$? index
  trap '' INT TERM HUP
  trap - ERR
  set +e
  if [[ -n $CHILD && -n $MUST_FINISH ]]; then
    say "$SCRIPT: waiting for $MUST_FINISH to end ..."
    wait "$CHILD"
  elif [[ -n $CHILD ]]; then
    stop_group "$CHILD" 20
  fi
  for ((index = ${#ON_EXIT[@]} - 1; index >= 0; index--)); do "${ON_EXIT[index]}"; done
  if ((code != 0 && code != 130)) && [[ -z $SAID_WHY ]]; then
    say "$SCRIPT: stopped unexpectedly${FAILED_AT:+ at $FAILED_AT}; run it again, and report this line if it comes back."
  fi
  exit "$code"
}

interrupted() {
  SAID_WHY=1
  say ""
  say "$SCRIPT: stopping ..."
  exit 130
}

trap finish EXIT
trap interrupted INT TERM HUP
trap 'FAILED_AT="line $LINENO of ${BASH_SOURCE[0]:-$SCRIPT} ($BASH_COMMAND)"' ERR

# stop_group PGID SECONDS: ask a process group to end, then insist.
stop_group() {
  local tenths=$(($2 * 10))
  kill -TERM -- "-$1" 2>/dev/null || return 0
  while kill -0 -- "-$1" 2>/dev/null; do
    ((tenths-- > 0)) || { kill -KILL -- "-$1" 2>/dev/null; return 0; }
    sleep 0.1
  done
}

# run_child OUTPUT COMMAND…: run it in a process group of its own, so that a signal reaches this script at once
# and this script ends the whole group (a foreground child would make the trap wait). OUTPUT is a log, or - for stderr.
run_child() {
  local output=$1 code=0
  shift
  set -m
  if [[ $output == - ]]; then "$@" </dev/null >&2 & else "$@" </dev/null >>"$output" 2>&1 & fi
  CHILD=$!
  set +m
  wait "$CHILD" || code=$?
  CHILD=""
  return "$code"
}

# step SENTENCE LOG ADVICE COMMAND…: a step whose output goes to a log; on failure its tail is shown and ADVICE said.
step() {
  local sentence=$1 log="$LOG_DIR/$2" advice=$3 started=$SECONDS
  shift 3
  say "$sentence ..."
  mkdir -p "$LOG_DIR"
  printf '\n== %(%F %T)T %s\n' -1 "$*" >>"$log"
  if ! run_child "$log" "$@"; then
    tail -n 25 "$log" | sed 's/^/    /' >&2
    if tail -n 25 "$log" | grep -q 'No space left on device'; then
      die "the disk is full: free some space and run $SCRIPT again (log: $log)."
    fi
    die "«$sentence» failed: $advice (log: $log)"
  fi
  say "    done in $((SECONDS - started)) s"
}

# fingerprint COMMAND…: a hash of what COMMAND prints; stamps compare it so that nothing is done twice.
fingerprint() { "$@" | sha256sum | cut -d' ' -f1; }

# hash_files FILE…: contents and names; a missing file counts as empty.
hash_files() { sha256sum -- "$@" 2>/dev/null || true; }

stamped() { [[ -f $1 && $(<"$1") == "$2" ]]; }

stamp() {
  mkdir -p "$(dirname -- "$1")"
  printf '%s\n' "$2" >"$1"
}

# lock FILE SENTENCE [wait|fail]: hold FILE while this script runs; say SENTENCE if somebody else does.
lock() {
  local fd
  mkdir -p "$(dirname -- "$1")"
  exec {fd}>>"$1" || die "cannot write $1: run $SCRIPT as the owner of this folder."
  LOCKS[$1]=$fd
  flock -n "$fd" && return 0
  [[ ${3:-wait} == wait ]] || die "$2"
  say "$2"
  flock "$fd"
}

lock_shared() {
  local fd
  exec {fd}>>"$1"
  LOCKS[$1]=$fd
  flock -s "$fd"
}

unlock() {
  local fd=${LOCKS[$1]:-}
  [[ -n $fd ]] || return 0
  unset "LOCKS[$1]"
  exec {fd}>&-
}

# without_locks COMMAND…: become COMMAND with no lock of ours open (a server would keep it for its lifetime).
without_locks() {
  local fd
  for fd in "${LOCKS[@]}"; do exec {fd}>&- || true; done
  exec "$@"
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo -n -- "$@"; fi
}

random_hex() { head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

# private_file FILE: read stdin into FILE, readable by its owner only, all or nothing.
private_file() {
  (umask 077 && cat >"$1.new") && mv -f -- "$1.new" "$1"
}
